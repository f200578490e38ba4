"""What to know before calling: what interests a lead, what it did last, why its score is what it is, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from smarketing.reports.explain.phases import Phase, Seen, phase_of
from smarketing.vocabulary.kinds import PROFILE, TOUCHES, is_touch

if TYPE_CHECKING:
    from smarketing.agreement.conditions import TimeCondition
    from smarketing.agreement.models import Agreement
    from smarketing.reports.explain.life import Life

LINES, LATEST = 5, 5


class Topic(NamedTuple):
    """Something that interests a lead: how many of its facts show that, and the last of them."""

    name: str
    times: int
    last_at: datetime


class Line(NamedTuple):
    """What one rule gave in all, and is left of it now; `label` as the receipt names the rule."""

    axis: str
    label: str
    points: Decimal
    last_at: datetime


class Short(NamedTuple):
    """A receipt in short: the `lines` with most points to or fro, `more` others, and the sums of both axes, of all lines."""

    lines: list[Line]
    more: int
    fit: Decimal
    engagement: Decimal


class Known(NamedTuple):
    """What to know of a lead; `touches`: the last things it did, the latest first."""

    phase: Phase | None
    topics: list[Topic]
    receipt: Short
    touches: list[dict[str, Any]]


def known(life: Life) -> Known:
    """What to know of a life."""
    touches = [fact for fact in reversed(life.facts) if is_touch(fact["kind"])][:LATEST]
    return Known(phase_of(life), topics(life), short_receipt(life), touches)


def rests_on(agreement: Agreement) -> frozenset[str] | None:
    """The kinds of fact on which what is known rests: without new ones of them it stays. None: on others too, such as stages."""
    phases = [phase.when for persona in agreement.personas for phase in persona.buying_cycle if phase.when is not None]
    parts = [part for when in phases for part in _parts(when)]
    if any(part.only_from is not None for part in parts):
        return None
    named = {part.fact for part in parts if part.fact} | {rule.fact for rule in agreement.engagement}
    named |= {sign.fact for signs in agreement.interests.values() for sign in signs}
    return frozenset(named | TOUCHES | PROFILE)


def _parts(when: TimeCondition) -> Iterator[TimeCondition]:
    yield when
    for part in (*(when.any or ()), *(when.all or ())):
        yield from _parts(part)


def topics(life: Life) -> list[Topic]:
    """What the agreement in force takes as a sign of interest, the most frequent first."""
    seen, found = Seen(life), []
    for name, signs in life.agreement.interests.items():
        times = sorted(at for sign in signs for at in seen.times_of(sign))  # type: ignore[arg-type]  # fact and where, as a condition has
        if times:
            found.append(Topic(name, len(times), times[-1]))
    return sorted(found, key=lambda topic: (-topic.times, topic.name))


def short_receipt(life: Life, lines: int = LINES) -> Short:
    """One line for each rule that left points, the largest first."""
    sums: dict[tuple[str, str], list[Any]] = {}
    for change in life.receipt:
        kept = sums.setdefault((change["axis"], change["rule"]), [Decimal(0), change["at"]])
        kept[0] += change["points"]
        kept[1] = change["at"]
    left = [Line(axis, rule, points, at) for (axis, rule), (points, at) in sums.items() if points]
    left.sort(key=lambda line: (-abs(line.points), line.axis, line.label))
    return Short(left[:lines], max(len(left) - lines, 0), _sum(left, "fit"), _sum(left, "engagement"))


def _sum(lines: Sequence[Line], axis: str) -> Decimal:
    return sum((line.points for line in lines if line.axis == axis), Decimal(0))
