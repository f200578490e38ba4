"""Keys: which programs may send facts to the open workspace, read it, or act in somebody's name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.records.keys import ApiKey
    from smarketing.records.people import User

LONGEST_NAME = 100
COMMAND_LINE = "command line"
ACTS, SENDS = "acts:write", "facts:write"
"""A key that acts does so in a user's name; one that reads sees in a user's name what they see, in nobody's what a viewer sees."""


class NewKey(NamedTuple):
    """A key that was just made; the token is told this once."""

    name: str
    scope: str
    token: str


def make_key(name: str, *, scope: str = "facts:write", user: str = "", by: str = COMMAND_LINE, network: str = "") -> NewKey:
    """Let a program in; `user`, an address, is in whose name it acts. `by`: who does that, for the trail.

    Raises UsageError for a name that is taken or none, an unknown scope or user, and for acts in nobody's name.
    """
    from django.db import IntegrityError, transaction

    from smarketing.records.keys import ApiKey, Scope, digest_of, new_token

    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise UsageError(f"a key is named after the program that has it, in 1 to {LONGEST_NAME} characters, such as website")
    if scope not in Scope.values:
        raise UsageError(f'there is no scope "{scope}"; there is {", ".join(Scope.values)}.{did_you_mean(scope, Scope.values)}')
    token, owner = new_token(), _in_whose_name(user, scope)
    try:
        with transaction.atomic():
            ApiKey.objects.create(name=name, digest=digest_of(token), scope=scope, created_at=datetime.now(UTC), user=owner)
            _note(by, "made a key", name, network, scope=scope, **({"user": owner.email} if owner else {}))
    except IntegrityError:
        raise UsageError(f'there is a key "{name}" already; give the new one another name, and revoke the old one') from None
    return NewKey(name, scope, token)


def _in_whose_name(user: str, scope: str) -> User | None:
    from smarketing.actions.people import find_user

    if scope == ACTS and not user.strip():
        raise UsageError("a key that acts needs a user, in whose name it does; name one")
    if scope == SENDS and user.strip():
        raise UsageError(f"a key for {scope} sends facts in nobody's name; leave the user out")
    found = find_user(user) if user.strip() else None
    if found is not None and not found.is_active:
        raise UsageError(f"{found.email} may not log in, so nothing can be done in their name")
    return found


def _note(by: str, what: str, about: str, network: str, **details: object) -> None:
    from smarketing.actions.trail import note

    note(by, what, about, now=datetime.now(UTC), network=network, **details)


def keys() -> list[ApiKey]:
    """Every key, revoked ones included, by name."""
    from smarketing.records.keys import ApiKey

    return list(ApiKey.objects.select_related("user"))


def revoke_key(name: str, *, by: str = COMMAND_LINE, network: str = "") -> ApiKey:
    """Let the program in no more; its name stays taken, so that nobody takes one for the other. Raises UsageError."""
    known = {key.name: key for key in keys()}
    if name not in known:
        raise UsageError(f'there is no key "{name}".{did_you_mean(name, list(known))}')
    key = known[name]
    if key.revoked_at is None:
        key.revoked_at = datetime.now(UTC)
        key.save(update_fields=["revoked_at"])
        _note(by, "revoked a key", name, network)
    return key
