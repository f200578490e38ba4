"""The back-test as people read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smarketing.reports.layout import NOTHING, Grid, amount, interval, percent
from smarketing.vocabulary.words import with_minus

if TYPE_CHECKING:
    from smarketing.reports.backtest.compared import Compared

Row = dict[str, Any]
Cells = tuple[str, ...]
Line = Callable[[Row], Cells]
NAMED = 10
"""So many leads are named."""


def grids(found: Compared) -> list[Grid]:
    """The two sides, what nobody can know, and the first of the leads that differ."""
    parts = [_sides(found), *_unknowable(found.answer)]
    return [
        *parts,
        *_leads("Handed over by the draft alone", found.answer["gained"]),
        *_leads("No longer handed over", found.answer["lost"]),
    ]


def _sides(found: Compared) -> Grid:
    zone, against = found.past.against.agreement.timezone, found.past.against
    when = against.as_of.astimezone(ZoneInfo(zone))
    title = f"Back-test of the draft against {against.agreement.name}, as of {when:%Y-%m-%d %H:%M} ({zone})"
    return Grid(title, ("", "draft", "in force", "change"), [line(found.answer) for line in LINES])


def number(name: str, key: str, decimals: int) -> Line:
    """A line of plain figures."""

    def line(answer: Row) -> Cells:
        draft, signed = answer["draft"][key], answer["against"][key]
        return (
            name,
            *(NOTHING if each is None else f"{each:,.{decimals}f}" for each in (draft, signed)),
            change(draft, signed, decimals),
        )

    return line


def worth(answer: Row) -> Cells:
    """The line of money."""
    draft, signed = answer["draft"]["worth"], answer["against"]["worth"]
    same = draft is not None and signed is not None and draft["currency"] == signed["currency"]
    return "worth handed over", amount(draft), amount(signed), change(draft["amount"], signed["amount"], 2) if same else ""


def counted(name: str, key: str) -> Line:
    """How many of how many."""

    def line(answer: Row) -> Cells:
        draft, signed = answer["draft"][key], answer["against"][key]
        return name, *(f"{each['n']:,} of {each['of']:,}" for each in (draft, signed)), change(draft["n"], signed["n"], 0)

    return line


def share(name: str, key: str) -> Line:
    """A rate, and the change in points of a hundred."""

    def line(answer: Row) -> Cells:
        draft, signed = answer["draft"][key], answer["against"][key]
        ours, theirs = (None if each["rate"] is None else 100 * each["rate"] for each in (draft, signed))
        return name, percent(draft), percent(signed), change(ours, theirs, 1)

    return line


def spread(answer: Row) -> Cells:
    """The interval of the precision."""
    return "    90% interval", interval(answer["draft"]["precision"]), interval(answer["against"]["precision"]), ""


def change(draft: float | None, signed: float | None, decimals: int) -> str:
    """The difference with its sign; nothing where a side has no figure, or none."""
    if draft is None or signed is None:
        return ""
    return with_minus(f"{draft - signed:+,.{decimals}f}") if round(draft - signed, decimals) else "="


LINES: Sequence[Line] = (
    number("MQLs a week", "mqls_per_week", 1),
    number("hand-offs", "handoffs", 0),
    number("hours of sales time a week", "effort_hours_per_week", 1),
    worth,
    counted("won later, of those known", "precision"),
    share("    as a share (precision)", "precision"),
    spread,
    counted("later wins handed over before", "recall"),
    share("    as a share (recall)", "recall"),
    number("days earlier (median)", "days_earlier", 1),
    number("promises broken", "breaches", 0),
)


def _unknowable(answer: Row) -> Iterator[Grid]:
    """How far that which nobody knows could move the figures; nothing where all is known."""
    if not answer["unidentified_share"]:
        return
    title = f"What nobody can know: {100 * answer['unidentified_share']:.1f}% of the draft's hand-offs were never worked"
    lines = [(NAMES[key], *(_bound(key, held[end]) for end in ("low", "high"))) for key, held in answer["bounds"].items()]
    yield Grid(title, ("", "worst case", "best case"), lines)


NAMES = {
    "precision": "precision of the draft",
    "recall": "recall of the draft",
    "breaches": "promises broken by the draft",
    "against_recall": "recall of the agreement",
}


def _bound(key: str, value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:,}" if key == "breaches" else f"{100 * value:.1f}%"


def _leads(title: str, leads: Sequence[str]) -> Iterator[Grid]:
    if leads:
        more = f" (the first {NAMED}; --format json names all)" if len(leads) > NAMED else ""
        yield Grid(
            f"{title}: {len(leads):,} lead{'' if len(leads) == 1 else 's'}{more}", ("lead",), [(lead,) for lead in leads[:NAMED]]
        )
