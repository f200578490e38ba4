"""A life in chapters, the latest first: one for each stage of each cycle, both sides' facts in it, and what followed from them.

Points that fade are told in the receipt and not here. Three or more moments in a row from which nothing followed are one entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from smarketing.agreement.changes.phrases import short_name, upper
from smarketing.reports.explain.words import fact_words, kind_words, listed
from smarketing.vocabulary.kinds import HANDOVER, IDENTITY, MARKETING, OPPORTUNITY, PROFILE, SALES_ACTS, WORK, is_touch
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.people import by_name
from smarketing.web.story.drawn import entry_html
from smarketing.web.told.notes import with_money

if TYPE_CHECKING:
    from smarketing.reports.explain.story import Event, Explanation

MANY = 3
ENTRIES_OPEN = 24
"""Chapters are open until so many entries are shown; the first always is."""
LATEST = 160
"""So many of the latest events of a life are told at first; a page with thousands is slow to send and to read."""
MARKETING_DOES = frozenset({"passed", "held"})
WHOLE = "?whole=1"
"""The address, from the page of the lead, of the page that tells everything."""
OFTEN = {1: "once", 2: "twice"}
Row = Mapping[str, Any]


@dataclass(slots=True)
class Entry:
    """One thing on the timeline: whose (`team`), `text`, and below it what followed (`notes`) and `points` as (axis, figure, tone).

    `clocks`: (name, state) that it stopped or that ended without it. `inside`: the entries that this one stands for. `machine`:
    done by a machine and not counted. `anchor`: the place of its fact on the page.
    """

    at: datetime
    team: str
    text: str
    icon: str = ""
    notes: list[str] = field(default_factory=list)
    points: list[tuple[str, str, str]] = field(default_factory=list)
    clocks: list[tuple[str, str]] = field(default_factory=list)
    inside: list[Entry] = field(default_factory=list)
    machine: bool = False
    anchor: str = ""
    kind: str = ""
    until: datetime | None = None

    @property
    def html(self) -> SafeString:
        """As it stands on the page."""
        return entry_html(self)


@dataclass(slots=True)
class Chapter:
    """`stage` (a word of the vocabulary) under its `title`, in `cycle`; `notes` say why it began; `open`: shown at once.

    `untold`: so many of its facts came before the latest events, and are not among `entries`.
    """

    title: str
    stage: str
    cycle: int | None
    begin_at: datetime
    end_at: datetime | None = None
    notes: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    open: bool = False
    untold: int = 0


def told_since(story: Explanation) -> datetime | None:
    """The moment from which on the latest events are; None where that is all of them."""
    return story.events[-LATEST].at if len(story.events) > LATEST else None


def chapters(
    story: Explanation, machine: Sequence[Row], places: Mapping[str, str], *, since: datetime | None = None
) -> list[Chapter]:
    """The chapters, the latest first, and in each the latest first.

    `machine`: the facts of machines, in order of time. `places`: the anchor of each fact (see `anchors`). What was before `since`
    is counted and not told.
    """
    found: list[Chapter] = []
    for (cycle, at), group in groupby(_with_machines(story, machine, since), key=lambda one: (one[0].cycle, one[0].at)):
        moment = list(group)
        stages = [event for event, _ in moment if event.what == "stage"]
        if stages or not found or found[-1].cycle != cycle:
            found.append(_chapter(story, found, stages, cycle, at))
        if since is not None and at < since:
            found[-1].untold += sum(event.what == "fact" for event, _ in moment)
            continue
        found[-1].entries += _entries([event for event, by in moment if not by], [event for event, by in moment if by])
    for before, after in pairwise(found):
        before.end_at = after.begin_at
    for entry in (entry for chapter in found for entry in chapter.entries):
        entry.anchor = places.get(entry.anchor, "").partition("#")[2]
    return _latest_first(found)


def anchors(story: Explanation, *, since: datetime | None = None) -> dict[str, str]:
    """The place of each fact on the page, by its id: `#fact-17`; of those before `since`, on the page that tells everything."""
    facts = (event for event in story.events if event.what == "fact")
    return {
        event.figures["fact_id"]: f"{'' if since is None or event.at >= since else WHOLE}#fact-{number}"
        for number, event in enumerate(facts, start=1)
    }


def side(kind: str) -> str:
    """Whose fact it is: marketing (the lead's touches and marketing's check), sales, or together (profile, identity)."""
    if kind in PROFILE or kind in IDENTITY:
        return "together"
    if kind in MARKETING or kind in MARKETING_DOES or is_touch(kind):
        return "marketing"
    return "sales" if kind in SALES_ACTS or kind in HANDOVER or kind in OPPORTUNITY or kind in WORK else "together"


def _with_machines(story: Explanation, machine: Sequence[Row], since: datetime | None) -> list[tuple[Event, bool]]:
    """The events in order of time, each with whether it is a machine's; a machine's is of the cycle that runs then."""
    from smarketing.reports.explain.story import Event

    told = [(event, False) for event in story.events]
    if not machine:
        return told
    machine = machine if since is None else [row for row in machine if row["at"] >= since]
    currency = story.versions[-1].currency if story.versions else ""
    found, place, cycle = [], 0, story.events[0].cycle if story.events else 1
    for row in machine:
        while place < len(told) and told[place][0].at <= row["at"]:
            cycle = told[place][0].cycle
            found.append(told[place])
            place += 1
        figures = {"kind": row["kind"], "fact_id": row["fact_id"]}
        found.append((Event(row["at"], cycle, "fact", f"{upper(fact_words(row, currency))}.", "", figures), True))
    return found + told[place:]


def _chapter(story: Explanation, found: Sequence[Chapter], stages: Sequence[Event], cycle: int | None, at: datetime) -> Chapter:
    notes = [_told(event) for event in stages]
    if cycle is not None and cycle > 1 and all(chapter.cycle != cycle for chapter in found):
        notes.insert(0, by_name(dict(story.cycles).get(cycle, "")).partition(", begun by: ")[2])
        notes[0] = f"This cycle began with: {notes[0]}." if notes[0] else ""
    stage = stages[-1].figures["stage"] if stages else found[-1].stage if found and found[-1].cycle == cycle else ""
    title = (
        upper(short_name(stage, story.versions[-1])) if stage else "Between two cycles" if cycle is None else "Before any stage"
    )
    return Chapter(title, stage, cycle, at, notes=[note for note in notes if note])


def _told(event: Event) -> str:
    """The sentence with people by their names and amounts as this reader writes them."""
    return with_money(by_name(event.text))


def _entries(events: Sequence[Event], machines: Sequence[Event]) -> Iterator[Entry]:
    """The entries of one moment: its facts with what they earned and stopped, then hand-offs, then clocks that ran out."""
    facts = [_of_fact(event) for event in events if event.what == "fact"]
    of_fact = {
        event.figures["fact_id"]: entry for event, entry in zip([e for e in events if e.what == "fact"], facts, strict=True)
    }
    others = [event for event in events if event.what not in ("fact", "stage")]
    loose: list[Entry] = []
    for event in others:
        loose += _follows(event, of_fact, [*facts, *loose])
    yield from facts
    yield from loose
    yield from (_of_fact(event, machine=True) for event in machines)


def _of_fact(event: Event, *, machine: bool = False) -> Entry:
    kind = event.figures["kind"]
    text = _told(event).removesuffix(".")
    return Entry(event.at, side(kind), text, machine=machine, kind=kind, anchor=event.figures["fact_id"])


def _follows(event: Event, of_fact: Mapping[str, Entry], here: Sequence[Entry]) -> Iterator[Entry]:
    """Lay what followed on the entry that it followed from; what has none is an entry of its own."""
    if event.what in ("engagement", "fit"):
        cause = of_fact.get(event.figures["fact_id"] or "")
        if cause is not None:
            earned = event.figures["points"]
            cause.points.append((event.what, formats.signed(earned), "bad" if earned < 0 else "good"))
    elif event.what == "handoff":
        yield Entry(event.at, "together", _told(event), icon="handoff")
    elif event.what == "attempt" and here:
        here[0].notes.append(_told(event))
    elif event.what == "clock":
        yield from _of_clock(event, here)


def _of_clock(event: Event, here: Sequence[Entry]) -> Iterator[Entry]:
    handed = next((entry for entry in here if entry.icon == "handoff"), None)
    if event.text.startswith("The clock") and " starts: " in event.text:
        if handed is not None:
            due = reader().datetime(event.figures["due_at"])
            handed.notes.append(f"{upper(event.figures['commitment'])}: due {due}")
        return
    told = (event.figures["commitment"], event.figures["state"])
    acting = [entry for entry in here if entry.team == "sales" and entry.kind]
    if acting and event.figures["state"] in ("kept", "late"):
        acting[0].clocks.append(told)
    else:
        yield Entry(event.at, "sales", event.text, icon="open", clocks=[told])


def _latest_first(found: Sequence[Chapter]) -> list[Chapter]:
    shown = 0
    for chapter in reversed(found):
        chapter.entries = list(_runs(chapter.entries))[::-1]
        chapter.open = shown == 0 or shown + len(chapter.entries) <= ENTRIES_OPEN
        shown += len(chapter.entries)
    return list(reversed(found))


def _runs(entries: Sequence[Entry]) -> Iterator[Entry]:
    for idle, group in groupby(entries, key=_is_idle):
        run = list(group)
        if idle and len(run) >= MANY:
            yield Entry(run[-1].at, "marketing", _counted(run), inside=run[::-1], until=run[0].at)
        else:
            yield from run


def _is_idle(entry: Entry) -> bool:
    plain = not (entry.points or entry.notes or entry.clocks or entry.icon)
    return plain and entry.team == "marketing" and entry.kind not in MARKETING_DOES


def _counted(run: Sequence[Entry]) -> str:
    """`Page viewed 4 times and email opened once; 3 acts of machines count nothing`."""
    kinds = Counter(entry.kind for entry in run if not entry.machine)
    said = listed(f"{kind_words(kind)} {OFTEN.get(times, f'{times} times')}" for kind, times in kinds.items())
    robots = sum(entry.machine for entry in run)
    unseen = f"{robots} act{'' if robots == 1 else 's'} of machines, which count nothing" if robots else ""
    return upper("; ".join(part for part in (said, unseen) if part))
