"""The receipt of a score: one list for each axis, every line with its rule, its fact and the version that judged it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from smarketing.agreement.changes.phrases import upper
from smarketing.web.locale import reader
from smarketing.web.people import by_name

if TYPE_CHECKING:
    from smarketing.reports.explain.story import Event, Explanation

AXES = {"fit": "Who they are", "engagement": "What they did"}
SHOWN = 8
"""So many of the latest lines are shown at once; those before are one click away."""
EARLIER = 120
"""So many of those before are on the page at first."""
WHICH_FACT = re.compile(r" \([^()]*\)$")
"""How the sentence about points that go away says of which fact they were; the line names the fact itself."""
Line = dict[str, Any]


class Receipt(NamedTuple):
    """One axis: `earlier` and `lines` as `{% receipt %}` takes them, `total` now, `counts` how many lines there are in all.

    `untold`: so many lines come before these.
    """

    axis: str
    title: str
    earlier: list[Line]
    lines: list[Line]
    total: Any
    counts: int
    untold: int = 0

    @property
    def before(self) -> int:
        """How many lines there are before those that are shown at once."""
        return len(self.earlier) + self.untold


def receipts(story: Explanation, places: Mapping[str, str], *, whole: bool = False) -> list[Receipt]:
    """Fit, then engagement. `places`: where the page shows each fact, by its id. `whole`: every line, not the latest alone."""
    said = {event.figures["fact_id"]: event for event in story.events if event.what == "fact"}
    return [_receipt(axis, story, said, places, whole=whole) for axis in AXES]


def _receipt(axis: str, story: Explanation, said: Mapping[str, Event], places: Mapping[str, str], *, whole: bool) -> Receipt:
    events = [event for event in story.events if event.what == axis]
    last = {event.at: place for place, event in enumerate(events)}
    untold = 0 if whole else max(len(events) - SHOWN - EARLIER, 0)
    lines = [
        _line(event, story, said, places, tells=last[event.at] == place) for place, event in enumerate(events) if place >= untold
    ]
    cut = max(len(lines) - SHOWN, 0) if len(lines) > SHOWN + 2 else 0
    return Receipt(axis, AXES[axis], lines[:cut], lines[cut:], story.now[axis], len(events), untold)


def _line(event: Event, story: Explanation, said: Mapping[str, Event], places: Mapping[str, str], *, tells: bool) -> Line:
    """The balance is that after the moment; of several lines of one moment the last one tells it."""
    fact = said.get(event.figures["fact_id"] or "")
    later = fact is not None and fact.at != event.at
    what = event.text.partition(": ")[2].removesuffix(".")
    what = WHICH_FACT.sub("", what) if later else what
    return {
        "at": event.at,
        "text": by_name(upper(what)),
        "rule": "" if fact is None else by_name(_cause(fact, later=later)),
        "href": places.get(fact.figures["fact_id"], "") if fact is not None else "",
        "points": event.figures["points"],
        "balance": event.figures["balance"] if tells else None,
        "version": version_label(story, event.agreement),
        "faded": later,
    }


def _cause(fact: Event, *, later: bool) -> str:
    said = fact.text.removesuffix(".")
    return f"{said}, on {reader().date(fact.at)}" if later else said


def version_label(story: Explanation, agreement: str) -> str:
    """`version 2`: which version judged, where there are several."""
    if len(story.versions) < 2:
        return ""
    return next((f"version {place}" for place, each in enumerate(story.versions, start=1) if each.id == agreement), "")
