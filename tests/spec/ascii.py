"""Tables as text: what a spec is written in. Times are on the wall clock of the agreement's zone."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Cell = Any
WHEN = re.compile(
    r"(?:(?P<day>Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?P<date>\d{4}-\d\d-\d\d)"
    r"(?: (?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?(?P<offset>[+-]\d\d:\d\d|Z)?"
)
PROPERTY = re.compile(r'\s*(?P<name>\w+)=(?P<value>"(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)')
INSTANTS = {"at", "period_start", "period_end"}
FLOATS = {
    "target",
    "actual",
    "expected_by_now",
    "forecast_low",
    "forecast",
    "forecast_high",
    "business_minutes_to_first_attempt",
    "share",
}
EXACT_NUMBERS = {"points", "balance", "fit", "engagement", "worth", "won_amount", "amount"}


@dataclass(frozen=True)
class Rows:
    """An ASCII table: a header, rows of text by column, and the values a filter line (`for stage = mql, sql`) asks for."""

    columns: list[str]
    rows: list[dict[str, str]]
    only: dict[str, list[str]] = field(default_factory=dict)

    def wanted(self, row: dict[str, Cell]) -> bool:
        return all(str(row[column]) in values for column, values in self.only.items())


def rows(text: str) -> Rows:
    """Read a table: `a | b` as header, one line a row, an empty cell is null; `(none)` is a table without rows."""
    lines = [line.strip() for line in textwrap.dedent(text).strip().splitlines() if set(line.strip()) - set("-|+ ")]
    only = {}
    while lines and lines[0].startswith("for "):
        column, _, values = lines.pop(0)[4:].partition("=")
        only[column.strip()] = [value.strip() for value in values.split(",")]
    if lines == ["(none)"]:
        return Rows([], [], only)
    header, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    for cells in body:
        assert len(cells) == len(header), f"{len(header)} columns, but {cells}"
    return Rows(header, [dict(zip(header, cells, strict=True)) for cells in body], only)


def instant(text: str, zone: str) -> datetime:
    """`Mon 2026-03-02 09:40` on the wall clock of `zone`; a named weekday must be right; `+01:00` or `Z` overrides the zone."""
    found = WHEN.fullmatch(text)
    assert found, f"not a time: {text!r}"
    local = datetime.fromisoformat(f"{found['date']} {found['time'] or '00:00'}")
    assert not found["day"] or f"{local:%a}" == found["day"], f"{text} is a {local:%a}"
    if found["offset"]:
        return datetime.fromisoformat(f"{local.isoformat()}{found['offset']}").astimezone(UTC)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def written(at: datetime, zone: str) -> str:
    """The inverse of `instant`: with seconds where there are some, with the offset where the wall clock shows a time twice."""
    local = at.astimezone(ZoneInfo(zone))
    seconds = f"{local:%S.%f}".rstrip("0").rstrip(".") if local.microsecond else f"{local:%S}"
    text = f"{local:%a %Y-%m-%d %H:%M}" + (f":{seconds}" if seconds != "00" else "")
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    offset = local.utcoffset() or timedelta(0)
    return text + (f"+{offset}"[:2].replace("+", "+0") + f"{offset}"[1:4] if twice and offset >= timedelta(0) else "")


def properties(text: str) -> dict[str, Cell]:
    """`form=demo, n=5, known=true, note="a, b"`: a value that reads as JSON is that value, anything else is text."""
    found: dict[str, Cell] = {}
    at = 0
    while at < len(text):
        match = PROPERTY.match(text, at)
        assert match, f"not properties: {text[at:]!r}"
        value = match["value"].strip()
        try:
            found[match["name"]] = json.loads(value)
        except ValueError:
            found[match["name"]] = value
        at = match.end()
    return found


def value(column: str, text: str, zone: str) -> Cell:
    """An expected cell as the value that the column holds; an empty cell is null."""
    if text == "":
        return None
    if column in INSTANTS or column.endswith("_at"):
        return instant(text, zone)
    if column in EXACT_NUMBERS:
        return Decimal(text)
    if column in {"cycle", "attempts", "n", "touches"}:
        return int(text)
    if column == "trial":
        return {"true": True, "false": False}[text]
    return float(text) if column in FLOATS else text


def told(column: str, cell: Cell) -> Cell:
    """A value that came, as exactly as a table can say it: shares to four decimals."""
    return round(float(cell), 4) if column == "share" and cell is not None else cell  # type: ignore[arg-type]


def shown(cell: Cell, zone: str) -> str:
    """A value as a cell of text."""
    if cell is None:
        return ""
    return written(cell, zone) if isinstance(cell, datetime) else str(cell)


def table(header: list[str], body: list[list[str]]) -> str:
    """The text of an aligned table."""
    widths = [max(len(line[i]) for line in [header, *body]) for i in range(len(header))]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in [header, *body]
    )
