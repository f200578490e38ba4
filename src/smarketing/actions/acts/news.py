"""Whom an act concerns: the people named in a comment, the owner of a lead that is commented on, and who a lead is passed on to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from smarketing.records.people import User


def news(user: User, body: dict[str, Any], owner: str | None, to: str | None) -> Iterator[tuple[str, str, str]]:
    """Of each person to be told: the address, the kind of notice and its text; never the one who acted."""
    who, told = str(user), {user.email}
    for email in body["mentions"]:
        if email not in told:
            told.add(email)
            yield email, "mention", f"{who} mentioned you in a comment"
    if body["verb"] == "commented" and owner and owner.lower() not in told:
        yield owner, "comment", f"{who} commented on a lead of yours"
    if body["verb"] == "assigned" and to and to.lower() not in told:
        yield to, "assigned", f"{who} passed a lead on to you"


def tell_news(user: User, body: dict[str, Any], owner: str | None, to: str | None, *, now: datetime) -> None:
    """Tell them, once for each act; to be called when it is durable."""
    from smarketing.actions.notices import tell

    lead_id = body["lead_id"]
    for email, kind, text in sorted(news(user, body, owner, to)):
        tell(
            email, key=f"act:{body['key']}:{kind}", kind=kind, text=text, url=f"/leads/{quote(lead_id)}", lead_id=lead_id,
            storm=kind if kind == "assigned" else f"{kind}:{lead_id}"[:200], now=now,
        )  # fmt: skip
