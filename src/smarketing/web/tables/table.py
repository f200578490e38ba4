"""A table as the address asks for it: `?sort=-won&page=2`; a leading minus is descending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from django.http import QueryDict
from django.utils.safestring import SafeString

from smarketing.reports.report import Report
from smarketing.web.questions import address
from smarketing.web.tables.columns import Cell, Column, cell

ON_A_PAGE = 50
Questions = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Head:
    """The top of a column. `direction`: ascending, descending or "" (the words of aria-sort); `url`: sorts by it, or the other way."""

    column: Column
    direction: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its `cells` in the order of the columns, and the row itself as `held`."""

    cells: list[Cell]
    held: Mapping[str, Any]

    @property
    def html(self) -> SafeString:
        """The whole row; its first cell names it."""
        return SafeString(f"<tr>{''.join(each.html(names_row=place == 0) for place, each in enumerate(self.cells))}</tr>")


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in a table one is: rows `first` to `last` of `total`; `page` of `pages`; addresses, empty where there is no more."""

    total: int
    first: int
    last: int
    page: int
    pages: int
    previous_url: str
    next_url: str


class Table:
    """Rows under columns, as one request asks for them.

    `name`: the id of its element, which htmx replaces, and the name of its export. `pick` gives the rows at these places, so that
    of a long frame only the shown rows are ever made.
    """

    def __init__(
        self, name: str, columns: Sequence[Column], *, path: str, query: QueryDict, order: Callable[[Column, bool], Sequence[int]],
        pick: Callable[[Sequence[int]], Sequence[Mapping[str, Any]]], total: int, frame: Callable[[Sequence[int]], pl.DataFrame],
        questions: Sequence[Questions] = (), on_a_page: int = ON_A_PAGE,
    ) -> None:  # fmt: skip
        self.name, self.columns, self.path, self.query, self.total = name, list(columns), path, query, total
        self.order, self.pick, self.frame, self.questions, self.on_a_page = order, pick, frame, questions, on_a_page

    @classmethod
    def of_frame(
        cls, name: str, frame: pl.DataFrame, columns: Sequence[Column], *, path: str, query: QueryDict, on_a_page: int = ON_A_PAGE,
        told: Callable[[list[dict[str, Any]]], Sequence[Mapping[str, Any]]] = lambda rows: rows,
    ) -> Table:  # fmt: skip
        """A table of a Polars frame; a column's key is the frame's column. It is sorted as a whole, only one page becomes rows.

        `told`: what is told of the rows of a page beside what the frame has.
        """

        def order(column: Column, descending: bool) -> Sequence[int]:
            return frame.select(pl.arg_sort_by(column.key, descending=descending, nulls_last=True)).to_series().to_list()

        return cls(
            name, [column for column in columns if column.key in frame.columns], path=path, query=query, order=order,
            pick=lambda places: told(frame[list(places)].to_dicts()), total=frame.height,
            frame=lambda places: frame[list(places)] if places else frame.clear(), on_a_page=on_a_page,
        )  # fmt: skip

    @classmethod
    def of_report(
        cls, report: Report, columns: Sequence[Column], *, path: str, query: QueryDict, on_a_page: int = ON_A_PAGE
    ) -> Table:
        """The rows of a report; a cell opens the question that the report gives for its `path` (or key)."""
        return cls.of_rows(
            report.report, report.rows, columns, path=path, query=query, questions=getattr(report, "behind", ()),
            frame=report.to_polars, on_a_page=on_a_page,
        )  # fmt: skip

    @classmethod
    def of_rows(
        cls, name: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, path: str, query: QueryDict,
        questions: Sequence[Questions] = (), frame: Callable[[], pl.DataFrame] | None = None, on_a_page: int = ON_A_PAGE,
    ) -> Table:  # fmt: skip
        """Dictionaries, few enough to be at hand. `frame`: what is exported, one row for each, in their order."""

        def order(column: Column, descending: bool) -> Sequence[int]:
            return _ranked([column.rank(row) for row in rows], descending)

        def exported(places: Sequence[int]) -> pl.DataFrame:
            whole = frame() if frame else _plain(rows, columns)
            return whole[list(places)] if places else whole.clear()

        return cls(
            name, columns, path=path, query=query, order=order, pick=lambda places: [rows[place] for place in places],
            total=len(rows), frame=exported, questions=questions, on_a_page=on_a_page,
        )  # fmt: skip

    @cached_property
    def sorted_by(self) -> tuple[Column | None, bool]:
        """The column that the address names and whether descending; a word that is no column sorts nothing."""
        word = self.query.get("sort", "")
        by_key = {column.key: column for column in self.columns if column.sortable}
        return by_key.get(word.removeprefix("-")), word.startswith("-")

    @cached_property
    def places(self) -> Sequence[int]:
        """The places of all rows, in the order asked for."""
        column, descending = self.sorted_by
        return self.order(column, descending) if column else range(self.total)

    @cached_property
    def heads(self) -> list[Head]:
        """The tops of the columns."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: Column) -> Head:
        by, descending = self.sorted_by
        if not column.sortable:
            return Head(column, "", "")
        if by is not column:
            return Head(column, "", self.url(sort=f"-{column.key}" if column.is_figure else column.key, page=""))
        turned = column.key if descending else f"-{column.key}"
        return Head(column, "descending" if descending else "ascending", self.url(sort=turned, page=""))

    @cached_property
    def pager(self) -> Pager:
        """Where in the table the address is; a page beyond the last is the last."""
        pages = max(1, -(-self.total // self.on_a_page))
        word = self.query.get("page", "")
        page = min(max(int(word) if word.isdecimal() and len(word) < 10 else 1, 1), pages)
        first = (page - 1) * self.on_a_page
        last = min(first + self.on_a_page, self.total)
        before = self.url(page="" if page == 2 else page - 1) if page > 1 else ""
        return Pager(
            self.total, min(first + 1, self.total), last, page, pages, before, self.url(page=page + 1) if page < pages else ""
        )

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of this page."""
        places = self.places[max(self.pager.first - 1, 0) : self.pager.last]
        return [self._row(place, held) for place, held in zip(places, self.pick(places), strict=True)]

    def _row(self, place: int, held: Mapping[str, Any]) -> Row:
        questions: Questions = self.questions[place] if place < len(self.questions) else {}
        return Row([cell(column, held, questions.get(column.path or column.key)) for column in self.columns], held)

    @property
    def csv_url(self) -> str:
        """The whole table as CSV; a text that a spreadsheet would run as a formula is made harmless."""
        return self.url(export="csv", page="")

    @property
    def xlsx_url(self) -> str:
        """The whole table as a workbook."""
        return self.url(export="xlsx", page="")

    @property
    def raw_url(self) -> str:
        """The whole table as CSV, every text exactly as it is."""
        return self.url(export="csv", raw="1", page="")

    def url(self, **changes: Any) -> str:
        """The address of this page with some keys changed; an empty value takes its key away."""
        return address(self.path, self.query, **changes)


def _ranked(values: Sequence[Any], descending: bool) -> list[int]:
    """Places in order of their values, equal ones as they stood; those without a value come last either way."""
    there = [place for place, value in enumerate(values) if value is not None]
    there.sort(key=lambda place: _comparable(values[place]), reverse=descending)
    return there + [place for place, value in enumerate(values) if value is None]


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _plain(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> pl.DataFrame:
    return pl.DataFrame({column.key: [column.rank(row) for row in rows] for column in columns}, strict=False)
