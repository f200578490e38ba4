"""The charts of the scoreboard, the plan and routing: what was promised, is needed or was got, and how much of it is there or would be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from textwrap import wrap
from typing import Any

from smarketing.reports.charts.form.bands import EVEN, MET, MISSED, ON, OPEN, UNDER, Band, Marks, box, dot, span, tick, told
from smarketing.reports.charts.form.drawing import Drawing, banded, nothing_to_draw
from smarketing.reports.charts.numbers import NOTHING, Numbers, local_day
from smarketing.reports.charts.theme import Palette, Spec, palette

Row = dict[str, Any]
Linked = Callable[[int, str], str | None]
"""Where a figure of a row leads: of the row's place in the report and the figure's path."""
TEAMS = {"marketing": "Marketing promised", "sales": "Sales promised", "both": "Promised together"}
WORDS = {"met": ("met", MET), "missed": ("missed", MISSED), "on_pace": ("on pace", ON), "behind": ("behind", UNDER),
         None: ("nothing due yet", OPEN)}  # fmt: skip
LEAST, MOST = 1.12, 1.75
"""How far the scale goes beyond what was promised (1), at least and at most; what is further ends at its end."""
KEY = (("thin", "promised"), ("stroke", "expected by now"), ("range", "forecast, with its 90% interval"))
PHONE = 36
"""So many letters of a note have room on a phone, beside the verdict."""
BEFORE = 5
"""So many periods before the one drawn are told."""
HARD = "\N{NO-BREAK SPACE}"
KEPT = "Are we keeping our promises?"
NEEDED = "What do we need, and what is missing?"
WHO = "Who would have got the leads?"
GOT = (("stroke", "got"),)


def commitments(rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked, currency: str, as_of: datetime) -> Drawing:
    """Each commitment as a bar of what was delivered, against all that was promised (the track) and what is expected by now.

    Drawn is the last period of the rows that has begun; the ones before are told in words below. Every bar is a share of its own
    promise, so leads, money and shares stand in one picture. `rows` are rows of the table `commitments`.
    """
    colours = palette(theme)
    if not rows:
        return nothing_to_draw("commitments", KEPT, "No commitment has a period here.", theme)
    latest = _latest(rows)
    say = _Say(numbers, currency)
    bands = [_band(rows[place], earlier, say, colours, link(place, "actual"), as_of) for place, earlier in latest]
    far = max((band.marks[name] or 0 for band in bands for name in ("actual", "high")), default=0)
    scale = (0.0, min(max(far * 1.03, LEAST), MOST))
    clipped = [_clip(band, scale[1]) for band in bands]
    shown = [rows[place] for place, _ in latest]
    return banded(
        "commitments",
        KEPT,
        _kept(shown),
        clipped,
        Marks(14, lambda at, ink: _bullets(at, ink, scale), scale, _key(bands)),
        colours,
    )


class _Say:
    """The figures of a commitment in its unit."""

    def __init__(self, numbers: Numbers, currency: str) -> None:
        self.numbers, self.currency = numbers, currency

    def value(self, value: float | None, unit: str) -> str:
        return self.numbers.of_unit(value, unit, self.currency)

    def against(self, row: Row) -> str:
        """`96 of 120`; of a share `85% vs 90%`."""
        actual, target = self.value(row["actual"], row["unit"]), self.value(row["target"], row["unit"])
        if row["actual"] is None:
            return f"promised {target}"
        return f"{actual} vs {target}" if row["unit"] == "share" else f"{actual} of {target}"


def _key(bands: Sequence[Band]) -> list[tuple[str, str]]:
    """What the marks mean that are there: of what is over nothing is expected or forecast."""
    drawn = {name for band in bands for name, value in band.marks.items() if value is not None}
    return [(mark, words) for (mark, words), name in zip(KEY, ("whole", "by_now", "low"), strict=True) if name in drawn]


def _latest(rows: Sequence[Row]) -> list[tuple[int, list[Row]]]:
    """(Place of the last row of each commitment, its rows before), marketing first, then sales, then both."""
    order = list(TEAMS)
    places: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault((row["team"], row["name"]), []).append(place)
    found = []
    for (team, _), of in places.items():
        of = sorted(of, key=lambda place: str(rows[place]["period_start"]))
        found.append((order.index(team), of[-1], [rows[place] for place in of[:-1]]))
    return [(place, earlier) for _, place, earlier in sorted(found, key=lambda each: each[0])]


def _band(row: Row, earlier: list[Row], say: _Say, colours: Palette, href: str | None, as_of: datetime) -> Band:
    target, team = row["target"], row["team"]
    word, state = WORDS[row["status"]]
    when = _when(row, say.numbers)
    marks = {"zero": 0.0, "whole": 1.0, "actual": _of(row["actual"], target)}
    running = datetime.fromisoformat(row["period_end"]) > as_of
    for name, key in (("by_now", "expected_by_now"), ("low", "forecast_low"), ("mean", "forecast"), ("high", "forecast_high")):
        marks[name] = _of(row[key], target) if running and (name != "by_now" or row["unit"] != "share") else None
    return Band(
        name=f"{row['name']}, {when}", figure=say.against(row), marks=marks, colour=colours.team(team), group=TEAMS[team],
        heading=colours.team(team), word=word, state=state, notes=_notes(row, earlier, say, running), tips=_tips(row, say, when, word),
        href=href,
    )  # fmt: skip


def _of(value: float | None, target: float) -> float | None:
    return None if value is None else value / target if target else 1.0


def _clip(band: Band, most: float) -> Band:
    """The band with what lies beyond the scale ending at its end; a forecast from beyond is told in words alone."""
    marks = {name: None if value is None else min(value, most) for name, value in band.marks.items()}
    beyond = [name for name in ("mean", "low") if (band.marks[name] or 0) > most]
    marks |= dict.fromkeys(["low", "high"] if "low" in beyond else [], None) | dict.fromkeys(["mean"] if beyond else [], None)
    return replace(band, marks=marks)


def _when(row: Row, numbers: Numbers) -> str:
    return numbers.period(local_day(row["period_start"]), local_day(row["period_end"]))


def _notes(row: Row, earlier: Sequence[Row], say: _Say, running: bool) -> list[str]:
    parts, unit = ["on trial"] if row["trial"] else [], row["unit"]
    if unit == "share":
        parts += [f"n = {say.numbers.count(row['n'])}"] if row["n"] else []
    elif running:
        parts.append(f"expected {say.value(row['expected_by_now'], unit)}")
        if row["forecast"] is not None:
            parts.append(f"forecast {say.value(row['forecast_low'], unit)}–{say.value(row['forecast_high'], unit)}")
    whole = " · ".join(parts)
    lines = parts if len(whole) > PHONE else [whole] if whole else []
    if earlier:
        before = [
            f"{_when(each, say.numbers)} {say.value(each['actual'], unit)} {WORDS[each['status']][0]}"
            for each in earlier[-BEFORE:]
        ]
        lines += wrap("before: " + " · ".join(part.replace(" ", HARD) for part in before), PHONE + 12 if lines else PHONE)
    return [line.replace(HARD, " ").removesuffix(" ·") for line in lines]


def _tips(row: Row, say: _Say, when: str, word: str) -> list[tuple[str, str]]:
    unit = row["unit"]
    told = {"promise": f"{row['name']}, {when}", "delivered": say.value(row["actual"], unit), "promised": say.value(row["target"], unit),
            "expected by now": say.value(row["expected_by_now"], unit), "forecast": say.value(row["forecast"], unit),
            "forecast, 90% interval": NOTHING if row["forecast_low"] is None else
            f"{say.value(row['forecast_low'], unit)} to {say.value(row['forecast_high'], unit)}",
            "counted": say.numbers.count(row["n"]), "status": word}  # fmt: skip
    return list(told.items())


def _bullets(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    yield told(box(rows, "zero", "whole", scale, fill=colours.track), rows)
    yield told(box(rows, "zero", "actual", scale), rows)
    yield span(rows, "low", "high", scale, colour=colours.surface, width=5)
    yield span(rows, "low", "high", scale, colour=colours.ink, width=1.5)
    yield dot(rows, "mean", scale, size=34, stroke=colours.surface, fill=colours.ink)
    yield tick(rows, "by_now", scale, colour=colours.surface, width=5)
    yield tick(rows, "by_now", scale, colour=colours.ink, width=2)
    yield tick(rows, "whole", scale, colour=colours.ink, width=1, more=3)


def _kept(rows: Sequence[Row]) -> str:
    """`Marketing: 1 met, 2 on pace. Sales: 1 behind.`"""
    names = {"marketing": "Marketing", "sales": "Sales", "both": "Together"}
    sentences = []
    for team, name in names.items():
        found = [WORDS[row["status"]][0] for row in rows if row["team"] == team]
        counts = [
            f"{found.count(word)} {word}" for word in ("met", "on pace", "behind", "missed", "nothing due yet") if word in found
        ]
        if counts:
            sentences.append(f"{name}: {', '.join(counts)}.")
    return " ".join(sentences)


def plan(rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each month and grade: the hand-offs that are needed (the track) and those that are expected (the bar)."""
    colours = palette(theme)
    if not rows:
        return nothing_to_draw("plan", NEEDED, "No month lies ahead in this period.", theme)
    bands = [_planned(row, place, numbers, colours, link) for place, row in enumerate(rows)]
    far = max(max(band.marks["needed"] or 0, band.marks["expected"] or 0) for band in bands) or 1.0
    scale, key = (0.0, far * 1.02), (("stroke", "needed"),)
    return banded(
        "plan", NEEDED, _needed(rows, numbers), bands, Marks(12, lambda at, ink: _frames(at, ink, scale), scale, key), colours
    )


def _planned(row: Row, place: int, numbers: Numbers, colours: Palette, link: Linked) -> Band:
    month = numbers.month(date.fromisoformat(f"{row['month']}-01"))
    needed, expected, missing = row["needed"], row["expected"], row["missing"]
    short = missing is not None and missing > 0
    word = NOTHING if missing is None else f"{numbers.count(missing)} missing" if short else "enough"
    return Band(
        name=f"grade {row['grade']}", group=month, colour=colours.both, marks={"zero": 0.0, "needed": needed, "expected": expected},
        figure=f"{NOTHING if expected is None else numbers.count(expected)} of {NOTHING if needed is None else numbers.count(needed)}",
        word=word, state=UNDER if short else MET if missing is not None else EVEN,
        tips=[("hand-offs", f"grade {row['grade']}, {month}"), ("needed", NOTHING if needed is None else numbers.count(needed)),
              ("expected", NOTHING if expected is None else numbers.count(expected)), ("missing", word)],
        href=link(place, "expected"),
    )  # fmt: skip


def _frames(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterable[Spec]:
    yield told(box(rows, "zero", "needed", scale, fill=colours.track), rows)
    yield told(box(rows, "zero", "expected", scale), rows)
    yield tick(rows, "needed", scale, colour=colours.ink, width=2)


def _needed(rows: Sequence[Row], numbers: Numbers) -> str:
    needed, expected = (sum(row[name] or 0 for row in rows) for name in ("needed", "expected"))
    missing = sum(max(row["missing"] or 0, 0) for row in rows)
    lack = f"{numbers.count(missing)} are missing" if missing > 0 else "none are missing"
    return f"{numbers.count(needed)} hand-offs are needed, {numbers.count(expected)} expected, {lack}."


def routing(rows: Sequence[Row], beside: dict[str, Any], *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each rep: the hand-offs they would get (the bar) and those they got (the stroke). More is neither good nor bad here."""
    colours = palette(theme)
    if not rows:
        return nothing_to_draw("routing", WHO, "Marketing handed nothing over in this period.", theme)
    bands = [_routed(row, place, numbers, colours, link) for place, row in enumerate(rows)]
    scale = (0.0, 1.02 * max(max(row["then"], row["now"]) for row in rows))
    said = f"Of {numbers.count(len(beside['handoffs']))} hand-offs {numbers.count(beside['others'])} would have gone to somebody else."
    return banded("routing", WHO, said, bands, Marks(12, lambda at, ink: _gets(at, ink, scale), scale, GOT), colours)


def _routed(row: Row, place: int, numbers: Numbers, colours: Palette, link: Linked) -> Band:
    more = row["difference"]
    word = f"{numbers.count(abs(more))} {'more' if more > 0 else 'fewer'}" if more else "as many"
    then, now = numbers.count(row["then"]), numbers.count(row["now"])
    return Band(
        name=row["name"], figure=f"{now} · got {then}", colour=colours.sales, marks={"zero": 0.0, "then": row["then"], "now": row["now"]},
        word=word, href=link(place, "now"),
        tips=[("rep", row["name"]), ("got", then), ("would get", now), ("the same ones", numbers.count(row["same"]))],
    )  # fmt: skip


def _gets(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterable[Spec]:
    yield told(box(rows, "zero", "now", scale), rows)
    yield tick(rows, "then", scale, colour=colours.ink, width=2)
