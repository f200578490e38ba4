"""People: who may log in to the open workspace, and what as."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.records.people import User

LEAST_PASSWORD = 12
"""Characters of a password, at least."""
FIRST = "operations@localhost"
"""The login of the first user of a workspace that has none."""


class Entry(NamedTuple):
    """Somebody who may log in, and with what."""

    email: str
    name: str
    role: str
    password: str


def add_user(email: str, *, name: str, role: str, password: str) -> User:
    """Let somebody log in. Raises UsageError for an address that is none or has a user, an unknown role, a weak password."""
    from django.db import IntegrityError, transaction

    from smarketing.records.people import User

    user = User(email=_address(email), name=name.strip() or email.partition("@")[0], role=_role(role))
    _check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise UsageError(
            f"{user.email} has a user already; `smarketing user password {user.email}` gives a new password"
        ) from None
    return user


def set_password(email: str, password: str) -> User:
    """Give somebody another password; wherever they are logged in, they are no more. Raises UsageError."""
    user = find_user(email)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def let_in(email: str, *, active: bool) -> User:
    """Let somebody log in again, or no more; what they did stays theirs. Raises UsageError."""
    user = find_user(email)
    user.is_active = active
    user.save(update_fields=["is_active"])
    return user


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
    add_user(entry.email, name=entry.name, role=entry.role, password=entry.password)
    return entry


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


def _address(email: str) -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import EmailValidator

    from smarketing.records.people import as_login

    try:
        EmailValidator()(email.strip())
    except ValidationError:
        raise UsageError(f'"{email}" is no e-mail address; the address is the login') from None
    return as_login(email)


def _role(role: str) -> str:
    from smarketing.records.people import Role

    if role not in Role.values:
        raise UsageError(f'there is no role "{role}"; the roles are {", ".join(Role.values)}.{did_you_mean(role, Role.values)}')
    return role


def _check_password(password: str, user: User) -> None:
    from django.contrib.auth import password_validation as rules
    from django.core.exceptions import ValidationError

    similar = rules.UserAttributeSimilarityValidator(user_attributes=("email", "name"))
    checks: list[Any] = [rules.MinimumLengthValidator(LEAST_PASSWORD), rules.CommonPasswordValidator(), similar]
    try:
        rules.validate_password(password, user, checks)
    except ValidationError as weak:
        raise UsageError("this password will not do. " + " ".join(weak.messages)) from None
