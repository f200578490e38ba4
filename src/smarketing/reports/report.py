"""A report: rows, notes and what they were made of, in every shape people take it in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from typing import Any, NamedTuple

import polars as pl

from smarketing.reports.figures import flat, iso
from smarketing.reports.layout import Grid, draw, paragraph
from smarketing.vocabulary.errors import MissingExtra
from smarketing.vocabulary.periods import Period

Question = dict[str, str]
"""Which rows are behind a number, flat enough for a link: `{"of": "leads", "by": "campaign", "group": "fair", "reached": "mql"}`."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Note(NamedTuple):
    """What a reader has to know before using a number; `code` is stable (`SMK-R001`), `docs/reference/reports.md` lists them."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """An answer: `rows` (one dictionary each, of the shape of the report), for `period` (None: everything) as of `as_of`.

    `agreement` is the id of the version that was applied; `grids` are the rows as people read them;
    `amounts` names the money of a row that may be null, so that a frame has its columns all the same. `beside`: what stands
    beside the rows in the JSON shape (a scoreboard's `waterfall`, `reward`, `wins`). `behind`: parallel to `rows`, for each figure
    (`won`, `stages.mql.reached`) the question that `outcome.behind` opens to the rows it was counted from; no part of the JSON. `behind_beside`: the same for lists in `beside`, by their name.
    """

    report: str
    period: Period | None
    as_of: datetime
    agreement: str
    rows: list[dict[str, Any]]
    notes: list[Note] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    amounts: tuple[str, ...] = ()
    beside: dict[str, Any] = field(default_factory=dict)
    behind: list[dict[str, Question]] = field(default_factory=list)
    behind_beside: dict[str, list[dict[str, Question]]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.to_table()

    def __repr__(self) -> str:
        return f"<Report {self.report} as of {iso(self.as_of)}: {len(self.rows)} rows>"

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape: instants as ISO 8601 in UTC, money as numbers with two decimals, rates and times as objects."""
        return {
            "report": self.report,
            "period": {"from": iso(self.period.start_at), "to": iso(self.period.end_at)} if self.period else None,
            "as_of": iso(self.as_of),
            "agreement": self.agreement,
            "rows": self.rows,
            **self.beside,
            "notes": [note._asdict() for note in self.notes],
        }

    def to_json(self) -> str:
        """`to_dict` as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_polars(self) -> pl.DataFrame:
        """One row for each row, every figure in columns of its own (see `figures.flat`)."""
        nothing = {name: {"amount": None, "currency": None} for name in self.amounts}
        rows = [flat({name: nothing.get(name) if value is None else value for name, value in row.items()}) for row in self.rows]
        names = list(dict.fromkeys(name for row in rows for name in row))
        return pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, strict=False)

    def to_pandas(self) -> Any:
        """`to_polars` as a pandas frame. Raises MissingExtra where pandas is not installed."""
        if not (find_spec("pandas") and find_spec("pyarrow")):
            raise MissingExtra(what="A pandas frame", extra="pandas")
        return self.to_polars().to_pandas()

    def to_csv(self, *, raw: bool = False) -> str:
        """`to_polars` as CSV. Text that a spreadsheet would run as a formula gets a leading apostrophe, unless `raw`."""
        frame = self.to_polars()
        return (frame if raw else _harmless(frame)).write_csv()

    def plot(self, *, part: str | None = None, theme: str = "light") -> Any:
        """The report's chart as an Altair object, for a notebook; `part` is one of `charts.render.parts`. Raises MissingExtra."""
        from smarketing.reports.charts.render import chart

        return chart(self, part=part, theme=theme)

    def to_svg(self, *, part: str | None = None, theme: str = "print") -> str:
        """The report's chart as an SVG document. Raises MissingExtra."""
        from smarketing.reports.charts.render import drawing, svg

        return svg(drawing(self, part=part, theme=theme), theme=theme, titled=True)

    def to_png(self, *, part: str | None = None, theme: str = "print") -> bytes:
        """The report's chart as a PNG image, with two pixels for each of the drawing. Raises MissingExtra."""
        from smarketing.reports.charts.render import drawing, png

        return png(drawing(self, part=part, theme=theme), theme=theme)

    def to_html(self) -> str:
        """The report as one self-contained page: its question and answer, charts, tables and notes. Raises MissingExtra."""
        from smarketing.reports.charts.document import document

        return document(self)

    def to_table(self, *, width: int = 100) -> str:
        """The report as people read it: tables not wider than `width`, the notes below."""
        parts = [part for grid in self.grids for part in draw(grid, width=width)]
        parts += [paragraph(f"{note.code}  {note.text}", width=width, indent=10) for note in self.notes]
        return "\n\n".join(parts) + "\n"


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col(pl.String)
    formula = text.str.slice(0, 1).is_in(FORMULA_STARTS)
    return frame.with_columns(pl.when(formula).then("'" + text).otherwise(text).name.keep())
