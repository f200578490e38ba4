"""Invitations: a link that lets one person choose a password, once, within a week; for somebody new or for who forgot theirs."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from smarketing.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from smarketing.records.invitations import Invitation
    from smarketing.records.people import User

KEPT = timedelta(days=7)
TOKEN_BYTES = 32
COMMAND_LINE = "command line"
"""Who did what was done by a command: whoever may run one may do everything."""


class Invited(NamedTuple):
    """Somebody who was just asked in; the token is told this once, and is the end of the link `/invitation/TOKEN`."""

    email: str
    name: str
    role: str
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """The path of the link."""
        return f"/invitation/{self.token}"


def invite(email: str, *, role: str, name: str = "", by: User | None = None, network: str = "") -> Invited:
    """Ask somebody in; an earlier invitation of the same address opens nothing any more.

    Raises UsageError for an address that is none or has a user, or an unknown role.
    """
    from smarketing.actions.people import checked_address, checked_role
    from smarketing.records.people import User

    email, role = checked_address(email), checked_role(role)
    if User.objects.filter(email=email).exists():
        raise UsageError(f"{email} has a user already; give them a link for a new password where they forgot theirs")
    invited = _written(email, name=name.strip() or email.partition("@")[0], role=role, by=by)
    _note(by, "invited", email, network, role=role)
    return invited


def link_for_password(email: str, *, by: User | None = None, network: str = "") -> Invited:
    """A link with which somebody who is here already chooses another password. Raises UsageError for who is not, or may not log in."""
    from smarketing.actions.people import find_user

    user = find_user(email)
    if not user.is_active:
        raise UsageError(f"{user.email} may not log in; let them in again first")
    invited = _written(user.email, name=user.name, role=user.role, by=by)
    _note(by, "gave a link for a password", user.email, network)
    return invited


def _written(email: str, *, name: str, role: str, by: User | None) -> Invited:
    from django.db import transaction

    from smarketing.records.invitations import Invitation

    now, token = datetime.now(UTC), secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        _open(now).filter(email=email).update(revoked_at=now)
        Invitation.objects.create(
            email=email, name=name, role=role, digest=_digest(token), invited_by=by, created_at=now, expires_at=now + KEPT
        )
    return Invited(email, name, role, token, now + KEPT)


def _open(now: datetime) -> QuerySet[Invitation]:
    from smarketing.records.invitations import Invitation

    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitations() -> list[Invitation]:
    """Those that still open, the latest first."""
    return list(_open(datetime.now(UTC)).select_related("invited_by"))


def find_invitation(token: str) -> Invitation | None:
    """The invitation of this token, while it opens."""
    found: Invitation | None = _open(datetime.now(UTC)).filter(digest=_digest(token)).first()
    return found


def accept(token: str, *, name: str, password: str, network: str = "") -> User:
    """The person chose a password: a new user, or the one who is here with another password. Raises UsageError for a link that opens
    nothing any more, and for a weak password.
    """
    from django.db import transaction

    with transaction.atomic():
        now = datetime.now(UTC)
        invitation = _open(now).select_for_update().filter(digest=_digest(token)).first()
        if invitation is None:
            raise UsageError("this link opens nothing any more; ask somebody of operations for another one")
        user = _let_in(invitation, name, password)
        _used(invitation, user, now, network)
    return user


def accept_by_provider(email: str, *, network: str = "") -> User | None:
    """The new user of an address that a provider has verified, where it was asked in; without a password. None: it was not."""
    from django.db import transaction

    from smarketing.records.people import User

    with transaction.atomic():
        now = datetime.now(UTC)
        invitation = _open(now).select_for_update().filter(email=email).first()
        if invitation is None:
            return None
        user = User(email=invitation.email, name=invitation.name, role=invitation.role)
        user.set_unusable_password()
        user.save(force_insert=True)
        _used(invitation, user, now, network)
    return user


def _let_in(invitation: Invitation, name: str, password: str) -> User:
    from smarketing.actions.people import check_password
    from smarketing.records.people import User

    user = User.objects.select_for_update().filter(email=invitation.email).first()
    if user is not None and not user.is_active:
        raise UsageError("you may not log in any more; ask somebody of operations")
    new = user is None
    user = user or User(email=invitation.email, role=invitation.role)
    user.name = name.strip() or user.name or invitation.name
    check_password(password, user)
    user.set_password(password)
    user.save(force_insert=new)
    return user


def _used(invitation: Invitation, user: User, now: datetime, network: str) -> None:
    from smarketing.actions.trail import note

    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    note(user.email, "accepted an invitation", user.email, now=now, network=network, role=user.role)


def take_back(number: int, *, by: User | None = None, network: str = "") -> Invitation:
    """The link opens nothing any more. Raises UsageError where it does not anyway."""
    from django.db import transaction

    with transaction.atomic():
        invitation: Invitation | None = _open(datetime.now(UTC)).select_for_update().filter(pk=number).first()
        if invitation is None:
            raise UsageError("this invitation opens nothing any more")
        invitation.revoked_at = datetime.now(UTC)
        invitation.save(update_fields=["revoked_at"])
        _note(by, "took an invitation back", invitation.email, network)
    return invitation


def _note(by: User | None, what: str, about: str, network: str, **details: object) -> None:
    from smarketing.actions.trail import note

    note(by.email if by else COMMAND_LINE, what, about, now=datetime.now(UTC), network=network, **details)


def mail_invitation(invited: Invited, *, link: str, by: str, new: bool) -> bool:
    """Send the link, where letters are sent; whether it will be."""
    from smarketing.actions.mail.post import post
    from smarketing.actions.mail.writing import write

    said = {"name": invited.name, "link": link, "by": by, "new": new, "days": KEPT.days, "role": invited.role}
    text, html = write("invitation", said)
    subject = f"{by} invites you to Smarketing" if new else "A new password for Smarketing"
    return post(key=f"invitation {_digest(invited.token)[:16]}", to=invited.email, subject=subject, text=text, html=html)
