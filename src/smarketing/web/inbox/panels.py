"""What can be done with a lead, as panels of choices: a letter opens one, a digit chooses in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.actions.acts.question import colleagues, outcomes_of, reasons_of
from smarketing.actions.acts.verbs import may
from smarketing.actions.routing.known import office_now
from smarketing.agreement.changes.phrases import upper
from smarketing.reports.explain.words import properties_of
from smarketing.reports.inbox.hours import hours_of
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.periods import micros
from smarketing.web.held import held, usual
from smarketing.web.locale import reader
from smarketing.web.people import name_of
from smarketing.web.states import place

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.records.people import User
    from smarketing.reports.outcome import Outcome

OBSTACLES = 6
"""So many of the obstacles that are noted most often are offered."""
AHEAD = ((1, "Tomorrow"), (2, "In two days"), (7, "In a week"), (14, "In two weeks"), (30, "In a month"))


GIVEN_BACK = {"reject": "rejected", "back": "recycled", "out": "disqualified"}
"""The panels of reasons, and what each does."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: `pick` says to the server what it is (`verb:property:value`); `note` stands beside it in grey."""

    label: str
    pick: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One group of acts under a `letter`: with one choice and no fields it acts at once, else it opens.

    `fields`: (name, label, kind) of what can be typed: text, long, date or url; `submit`: the choice that takes them. `first`: it stands in
    the bar, on a phone too. `key`: the idempotency key of its form.
    """

    name: str
    letter: str
    label: str
    icon: str
    choices: list[Choice]
    fields: Sequence[tuple[str, str, str]] = ()
    submit: Choice | None = None
    first: bool = False
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def doubted(self) -> bool:
        """Whether something may speak against its choices."""
        return self.name in GIVEN_BACK and bool(self.choices)

    @property
    def at_once(self) -> bool:
        """Whether the letter alone does it."""
        return len(self.choices) == 1 and not self.fields


def panels(user: User, *, owner: str | None, open: bool, accepted: bool, now: datetime) -> list[Panel]:
    """What this user may do with a lead of this owner now; `open`: it is in a hand-off that goes on, which is `accepted` or not."""
    agreement = held().agreement
    wanted = _of_sales(agreement, owner, accepted, now) if open else iter(())
    found = [*wanted, *_of_everybody()]
    return [panel for panel in found if may(_verb(panel), user.role, user.email, owner)]


def _verb(panel: Panel) -> str:
    choice = panel.choices[0] if panel.choices else panel.submit
    assert choice is not None, "a panel offers something"
    return choice.pick.partition(":")[0]


def _of_sales(agreement: Agreement, owner: str | None, accepted: bool, now: datetime) -> Iterator[Panel]:
    if not accepted:
        yield Panel("accept", "a", "Accept", "check", [Choice("Accept", "accepted")], first=True)
    outcomes = [Choice(upper(each), f"call_made:outcome:{each}") for each in outcomes_of(agreement, "call_made")]
    yield Panel("call", "c", "Call", "phone", outcomes, fields=[NOTE], first=True)
    yield Panel("mail", "m", "Write or meet", "mail", [*WRITTEN_OR_MET], fields=[NOTE], first=True)
    yield from _hand_backs(agreement)
    yield Panel("snooze", "s", "Put aside", "moon", _snoozes(owner, agreement, now), [("until", "Or until", "date")], UNTIL)
    if others := _colleagues(owner, now):
        away = _away(agreement, now)
        told = [Choice(name, f"assigned:to:{address}", away.get(address.lower(), "")) for address, name in others]
        yield Panel("pass", "p", "Pass on", "handoff", told)
    known = [Choice(upper(each), f"obstacle_noted:obstacle:{each}") for each in _obstacles()]
    yield Panel("obstacle", "o", "Obstacle", "warning", known, [("obstacle", "Or in your words", "text")], OBSTACLE)


NOTE = ("note", "Note", "long")
WRITTEN_OR_MET = (
    Choice("Mail sent", "email_sent:outcome:sent"),
    Choice("Message sent", "message_sent:outcome:sent"),
    Choice("Meeting booked", "meeting_booked:outcome:booked"),
    Choice("Meeting held", "meeting_held:outcome:held"),
    Choice("Mail answered", "email_sent:outcome:answered"),
    Choice("Mail bounced", "email_sent:outcome:bounced"),
    Choice("Message answered", "message_sent:outcome:answered"),
)
"""Whoever was met is known by what the agreement calls reached; that nobody came is a note."""
UNTIL = Choice("Put aside until then", "snoozed")
OBSTACLE = Choice("Note it", "obstacle_noted")


def _hand_backs(agreement: Agreement) -> Iterator[Panel]:
    kinds = (("reject", "r", "Reject", "close", "rejected"), ("back", "b", "Give back", "left", "recycled"))
    for name, letter, label, icon, verb in (*kinds, ("out", "d", "Disqualify", "void", "disqualified")):
        reasons = reasons_of(agreement, verb)
        given = [Choice(upper(each), f"{verb}:reason:{each}") for each in reasons]
        typed = [] if reasons else [("reason", "Reason", "text")]
        yield Panel(name, letter, label, icon, given, typed, None if reasons else Choice(label, verb), first=name == "reject")


def _of_everybody() -> Iterator[Panel]:
    yield Panel("comment", "n", "Comment", "comment", [], [("text", "Comment", "long")], Choice("Comment", "commented"))
    link = [("url", "Address of the file", "url"), ("name", "Name", "text")]
    yield Panel("file", "f", "File", "link", [], link, Choice("Attach", "attached"))


def _snoozes(owner: str | None, agreement: Agreement, now: datetime) -> list[Choice]:
    """Days ahead, each at the hour at which the rep begins to work on it or on the next day that is worked."""
    hours = hours_of(held(), owner or "", agreement, now)
    found: dict[datetime, Choice] = {}
    for days, label in AHEAD:
        day = reader().local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
        begins = next(iter(hours.between(day, day + timedelta(days=7))), (day + timedelta(hours=9), day))[0]
        found.setdefault(begins, Choice(label, f"snoozed:until:{begins.isoformat()}", reader().datetime(begins)))
    return list(found.values())


def _colleagues(owner: str | None, now: datetime) -> list[tuple[str, str]]:
    day = now.date()
    there: list[tuple[str, str]] = usual("colleagues", lambda outcome: _by_name(colleagues(place(), now=now)), day)
    return [each for each in there if each[0].lower() != (owner or "").lower()]


def _away(agreement: Agreement, now: datetime) -> dict[str, str]:
    """Who is absent now, by address in small letters, and until when; it is said and forbids nothing."""
    try:
        office = office_now(place(), agreement, now)
    except DocumentError:  # pages go on with what they hold; the router says what is wrong with the small tables
        return {}
    back = {desk.rep.lower(): desk.away_until(micros(now)) for desk in office.desks}
    return {rep: f"away until {reader().datetime(office.local(at))}" for rep, at in back.items() if at is not None}


def _by_name(there: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(((address, name_of(address)) for address in there.values()), key=lambda each: each[1].lower())


def _obstacles() -> list[str]:
    found: list[str] = usual("obstacles", _noted_most)
    return found


def _noted_most(outcome: Outcome) -> list[str]:
    noted = outcome.facts.filter(pl.col("kind") == "obstacle_noted").select("properties").collect()["properties"]
    counted: dict[str, int] = {}
    for text, number in noted.value_counts().iter_rows():
        said: Any = properties_of({"properties": text}).get("obstacle")
        if said:
            counted[str(said)] = counted.get(str(said), 0) + number
    return sorted(counted, key=lambda each: (-counted[each], each))[:OBSTACLES]
