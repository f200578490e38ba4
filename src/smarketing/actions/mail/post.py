"""The queue of letters: put in once, and kept until they are sent or given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT
from typing import NamedTuple

SMTP = AS_SENT.clone(cte_type="7bit")
"""Every server takes letters that are plain to it."""
KEPT = timedelta(days=30)
"""So long it is remembered that a letter was sent, without what it said."""


class Picture(NamedTuple):
    """A picture in a letter: its HTML names it as `cid:NAME`; `says` is for who cannot see it."""

    name: str
    png: bytes
    says: str


def post(*, key: str, to: str, subject: str, text: str, html: str = "", pictures: Iterable[Picture] = ()) -> bool:
    """Put a letter into the queue; whether it is new. A letter of the same `key` is there already, or was sent, and is not sent again.

    It goes out with the transaction around it, once a mail server is known (SMARKETING_MAIL_URL). `text` and `html` say the same.
    """
    from smarketing.records.notices import Letter

    now = datetime.now(UTC)
    message = written(to=to, subject=subject, text=text, html=html, pictures=pictures, at=now)
    values = {"to": to, "subject": str(message["Subject"]), "created_at": now, "next_at": now, "message": message.as_bytes()}
    _, new = Letter.objects.get_or_create(key=key, defaults=values)
    return new


def written(*, to: str, subject: str, text: str, html: str = "", pictures: Iterable[Picture] = (), at: datetime) -> EmailMessage:
    """A letter without its sender, who is known when it is sent."""
    message = EmailMessage(policy=SMTP)
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = at
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
        shown = message.get_payload()[1]  # type: ignore[index]
        for picture in pictures:
            shown.add_related(  # type: ignore[union-attr]
                picture.png, maintype="image", subtype="png", cid=f"<{picture.name}>", filename=f"{picture.name}.png", disposition="inline"
            )  # fmt: skip
    return message


def waiting_letters() -> int:
    """How many letters are still to be sent."""
    from smarketing.records.notices import Letter

    return Letter.objects.filter(sent_at=None, next_at__isnull=False).count()


def forget_sent(now: datetime) -> int:
    """Take away letters that were sent, or given up, long ago; how many."""
    from smarketing.records.notices import Letter

    return Letter.objects.filter(message=None, created_at__lt=now - KEPT).delete()[0]
