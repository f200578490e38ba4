"""The diary: every fact of the example company as a row, in the order in which it came to be known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

import polars as pl

from smarketing.connectors.example.company import DAY, EPOCH, HOUR, MINUTE, SECOND
from smarketing.journal.fact import FACT_SCHEMA

LAGS = {"web": (SECOND, 5 * SECOND), "mail": (2 * SECOND, 40 * SECOND), "crm": (MINUTE, 55 * MINUTE), "routing": (SECOND, 2 * SECOND),
        "csv": (40 * HOUR, 30 * HOUR)}  # fmt: skip
"""By source: how long after it happened a fact is known at least, and how much longer that may take."""
PRIME = 7919
"""Spreads consecutive numbers over a lag."""

Row = tuple[str | int | None, ...]


class Touch(TypedDict, total=False):
    """What the touches of one visit share."""

    campaign: str
    channel: str


class Act(TypedDict, total=False):
    """What the acts of one person share."""

    source: str
    actor: str
    deal: str


class Diary:
    """Collects facts up to the instant `until`; later ones are not written, for they have not happened yet.

    `weeks`: by how many weeks everything will be shifted; only texts that hold a date need to know.
    """

    def __init__(self, *, until: int, weeks: int = 0) -> None:
        self.until = until
        self.weeks = weeks
        self.rows: list[Row] = []
        self._numbers: dict[str, int] = {}

    def note(
        self, lead: str, at: int, kind: str, properties: Mapping[str, str | int | bool] | None = None, *, source: str = "web",
        campaign: str | None = None, channel: str | None = None, actor: str | None = None, deal: str | None = None, cents: int | None = None,
    ) -> str:  # fmt: skip
        """Write one fact down; returns its id. The lead's facts are numbered in the order in which they are written."""
        number = self._numbers[lead] = self._numbers.get(lead, 0) + 1
        fact_id = f"{source}:{lead}:{number}"
        if at <= self.until:
            least, spread = LAGS[source]
            known = min(at + least + (number * PRIME + at // SECOND) % (spread // SECOND) * SECOND, self.until)
            values = (fact_id, lead, at, known, kind, campaign or None, channel, actor, deal)
            amount = None if cents is None else f"{cents // 100}.{cents % 100:02d}"
            rest = (amount, None, json.dumps({**(properties or {})}, ensure_ascii=False), source)
            self.rows.append(values + rest)
        return fact_id

    def day_text(self, at: int) -> str:
        """The date of an instant, as a text in a property."""
        return (date.fromordinal(at // DAY + EPOCH) + timedelta(weeks=self.weeks)).isoformat()

    def frame(self, zone: str) -> pl.DataFrame:
        """All rows as facts in the order in which they came to be known, shifted by whole weeks of the clock in `zone`."""
        types = {name: pl.Int64() if "at" in name.split("_") else pl.String() for name in FACT_SCHEMA}
        frame = (
            pl.DataFrame(self.rows, schema=types, orient="row")
            .cast(pl.Schema(FACT_SCHEMA))
            .sort("recorded_at", "fact_id", "properties")
        )
        if not self.weeks:
            return frame
        return frame.with_columns(shifted(pl.col(name), self.weeks, zone) for name in ("at", "recorded_at"))


def shifted(instant: pl.Expr, weeks: int, zone: str) -> pl.Expr:
    """The same time of the same day of the week, so many weeks later; a time that the zone skips is read an hour later."""
    local = instant.dt.convert_time_zone(zone).dt.replace_time_zone(None) + timedelta(weeks=weeks)
    there = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = (local + timedelta(hours=1)).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(there, later).dt.convert_time_zone("UTC")


def end_of(day: date, zone: str) -> int:
    """The last second of a day in a zone."""
    following = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(days=1)
    return int(following.timestamp()) * SECOND - SECOND
