"""The audit trail: who did what, when and from where; rows that the database lets nobody change."""

from __future__ import annotations

from django.db import models


class Trail(models.Model):
    """One entry: `by` is an address, the name of a key (`key:website`) or of a program (`worker`), `what` a verb such as `signed in`,
    `about` whom or what it was done to, `details` the rest, and `network` the address it came from, where there is one.
    """

    at = models.DateTimeField()
    by = models.TextField()
    what = models.CharField(max_length=60)
    about = models.TextField(blank=True)
    details: models.JSONField[dict[str, object], dict[str, object]] = models.JSONField(default=dict)
    network = models.CharField(max_length=64, blank=True)

    class Meta:
        """The latest first."""

        db_table = "trail"
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["-at", "-id"], name="trail_latest"), models.Index(fields=["by", "-at"], name="trail_by"))
