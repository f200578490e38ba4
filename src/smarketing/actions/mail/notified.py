"""Notices by mail: one letter to each reader with all they have not read, within their working hours, and not one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smarketing.actions.mail.contact import Said, contact_of, contact_said
from smarketing.actions.mail.hours import WorkingHours, working_hours
from smarketing.actions.mail.links import site
from smarketing.actions.mail.post import post
from smarketing.actions.mail.writing import write
from smarketing.actions.notices import MOST_PARTS, merged_in
from smarketing.reports.person.consent import UNKNOWN

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.records.notices import Merged, Notice
    from smarketing.records.people import User

BETWEEN = timedelta(minutes=10)
"""So much lies between two letters with notices to one reader."""
MOST = 20
"""So many notices stand in a letter; the rest is a link."""


def mail_notices(workspace: Workspace, now: datetime) -> int:
    """Put letters with the notices that are due into the queue; how many letters. Several workers may do it at once."""
    from smarketing.records.notices import Notice
    from smarketing.records.people import User

    due = Notice.objects.filter(mail_at__lte=now, mailed_at=None, read_at=None)
    readers = list(User.objects.filter(pk__in=due.values("user")).order_by("pk"))
    if not readers:
        return 0
    hours, home = working_hours(workspace, now), site(workspace)
    return sum(_to(reader, hours, home, now) for reader in readers)


def _to(reader: User, hours: WorkingHours, home: str, now: datetime) -> bool:
    """Write to one reader, or note when they may be written to; whether a letter was put into the queue."""
    from django.db import transaction

    from smarketing.records.notices import Notice, alone_for

    with transaction.atomic():
        alone_for(reader.pk)
        theirs = Notice.objects.filter(user=reader, mail_at__isnull=False, mailed_at=None, read_at=None)
        if not (reader.mails and reader.is_active):
            theirs.update(mail_at=None)
            return False
        not_before = max(hours.next_at_work(reader.email, now), _last(reader, now) + BETWEEN)
        if not_before > now:
            theirs.filter(mail_at__lte=now).update(mail_at=not_before)
            return False
        notices = list(theirs.filter(mail_at__lte=now))
        if not notices:
            return False
        said = {"notices": _said(notices[:MOST], now), "more": len(notices[MOST:]), "site": home, "reader": reader}
        text, html = write("notices", said)
        key = f"notices:{reader.pk}:{max(notice.pk for notice in notices)}:{max(notice.number for notice in notices)}"
        new = post(key=key, to=reader.email, subject=subject(notices), text=text, html=html)
        theirs.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=now)
    return new


def _said(notices: Sequence[Notice], now: datetime) -> list[Said]:
    """Each notice with whether its lead may be contacted; one that stands for several with the latest `parts`, and how many `more`."""
    parts = merged_in(notices, most=MOST_PARTS)
    every: list[Notice | Merged] = [*notices, *(part for some in parts.values() for part in some)]
    contact = contact_of({each.lead_id for each in every if each.lead_id}, now=now)

    def told(each: Notice | Merged) -> Said:
        return {"text": each.text, "url": each.url, **contact.get(each.lead_id, contact_said(UNKNOWN))}

    return [
        {**told(notice), "parts": [told(part) for part in some], "more": notice.number - len(some) if some else 0}
        for notice in notices
        for some in [parts.get(notice.pk, [])]
    ]


def _last(reader: User, now: datetime) -> datetime:
    """When they were last written to; a clock that was put back does not count."""
    from smarketing.records.notices import Notice

    last = (
        Notice.objects.filter(user=reader, mailed_at__lte=now).order_by("-mailed_at").values_list("mailed_at", flat=True).first()
    )
    return last or now - BETWEEN


def subject(notices: Sequence[Notice]) -> str:
    """What one notice says, or how many there are."""
    if len(notices) == 1:
        return notices[0].text
    return f"{len(notices)} notices, the latest: {notices[0].text}"
