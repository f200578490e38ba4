"""What holds besides: goals of campaigns and reps, meetings, who sees what, who gets the credit, working hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smarketing.agreement.calendars import Calendar
from smarketing.agreement.changes.phrases import happening, joined, short_name, time, upper
from smarketing.agreement.models import Agreement, Attribution, Meetings
from smarketing.agreement.sentences.writing import PLAIN, Writing, plural, title

DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}  # fmt: skip


class GoalSaid(NamedTuple):
    """A bar for each campaign or each rep."""

    by: str
    text: str


def goals(agreement: Agreement, writing: Writing = PLAIN) -> list[GoalSaid]:
    """Every goal; what falls short of one is flagged."""
    said = []
    for each in agreement.goals:
        begin, end = plural(short_name(each.from_, agreement)), plural(short_name(each.to, agreement))
        text = f"Of the {begin} of each {each.by}, at least {writing.share(each.at_least)} become {end}."
        said.append(GoalSaid(each.by, text))
    return said


def routine(agreement: Agreement, writing: Writing = PLAIN) -> Iterator[str]:
    """When both teams meet, who sees reps' figures, who gets the credit, what an attempt costs, the test below the threshold."""
    yield from _meetings(agreement.meetings or Meetings())
    seen = {"open": "to both teams", "leaders": "to the rep and the leaders only"}
    yield f"The figures of single reps are open {seen[agreement.rankings]}."
    if agreement.attribution:
        yield from _credit(agreement.attribution, writing)
    if agreement.effort:
        yield f"An attempt counts as {writing.number(agreement.effort.minutes_per_attempt)} minutes of work."
    if agreement.holdout:
        share = writing.share(agreement.holdout.share)
        yield f"Of the leads below the threshold, {share} are handed over all the same, so that it can be judged."


def _meetings(of: Meetings) -> Iterator[str]:
    if of.weekly:
        yield f"Both teams meet every {upper(of.weekly.day)} at {of.weekly.at}."
    if of.renewal:
        yield f"The agreement is confirmed or amended {of.renewal}."
    if of.interlock:
        yield f"Campaigns and reps are reviewed together {of.interlock}."


CREDIT = {
    "first": "the first touch", "last": "the last touch", "linear": "all touches in equal parts", "time_decay": "all touches, the later the more",
    "markov": "the touches by what would be lost without each", "shapley": "the touches by what each adds to the others",
}  # fmt: skip


def _credit(of: Attribution, writing: Writing) -> Iterator[str]:
    if of.model == "position":
        first, between, last = (writing.share(share) for share in of.position)
        whose = f"{first} to the first touch, {between} to those between, {last} to the last"
    else:
        whose = f"to {CREDIT[of.model]}"
    halves = f"; one that is {time(of.half_life)} older counts half" if of.model == "time_decay" else ""
    yield f"The credit for money won goes {whose}{halves}."
    leads = "the opportunity's leads" if of.scope == "lead" else "all leads of the account"
    back = f"as far back as {time(of.lookback)}" if of.lookback else "however old they are"
    yield f"The touches of {leads} count {back}."


def interests(agreement: Agreement) -> list[tuple[str, str]]:
    """Topic → what shows an interest in it."""
    return [
        (upper(topic), joined((happening(each.fact, each.where) for each in shown), "or"))
        for topic, shown in agreement.interests.items()
    ]


class CalendarSaid(NamedTuple):
    """Working hours: `lines` of (days, hours) in local time of `zone`, and sentences about days off."""

    title: str
    zone: str
    lines: tuple[tuple[str, str], ...]
    off: tuple[str, ...]


def calendars(agreement: Agreement, writing: Writing = PLAIN) -> list[CalendarSaid]:
    """Every calendar; `default` is that of everybody who has no other."""
    return [_calendar(name, each, agreement, writing) for name, each in agreement.calendars.items()]


def _calendar(name: str, of: Calendar, agreement: Agreement, writing: Writing) -> CalendarSaid:
    lines = tuple(
        (days(key), joined(span.replace("-", "\N{EN DASH}") for span in spans) or "no work") for key, spans in of.hours.items()
    )
    whose = "Everybody without hours of their own" if name == "default" else title(name)
    return CalendarSaid(whose, (of.timezone or agreement.timezone).replace("_", " "), lines, tuple(_off(of, writing)))


def days(key: str) -> str:
    """`mon-fri` → Monday to Friday; `mon,wed` → Monday and Wednesday."""
    return joined(_days(part.strip()) for part in key.split(","))


def _days(part: str) -> str:
    first, dash, last = (text.strip() for text in part.partition("-"))
    return f"{DAYS[first]} to {DAYS[last]}" if dash else DAYS[first]


def _off(of: Calendar, writing: Writing) -> Iterator[str]:
    place = " ".join(part for part in (of.holidays.country, of.holidays.region) if part)
    if place:
        yield f"The public holidays of {place} are off."
    if of.holidays.also:
        yield f"Also off: {joined(writing.day(day) for day in of.holidays.also)}."
