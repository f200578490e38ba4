"""The columns of a frame whose names are those of the contract's tables: what each holds follows from its name and type."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from smarketing.web.tables.columns import Column, Kind

BY_NAME = {
    "lead_id": Kind.lead, "amount": Kind.money, "worth": Kind.money, "won_amount": Kind.money, "minutes": Kind.minutes,
    "business_minutes_to_first_attempt": Kind.minutes, "grade": Kind.term, "stage": Kind.term,
}  # fmt: skip
TITLES = {
    "lead_id": "Lead",
    "opportunity_id": "Opportunity",
    "fact_id": "Fact",
    "business_minutes_to_first_attempt": "Time to first attempt",
    "handed_at": "Handed over",
    "first_at": "First seen",
    "kept_at": "Done",
    "won_amount": "Won",
    "won_at": "Won on",
    "sourced": "Sourced by",
}


def columns_of(frame: pl.DataFrame, *, currency: str, without: Collection[str] = ()) -> list[Column]:
    """A column for each of the frame's that a person can read; lists and objects are left to the export."""
    shown = [(name, kind) for name, kind in frame.schema.items() if name not in without and not kind.is_nested()]
    return [Column(name, title_of(name), kind_of(name, kind), currency=currency) for name, kind in shown]


def title_of(name: str) -> str:
    """`handed_at` → Handed, `won_amount` → Won amount."""
    return TITLES.get(name) or name.removesuffix("_at").replace("_", " ").capitalize()


def kind_of(name: str, kind: pl.DataType) -> Kind:
    """What figures of this name and type are."""
    if name in BY_NAME:
        return BY_NAME[name]
    if kind == pl.Date:
        return Kind.day
    if isinstance(kind, pl.Datetime):
        return Kind.moment
    if kind.is_decimal() or kind.is_float():
        return Kind.points
    return Kind.number if kind.is_integer() else Kind.text
