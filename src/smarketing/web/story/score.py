"""The chart of a lead's score over time, with the points that the agreement asks for as lines to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smarketing.web.charting import numbers
from smarketing.web.held import held
from smarketing.web.lives import dossier_of

if TYPE_CHECKING:
    from smarketing.reports.charts.form.drawing import Drawing
    from smarketing.reports.explain.dossier import Dossier


def score_drawing(known: Dossier, *, theme: str = "page") -> Drawing:
    """The drawing: its `room` on the page, its `answer` in a sentence."""
    from smarketing.reports.charts.lines import score_chart, thresholds_of

    now = held()
    zone, lines = now.agreement.timezone, thresholds_of(now.agreement)
    return score_chart(known.score_changes, thresholds=lines, as_of=now.as_of, zone=zone, theme=theme, numbers=numbers())


def score_spec(lead_id: str, *, theme: str) -> dict[str, Any]:
    """The document for the browser. Raises Http404 for an unknown lead."""
    from smarketing.reports.charts.page import on_page

    return on_page(score_drawing(dossier_of(lead_id), theme=theme), theme=theme)
