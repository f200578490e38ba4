"""The tables of the contract: for each its key and its columns with their types, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
MONEY = pl.Decimal(18, 2)
"""Money, points and balances."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `key` names the columns that identify a row, `columns` all of them with their types, in order."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, pl.DataType | type[pl.DataType]]

    def empty(self) -> pl.DataFrame:
        """The table without a row."""
        return pl.DataFrame(schema=self.columns)


SCORE_CHANGES = Table(
    "score_changes",
    ("lead_id", "at", "axis", "rule", "fact_id"),
    {"lead_id": pl.String, "at": INSTANT, "axis": pl.String, "rule": pl.String, "fact_id": pl.String,
     "points": MONEY, "balance": MONEY, "persona": pl.String},
)  # fmt: skip
STAGE_ENTRIES = Table(
    "stage_entries",
    ("lead_id", "cycle", "stage"),
    {
        "lead_id": pl.String,
        "cycle": pl.Int64,
        "stage": pl.String,
        "entered_at": INSTANT,
        "left_at": INSTANT,
        "fact_id": pl.String,
    },
)
CLOCKS = Table(
    "clocks",
    ("lead_id", "cycle", "commitment"),
    {"lead_id": pl.String, "cycle": pl.Int64, "commitment": pl.String, "due_at": INSTANT, "kept_at": INSTANT, "state": pl.String},
)
COMMITMENTS = Table(
    "commitments",
    ("name", "period_start"),
    {"name": pl.String, "period_start": INSTANT, "period_end": INSTANT, "team": pl.String, "unit": pl.String, "target": pl.Float64,
     "actual": pl.Float64, "n": pl.Int64, "expected_by_now": pl.Float64, "forecast_low": pl.Float64, "forecast": pl.Float64,
     "forecast_high": pl.Float64, "status": pl.String, "trial": pl.Boolean},
)  # fmt: skip
LEDGER = Table(
    "ledger",
    ("at", "team", "lead_id", "cycle", "reason", "opportunity_id"),
    {"at": INSTANT, "team": pl.String, "lead_id": pl.String, "cycle": pl.Int64, "reason": pl.String, "opportunity_id": pl.String,
     "amount": MONEY},
)  # fmt: skip
CREDITS = Table(
    "credits",
    ("opportunity_id", "model", "campaign"),
    {"opportunity_id": pl.String, "model": pl.String, "campaign": pl.String, "channel": pl.String, "touches": pl.Int64,
     "share": pl.Float64, "amount": MONEY},
)  # fmt: skip
HANDOFF_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "lead_id": pl.String, "cycle": pl.Int64, "handed_at": INSTANT, "sourced": pl.String, "rep": pl.String, "owner": pl.String,
    "persona": pl.String, "fit": MONEY, "engagement": MONEY, "grade": pl.String, "worth": MONEY, "campaign": pl.String,
    "accepted_at": INSTANT, "rejected_at": INSTANT, "recycled_at": INSTANT, "disqualified_at": INSTANT, "reason": pl.String,
    "assigned_at": INSTANT, "first_attempt_at": INSTANT, "attempts": pl.Int64, "connected_at": INSTANT,
    "business_minutes_to_first_attempt": pl.Float64,
}  # fmt: skip


def handoffs(stages_after: Iterable[str]) -> Table:
    """The table of hand-offs; `stages_after` are the stages after `handoff.at`, one column `STAGE_at` each."""
    columns = HANDOFF_COLUMNS | {f"{stage}_at": INSTANT for stage in stages_after} | {"won_amount": MONEY}
    return Table("handoffs", ("lead_id", "cycle"), columns)


SMALL_TABLES: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "campaigns": {"campaign": pl.String, "name": pl.String, "channel": pl.String, "owner_team": pl.String, "starts": pl.String, "ends": pl.String},
    "spend": {"campaign": pl.String, "day": pl.String, "amount": MONEY, "currency": pl.String},
    "reps": {"rep": pl.String, "name": pl.String, "team": pl.String, "role": pl.String, "calendar": pl.String,
             "active_from": pl.String, "active_to": pl.String, "capacity": pl.Int64, "quota": MONEY},
    "absences": {"rep": pl.String, "from": pl.String, "to": pl.String},
    "rates": {"day": pl.String, "from_currency": pl.String, "to_currency": pl.String, "rate": pl.String},
}  # fmt: skip
"""The small tables beside the facts: one CSV file each, its columns in order (dates as text, read in the agreement's zone; a rate as
it is written, so that it is exact)."""
REP_ROLES = ("inside_sales", "sales", "marketing")
"""What somebody in the small table `reps` may be."""
