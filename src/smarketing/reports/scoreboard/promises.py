"""Which version of the agreement promised what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from smarketing.vocabulary.periods import Period

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement, Commitment
    from smarketing.reports.following import Following


def versions(outcome: Following) -> tuple[Agreement, ...]:
    """All versions of the agreement, in the order in which they came into force."""
    return outcome.versions


def version_at(outcome: Following, at: datetime) -> Agreement:
    """The version in force at an instant; the first one also before it begins."""
    return outcome.version_at(at)


def commitment_of(agreement: Agreement, name: str) -> Commitment:
    """The commitment of that name."""
    return next(promise for promise in agreement.commitments if promise.name == name)


def overlapping(commitments: pl.DataFrame, window: Period) -> pl.DataFrame:
    """The rows whose period has an instant in common with the window."""
    return commitments.filter(pl.col("period_start") < window.end_at, pl.col("period_end") > window.start_at)
