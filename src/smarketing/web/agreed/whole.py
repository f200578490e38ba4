"""One version as the page reads it out: its head in one sentence, its parts, who signed it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import slugify

from smarketing.agreement.changes.phrases import joined
from smarketing.agreement.models import Agreement
from smarketing.agreement.sentences import buyers, promises, routine, way
from smarketing.agreement.sentences.writing import Writing
from smarketing.web.held import EmptyWorkspace
from smarketing.web.locale import reader
from smarketing.web.look.formats import signed
from smarketing.web.people import name_of
from smarketing.web.periods import quarter_of
from smarketing.web.versions import Version

TEAMS = ("marketing", "sales")
HEADS = {"marketing": "Marketing promises", "sales": "Sales promises", "both": "Both promise together"}
COUNTED = {"marketing": "of marketing", "sales": "of sales", "both": "of both"}


def writing() -> Writing:
    """Figures and people as this reader knows them."""
    who = reader()
    return Writing(
        number=lambda value: who.number(value, decimals=2),
        money=lambda value, currency: who.money(value, currency, cents=value != value.to_integral_value()),
        share=lambda value: who.share(float(value), decimals=0 if value * 100 % 1 == 0 else 1),
        day=lambda value: who.date(value, style="long"),
        person=person,
    )


def person(address: str) -> str:
    """The name behind an address, where somebody knows it."""
    try:
        return name_of(address)
    except EmptyWorkspace:
        return address


def parts(version: Version) -> dict[str, Any]:
    """Everything that the version says, part by part, ready for the template."""
    agreement, figures = version.agreement, writing()
    return {
        "promises": [_side(side, made, version) for side, made in promises.promises(agreement, figures).items()],
        "stages": way.stages(agreement),
        "handoff": list(way.handoff(agreement, figures)),
        "reasons": way.reasons(agreement),
        "personas": [_persona(each) for each in buyers.personas(agreement)],
        "engagement": [_earned(each) for each in buyers.engagement(agreement, figures)],
        "grades": promises.grades(agreement, figures),
        "worth_head": promises.worth_head(agreement) if agreement.worth is not None else "",
        "reward": list(promises.reward(agreement, figures)),
        "goals": routine.goals(agreement, figures),
        "routine": list(routine.routine(agreement, figures)),
        "interests": routine.interests(agreement),
        "calendars": routine.calendars(agreement, figures),
        "signed_by": _signatories(agreement),
    }


def _side(side: str, made: list[promises.Promise], version: Version) -> dict[str, Any]:
    rows = [each._asdict() | {"url": _on_the_scoreboard(version, each.name)} for each in made]
    return {"side": side, "team": "together" if side == "both" else side, "title": HEADS[side], "rows": rows}


def _on_the_scoreboard(version: Version, name: str) -> str:
    """Where the promise is measured: this quarter, or the last one in which the version was in force; nowhere before it begins."""
    if version.state == "to come":
        return ""
    period = f"?period={quarter_of(version.until)}" if version.state == "before" and version.until else ""
    return f"{reverse('home')}{period}#promise-{slugify(name)}"


def _persona(of: buyers.PersonaSaid) -> dict[str, Any]:
    return of._asdict() | {"fit": [_earned(each) for each in of.fit]}


def _earned(of: buyers.Points) -> dict[str, Any]:
    return of._asdict() | {"shown": signed(of.points), "tone": "bad" if of.points < Decimal(0) else "good"}


def _signatories(agreement: Agreement) -> list[dict[str, Any]]:
    """For each team with one: who signed."""
    signed_by = {team: list(map(person, getattr(agreement.signatories, team))) for team in TEAMS}
    return [{"team": team, "people": people} for team, people in signed_by.items() if people]


def answer(version: Version, as_of: datetime | None = None) -> str:
    """The page in one sentence: since when it holds, who signed, how much was promised."""
    people = [name for each in _signatories(version.agreement) for name in each["people"]]
    by = f", signed by {joined(people)}" if people else ""
    return f"{_holds(version)}{by}. {_promised(version.agreement)}{_trial(version, as_of)}"


def _holds(version: Version) -> str:
    who = reader()
    since = who.date(version.since, style="long")
    if version.state == "in force":
        return f"In force since {since}"
    if version.state == "to come":
        return f"In force from {since} on"
    return f"It was in force from {since}" + (f" to {who.date(version.until, style='long')}" if version.until else "")


def _promised(agreement: Agreement) -> str:
    counts = [(side, sum(each.by == side for each in agreement.commitments)) for side in HEADS]
    told = [f"{count} {COUNTED[side]}" for side, count in counts if count]
    total = len(agreement.commitments)
    if not total:
        return "Nothing is promised yet."
    return f"{total} promise{'' if total == 1 else 's'}: {joined(told)}."


def _trial(version: Version, as_of: datetime | None) -> str:
    until = version.trial_until
    if until is None:
        return ""
    over = as_of is not None and reader().local(as_of).date() >= until
    return f" {'It was' if over or version.state == 'before' else 'It is'} on trial until {reader().date(until, style='long')}: measured, not rewarded."


def contents(context: dict[str, Any], words: int) -> Iterator[dict[str, Any]]:
    """The parts that are there, as links within the page."""
    there = {
        "Promises": context["promises"],
        "Stages": context["stages"],
        "Hand-off": context["handoff"],
        "Who buys": context["personas"],
        "Points": context["engagement"],
        "Grades": context["grades"],
        "Reward": context["reward"],
        "Goals": context["goals"],
        "Routine": context["routine"],
        "Working hours": context["calendars"],
    }
    yield from ({"label": label, "url": f"#part-{slugify(label)}"} for label, part in there.items() if part)
    yield {"label": "Words", "url": "#part-words", "count": words}
    yield {"label": "Versions", "url": "#part-versions"}
