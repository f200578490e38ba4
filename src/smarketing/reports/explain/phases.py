"""Where a lead is in its buying cycle: the phase, since when, whether longer than expected, what to say and what to offer.

A phase is the last one, in the order of the persona's buying cycle, whose `when` has held so far; one without `when` has held since the
lead's first fact. Where the contract leaves a choice:

* The persona is the one of now. All its phases are judged by the whole life: what somebody read before we knew who they are counts, and
  a hand-back takes nobody back to the beginning of their buying.
* A moment is judged by the version in force then: by the phase of that name of the persona of that name, where that version has one.
* A phase has held since the first moment at which its `when` did; a score that is lost again takes nobody back.
* Scores are the whole balances, not those of a cycle; `only_from` asks that the lead had entered that stage, in the cycle of the moment.
* Nobody's persona, or a persona none of whose phases has held, has no phase.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from smarketing.agreement.changes.phrases import time
from smarketing.derivations.business_time import NEVER, budget, due_many, lay_out, stack
from smarketing.derivations.live.remembered import Remembered
from smarketing.derivations.matching.facts import COLUMNS, one_value
from smarketing.derivations.matching.properties import places, read_properties
from smarketing.reports.figures import iso
from smarketing.vocabulary.periods import micros
from smarketing.vocabulary.tables import MONEY

if TYPE_CHECKING:
    from smarketing.agreement import models
    from smarketing.agreement.conditions import AttributeCondition, TimeCondition
    from smarketing.agreement.models import Agreement
    from smarketing.reports.explain.life import Life

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AROUND = timedelta(days=3)
DAYS_AHEAD = (40, 400, 4000)
"""So far working time is laid out to find the end of a phase that lasts business days; further where that is not enough."""

VERDICTS = 50_000
"""So many times it is remembered whether a fact says what a condition asks."""


@dataclass(frozen=True, slots=True)
class Phase:
    """The phase `name` of the buying cycle of `persona`, number `place` of `of`, counted from 1.

    `since`: from when on; `lasts`: what is expected, in words ("" where nothing is), and `expected_until` the instant at which that
    is over; `longer`: whether it is. `say` and `offer`: what the agreement says to say and to offer in it.
    """

    name: str
    persona: str
    place: int
    of: int
    since: datetime
    lasts: str
    expected_until: datetime | None
    longer: bool
    say: str
    offer: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        until = None if self.expected_until is None else iso(self.expected_until)
        return {
            "persona": self.persona, "phase": self.name, "place": self.place, "of": self.of, "since": iso(self.since),
            "expected_until": until, "longer": self.longer, "say": self.say, "offer": list(self.offer),
        }  # fmt: skip


def phase_of(life: Life) -> Phase | None:
    """The phase of the buying cycle in which the lead is as of now; None where nobody says so."""
    persona = _persona(life.agreement, life.persona(life.as_of))
    if persona is None:
        return None
    seen, count = Seen(life), len(persona.buying_cycle)
    for place, phase in reversed([*enumerate(persona.buying_cycle, start=1)]):
        since = seen.first_held(persona.name, phase.phase)
        if since is not None:
            return _told(life, persona.name, phase, since, place, count)
    return None


def _told(life: Life, persona: str, phase: models.Phase, since: datetime, place: int, count: int) -> Phase:
    until = None if phase.lasts is None else ends_at(phase.lasts, since, life.agreement)
    lasts = "" if phase.lasts is None else time(phase.lasts)
    longer = until is not None and life.as_of > until
    return Phase(phase.phase, persona, place, count, since, lasts, until, longer, phase.say or "", tuple(phase.offer))


def _persona(agreement: Agreement, name: str | None) -> models.Persona | None:
    return next((persona for persona in agreement.personas if persona.name == name), None)


def ends_at(lasts: Any, since: datetime, agreement: Agreement) -> datetime | None:
    """When a span that begins at `since` is over; business time is that of the default calendar. None where it never is."""
    kind, amount = budget(lasts)
    if not lasts.business:
        return since + timedelta(microseconds=amount)
    for days in DAYS_AHEAD:
        first, last = (since - AROUND).date(), (since + timedelta(days=days)).date()
        line = lay_out(agreement.calendars["default"], agreement.timezone, first=first, last=last)
        due = int(due_many(stack([line]), np.zeros(1, dtype=np.int64), np.array([micros(since)]), kind, amount)[0])
        if due != NEVER:
            return EPOCH + timedelta(microseconds=due)
    return None


@dataclass(frozen=True)
class Seen:
    """A life as conditions on time see it, at any of its moments."""

    life: Life

    def first_held(self, persona: str, phase: str) -> datetime | None:
        """The first moment at which the phase's `when` held; of one without `when` the lead's first fact."""
        return next((at for at in self.moments if self._begins(persona, phase, at)), None)

    def _begins(self, persona: str, phase: str, at: datetime) -> bool:
        known = _persona(self.life.version_at(at), persona)
        found = next((each for each in known.buying_cycle if each.phase == phase), None) if known else None
        return found is not None and (found.when is None or self.holds(found.when, at))

    def holds(self, when: TimeCondition, at: datetime, *, lasting: bool = False) -> bool:
        """Whether the condition holds at the moment; `lasting`: it stands inside an `all`, where a fact counts from then on."""
        if when.fact is not None:
            happened = [each for each in self.times_of(when) if each == at or (lasting and each < at)]
            return any(self._came_from(when.only_from, each) for each in happened)
        if not self._came_from(when.only_from, at):
            return False
        if when.any is not None:
            return any(self.holds(part, at, lasting=lasting) for part in when.any)
        if when.all is not None:
            return all(self.holds(part, at, lasting=True) for part in when.all)
        return self._state(when, at)

    def _came_from(self, stage: str | None, at: datetime) -> bool:
        if stage is None:
            return True
        cycle = self.life.cycle_at(at)
        entered = (entry for entry in self.life.entries if cycle is not None and entry["cycle"] == cycle.number)
        return any(entry["stage"] == stage and entry["entered_at"] <= at for entry in entered)

    def _state(self, when: TimeCondition, at: datetime) -> bool:
        fit, engagement = self._balance("fit", at), self._balance("engagement", at)
        if when.score is not None:
            reached = {"fit": fit, "engagement": engagement, "total": fit + engagement}
            return all(reached[axis] >= needed for axis, needed in when.score.thresholds().items())
        if when.persona is not None:
            return self.life.persona(at) in when.persona
        return when.grade is not None and self.life.version_at(at).grade_of(fit) in when.grade

    @cached_property
    def moments(self) -> list[datetime]:
        """The times of the facts and of the score changes, in order."""
        return sorted({fact["at"] for fact in self.life.facts} | {line["at"] for line in self.life.changes})

    def _balance(self, axis: str, at: datetime) -> Decimal:
        times, balances = self._balances[axis]
        place = bisect_right(times, at)
        return balances[place - 1] if place else Decimal(0)

    @cached_property
    def _balances(self) -> dict[str, tuple[list[datetime], list[Decimal]]]:
        found = {}
        for axis in ("fit", "engagement"):
            told = sorted((at, line["balance"]) for (at, of), line in self.life.last_line.items() if of == axis)
            found[axis] = ([at for at, _ in told], [balance for _, balance in told])
        return found

    @cached_property
    def _matches(self) -> dict[int, list[datetime]]:
        return {}

    def times_of(self, when: TimeCondition) -> list[datetime]:
        """The times of the facts that a `fact` condition names, in order."""
        if id(when) not in self._matches:
            self._matches[id(when)] = [*self._times(when)]
        return self._matches[id(when)]

    def _times(self, when: TimeCondition) -> Iterator[datetime]:
        return (fact["at"] for fact in matching(self.life.facts, str(when.fact), when.where))


def matching(facts: Sequence[Mapping[str, Any]], kind: str, where: AttributeCondition | None) -> list[Mapping[str, Any]]:
    """Those of some facts (rows of the journal) that are of a kind and say what is asked, in their order."""
    own = [fact for fact in facts if fact["kind"] == kind]
    if not own or where is None or not where.names():
        return own
    says, beside = where.canonical, [name for name in COLUMNS if name in where.names()]
    questions = [(says, fact["properties"], *(fact[name] for name in beside)) for fact in own]
    one_of = dict(zip(questions, own, strict=True))
    passed = _passed.answers(questions, lambda new: _pass([one_of[question] for question in new], where))
    return [fact for fact, holds in zip(own, passed, strict=True) if holds]


def _pass(facts: Sequence[Mapping[str, Any]], where: AttributeCondition) -> list[bool]:
    """Which of the facts say what is asked."""
    names = sorted(where.names())
    read = read_properties(pl.Series([fact["properties"] for fact in facts], dtype=pl.String), names)
    types = {name: MONEY if name == "amount" else pl.String for name in COLUMNS}
    beside = pl.DataFrame([{name: fact[name] for name in COLUMNS} for fact in facts], schema=types).cast(pl.String)
    value = {name: one_value(column, name if name in COLUMNS else None) for name, column in places(names).items()}
    return read.hstack(beside).select(where.expression(value.__getitem__)).to_series().to_list()


_passed: Remembered[tuple[Any, ...], bool] = Remembered(VERDICTS)
