"""A report's notes for a page: what to know before using its numbers, without the words of the command line."""

from __future__ import annotations

import re
from decimal import Decimal

from smarketing.reports.report import Note, Report
from smarketing.web.held import held
from smarketing.web.locale import reader
from smarketing.web.people import by_name
from smarketing.web.periods import label_said

PERIOD = re.compile(r"\b\d{4}-(?:Q\d|W\d\d|\d\d(?:-\d\d)?)\b")
MONEY = re.compile(r"(\d[\d,]*\.\d\d) ([A-Z]{3})\b")
"""An amount as the reports write it; without its cents three capitals might as well be an MQL."""

FOR_A_PAGE = {
    ": nobody can say who reached it, so there is no rate (0 of 0).": ", so nobody can say who reached it.",
    "; they are the row without a rep.": ".",
    "There is no table of reps (--tables-in): inside sales and sales cannot be told apart.": (
        "There is no table of reps, so everybody stands in one list: with names and roles in the workspace's tables/reps.csv, "
        "inside sales and sales are shown apart."
    ),
    "The agreement says `rankings: leaders`: these figures are for leaders, and each rep's own for that rep.": (
        "The agreement shows the figures of single reps to leaders, and to each rep their own."
    ),
    "Not in the table of reps, so without a role": "Not in the workspace's tables/reps.csv, so without a role",
}
"""Words of a report that mean nothing to who reads a page → what they mean here."""


def page_notes(report: Report, *, without: tuple[str, ...] = ()) -> list[Note]:
    """The notes in their order, in words of the page; `without`: codes that the page tells in another way."""
    return [Note(note.code, in_words(note.text)) for note in report.notes if note.code not in without]


def in_words(text: str) -> str:
    """A sentence of a report with days, periods and money as this reader writes them, and people by their names."""
    for said, meant in FOR_A_PAGE.items():
        text = text.replace(said, meant)
    zone = held().agreement.timezone
    text = PERIOD.sub(lambda found: label_said(found[0], zone), text)
    return by_name(with_money(text).replace("`", ""))


def with_money(text: str, amount: re.Pattern[str] = MONEY, *, cents: bool = False) -> str:
    """A sentence with its amounts as this reader writes them: `€9,434` for `9,434.00 EUR`; with `cents` where it has some.

    `amount`: how the sentence writes one, first the figure, then the currency.
    """

    def written(found: re.Match[str]) -> str:
        return reader().money(Decimal(found[1].replace(",", "")), found[2], cents=cents and "." in found[1])

    return amount.sub(written, text)
