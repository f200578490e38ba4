"""A life as people read it: one chapter for each cycle, one paragraph for each moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from smarketing.reports.explain.words import kind_words, listed, moment
from smarketing.reports.layout import paragraph
from smarketing.vocabulary.kinds import MARKETING, is_touch

if TYPE_CHECKING:
    from smarketing.reports.explain.story import Event, Explanation

Moment = tuple[datetime, list["Event"]]
OFTEN = {1: "once", 2: "twice"}
MANY = 3
"""So many moments in a row from which nothing follows are told in one line."""


def as_text(explanation: Explanation, *, width: int) -> str:
    """The whole explanation, ending with its notes."""
    zone = explanation.zone
    head = f"{explanation.lead_id} as of {moment(explanation.as_of, zone)} ({zone})"
    lines = [head, paragraph(explanation.standing, width=width), *_phase(explanation, width), *_versions(explanation, width)]
    lines += _chapters(explanation, width)
    lines += (
        ["", *(paragraph(f"{note.code}  {note.text}", width=width, indent=10) for note in explanation.notes)]
        if explanation.notes
        else []
    )
    return "\n".join(lines) + "\n"


def _phase(explanation: Explanation, width: int) -> Iterator[str]:
    """Where the lead is in its buying cycle, and what the agreement says to say there."""
    phase, zone = explanation.phase, explanation.zone
    if phase is None:
        return
    said = f"In the phase {phase.name} of {phase.persona} (number {phase.place} of {phase.of}) since {moment(phase.since, zone)}"
    if phase.expected_until is not None:
        over = "longer than expected: " if phase.longer else ""
        was = "was" if phase.longer else "is"
        said += f"; {over}about {phase.lasts}, until {moment(phase.expected_until, zone)}, {was} expected"
    told = [f"{said}.", f"Say: {phase.say}" if phase.say else "", f"Offer: {listed(phase.offer)}." if phase.offer else ""]
    yield paragraph(" ".join(part for part in told if part), width=width)


def _versions(explanation: Explanation, width: int) -> Iterator[str]:
    """Which versions judged this life, where there are several; then each line ends with the mark of its own."""
    if len(explanation.versions) > 1:
        marks = _marks(explanation)
        yield paragraph("Judged by several versions of the agreement, named in brackets after each line:", width=width)
        for version in explanation.versions:
            yield paragraph(f"  {marks[version.id].strip(' []')}: {version.name} ({version.id[:12]})", width=width, indent=6)


def _marks(explanation: Explanation) -> dict[str, str]:
    """` [v2 from 2026-04-01]` by the id of each version; nothing where there is only one."""
    if len(explanation.versions) < 2:
        return {}
    return {one.id: f" [v{place} from {one.in_force.from_}]" for place, one in enumerate(explanation.versions, start=1)}


def _chapters(explanation: Explanation, width: int) -> Iterator[str]:
    titles, marks = dict(explanation.cycles), _marks(explanation)
    for cycle, events in groupby(explanation.events, key=lambda event: event.cycle):
        yield ""
        yield paragraph(titles.get(cycle or 0, "In no cycle, after the disqualification"), width=width)
        yield from _moments(
            [(at, list(same)) for at, same in groupby(events, key=lambda event: event.at)], explanation.zone, marks, width
        )


def _moments(moments: list[Moment], zone: str, marks: dict[str, str], width: int) -> Iterator[str]:
    for (idle, version), run in groupby(moments, key=lambda one: (_is_idle(one), one[1][0].agreement)):
        told = list(run)
        if idle and len(told) >= MANY:
            yield f"  From {moment(told[0][0], zone)} to {moment(told[-1][0], zone)}"
            yield paragraph(f"    {_counted(told)}, which changes nothing.{marks.get(version, '')}", width=width, indent=6)
            continue
        for at, events in told:
            yield f"  On {moment(at, zone)}"
            for event in events:
                yield paragraph(f"    {event.text}{marks.get(event.agreement, '')}", width=width, indent=6)


def _is_idle(at_moment: Moment) -> bool:
    """Whether all of a moment is one fact of marketing's side from which nothing follows."""
    _, events = at_moment
    kind = events[0].figures.get("kind")
    return len(events) == 1 and kind is not None and (kind in MARKETING or is_touch(kind))


def _counted(moments: list[Moment]) -> str:
    """`Page viewed 4 times and email opened once`, in order of appearance."""
    kinds = Counter(events[0].figures["kind"] for _, events in moments)
    said = listed(f"{kind_words(kind)} {OFTEN.get(times, f'{times} times')}" for kind, times in kinds.items())
    return f"{said[0].upper()}{said[1:]}"
