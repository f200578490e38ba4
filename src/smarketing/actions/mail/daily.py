"""The daily mail: each team's morning, once on every working day, to those of the team who want mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from smarketing.actions.mail.links import site
from smarketing.actions.mail.morning import Letter, compose
from smarketing.actions.mail.post import post
from smarketing.vocabulary.periods import Period, day_start, local_day

if TYPE_CHECKING:
    from smarketing.actions.mail.hours import WorkingHours
    from smarketing.actions.workspace import Workspace
    from smarketing.records.people import User
    from smarketing.reports.outcome import Outcome

TEAMS = ("marketing", "sales")
OFF = "off"
NEWS_FOR = timedelta(hours=4)
"""So much later than at its time a morning is no more told: the worker was not there."""
MOST_DAYS_BACK = 7


@dataclass
class _Done:
    """The last day that this process has nothing more to do for."""

    day: date | None = None


_LAST = _Done()


def mail_daily(workspace: Workspace, now: datetime) -> int:
    """Put the daily mails of today into the queue when it is time; how many letters are new. Several workers may do it at once."""
    from smarketing.actions.mail.hours import working_hours

    due_at = daily_due_at(workspace, now)
    if due_at is None or not due_at <= now < due_at + NEWS_FOR:
        return 0
    today = local_day(now, workspace.agreements()[-1].timezone)
    if _LAST.day == today:
        return 0
    hours = working_hours(workspace, now)
    new = _write(workspace, hours, now, today) if hours.is_working_day(now) else 0
    _LAST.day = today
    return new


def daily_due_at(workspace: Workspace, now: datetime) -> datetime | None:
    """When today's mail is due; None where none is sent: it is switched off, or time does not pass there."""
    said = workspace.settings.daily_at
    if said == OFF or workspace.stands_still:
        return None
    hour, minute = (int(part) for part in said.split(":"))
    local = now.astimezone(ZoneInfo(workspace.agreements()[-1].timezone))
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _write(workspace: Workspace, hours: WorkingHours, now: datetime, today: date) -> int:
    waiting = {team: _readers(team, today) for team in TEAMS}
    if not any(waiting.values()):
        return 0
    from smarketing.actions.refresh import load_following

    outcome = load_following(workspace)
    if outcome is None or not outcome.table("stage_entries").height:
        return 0
    home, period = site(workspace), since_last_working_day(hours, now)
    return sum(_to_team(outcome, team, readers, period, home) for team, readers in waiting.items() if readers)


def _readers(team: str, today: date) -> list[tuple[User, str]]:
    """Who of the team wants mail and has no letter of today yet, with its key."""
    from smarketing.records.notices import Letter as Queued
    from smarketing.records.people import User

    keys = {f"daily:{team}:{today}:{user.pk}": user for user in User.objects.filter(role=team, is_active=True, mails=True)}
    there = set(Queued.objects.filter(key__in=keys).values_list("key", flat=True))
    return [(user, key) for key, user in keys.items() if key not in there]


def _to_team(outcome: Outcome, team: str, readers: list[tuple[User, str]], period: Period, home: str) -> int:
    letter = compose(outcome, team, period=period, home=home)
    return sum(
        post(key=key, to=user.email, subject=letter.subject, text=letter.text, html=letter.html, pictures=letter.pictures)
        for user, key in readers
    )


def since_last_working_day(hours: WorkingHours, now: datetime) -> Period:
    """From the begin of the last working day before today to the begin of today: on a Monday Friday and the days after it."""
    zone = hours.version.timezone
    today = local_day(now, zone)
    first = today - timedelta(days=1)
    while not hours.is_working_day(day_start(first, zone)) and (today - first).days < MOST_DAYS_BACK:
        first -= timedelta(days=1)
    return Period(f"{first}..{today}", day_start(first, zone), day_start(today, zone))


def preview(workspace: Workspace, outcome: Outcome, team: str, *, drawn: bool = True) -> Letter:
    """The daily mail of a team as it would be written as of the outcome, with its pictures or without."""
    from smarketing.actions.mail.hours import working_hours

    period = since_last_working_day(working_hours(workspace, outcome.as_of), outcome.as_of)
    return compose(outcome, team, period=period, home=site(workspace), drawn=drawn)
