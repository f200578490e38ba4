"""Keys of programs: a random token, of which only the digest is kept, and what it may do."""

from __future__ import annotations

import hashlib
import secrets

from django.db import models
from django.utils.crypto import constant_time_compare

from smarketing.records.people import User

PREFIX = "smk_"
"""What every token begins with, so that one that was published by mistake is found by those who look for such."""
TOKEN_BYTES = 32


class Scope(models.TextChoices):
    """What a key may do."""

    FACTS_WRITE = "facts:write"
    READ = "read"
    ACTS_WRITE = "acts:write"


class ApiKey(models.Model):
    """A program's key. `name` says which program; `digest` is the SHA-256 of the token, in hexadecimal digits; the token is kept nowhere.

    `user`: in whose name it acts, where its scope lets it act; it may then do what that user may. `last_used_at` is known to a minute
    or so. `revoked_at`: from then on it opens nothing; null: it does.
    """

    name = models.CharField(max_length=100, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=40, choices=Scope.choices)
    created_at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="keys")
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """In order of name."""

        db_table = "api_key"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


def new_token() -> str:
    """A token that nobody guesses: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What is kept of a token. It is random, so that a slow digest would protect nothing more."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_of(token: str) -> ApiKey | None:
    """The key with this token that is not revoked; None where there is none."""
    if not token.startswith(PREFIX):
        return None
    digest = digest_of(token)
    found = ApiKey.objects.select_related("user").filter(digest=digest, revoked_at=None).first()
    return found if found is not None and constant_time_compare(found.digest, digest) else None
