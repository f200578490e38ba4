"""Figures of single reps, as far as the agreement's `rankings` let this reader see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from smarketing.reports.report import Question, Report
from smarketing.web.gate import only_rep

Row = dict[str, Any]
Questions = dict[str, Question]
BY_REP = {"reps"}
NAMES_NOBODY = {"SMK-R030", "SMK-R031"}
"""The notes that tell nothing of the others."""


def own_rows(report: Report, request: HttpRequest) -> Report:
    """The report, without the rows of others (also in the lists beside them) where only one's own may be seen.

    Its totals, and the notes that tell of others, then are not told either.
    """
    only = only_rep(request)
    if only is None or report.report not in BY_REP:
        return report
    rows, behind = _only(only, report.rows, report.behind)
    lists = {name: _only(only, held, report.behind_beside.get(name, [])) for name, held in report.beside.items()}
    return replace(
        report, rows=rows, behind=behind, grids=[], notes=[note for note in report.notes if note.code in NAMES_NOBODY],
        beside={name: held for name, (held, _) in lists.items()}, behind_beside={name: told for name, (_, told) in lists.items()},
    )  # fmt: skip


def _only(rep: str, rows: list[Row], questions: list[Questions]) -> tuple[list[Row], list[Questions]]:
    """One's own rows, and what is behind them."""
    places = [place for place, row in enumerate(rows) if row.get("by") == rep]
    return [rows[place] for place in places], [questions[place] for place in places if place < len(questions)]
