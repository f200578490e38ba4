"""What marketing delivered in a period, what it checked, what sales sent back and why, and what waits now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from smarketing.agreement.values import LOWEST_GRADE
from smarketing.derivations.tables.tallies import DECISIONS
from smarketing.reports.behind.handoffs import doubted_handoffs, going_on
from smarketing.reports.feedback.checking import held_back, waiting
from smarketing.reports.feedback.similar import SENT_BACK, Question
from smarketing.reports.figures import Figure, rate
from smarketing.reports.leaderboards.reps import with_won
from smarketing.reports.leads import leads
from smarketing.vocabulary.periods import Period, period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following


class Count(NamedTuple):
    """A number and what is behind it; `worth` in the agreement's currency where it is one of hand-offs."""

    n: int
    question: Question
    worth: Decimal = Decimal(0)


class SentBack(NamedTuple):
    """One reason for which sales sent leads back: the `kind` of fact, the `reason` (None: none was given), how many `times`, and how often
    something spoke against it (`doubted`).
    """

    kind: str
    reason: str | None
    times: Count
    doubted: Count


class OfCampaign(NamedTuple):
    """The hand-offs of one campaign (None: of leads without one; that of the lead's first touch with one), and what became of them."""

    campaign: str | None
    handed: Count
    accepted: Count
    sent_back: Count
    won: Count


@dataclass(frozen=True, slots=True)
class Delivered:
    """The hand-offs that marketing brought in a period, by grade (best first) and campaign (most first), and what became of them by now.

    `passed`, `held`: what marketing's check said in the period. `accepted`: of those decided (a RATE, with `decided`). `reasons`: the most
    frequent first. Of now, whatever the period: `to_check`, `held_now`, `undecided` (sales has not decided), `untouched` (of these, those
    without an attempt).
    """

    period: Period | None
    handed: Count
    grades: list[tuple[str, Count]]
    passed: Count
    held: Count
    accepted: Figure
    accepted_question: Question
    decided_question: Question
    sent_back: Count
    won: Count
    won_amount: Decimal
    reasons: list[SentBack]
    campaigns: list[OfCampaign]
    to_check: int
    held_now: int
    undecided: Count
    untouched: Count


def delivered(outcome: Following, *, period: str | Period | None = None) -> Delivered:
    """See Delivered. `period`: of the hand-off; left out: every one. Raises UsageError for what is no period."""
    window = period_asked(period, outcome.agreement.timezone)
    every = _brought(outcome)
    handed = every.filter(*_within("handed_at", window))
    base = {"of": "handoffs", "sourced": "marketing", **({"period": window.label} if window else {})}
    accepted, decided = (handed.filter(expression) for expression in (~pl.col("accepted_at").is_null(), _decided()))
    won = handed.filter("won")
    sent_back = handed.filter(_sent_back())
    checks = {kind: _checked(outcome, kind, window) for kind in ("passed", "held")}
    now = _undecided(outcome)
    waits = {"of": "handoffs", "sourced": "marketing", "became": "waiting"}
    return Delivered(
        window,
        _count(handed, base),
        _grades(outcome, handed, base),
        checks["passed"],
        checks["held"],
        rate(accepted.height, decided.height),
        {**base, "became": "accepted"},
        {**base, "became": "decided"},
        _count(sent_back, {**base, "became": "sent_back"}),
        _count(won, {**base, "became": "won"}),
        _sum(won["won_amount"]),
        _reasons(outcome, handed, base),
        _campaigns(handed, base),
        waiting(outcome).height,
        held_back(outcome).height,
        _count(now, waits),
        _count(now.filter(pl.col("first_attempt_at").is_null()), {**waits, "became": "waiting,unattempted"}),
    )


def _brought(outcome: Following) -> pl.DataFrame:
    """Every hand-off that marketing brought, with the campaign of its lead (`first`)."""
    return outcome.once("brought", lambda: _with_campaign(outcome, with_won(outcome).filter(pl.col("sourced") == "marketing")))


def _with_campaign(outcome: Following, handed: pl.DataFrame) -> pl.DataFrame:
    first = leads(outcome).select("lead_id", first="campaign")
    return handed.join(first, on="lead_id", how="left", maintain_order="left")


def _undecided(outcome: Following) -> pl.DataFrame:
    """Those of which sales has not decided, and whose lead is still there."""
    return outcome.once("undecided", lambda: going_on(outcome, _brought(outcome).filter(~_decided())).filter("goes_on"))


def _decided() -> pl.Expr:
    return pl.any_horizontal(pl.col(DECISIONS).is_not_null())


def _sent_back() -> pl.Expr:
    return pl.any_horizontal(pl.col(DECISIONS[1:]).is_not_null())


def _within(column: str, window: Period | None) -> list[pl.Expr]:
    return [pl.lit(True)] if window is None else [pl.col(column) >= window.start_at, pl.col(column) < window.end_at]


def _count(rows: pl.DataFrame, question: Question) -> Count:
    return Count(rows.height, question, _sum(rows["worth"]))


def _sum(amounts: pl.Series) -> Decimal:
    return Decimal(amounts.fill_null(0).sum() or 0)


def _grades(outcome: Following, handed: pl.DataFrame, base: Question) -> list[tuple[str, Count]]:
    """Each grade of the agreement, and those that only older versions have, with its hand-offs."""
    known = [*outcome.agreement.grades, *([] if LOWEST_GRADE in outcome.agreement.grades else [LOWEST_GRADE])]
    others = sorted(set(handed["grade"].drop_nulls()) - set(known))
    return [(grade, _count(handed.filter(pl.col("grade") == grade), {**base, "grade": grade})) for grade in [*known, *others]]


def _checked(outcome: Following, kind: str, window: Period | None) -> Count:
    """How often marketing passed or held a lead in the period."""
    told = outcome.once(("told", kind), lambda: outcome.facts.filter(pl.col("kind") == kind).select("at").collect())
    found = told.filter(*_within("at", window)).height
    return Count(found, {"of": "facts", "kind": kind, **({"period": window.label} if window else {})})


def _reasons(outcome: Following, handed: pl.DataFrame, base: Question) -> list[SentBack]:
    found, against = [], doubted_handoffs(outcome)
    for kind in SENT_BACK:
        of_kind = handed.filter(pl.col(f"{kind}_at").is_not_null())
        for (reason,), rows in of_kind.partition_by("reason", as_dict=True).items():
            asked = {**base, "became": kind, "reason": str(reason or "")}
            doubted = rows.join(against, on=["lead_id", "cycle"], how="semi")
            of_reason = str(reason) if reason else None
            found.append(SentBack(kind, of_reason, _count(rows, asked), _count(doubted, {**asked, "doubted": "yes"})))
    return sorted(found, key=lambda one: (-one.times.n, one.kind, one.reason or ""))


PARTS = {"accepted": pl.col("accepted_at").is_not_null(), "sent_back": _sent_back(), "won": pl.col("won")}
"""What became of hand-offs, as it is counted by campaign."""


def _campaigns(handed: pl.DataFrame, base: Question) -> list[OfCampaign]:
    """Counted for all campaigns at once: there may be many, and a period is asked for as quickly as another."""
    worth = pl.col("worth").fill_null(0)
    sums = {f"{name} n": having.sum() for name, having in PARTS.items()}
    sums |= {f"{name} worth": worth.filter(having).sum() for name, having in PARTS.items()}
    found = []
    for row in handed.group_by("first").agg(pl.len(), worth=worth.sum(), **sums).iter_rows(named=True):
        asked = {**base, "by": "campaign", "group": str(row["first"] or "")}
        parts = [Count(row[f"{name} n"], {**asked, "became": name}, Decimal(row[f"{name} worth"] or 0)) for name in PARTS]
        found.append(OfCampaign(row["first"] or None, Count(row["len"], asked, Decimal(row["worth"] or 0)), *parts))
    return sorted(found, key=lambda one: (-one.handed.n, one.campaign is None, one.campaign or ""))
