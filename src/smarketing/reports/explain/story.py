"""One lead's life in order of time: every fact, and every row of the tables that follows from it, as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.explain.life import Cycle, Life, Row, ids_in, life_of
from smarketing.reports.explain.phases import Phase, phase_of
from smarketing.reports.explain.text import as_text
from smarketing.reports.explain.why import why_entered
from smarketing.reports.explain.words import (
    condition_words,
    fact_words,
    kind_words,
    listed,
    moment,
    money,
    number,
    signed,
    stage_label,
    with_article,
)  # fmt: skip
from smarketing.reports.figures import iso
from smarketing.reports.report import Note
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.kinds import SALES_ACTS
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.reports.following import Following

ORDER = ("fact", "engagement", "fit", "stage", "handoff", "attempt", "clock")
"""What is said first of one moment: what happened, then what follows from what."""


@dataclass(frozen=True, slots=True)
class Event:
    """One sentence: `at` when, in which `cycle` (None: between two), `what` it is about (see ORDER), and its figures.

    `agreement` is the id of the version that judged it: of a hand-off and its clocks that of the hand-off's time, of points that
    fade or fall out that of their fact's.
    """

    at: datetime
    cycle: int | None
    what: str
    text: str
    agreement: str
    figures: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape: the figures beside the sentence."""
        said = {"at": iso(self.at), "cycle": self.cycle, "what": self.what, "text": self.text, "agreement": self.agreement}
        return said | _plain(self.figures)


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """The life of `lead_id` as of `as_of`; `now` is where it stands, `events` are in order of time, `cycles` their chapters.

    `agreement`: the id of the version in force now; `versions`: all that judged, in sequence. `phase`: where it is in its buying cycle.
    """

    lead_id: str
    as_of: datetime
    agreement: str
    zone: str
    now: dict[str, Any]
    events: list[Event]
    cycles: list[tuple[int, str]]
    standing: str
    notes: list[Note] = field(default_factory=list)
    versions: Sequence[Agreement] = ()
    phase: Phase | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of a report; `rows` are the events, instants are ISO 8601 in UTC."""
        head = {
            "report": "explain",
            "lead_id": self.lead_id,
            "period": None,
            "as_of": iso(self.as_of),
            "agreement": self.agreement,
        }
        notes = [note._asdict() for note in self.notes]
        phase = None if self.phase is None else self.phase.to_dict()
        return head | {
            "now": _plain(self.now),
            "phase": phase,
            "rows": [event.to_dict() for event in self.events],
            "notes": notes,
        }

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Explanation of {self.lead_id} as of {iso(self.as_of)}: {len(self.events)} events>"

    def to_text(self, *, width: int = 100) -> str:
        """The life as people read it, times on the wall clock of the agreement's zone."""
        return as_text(self, width=width)


def explain(outcome: Following, lead_id: str) -> Explanation:
    """Explain one lead. Raises UsageError for an id that no fact has, with the nearest one."""
    ids = ids_in(outcome)
    own = ids.own.get(lead_id, lead_id)
    life = life_of(outcome, own)
    if life is None:
        raise UsageError(_unknown(outcome, lead_id))
    notes = [Note("SMK-R010", f'"{lead_id}" is the same person as "{own}"; this is their one life.')] if own != lead_id else []
    others = [other for other in ids.others.get(own, []) if other != lead_id]
    if others:
        notes.append(Note("SMK-R011", f"The facts of {listed(others)} are part of this life."))
    events = sorted(_events(life), key=lambda event: (event.at, event.cycle or 0, ORDER.index(event.what)))
    chapters = [(cycle.number, _chapter(life, cycle)) for cycle in life.cycles]
    now = _now(life)
    zone, standing = outcome.agreement.timezone, _standing(life, now)
    return Explanation(
        own, outcome.as_of, outcome.agreement.id, zone, now, events, chapters, standing, notes, outcome.versions, phase_of(life)
    )


def _unknown(outcome: Following, lead_id: str) -> str:
    ids = outcome.facts.select(pl.col("lead_id").unique()).collect()["lead_id"]
    as_of = moment(outcome.as_of, outcome.agreement.timezone)
    return f'There is no lead "{lead_id}" as of {as_of}.{did_you_mean(lead_id, ids)}'


def _events(life: Life) -> Iterator[Event]:
    for fact in life.facts:
        version = life.version_at(fact["at"])
        text = fact_words(fact, version.currency)
        said, figures = f"{text[0].upper()}{text[1:]}.", {"fact_id": fact["fact_id"], "kind": fact["kind"]}
        yield Event(fact["at"], _number(life, fact["at"]), "fact", said, version.id, figures)
    yield from _score_events(life)
    for entry in life.entries:
        yield _stage_event(life, entry)
    for row in life.handoffs:
        yield from _handoff_events(life, row)
    for clock in life.clocks:
        yield from _clock_events(life, clock)


def _score_events(life: Life) -> Iterator[Event]:
    persona = None
    for line in life.receipt:
        said = _engagement_sentence(life, line) if line["axis"] == "engagement" else _fit_sentence(life, line)
        if line["persona"] != persona:
            persona = line["persona"]
            said += f" The persona is {'none any more' if persona is None else 'now ' + persona if line['axis'] == 'fit' else persona}."
        keys = ("axis", "rule", "fact_id", "points", "balance", "persona")
        judge, figures = life.judge_of(line).id, {key: line[key] for key in keys}
        yield Event(line["at"], _number(life, line["at"]), line["axis"], said, judge, figures)


def _engagement_sentence(life: Life, line: Row) -> str:
    head = f"{_points(life, line)}: "
    fact = life.fact[line["fact_id"]]
    if fact["at"] == line["at"]:
        return f"{head}{line['rule']}."
    rule = next((rule for rule in life.judge_of(line).engagement if rule.name == line["rule"]), None)
    since = f"{kind_words(fact['kind'])} on {moment(fact['at'], life.agreement.timezone)}"
    if rule is not None and rule.at_most is not None and (line["rule"], line["at"]) in life.earnings:
        last = "only the last one counts" if rule.at_most == 1 else f"only the last {rule.at_most} count"
        return f"{head}{line['rule']} no longer counts, as {last} ({since})."
    return f"{head}{line['rule']} fades ({since})."


def _fit_sentence(life: Life, line: Row) -> str:
    if line["fact_id"] is None:
        begun = life.version_at(line["at"])
        return f"{_points(life, line)}: the version from {begun.in_force.from_} begins and judges the profile anew."
    return f"{_points(life, line)}: {_fit_rule(life.version_at(line['at']), line['rule'])}."


def _points(life: Life, line: Row) -> str:
    """`Fit +20`, and on the last line of a moment `, now 35`: the balance is that after the moment."""
    now = f", now {number(line['balance'])}" if line is life.last_line[line["at"], line["axis"]] else ""
    return f"{line['axis'].capitalize()} {signed(line['points'])}{now}"


def _fit_rule(version: Agreement, label: str) -> str:
    """The condition of the rule in words where it has no name of its own."""
    for persona in version.personas:
        for rule in persona.fit:
            if f"{persona.name}.{rule.label}" == label:
                return rule.name or condition_words(rule.when.written)
    return label


def _stage_event(life: Life, entry: Row) -> Event:
    name = with_article(stage_label(life.agreement, entry["stage"]))
    why = why_entered(life, entry)
    comma = "," if why.startswith(("because", "w")) else ""
    figures = {"stage": entry["stage"], "fact_id": entry["fact_id"], "left_at": entry["left_at"]}
    text, judge = f"{name[0].upper()}{name[1:]}{comma} {why}.", life.version_at(entry["entered_at"]).id
    return Event(entry["entered_at"], entry["cycle"], "stage", text, judge, figures)


def _handoff_events(life: Life, row: Row) -> Iterator[Event]:
    version = life.version_at(row["handed_at"])
    worth = [f"worth {money(row['worth'], version.currency)}"] if row["worth"] is not None else []
    said = [f"grade {row['grade']}", f"fit {number(row['fit'])}", f"engagement {number(row['engagement'])}", *worth]
    campaign = [f"campaign {row['campaign']}"] if row["campaign"] else []
    to = f"to {row['rep']}" if row["rep"] else "to sales, to nobody by name"
    text = f"Handed over {to}, sourced by {row['sourced']}: {', '.join(said + campaign)}."
    figures = {key: value for key, value in row.items() if key not in ("lead_id", "cycle")}
    yield Event(row["handed_at"], row["cycle"], "handoff", text, version.id, figures)
    if row["first_attempt_at"] is not None:
        judge = life.version_at(row["first_attempt_at"]).id
        waited = row["business_minutes_to_first_attempt"]
        after = "" if waited is None else f", {number(Decimal(str(round(waited, 2))))} business minutes after the hand-off"
        told = f"The first attempt{after}."
        yield Event(row["first_attempt_at"], row["cycle"], "attempt", told, judge, {"business_minutes": waited})


def _clock_events(life: Life, clock: Row) -> Iterator[Event]:
    zone, name = life.agreement.timezone, f'"{clock["commitment"]}"'
    figures = {key: clock[key] for key in ("commitment", "due_at", "kept_at", "state")}
    handed = _handed_at(life, clock)
    open_still = " It is still open." if clock["state"] == "open" else ""
    starts, judge = f"The clock {name} starts: due on {moment(clock['due_at'], zone)}.{open_still}", life.version_at(handed).id
    yield Event(handed, clock["cycle"], "clock", starts, judge, figures)
    end_at = next((cycle.end_at for cycle in life.cycles if cycle.number == clock["cycle"]), None)
    ends = {
        "kept": (clock["kept_at"], "is kept."),
        "late": (clock["kept_at"], f"is kept late: it was due on {moment(clock['due_at'], zone)}."),
        "breached": (clock["due_at"], f"is broken: {_undone(life, clock)} by then."),
        "void": (end_at or clock["due_at"], "is void: the cycle ended before it was kept."),
    }
    if clock["state"] in ends:
        at, text = ends[clock["state"]]
        yield Event(at, clock["cycle"], "clock", f"The clock {name} {text}", judge, figures)


def _handed_at(life: Life, clock: Row) -> datetime:
    handed: datetime = next(row["handed_at"] for row in life.handoffs if row["cycle"] == clock["cycle"])
    return handed


def _undone(life: Life, clock: Row) -> str:
    """What was promised and had not been done when the clock was due."""
    handed_at = _handed_at(life, clock)
    promise = next(one for one in life.version_at(handed_at).commitments if one.name == clock["commitment"])
    if promise.decide_within is not None:
        return "nobody had decided about the lead"
    if promise.attempts is None:
        return "nobody had tried to reach the lead"
    cycle = next(cycle for cycle in life.cycles if cycle.number == clock["cycle"])
    by_then = [fact for fact in life.facts if handed_at <= fact["at"] <= clock["due_at"] and cycle.holds(fact["at"])]
    made = sum(_is_attempt(life, fact) for fact in by_then)
    return f"{made} of {promise.attempts} attempts had been made"


def _is_attempt(life: Life, fact: Row) -> bool:
    attempts = life.version_at(fact["at"]).handoff.attempts
    return fact["kind"] in (SALES_ACTS if attempts is None else attempts)


def _chapter(life: Life, cycle: Cycle) -> str:
    begin = f"Cycle {cycle.number}, from {moment(cycle.begin_at, life.agreement.timezone)}"
    return begin if cycle.number == 1 else f"{begin}, begun by: {fact_words(cycle.by, life.version_at(cycle.by['at']).currency)}"


def _now(life: Life) -> dict[str, Any]:
    """Where the lead stands: stage (null: none, or between two cycles), scores, grade, persona, owner."""
    here = [entry for entry in life.entries if entry["left_at"] is None]
    stage = max(here, key=lambda entry: life.agreement.stage_names.index(entry["stage"]), default=None)
    fit, engagement = life.balance("fit", life.as_of), life.balance("engagement", life.as_of)
    handoff = max(life.handoffs, key=lambda row: row["cycle"], default=None)
    return {
        "stage": stage["stage"] if stage else None,
        "since": stage["entered_at"] if stage else None,
        "cycle": stage["cycle"] if stage else None,
        "fit": fit,
        "engagement": engagement,
        "grade": life.agreement.grade_of(fit),
        "persona": life.persona(life.as_of),
        "owner": handoff["owner"] if handoff and stage and handoff["cycle"] == stage["cycle"] else None,
    }


def _standing(life: Life, now: dict[str, Any]) -> str:
    name = with_article(stage_label(life.agreement, now["stage"])) if now["stage"] else "At no stage"
    since = f" since {moment(now['since'], life.agreement.timezone)}" if now["since"] else ""
    who = f", with {now['owner']}" if now["owner"] else ""
    persona = f", persona {now['persona']}" if now["persona"] else ""
    own = life.engagement(life.as_of, now["cycle"]) if now["cycle"] else now["engagement"]
    of_cycle = f" ({number(own)} of this cycle)" if own != now["engagement"] else ""
    scores = f"fit {number(now['fit'])} (grade {now['grade']}), engagement {number(now['engagement'])}{of_cycle}{persona}"
    return f"{name[0].upper()}{name[1:]}{since}{who}; {scores}."


def _number(life: Life, at: datetime) -> int | None:
    cycle = life.cycle_at(at)
    return cycle.number if cycle else None


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        key: iso(value) if isinstance(value, datetime) else float(value) if isinstance(value, Decimal) else value
        for key, value in figures.items()
    }
