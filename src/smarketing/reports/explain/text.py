"""A life as people read it: one chapter for each cycle, one paragraph for each moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from smarketing.reports.explain.words import kind_words, moment
from smarketing.reports.layout import paragraph
from smarketing.vocabulary.kinds import is_touch

if TYPE_CHECKING:
    from smarketing.reports.explain.story import Event, Explanation

Moment = tuple[datetime, list["Event"]]
MANY = 3
"""So many moments in a row that say the same and change nothing are told in one line."""


def as_text(explanation: Explanation, *, width: int) -> str:
    """The whole explanation, ending with its notes."""
    zone = explanation.zone
    head = f"{explanation.lead_id} as of {moment(explanation.as_of, zone)} ({zone})"
    lines = [head, paragraph(explanation.standing, width=width)]
    lines += _chapters(explanation, width)
    lines += (
        ["", *(paragraph(f"{note.code}  {note.text}", width=width, indent=10) for note in explanation.notes)]
        if explanation.notes
        else []
    )
    return "\n".join(lines) + "\n"


def _chapters(explanation: Explanation, width: int) -> Iterator[str]:
    titles = dict(explanation.cycles)
    for cycle, events in groupby(explanation.events, key=lambda event: event.cycle):
        yield ""
        yield paragraph(titles.get(cycle or 0, "Between two cycles"), width=width)
        yield from _moments(
            [(at, list(same)) for at, same in groupby(events, key=lambda event: event.at)], explanation.zone, width
        )


def _moments(moments: list[Moment], zone: str, width: int) -> Iterator[str]:
    for kind, run in groupby(moments, key=_idle_kind):
        told = list(run)
        if kind and len(told) >= MANY:
            yield f"  From {moment(told[0][0], zone)} to {moment(told[-1][0], zone)}"
            yield f"    {len(told)} times {kind_words(kind)}, which changes nothing."
            continue
        for at, events in told:
            yield f"  On {moment(at, zone)}"
            yield from (paragraph(f"    {event.text}", width=width, indent=6) for event in events)


def _idle_kind(at_moment: Moment) -> str | None:
    """The kind of a moment that is one touch from which nothing follows, else None."""
    _, events = at_moment
    kind = events[0].figures.get("kind")
    return kind if len(events) == 1 and kind and is_touch(kind) else None
