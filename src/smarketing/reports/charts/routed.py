"""The chart of who would have got the hand-offs: what each rep would get as a bar, what they got as a stroke."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from smarketing.reports.charts.form.bands import Band, Marks, box, tick, told
from smarketing.reports.charts.form.drawing import Drawing, banded, nothing_to_draw
from smarketing.reports.charts.numbers import Numbers
from smarketing.reports.charts.theme import Palette, Spec, palette

Row = dict[str, Any]
Linked = Callable[[int, str], str | None]
WHO = "Who would have got the leads?"
KEY = (("stroke", "got"),)


def routing(rows: Sequence[Row], beside: dict[str, Any], *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each rep: the hand-offs they would get (the bar) and those they got (the stroke). More is neither good nor bad here."""
    colours = palette(theme)
    if not rows:
        return nothing_to_draw("routing", WHO, "Marketing handed nothing over in this period.", theme)
    bands = [_band(row, place, numbers, colours, link) for place, row in enumerate(rows)]
    scale = (0.0, 1.02 * max(max(row["then"], row["now"]) for row in rows))
    said = f"Of {numbers.count(len(beside['handoffs']))} hand-offs {numbers.count(beside['others'])} would have gone to somebody else."
    return banded("routing", WHO, said, bands, Marks(12, lambda at, ink: _frames(at, ink, scale), scale, KEY), colours)


def _band(row: Row, place: int, numbers: Numbers, colours: Palette, link: Linked) -> Band:
    more = row["difference"]
    word = f"{numbers.count(abs(more))} {'more' if more > 0 else 'fewer'}" if more else "as many"
    then, now = numbers.count(row["then"]), numbers.count(row["now"])
    return Band(
        name=row["name"], figure=f"{now} · got {then}", colour=colours.sales, marks={"zero": 0.0, "then": row["then"], "now": row["now"]},
        word=word, href=link(place, "now"),
        tips=[("rep", row["name"]), ("got", then), ("would get", now), ("the same ones", numbers.count(row["same"]))],
    )  # fmt: skip


def _frames(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterable[Spec]:
    yield told(box(rows, "zero", "now", scale), rows)
    yield tick(rows, "then", scale, colour=colours.ink, width=2)
