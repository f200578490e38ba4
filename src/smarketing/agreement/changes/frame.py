"""Changes of the frame: name, money, zone, dates, signatories, working hours, words."""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.agreement.calendars import Calendar
from smarketing.agreement.changes.phrases import joined
from smarketing.agreement.changes.rest import paired
from smarketing.agreement.models import Agreement, Term
from smarketing.agreement.values import Team

TEAMS: tuple[Team, ...] = ("marketing", "sales")


def heading(old: Agreement, new: Agreement) -> Iterator[str]:
    """What stands at the top."""
    if old.name != new.name:
        yield f'The agreement is now called "{new.name}" instead of "{old.name}".'
    if old.currency != new.currency:
        yield f"Money is now counted in {new.currency} instead of {old.currency}."
    if old.timezone != new.timezone:
        yield f"Days and periods now follow the clocks of {new.timezone} instead of {old.timezone}."
    if old.in_force.from_ != new.in_force.from_:
        yield f"It is in force from {new.in_force.from_} instead of {old.in_force.from_}."
    if old.in_force.trial_until != new.in_force.trial_until:
        yield f"It is {_trial(new)} instead of {_trial(old)}."


def _trial(agreement: Agreement) -> str:
    until = agreement.in_force.trial_until
    return f"on trial until {until}" if until else "in force without a trial"


def signatories(old: Agreement, new: Agreement) -> Iterator[str]:
    """Who signs."""
    for team in TEAMS:
        before, after = getattr(old.signatories, team), getattr(new.signatories, team)
        yield from (f"{who} now signs for {team}." for who in after if who not in before)
        yield from (f"{who} no longer signs for {team}." for who in before if who not in after)


def calendars(old: Agreement, new: Agreement) -> Iterator[str]:
    """Working hours and holidays."""
    added, removed, both = paired(old.calendars, new.calendars)
    yield from (f'New calendar "{name}": {_hours(new.calendars[name])}.' for name in added)
    yield from (f'The calendar "{name}" is gone.' for name in removed)
    for name in both:
        yield from _calendar(name, old.calendars[name], new.calendars[name])


def _calendar(name: str, old: Calendar, new: Calendar) -> Iterator[str]:
    if old.week() != new.week():
        yield f'Working hours ("{name}") are now {_hours(new)} instead of {_hours(old)}.'
    if old.timezone != new.timezone:
        yield f'The calendar "{name}" now follows the clocks of {_zone(new)} instead of {_zone(old)}.'
    before, after = old.holidays, new.holidays
    if (before.country, before.region) != (after.country, after.region):
        yield f'The calendar "{name}" now has {_country(new)} instead of {_country(old)}.'
    yield from (f'{day} is now a day off ("{name}").' for day in after.also if day not in before.also)
    yield from (f'{day} is no longer a day off ("{name}").' for day in before.also if day not in after.also)


def _hours(calendar: Calendar) -> str:
    return "; ".join(f"{days} {joined(spans) or 'no work'}" for days, spans in calendar.hours.items()) or "none"


def _zone(calendar: Calendar) -> str:
    return calendar.timezone or "the agreement's zone"


def _country(calendar: Calendar) -> str:
    place = " ".join(part for part in (calendar.holidays.country, calendar.holidays.region) if part)
    return f"the holidays of {place}" if place else "no country's holidays"


def vocabulary(old: Agreement, new: Agreement) -> Iterator[str]:
    """The common words."""
    before, after = ({term.term: term for term in agreement.vocabulary} for agreement in (old, new))
    added, removed, both = paired(before, after)
    yield from (f'New word "{word}": {_means(after[word])}' for word in added)
    yield from (f'The word "{word}" is gone.' for word in removed)
    for word in both:
        yield from _term(before[word], after[word])


def _term(old: Term, new: Term) -> Iterator[str]:
    word = f'"{new.term}"'
    if old.means != new.means:
        yield f"{word} now means: {_means(new)}"
    if old.short != new.short:
        yield f"{word} is now shortened to {new.short or 'nothing'} instead of {old.short or 'nothing'}."
    if old.stage != new.stage:
        yield f"{word} is now tied to {_stage(new)} instead of {_stage(old)}."
    for team in TEAMS:
        before, after = old.also_called.get(team, []), new.also_called.get(team, [])
        yield from (f'{team.capitalize()} now also calls {word} "{name}".' for name in after if name not in before)
        yield from (f'{team.capitalize()} no longer calls {word} "{name}".' for name in before if name not in after)


def _means(term: Term) -> str:
    return term.means if term.means.endswith((".", "!", "?")) else f"{term.means}."


def _stage(term: Term) -> str:
    return f'the stage "{term.stage}"' if term.stage else "no stage"
