"""What a column of a page's table holds, and how one of its figures is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString

from smarketing.web.locale import NOTHING
from smarketing.web.templatetags import said


class Kind(StrEnum):
    """What the figures of a column are; `money`, `rate` and `time` are dictionaries of the JSON shape."""

    text = "text"
    number = "number"
    points = "points"
    ratio = "ratio"
    money = "money"
    rate = "rate"
    time = "time"
    minutes = "minutes"
    day = "day"
    moment = "moment"
    lead = "lead"
    term = "term"


FIGURES = {Kind.number, Kind.points, Kind.ratio, Kind.money, Kind.rate, Kind.time, Kind.minutes}
"""These stand on the right, in tabular figures, and are sorted with the largest first."""
NOTHING_BESIDE = SafeString("")
MAIN = {Kind.money: "amount", Kind.rate: "rate", Kind.time: "median_days"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` is the row's key and the word in the address, `title` what people read.

    `term`: a word of the vocabulary that explains the title. `path`: the figure path of the report's `behind`, where it is not
    the key. `value`: how to get the figure from a row, where it is not `row[key]`. `currency`: for plain amounts of money.
    `link`: the address that the figure of a row opens, where no question stands behind it. `beside`: what stands beside the name of a
    lead, by its row; asked of the rows that are drawn alone.
    """

    key: str
    title: str
    kind: Kind = Kind.text
    sortable: bool = True
    term: str = ""
    path: str = ""
    value: Callable[[Mapping[str, Any]], Any] | None = None
    currency: str = ""
    link: Callable[[Mapping[str, Any]], str] | None = None
    beside: Callable[[Mapping[str, Any]], SafeString] | None = None

    @property
    def is_figure(self) -> bool:
        """Whether it stands on the right and is sorted with the largest first."""
        return self.kind in FIGURES

    def of(self, row: Mapping[str, Any]) -> Any:
        """The figure of this row as the report gives it."""
        held = self.value(row) if self.value else row.get(self.key)
        plain_money = self.kind is Kind.money and held is not None and not isinstance(held, Mapping)
        return {"amount": held, "currency": self.currency} if plain_money else held

    def rank(self, row: Mapping[str, Any]) -> Any:
        """What the row is sorted by: one plain value, None where there is none."""
        held = self.of(row)
        return held.get(MAIN[self.kind]) if isinstance(held, Mapping) and self.kind in MAIN else held


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as it is shown: `text`, the `title` that says it in full, the `url` of what lies behind, `kind` of its column.

    `machine`: an instant for programs; `label`: the column's title, for cards on a phone; `beside`: what stands beside the name of a
    lead.
    """

    text: str
    kind: Kind
    title: str = ""
    url: str = ""
    machine: str = ""
    label: str = ""
    beside: SafeString = NOTHING_BESIDE

    @property
    def is_figure(self) -> bool:
        """Whether it stands on the right."""
        return self.kind in FIGURES

    @property
    def inside(self) -> SafeString:
        """The figure as HTML: a link where something is behind it. In Python, as a table has a thousand of them."""
        text, title = escape(self.text), f' title="{escape(self.title)}"' if self.title else ""
        if self.url:
            row = ' class="row-link"' if self.kind is Kind.lead else ""
            return SafeString(f'<a{row} href="{escape(self.url)}"{title}>{text}</a>{self.beside}')
        if self.machine:
            return SafeString(f'<time datetime="{escape(self.machine)}"{title}>{text}</time>')
        return SafeString(f"<span{title}>{text}</span>" if title else text)

    def html(self, *, names_row: bool = False) -> SafeString:
        """The whole cell; the one that names its row is a head."""
        css = ' class="figure"' if self.is_figure else ""
        if names_row:
            return SafeString(f'<th scope="row"{css}>{self.inside}</th>')
        return SafeString(f'<td data-label="{escape(self.label)}"{css}>{self.inside}</td>')


def cell(column: Column, row: Mapping[str, Any], question: Mapping[str, str] | None = None) -> Cell:
    """The figure of a row, written for the reader of this request."""
    held = column.of(row)
    url = said.question_url(question) or (column.link(row) if column.link else "")
    if held is None or held == "":
        return Cell(NOTHING, column.kind, url=url, label=column.title)
    if column.kind is Kind.lead:
        lead = str(row.get("lead_id") or held)
        beside = column.beside(row) if column.beside else NOTHING_BESIDE
        title = lead if lead != str(held) else ""
        return Cell(str(held), Kind.lead, title, f"/leads/{quote(lead)}", label=column.title, beside=beside)
    text, title = WRITE[column.kind](held)
    machine = said.machine_time(held) if isinstance(held, datetime) else ""
    return Cell(text, column.kind, title, url, machine, column.title)


WRITE: dict[Kind, Callable[[Any], tuple[str, str]]] = {
    Kind.text: lambda held: (str(held), ""),
    Kind.term: lambda held: (str(held), ""),
    Kind.number: lambda held: (said.number(held), ""),
    Kind.points: lambda held: (said.number(held, 2), ""),
    Kind.ratio: lambda held: (said.ratio(held), ""),
    Kind.money: lambda held: (said.money(held), said.exact_money(held)),
    Kind.rate: lambda held: (said.share(held), said.interval(held) if isinstance(held, Mapping) else ""),
    Kind.time: lambda held: (said.days(held), ""),
    Kind.minutes: lambda held: (said.minutes(held), ""),
    Kind.day: lambda held: (said.day(held), said.exactly(held)),
    Kind.moment: lambda held: (said.moment(held), said.exactly(held)),
}
"""Text and title of a figure that is there."""
