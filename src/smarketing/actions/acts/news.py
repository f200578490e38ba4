"""Whom an act concerns: the people named in a comment, the owner of a lead that is commented on, and who a lead is passed on to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from smarketing.records.people import User


class News(NamedTuple):
    """What one person is told: the address, the kind of notice, and its text before and after what the lead is called."""

    email: str
    kind: str
    before: str
    after: str = "."


def news(user: User, body: dict[str, Any], owner: str | None, to: str | None) -> Iterator[News]:
    """What is to be told, to each person; never to the one who acted."""
    who, told = str(user), {user.email}
    for email in body["mentions"]:
        if email not in told:
            told.add(email)
            yield News(email, "mention", f"{who} mentioned you in a comment on")
    if body["verb"] == "commented" and owner and owner.lower() not in told:
        yield News(owner, "comment", f"{who} commented on your lead")
    if body["verb"] == "assigned" and to and to.lower() not in told:
        yield News(to, "assigned", f"{who} passed", " on to you.")


def tell_news(user: User, body: dict[str, Any], owner: str | None, to: str | None, *, now: datetime) -> None:
    """Tell them, once for each act; to be called when it is durable."""
    from smarketing.actions.notices import tell

    lead_id, told = body["lead_id"], sorted(news(user, body, owner, to))
    lead = _called(lead_id) if told else ""
    for email, kind, before, after in told:
        tell(
            email, key=f"act:{body['key']}:{kind}", kind=kind, text=f"{before} {lead}{after}", url=f"/leads/{quote(lead_id)}",
            lead_id=lead_id, storm=kind if kind == "assigned" else f"{kind}:{lead_id}"[:200], now=now,
        )  # fmt: skip


def _called(lead_id: str) -> str:
    """The account, else the id: a person's name stands in no notice, so that it can be forgotten."""
    from smarketing.records.day import accounts_of

    return accounts_of([lead_id]).get(lead_id, lead_id)
