"""The rejection check: what speaks against the reason for which sales gives a lead back, in a sentence; it is said and counted, never
in the way.

Three things speak against a reason:

* The agreement's own `doubt_if`: "not a fit" at grade A. Facts count from the whole life; grade, persona and points are those that the
  lead has at that moment (of hand-offs long ago: those at the hand-off); `only_from` asks that it had entered that stage.
* "Wrong contact data" of a lead that was reached: one of the agreement's `connects` is among its facts.
* "No answer" where nobody tried: no attempt since the hand-off.

The last two know their reasons by English words (see WRONG_CONTACT, NO_ANSWER), as everybody names them differently.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from smarketing.agreement.changes.phrases import condition, fact, number
from smarketing.reports.explain.life import facts_alone, life_of
from smarketing.reports.explain.phases import matching
from smarketing.vocabulary.kinds import SALES_ACTS

if TYPE_CHECKING:
    from smarketing.agreement.conditions import TimeCondition
    from smarketing.agreement.models import Agreement, Reason
    from smarketing.reports.following import Following

Row = Mapping[str, Any]
KINDS = ("disqualified", "rejected", "recycled")
"""How sales ends a cycle; what disqualifies goes before the others."""
DOUBTS, STAY = "doubts", "doubts that stay"
"""Under these names an outcome keeps what was found, and what stayed of an earlier one with the leads that did not."""
WRONG_CONTACT = re.compile(
    r"\b(wrong|false|bad|invalid|incorrect|outdated)\b.*\b(contact|number|phone|e-?mail|mail|address|data)\b"
    r"|\b(contact|number|phone|e-?mail|mail|address)\b.*\b(wrong|invalid|incorrect|bounced?|dead)\b", re.IGNORECASE,
)  # fmt: skip
NO_ANSWER = re.compile(
    r"\b(no|not|never|without|didn.t|doesn.t)\b.*\b(answer(s|ed|ing)?|repl(y|ies|ied)|respon(se|ds?|ded)|reach(ed|able)?|pick(s|ed)? up)\b"
    r"|\bunreachable\b|\bunresponsive\b|\bghosted\b", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What was known of a lead when the reason was given, at the instant `at`.

    `facts`: those of its life by then, with kind, at, properties (JSON text), campaign, channel, actor, amount. `stages`: those it had
    entered in the cycle. Points are those of the whole life.
    """

    at: datetime
    facts: Sequence[Row]
    handed_at: datetime | None
    grade: str | None = None
    persona: str | None = None
    fit: Decimal = Decimal(0)
    engagement: Decimal = Decimal(0)
    stages: frozenset[str] = frozenset()

    def holds(self, when: TimeCondition) -> bool:
        """Whether a condition holds of the lead, or has held of its facts."""
        if when.only_from is not None and when.only_from not in self.stages:
            return False
        if when.any is not None or when.all is not None:
            return (any if when.any is not None else all)(self.holds(part) for part in when.any or when.all or ())
        if when.fact is not None:
            return bool(matching(self.facts, when.fact, when.where))
        if when.score is not None:
            reached = {"fit": self.fit, "engagement": self.engagement, "total": self.fit + self.engagement}
            return all(reached[axis] >= needed for axis, needed in when.score.thresholds().items())
        return self.persona in when.persona if when.persona is not None else self.grade in (when.grade or ())


class Doubted(NamedTuple):
    """How often a reason was given by somebody (`rep`; null: nobody knows), and how often something spoke against it."""

    kind: str
    reason: str
    rep: str | None
    doubted: int
    of: int


def doubt_of(agreement: Agreement, kind: str, reason: str, ground: Ground) -> str | None:
    """What speaks against the reason, in a sentence; None: nothing. `kind`: rejected, recycled or disqualified."""
    if kind not in KINDS or not reason:
        return None
    agreed = _agreed(agreement, kind, reason)
    if agreed is not None and agreed.doubt_if is not None and ground.holds(agreed.doubt_if):
        return f'By the agreement "{reason}" is doubtful at {condition(agreed.doubt_if, agreement)}, and so it is here.'
    if WRONG_CONTACT.search(reason) and (reached := _reached(agreement, ground)) is not None:
        return f"The lead was reached: {fact(reached['kind'])}, {_before(reached['at'], ground.at)}."
    if NO_ANSWER.search(reason) and ground.handed_at is not None and not _tried(agreement, ground):
        return "Nobody has tried to reach the lead since the hand-off."
    return None


def kinds_asked(agreement: Agreement) -> set[str]:
    """The kinds of facts that a doubt may rest on."""
    reasons = [each for kind in KINDS for each in getattr(agreement.handoff.reasons, kind)]
    named = {part.fact for each in reasons if each.doubt_if for part in each.doubt_if.parts() if part.fact}
    return named | {each.fact for each in agreement.handoff.connects} | set(_attempts(agreement))


def doubted(outcome: Following) -> list[Doubted]:
    """Of every hand-off that sales gave back: how often each reason was given by each rep, and how often it was doubted.

    Wherever the hand-back was told: here, by a program or an import. The most doubted first.
    """
    found: list[Doubted] = outcome.once("doubted", lambda: _counted(doubts(outcome)))
    return found


def doubts(outcome: Following) -> list[dict[str, Any]]:
    """Each hand-off that sales gave back with a reason: `lead_id, cycle, kind, reason, rep, at`, and `doubt`, a sentence or null."""
    found: list[dict[str, Any]] = outcome.once(DOUBTS, lambda: _all_doubts(outcome))
    return found


def take_over(before: Following, after: Following, changed: Collection[str]) -> None:
    """Let what was found of an outcome hold for the one that follows it, in which the rows of all but these leads are the same."""
    if [version.id for version in before.versions] != [version.id for version in after.versions]:
        return
    found = before.asked_so_far(DOUBTS)
    rows, since = (found, frozenset[str]()) if found is not None else before.asked_so_far(STAY) or (None, frozenset())
    if rows is not None:
        others = since.union(changed)
        after.once(STAY, lambda: ([row for row in rows if row["lead_id"] not in others], others))


def _all_doubts(outcome: Following) -> list[dict[str, Any]]:
    """Those that stay as they were found before, and the others."""
    alone = facts_alone(outcome)
    if alone is not None:
        return _doubts_alone(outcome, alone)
    rows, others = outcome.asked_so_far(STAY) or ([], None)
    ended = outcome.table("handoffs").filter(pl.col("reason").is_not_null() & pl.any_horizontal(pl.col(_at(KINDS)).is_not_null()))
    return [*rows, *_doubts(outcome, ended if others is None else ended.filter(pl.col("lead_id").is_in(list(others))))]


def _doubts_alone(outcome: Following, facts: pl.DataFrame) -> list[dict[str, Any]]:
    """The same of one life, whose few rows are read as they are."""
    life = life_of(outcome, facts["lead_id"][0]) if facts.height else None
    if life is None:
        return []
    kinds = {kind for version in outcome.versions for kind in kinds_asked(version)}.union(KINDS)
    told = [fact for fact in life.facts if fact["kind"] in kinds]
    ended = [row for row in life.handoffs if row["reason"] is not None and any(row[at] is not None for at in _at(KINDS))]
    return [_doubt(outcome, row, told, [one for one in life.entries if one["cycle"] == row["cycle"]]) for row in ended]


def _doubts(outcome: Following, ended: pl.DataFrame) -> list[dict[str, Any]]:
    if ended.is_empty():
        return []
    kinds = {kind for version in outcome.versions for kind in kinds_asked(version)}.union(KINDS)
    told = outcome.facts.filter(pl.col("kind").is_in(sorted(kinds)))
    told = told.join(ended.lazy().select("lead_id").unique(), on="lead_id", how="semi").sort("at", "fact_id")
    facts = _grouped(told.collect(), "lead_id")
    entries = outcome.table("stage_entries").join(ended, on=["lead_id", "cycle"], how="semi")
    stages = _grouped(entries.select("lead_id", "cycle", "stage", "entered_at"), "lead_id", "cycle")
    return [
        _doubt(outcome, row, facts.get((row["lead_id"],), []), stages.get((row["lead_id"], row["cycle"]), []))
        for row in ended.to_dicts()
    ]


def _doubt(outcome: Following, row: Row, facts: Sequence[Row], entries: Sequence[Row]) -> dict[str, Any]:
    from smarketing.agreement.sequence import version_at

    kind, at = _ended(row)
    agreement = version_at(outcome.versions, at)
    ground = Ground(
        at, [one for one in facts if one["at"] <= at], row["handed_at"], row["grade"], row["persona"], row["fit"] or Decimal(0),
        row["engagement"] or Decimal(0), frozenset(entry["stage"] for entry in entries if entry["entered_at"] <= at),
    )  # fmt: skip
    said = doubt_of(agreement, kind, row["reason"], ground)
    by = next((one["actor"] for one in facts if one["kind"] == kind and one["at"] == at), None)
    told = {"lead_id": row["lead_id"], "cycle": row["cycle"], "kind": kind, "reason": row["reason"]}
    return told | {"rep": by or row["owner"], "at": at, "doubt": said}


def _ended(row: Row) -> tuple[str, datetime]:
    """How and when the cycle of a hand-off ended."""
    if row["disqualified_at"] is not None:
        return "disqualified", row["disqualified_at"]
    return min(((kind, row[f"{kind}_at"]) for kind in KINDS if row[f"{kind}_at"] is not None), key=lambda each: each[1])


def _counted(rows: list[dict[str, Any]]) -> list[Doubted]:
    given = Counter((row["kind"], row["reason"], row["rep"]) for row in rows)
    against = Counter((row["kind"], row["reason"], row["rep"]) for row in rows if row["doubt"])
    found = [Doubted(*key, against[key], number) for key, number in given.items()]
    return sorted(found, key=lambda one: (-one.doubted, -one.of, one.kind, one.reason, one.rep or ""))


def _at(kinds: Sequence[str]) -> list[str]:
    return [f"{kind}_at" for kind in kinds]


def _grouped(rows: pl.DataFrame, *names: str) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows.to_dicts():
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def _agreed(agreement: Agreement, kind: str, reason: str) -> Reason | None:
    known: list[Reason] = getattr(agreement.handoff.reasons, kind)
    return next((each for each in known if each.reason.lower() == reason.lower()), None)


def _attempts(agreement: Agreement) -> Sequence[str]:
    return sorted(SALES_ACTS) if agreement.handoff.attempts is None else agreement.handoff.attempts


def _tried(agreement: Agreement, ground: Ground) -> bool:
    since = [one for one in ground.facts if ground.handed_at is not None and one["at"] >= ground.handed_at]
    return any(one["kind"] in _attempts(agreement) for one in since)


def _reached(agreement: Agreement, ground: Ground) -> Row | None:
    """The last fact that shows that the lead was reached."""
    found = [one for each in agreement.handoff.connects for one in matching(ground.facts, each.fact, each.where)]
    return max(found, key=lambda one: one["at"], default=None)


def _before(at: datetime, then: datetime) -> str:
    days = (then - at) // timedelta(days=1)
    return "the same day" if days < 1 else f"{number(Decimal(days))} day{'s' if days != 1 else ''} before"
