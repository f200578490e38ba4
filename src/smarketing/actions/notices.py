"""Notices: what somebody is told in the app, and by mail where they want it; nothing twice, and storms as one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from smarketing.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from smarketing.records.notices import Merged, Notice
    from smarketing.records.people import User

KINDS = ("assigned", "breach", "won", "mention", "comment", "check")
"""What a notice can be about."""
MAIL_AFTER = timedelta(minutes=1)
"""So long a mail waits for what is to go with it; what was read by then is not mailed."""
MOST_PARTS = 5
"""Of a notice that stands for many so many are told, wherever it is."""
PARTS = ("text", "url", "lead_id")
"""What is kept of a notice that is merged with others."""
READ_KEPT, UNREAD_KEPT = timedelta(days=30), timedelta(days=120)
"""A notice goes so long after it was made; one that was read sooner."""


class Storm(NamedTuple):
    """What is said of many at once, with `{number}` in it, and where that leads."""

    text: str
    url: str


STORMS = {
    "assigned": Storm("{number} leads were assigned to you", "/notices"),
    "breach": Storm("{number} promises were broken", "/notices"),
    "won": Storm("{number} deals were won", "/#wins"),
    "mention": Storm("You were mentioned {number} times", "/notices"),
    "comment": Storm("{number} comments on your leads", "/notices"),
    "check": Storm("{number} leads wait for marketing's check", "/notices"),
}
"""By kind, where whoever tells says nothing else."""


def tell(
    user_email: str,
    *,
    key: str,
    kind: str,
    text: str,
    url: str,
    now: datetime,
    lead_id: str = "",
    storm: str = "",
    storm_text: str = "",
    storm_url: str = "",
    mail: bool = True,
) -> bool:
    """Tell somebody something; whether it was told now. The same `key` again, also of one that was merged, is not told again.

    `url`: a path of the site. `storm`: what has the same is merged while it is unread and not mailed yet; the notice then says
    `storm_text` (with `{number}` in it) and leads to `storm_url`. Nobody of this address who may log in: nothing is done. Of
    several people in one transaction, tell those with the smaller address first. Raises UsageError for a kind or path that is none.
    """
    if kind not in KINDS:
        raise UsageError(f'"{kind}" is no kind of notice; there are {", ".join(KINDS)}')
    if not _is_path(url) or not _is_path(storm_url or "/"):
        raise UsageError(f'"{url}" is no path of the site')
    user = _reader(user_email)
    if user is None:
        return False
    usual = STORMS[kind]
    whole = Storm(storm_text or usual.text, storm_url or usual.url)
    mail_at = now + MAIL_AFTER if mail and user.mails else None
    made = {"kind": kind, "text": text, "url": url, "lead_id": lead_id, "storm": storm, "created_at": now, "mail_at": mail_at}
    return _tell(user, key, made, whole)


def _tell(user: User, key: str, made: dict[str, object], whole: Storm) -> bool:
    from django.db import transaction

    from smarketing.records.notices import Merged, Notice, alone_for

    with transaction.atomic():
        alone_for(user.pk)
        if Notice.objects.filter(user=user, key=key).exists() or Merged.objects.filter(user=user, key=key).exists():
            return False
        open_ = _open_storm(user, str(made["storm"]))
        if open_ is None:
            Notice.objects.create(user=user, key=key, **made)
        else:
            if open_.number == 1:
                Merged.objects.create(user=user, key=open_.key, notice=open_, **{name: getattr(open_, name) for name in PARTS})
            Merged.objects.create(user=user, key=key, notice=open_, **{name: made[name] for name in PARTS})
            _merge(open_, made, whole)
    return True


def _open_storm(user: User, storm: str) -> Notice | None:
    from smarketing.records.notices import Notice

    return Notice.objects.filter(user=user, storm=storm, read_at=None, mailed_at=None).first() if storm else None


def _merge(notice: Notice, made: dict[str, object], whole: Storm) -> None:
    """One more of the same: the notice says how many, is no longer about one lead, and stands at the top again."""
    notice.number += 1
    notice.text = whole.text.format(number=f"{notice.number:,}")
    notice.url = whole.url
    notice.lead_id = notice.lead_id if notice.lead_id == made["lead_id"] else ""
    notice.created_at = made["created_at"]  # type: ignore[assignment]
    notice.save(update_fields=["number", "text", "url", "lead_id", "created_at"])


def _reader(email: str) -> User | None:
    from smarketing.records.people import User, as_login

    return User.objects.filter(email=as_login(email), is_active=True).first()


def _is_path(url: str) -> bool:
    return url.startswith("/") and not url.startswith("//") and "\\" not in url


def unread(user: User) -> int:
    """How many notices somebody has not read; a storm is one."""
    from smarketing.records.notices import Notice

    return Notice.objects.filter(user=user, read_at=None).count()


def notices_of(user: User, *, most: int = 200) -> list[Notice]:
    """What somebody was told, the latest first."""
    from smarketing.records.notices import Notice

    return list(Notice.objects.filter(user=user)[:most])


def merged_in(notices: Iterable[Notice], *, most: int) -> dict[int, list[Merged]]:
    """By notice, the latest that were merged in it, at most so many of each; of a notice that stands alone nothing."""
    from django.db.models import F, Window
    from django.db.models.functions import RowNumber

    from smarketing.records.notices import Merged

    storms = [notice.pk for notice in notices if notice.number > 1]
    place = Window(RowNumber(), partition_by=F("notice_id"), order_by=F("id").desc())
    found: dict[int, list[Merged]] = {number: [] for number in storms}
    for part in (
        Merged.objects.filter(notice__in=storms).exclude(text="").annotate(place=place).filter(place__lte=most).order_by("-id")
    ):
        found[part.notice_id].append(part)
    return found


def read(user: User, numbers: Iterable[int] | None = None, *, now: datetime) -> int:
    """Somebody has read these, or all of theirs; how many were unread."""
    from smarketing.records.notices import Notice

    theirs = Notice.objects.filter(user=user, read_at=None)
    return (theirs if numbers is None else theirs.filter(pk__in=list(numbers))).update(read_at=now)


def read_about(user: User, lead_id: str, *, now: datetime) -> int:
    """Somebody has opened this lead, so what they were told of it alone is read."""
    from smarketing.records.notices import Notice

    return Notice.objects.filter(user=user, lead_id=lead_id, read_at=None).update(read_at=now)


def forget_old(now: datetime) -> int:
    """Take away notices that are old; how many."""
    from django.db.models import Q

    from smarketing.records.notices import Notice

    gone = Notice.objects.filter(Q(created_at__lt=now - UNREAD_KEPT) | Q(created_at__lt=now - READ_KEPT, read_at__isnull=False))
    return gone.delete()[1].get("records.Notice", 0)
