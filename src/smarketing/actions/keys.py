"""Keys: which programs may send facts to the open workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.records.keys import ApiKey

LONGEST_NAME = 100


class NewKey(NamedTuple):
    """A key that was just made; the token is told this once."""

    name: str
    scope: str
    token: str


def make_key(name: str, *, scope: str = "facts:write") -> NewKey:
    """Let a program in. Raises UsageError for a name that is taken or none, or an unknown scope."""
    from django.db import IntegrityError, transaction

    from smarketing.records.keys import ApiKey, Scope, digest_of, new_token

    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise UsageError(f"a key is named after the program that has it, in 1 to {LONGEST_NAME} characters, such as website")
    if scope not in Scope.values:
        raise UsageError(f'there is no scope "{scope}"; there is {", ".join(Scope.values)}.{did_you_mean(scope, Scope.values)}')
    token = new_token()
    try:
        with transaction.atomic():
            ApiKey.objects.create(name=name, digest=digest_of(token), scope=scope, created_at=datetime.now(UTC))
    except IntegrityError:
        raise UsageError(f'there is a key "{name}" already; give the new one another name, and revoke the old one') from None
    return NewKey(name, scope, token)


def keys() -> list[ApiKey]:
    """Every key, revoked ones included, by name."""
    from smarketing.records.keys import ApiKey

    return list(ApiKey.objects.all())


def revoke_key(name: str) -> ApiKey:
    """Let the program in no more; its name stays taken, so that nobody takes one for the other. Raises UsageError."""
    known = {key.name: key for key in keys()}
    if name not in known:
        raise UsageError(f'there is no key "{name}".{did_you_mean(name, list(known))}')
    key = known[name]
    if key.revoked_at is None:
        key.revoked_at = datetime.now(UTC)
        key.save(update_fields=["revoked_at"])
    return key
