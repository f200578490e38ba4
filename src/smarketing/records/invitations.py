"""Invitations: a link for one address, which opens once and not for ever."""

from __future__ import annotations

from django.db import models

from smarketing.records.people import Role, User


class Invitation(models.Model):
    """Somebody was asked in. `digest` is the SHA-256 of the token in the link, in hexadecimal digits; the token is kept nowhere.

    It opens until `expires_at`, once (`accepted_at`), unless it was taken back (`revoked_at`).
    """

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="invitations")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The latest first."""

        db_table = "invitation"
        ordering = ("-created_at", "-id")
