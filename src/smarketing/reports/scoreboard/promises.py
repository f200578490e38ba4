"""Which version of the agreement promised what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.lives import lives
from smarketing.reports.report import Question
from smarketing.vocabulary.periods import Period, day_start

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement, Commitment
    from smarketing.reports.following import Following


def versions(outcome: Following) -> tuple[Agreement, ...]:
    """All versions of the agreement, in the order in which they came into force."""
    return outcome.versions


def version_at(outcome: Following, at: datetime) -> Agreement:
    """The version in force at an instant; the first one also before it begins."""
    return outcome.version_at(at)


def promised_since(outcome: Following) -> datetime | None:
    """From when on anything is promised: the first version, but not before the first fact."""
    first, earliest = lives(outcome)["first_at"].min(), versions(outcome)[0]
    if not isinstance(first, datetime):
        return None
    return max(first, day_start(earliest.in_force.from_, earliest.timezone))


def commitment_of(agreement: Agreement, name: str) -> Commitment:
    """The commitment of that name."""
    return next(promise for promise in agreement.commitments if promise.name == name)


def overlapping(commitments: pl.DataFrame, window: Period) -> pl.DataFrame:
    """The rows whose period has an instant in common with the window."""
    return commitments.filter(pl.col("period_start") < window.end_at, pl.col("period_end") > window.start_at)


def actual_behind(promise: Commitment, period: str) -> Question:
    """The question behind what came of a promise in a period of its own, by its label."""
    question = {"period": period}
    if promise.due is not None:
        return {"of": "clocks", "commitment": promise.name, "state": "due"} | question | {"share": "kept"}
    if promise.revenue is not None:
        return {"of": "wins"} | question | {"sum": "amount"}
    handed = {"of": "handoffs", "sourced": "marketing"} | question
    if promise.grades is not None:
        handed["grade"] = ",".join(promise.grades)
    if promise.accepted is not None:
        return handed | {"became": "decided", "share": "accepted"}
    if promise.pursue is not None:
        return handed | {"became": "attempted"}
    return handed | ({"sum": "worth"} if promise.worth is not None else {})
