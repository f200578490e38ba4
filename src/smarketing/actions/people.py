"""People: who may log in to the open workspace, and what as."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from smarketing.actions.passwords import password_rules
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.records.people import User

COMMAND_LINE = "command line"
"""Who did what was done by a command: whoever may run one may do everything."""
FIRST = "operations@localhost"
"""The login of the first user of a workspace that has none."""
FIRST_START = "first start"
FIRST_OPENS = timedelta(days=7)
"""So long the password opens that was made for the first user."""


class Entry(NamedTuple):
    """Somebody who may log in, and with what."""

    email: str
    name: str
    role: str
    password: str


def add_user(email: str, *, name: str, role: str, password: str, by: str = COMMAND_LINE) -> User:
    """Let somebody log in. `by`: who does that, for the trail. Raises UsageError for an address that is none or has a user, an unknown role, a weak password."""
    from django.db import IntegrityError, transaction

    from smarketing.records.people import User

    user = User(email=checked_address(email), name=name.strip() or email.partition("@")[0], role=checked_role(role))
    check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            _note(by, "added a user", user, role=user.role)
    except IntegrityError:
        raise UsageError(
            f"{user.email} has a user already; `smarketing user password {user.email}` gives a new password"
        ) from None
    return user


def set_password(email: str, password: str, *, by: str = COMMAND_LINE, network: str = "") -> User:
    """Give somebody another password; wherever they are logged in, they are no more. Raises UsageError."""
    user = find_user(email)
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    _note(by, "changed a password", user, network)
    return user


def let_in(email: str, *, active: bool, by: str = COMMAND_LINE, network: str = "") -> User:
    """Let somebody log in again, or no more, and end their sessions; what they did stays theirs. Raises UsageError, also for the last one
    of operations."""
    from django.db import transaction

    with transaction.atomic():
        user = find_user(email)
        if not active:
            _not_the_last(user)
        user.is_active = active
        user.save(update_fields=["is_active"])
        end_sessions(user)
        _note(by, "let in again" if active else "suspended", user, network)
    return user


def change_role(email: str, role: str, *, by: str = COMMAND_LINE, network: str = "") -> User:
    """Give somebody another role, from the next page on. Raises UsageError, also for the last one of operations."""
    from django.db import transaction

    with transaction.atomic():
        user, role = find_user(email), checked_role(role)
        before = user.role
        if role != before:
            _not_the_last(user)
            user.role = role
            user.save(update_fields=["role"])
            _note(by, "changed a role", user, network, before=before, role=role)
    return user


def forget_factors(email: str, *, by: str = COMMAND_LINE, network: str = "") -> User:
    """Take away somebody's second factor and the link to a provider (a lost phone, another address), and end their sessions.

    Their password stays. Raises UsageError.
    """
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount
    from django.db import transaction

    user = find_user(email)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        SocialAccount.objects.filter(user=user).delete()
        end_sessions(user)
        _note(by, "took second factors away", user, network)
    return user


def sign_out(email: str, *, by: str = COMMAND_LINE, network: str = "") -> int:
    """End somebody's sessions, wherever they are; in how many places that was. Raises UsageError."""
    from django.db import transaction

    with transaction.atomic():
        user = find_user(email)
        number = end_sessions(user)
        _note(by, "signed somebody out", user, network, places=number)
    return number


def end_sessions(user: User) -> int:
    """Sign somebody out wherever they are signed in; in how many places that was."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    return len(keys)


def _not_the_last(user: User) -> None:
    """Raises UsageError for the last one of operations who may log in; belongs into a transaction, in which none of them changes."""
    from smarketing.records.people import Role, User

    everyone = User.objects.select_for_update().filter(role=Role.OPERATIONS, is_active=True).order_by("pk")
    if [each.pk for each in everyone] == [user.pk]:
        raise UsageError(f"{user.email} is the last one of operations; without one nobody could let others in")


def _note(by: str, what: str, user: User, network: str = "", **details: object) -> None:
    from smarketing.actions.trail import note

    note(by, what, user.email, now=datetime.now(UTC), network=network, **details)


def users() -> list[User]:
    """Everybody, by address."""
    from smarketing.records.people import User

    return list(User.objects.order_by("email"))


def find_user(email: str) -> User:
    """The user of this address, in any capitals. Raises UsageError where there is none."""
    from smarketing.records.people import User, as_login

    found = User.objects.filter(email=as_login(email)).first()
    if found is None:
        raise UsageError(f"there is no user {email}.{did_you_mean(email, [user.email for user in users()])}")
    return found


def first_user() -> Entry | None:
    """Where nobody can log in yet: a user who may do everything, with a password that is told this once; else None."""
    from smarketing.records.people import Role, User

    if User.objects.exists():
        return None
    entry = Entry(FIRST, "Operations", Role.OPERATIONS, new_password())
    add_user(entry.email, name=entry.name, role=entry.role, password=entry.password, by=FIRST_START)
    return entry


def opens_until(user: User) -> datetime | None:
    """When the password that was made for the first user opens no more; None: it is one that somebody chose."""
    from smarketing.records.trail import Trail

    if user.email != FIRST:
        return None
    chosen = ("added a user", "changed a password", "accepted an invitation")
    latest = Trail.objects.filter(about=FIRST, what__in=chosen).first()
    return latest.at + FIRST_OPENS if latest is not None and latest.by == FIRST_START else None


def demo_users(entries: list[Entry]) -> None:
    """Let the people of a demo log in; those who can already keep their rows and get the password given here."""
    from django.contrib.auth.hashers import make_password

    from smarketing.records.people import User

    # Slow on purpose, so once for all who share it.
    hashed = {password: make_password(password) for password in {entry.password for entry in entries}}
    for entry in entries:
        values = {"name": entry.name, "role": entry.role, "password": hashed[entry.password], "is_active": True}
        User.objects.update_or_create(email=entry.email, defaults=values)


def new_password() -> str:
    """A password that nobody guesses and everybody can copy from a screen."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another one
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def checked_address(email: str) -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import EmailValidator

    from smarketing.records.people import as_login

    try:
        EmailValidator()(email.strip())
    except ValidationError:
        raise UsageError(f'"{email}" is no e-mail address; the address is the login') from None
    return as_login(email)


def checked_role(role: str) -> str:
    from smarketing.records.people import Role

    if role not in Role.values:
        raise UsageError(f'there is no role "{role}"; the roles are {", ".join(Role.values)}.{did_you_mean(role, Role.values)}')
    return role


def check_password(password: str, user: User) -> None:
    """Raises UsageError for a password that will not do."""
    from django.contrib.auth import password_validation as rules
    from django.core.exceptions import ValidationError

    try:
        rules.validate_password(password, user, rules.get_password_validators(password_rules()))
    except ValidationError as weak:
        raise UsageError("this password will not do. " + " ".join(weak.messages)) from None
