"""Where a lead is in its buying cycle, as its page says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smarketing.agreement.changes.phrases import joined, upper
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.people import persona_name
from smarketing.web.questions import question_url

if TYPE_CHECKING:
    from smarketing.reports.explain.story import Explanation

DAY_SECONDS = 24 * 60 * 60


def phase_said(story: Explanation) -> dict[str, Any] | None:
    """`name`, `since`, `length` (how it stands against what is expected, in words), `longer`, `say`, `offer`; None without a phase.

    `steps`: for each phase of the cycle whether it is over or running; `url`: where the agreement says so.
    """
    phase = story.phase
    if phase is None:
        return None
    return {
        "name": upper(phase.name),
        "since": phase.since,
        "place": phase.place,
        "of": phase.of,
        "steps": [place <= phase.place for place in range(1, phase.of + 1)],
        "length": _length(story),
        "longer": phase.longer,
        "say": phase.say,
        "offer": upper(joined((each.replace("_", " ") for each in phase.offer), "or")),
        "persona": persona_name(phase.persona),
        "url": question_url({"of": "clauses", "version": story.agreement[:12], "part": "who buys"}),
    }


def _length(story: Explanation) -> str:
    """`expected until 3 May 2026`, or `4 days longer than the 20 days expected`."""
    phase = story.phase
    assert phase is not None, "asked of a lead in a phase"
    if phase.expected_until is None:
        return ""
    if not phase.longer:
        return f"expected until {reader().date(phase.expected_until)}"
    over = (story.as_of - phase.expected_until).total_seconds() / DAY_SECONDS
    days = formats.number(int(over))
    return (
        f"{days} {'day' if int(over) == 1 else 'days'} longer than the {phase.lasts} expected"
        if over >= 1
        else "a little longer than the " + phase.lasts + " expected"
    )
