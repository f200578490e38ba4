"""The charts of shares and what they are worth: win rates against what their mix lets expect, goals that are over or under, who brought the
money, what a lead is worth, and a draft beside the agreement in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from smarketing.reports.charts.form.bands import (
    EVEN,
    MET,
    MISSED,
    OPEN,
    OVER,
    UNDER,
    Band,
    Marks,
    box,
    dot,
    span,
    tick,
    told,
)
from smarketing.reports.charts.form.drawing import Drawing, banded, nothing_to_draw
from smarketing.reports.charts.funnel import inset, rates
from smarketing.reports.charts.numbers import NOTHING, Numbers
from smarketing.reports.charts.theme import Palette, Spec, palette
from smarketing.reports.groups import nameless

Row = dict[str, Any]
Linked = Callable[[int, str], str | None]
MOST_ROWS = 20
"""So many groups are drawn, the best of them first; the table has all."""
VERDICTS = {"above": OVER, "below": UNDER, "as expected": EVEN, "too few": OPEN}
ASKED = {
    "campaigns": "Which campaigns win more than the leads they bring let expect?",
    "reps": "Who wins more than the leads they got let expect?",
    "owners": "Who wins more of the leads that were passed on to them?",
}
KEY = (
    ("rate", "share won, with its 90% interval"),
    ("stroke", "expected from their grades and channels"),
)
WHO = "Who brought the money, and how far do the models agree?"
EDGE = 0.02
DESKS = {"inside_sales": "Inside sales", "sales": "Sales", "marketing": "Marketing"}
ROLELESS = "Without a role"
GOALS = "Which goals are over, which under?"
WORTH = "What is a lead of each grade worth?"
DRAFTED = "Would the draft hand over the leads that are won?"
SIDES = {"draft": "draft", "against": "in force"}
FOUND = {"precision": "Won, of the hand-offs whose outcome is known", "recall": "Handed over before, of the later wins"}
UNKNOWN = {"draft": {"precision": "precision", "recall": "recall"}, "against": {"recall": "against_recall"}}
"""Which of a back-test's bounds belong to which figure."""


def against_expected(report: str, rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each group's win rate as a dot with its 90% interval, and what its mix lets expect as an upright stroke."""
    colours, whole = palette(theme), "leads" if report == "campaigns" else "handoffs"
    part = "owners" if report == "owners" else "won"
    found = [(place, row) for place, row in enumerate(rows) if row["won"]["of"]]
    desks = _desks([row for _, row in found])
    found.sort(key=lambda each: desks.index(_desk(each[1])))
    if not found:
        return nothing_to_draw(part, ASKED[report], f"There are no {_counted(whole)} in this period.", theme)
    shown = found[:MOST_ROWS]
    bands = [_judged(row, whole, numbers, colours, link(place, "won"), apart=len(desks) > 1) for place, row in shown]
    scale = inset(max(max(band.marks["high"] or 0, band.marks["expected"] or 0) for band in bands))
    answer = _verdicts([row for _, row in found])
    if len(found) > len(shown):
        answer += f" Drawn are the first {len(shown)} of {len(found)}."
    return banded(
        part, ASKED[report], answer, bands, Marks(10, lambda at, ink: _judged_marks(at, ink, scale), scale, KEY), colours
    )


def _counted(whole: str) -> str:
    return {"handoffs": "hand-offs"}.get(whole, whole)


def _judged(row: Row, whole: str, numbers: Numbers, colours: Palette, href: str | None, *, apart: bool) -> Band:
    won, expected = row["won"], row["expected_won"]
    share = None if expected is None else expected / won["of"]
    tips = [("group", _name(row)), (_counted(whole), numbers.count(won["of"])), ("won", numbers.count(won["n"])),
            ("win rate", numbers.rate(won)), ("90% interval", numbers.interval(won)),
            ("expected", NOTHING if share is None else numbers.share(share)), ("verdict", row["verdict"])]  # fmt: skip
    return Band(
        name=_name(row), figure=f"{numbers.rate(won)} · {numbers.count(won['n'])} of {numbers.count(won['of'])}",
        marks={"rate": won["rate"], "low": won["low"], "high": won["high"], "expected": share},
        colour=colours.muted if row["verdict"] == "too few" else colours.both, group=_desk(row) if apart else None, word=row["verdict"],
        state=VERDICTS.get(row["verdict"], EVEN), notes=[f"expected {numbers.share(share)}" if share is not None else " "], tips=tips, href=href,
    )  # fmt: skip


def _name(row: Row) -> str:
    nobody = nameless("campaign" if "leads" in row else "rep")
    return row.get("name") or (row["by"] if row["by"] is not None else nobody)


def _desk(row: Row) -> str:
    """The heading of a rep: inside sales and sales are compared apart. Campaigns have none."""
    role = row.get("role")
    return DESKS.get(role, str(role)) if role else ROLELESS


def _desks(rows: Sequence[Row]) -> list[str]:
    """The headings in order: inside sales, sales, others, those without a role."""
    order = [*DESKS.values()]
    found = {_desk(row) for row in rows}
    others = sorted(found - {*order, ROLELESS})
    return [desk for desk in (*order, *others, ROLELESS) if desk in found]


def _judged_marks(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    yield from rates(rows, colours, scale)
    yield tick(rows, "expected", scale, colour=colours.ink, width=2, more=2)


def _verdicts(rows: Sequence[Row]) -> str:
    """`2 of 12 are above what their mix lets expect (fair, referral), 1 below (giveaway), 3 have too few.`"""
    by = {verdict: [_name(row) for row in rows if row["verdict"] == verdict] for verdict in VERDICTS}
    above, below, few = by["above"], by["below"], len(by["too few"])
    text = f"Of {len(rows)}, {len(above) or 'none'} won more than expected{_named(above)} and {len(below) or 'none'} less{_named(below)}"
    return text + (f"; of {few} there {'is' if few == 1 else 'are'} too few to say." if few else ".")


def _named(names: Sequence[str]) -> str:
    return f" ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})" if names else ""


def goals(rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked) -> Drawing | None:
    """Each group's goals as bars to the right of the goal (over) or to the left (under); None where there are no goals."""
    colours = palette(theme)
    every = [(place, row, number, goal) for place, row in enumerate(rows) for number, goal in enumerate(row["goals"])]
    found = [each for each in every if each[3]["rate"]["rate"] is not None]
    if not found:
        return None
    found.sort(key=lambda each: (each[2], -each[3]["rate"]["rate"]))
    bands = [
        _goal(row, goal, numbers, colours, link(place, f"goals.{number}")) for place, row, number, goal in found[: 2 * MOST_ROWS]
    ]
    far = max(abs(band.marks["off"] or 0) for band in bands) * 1.05 or 0.01
    missed = sum(not goal["met"] for *_, goal in found)
    answer = (
        f"All {len(found)} goals are met."
        if not missed
        else f"{len(found) - missed} of {len(found)} goals are met, {missed} {'is' if missed == 1 else 'are'} not."
    )
    marks = Marks(12, lambda at, ink: _sides(at, ink, (-far, far)), (-far, far))
    return banded("goals", GOALS, answer, bands, marks, colours)


def _goal(row: Row, goal: Row, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    rate, met = goal["rate"], goal["met"]
    off = rate["rate"] - goal["target"]
    heading = f"{goal['from']} to {goal['to']}: at least {numbers.share(goal['target'])}"
    return Band(
        name=_name(row), figure=f"{numbers.rate(rate)} · {numbers.count(rate['n'])} of {numbers.count(rate['of'])}",
        marks={"zero": 0.0, "off": off}, colour=colours.good if met else colours.bad, group=heading, word="over" if met else "under",
        state=MET if met else MISSED, notes=[f"{abs(100 * off):.1f} points {'over' if off >= 0 else 'under'} the goal"], href=href,
        tips=[("group", _name(row)), ("goal", heading), ("rate", numbers.rate(rate))],
    )  # fmt: skip


def _sides(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    yield told(box(rows, "zero", "off", scale), rows)
    yield tick(rows, "zero", scale, colour=colours.ink, width=1.5)


def models_apart(rows: Sequence[Row], signed: str | None, *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each campaign's (or channel's) amount by the signed model as a dot, a line from the least to the most of all models, spend as a stroke."""
    colours, model = palette(theme), signed or "linear"
    found = list(enumerate(rows))
    if not found:
        return nothing_to_draw("attribution", WHO, "Nothing was won in this period.", theme)
    shown = found[:MOST_ROWS]
    bands = [_given(row, model, numbers, colours, link(place, f"models.{model}.amount")) for place, row in shown]
    values = [value for band in bands for value in band.marks.values() if value is not None]
    least, most = min(0.0, *values), max(0.01, *values)
    edge = EDGE * (most - least)
    scale = (least - edge, most + edge)
    key = [("rate", f"the model {model}, and from the least to the most of all models")]
    key += [("stroke", "spend")] if any(row["spend"] for _, row in shown) else []
    marks = Marks(10, lambda at, ink: _given_marks(at, ink, scale), scale, key)
    answer = _most([row for _, row in found], model, numbers)
    if len(found) > len(shown):
        answer += f" Drawn are the first {len(shown)} of {len(found)}."
    return banded("attribution", WHO, answer, bands, marks, colours)


def _given(row: Row, model: str, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    given, spread = row["models"][model], row["spread"]
    currency = {"currency": given["currency"]}
    low, high = (numbers.amount({"amount": spread[end]} | currency) for end in ("low", "high"))
    cost = numbers.amount(row["spend"]) if row["spend"] else NOTHING
    returned = row["return_on_spend"] and row["return_on_spend"]["signed"]
    tips = [("group", _named_row(row)), ("wins", numbers.count(row["wins"])), (model, numbers.amount(given)), ("least", low), ("most", high),
            ("spend", cost), ("return on spend", NOTHING if returned is None else f"{returned:.1f}")]  # fmt: skip
    note = f"{low} to {high} by all models" + (f" · {returned:.1f} times the spend" if returned is not None else "")
    marks = {"given": given["amount"], "low": spread["low"], "high": spread["high"], "spend": (row["spend"] or {}).get("amount")}
    colour = colours.muted if row["by"] is None else colours.both
    return Band(_named_row(row), numbers.amount(given), marks, colour, notes=[note], tips=tips, href=href)


def _given_marks(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    ends = [row | {"begin": scale[0], "end": scale[1]} for row in rows]
    yield span(ends, "begin", "end", scale, colour=colours.track, width=2)
    yield span(rows, "low", "high", scale, colour=colours.muted, width=2)
    yield tick(rows, "spend", scale, colour=colours.ink, width=2, more=2)
    yield told(dot(rows, "given", scale, size=90, stroke=colours.surface), rows)


def _named_row(row: Row) -> str:
    return row["by"] if row["by"] is not None else "nobody named"


def _most(rows: Sequence[Row], model: str, numbers: Numbers) -> str:
    best = max(rows, key=lambda row: row["models"][model]["amount"])
    given = best["models"][model]
    currency = {"currency": given["currency"]}
    low, high = (numbers.amount({"amount": best["spread"][end]} | currency) for end in ("low", "high"))
    return f"{_named_row(best).capitalize() if best['by'] is None else best['by']} has the most by {model}: {numbers.amount(given)}, between {low} and {high} by all models."


def worths(rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """What a hand-off of each grade is worth as a dot with its 90% interval; where there are too few of a grade, the signed price without."""
    colours = palette(theme)
    found = [(place, row) for place, row in enumerate(rows) if row["worth"] is not None]
    if not found:
        return nothing_to_draw("price", WORTH, "No grade has a price.", theme)
    bands = [_worth(row, numbers, colours, link(place, "won")) for place, row in found]
    scale = inset(max(max(band.marks["high"] or 0, band.marks["rate"] or 0) for band in bands) or 0.01)
    marks = Marks(10, lambda at, ink: rates(at, ink, scale), scale, [("rate", "worth, with its 90% interval")])
    return banded("price", WORTH, _priced([row for _, row in found], numbers), bands, marks, colours)


def _worth(row: Row, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    won, enough = row["won"], row["enough"]
    ends = _ends(row, numbers) if enough else "the signed price"
    tips = [("grade", row["grade"]), ("hand-offs", numbers.count(row["n"])), ("won", numbers.count(won["n"])), ("worth", numbers.amount(row["worth"])),
            ("90% interval", ends if enough else NOTHING)]  # fmt: skip
    return Band(
        f"Grade {row['grade']}", numbers.amount(row["worth"]), {"rate": row["worth"]["amount"], "low": row["low"], "high": row["high"]},
        colours.both if enough else colours.muted, word="" if enough else "not enough", state=None if enough else OPEN,
        notes=[f"{ends} · {numbers.count(won['n'])} of {numbers.count(won['of'])} won"], tips=tips, href=href,
    )  # fmt: skip


def _ends(row: Row, numbers: Numbers) -> str:
    low, high = (numbers.money(row[end], row["worth"]["currency"]) for end in ("low", "high"))
    return f"{low} to {high}"


def _priced(rows: Sequence[Row], numbers: Numbers) -> str:
    """`A hand-off of grade A is worth €412 (€350 to €480), of B is worth €97 (€80 to €120); of grade C there are too few to say.`"""
    known = [f"{row['grade']} is worth {numbers.amount(row['worth'])} ({_ends(row, numbers)})" for row in rows if row["enough"]]
    few = ", ".join(row["grade"] for row in rows if not row["enough"])
    if not known:
        return f"Of grade {few} there are too few to say."
    return f"A hand-off of grade {', of '.join(known)}" + (f"; of grade {few} there are too few to say." if few else ".")


def drafted(rows: Sequence[Row], beside: Row, *, theme: str, numbers: Numbers) -> Drawing:
    """Both sides of a back-test: how many of their hand-offs were won, how many wins they had handed over before; as dots with their 90%
    intervals. Strokes: what the figure would be if none, and if all, of those whom nobody worked had been won."""
    colours, sides = palette(theme), {row["side"]: row for row in rows}
    if not sides:
        return nothing_to_draw("backtest", DRAFTED, "Nothing was compared.", theme)
    bands = [_side(sides[side], side, figure, beside["bounds"], numbers, colours) for figure in FOUND for side in SIDES]
    scale = inset(max(max(value or 0 for value in band.marks.values()) for band in bands) or 0.01)
    key = [("rate", "share, with its 90% interval"), ("stroke", "if none, and if all, of those never worked had been won")]
    marks = Marks(10, lambda at, ink: _bounded(at, ink, scale), scale, key if beside["unidentified_share"] else key[:1])
    return banded("backtest", DRAFTED, _compared(sides, beside, numbers), bands, marks, colours)


def _side(row: Row, side: str, figure: str, bounds: Row, numbers: Numbers, colours: Palette) -> Band:
    share, name = row[figure], UNKNOWN[side].get(figure)
    limits = bounds[name] if name else {"low": share["rate"], "high": share["rate"]}
    apart = limits["low"] != limits["high"]
    ends = [NOTHING if limits[end] is None else numbers.share(limits[end]) for end in ("low", "high")]
    tips = [("", SIDES[side]), (FOUND[figure].lower(), numbers.rate(share)), ("90% interval", numbers.interval(share)), ("at least", ends[0]),
            ("at most", ends[1])]  # fmt: skip
    return Band(
        SIDES[side].capitalize(), f"{numbers.rate(share)} · {numbers.count(share['n'])} of {numbers.count(share['of'])}",
        {"rate": share["rate"], "low": share["low"], "high": share["high"]} | {end: limits[bound] if apart else None for end, bound in (("worst", "low"), ("best", "high"))},
        colours.both if side == "draft" else colours.muted, group=FOUND[figure], notes=[f"{ends[0]} to {ends[1]}, as far as anybody knows" if apart else " "], tips=tips,
    )  # fmt: skip


def _bounded(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    yield tick(rows, "worst", scale, colour=colours.ink, width=2, more=2)
    yield tick(rows, "best", scale, colour=colours.ink, width=2, more=2)
    yield from rates(rows, colours, scale)


def _compared(sides: dict[str, Row], beside: Row, numbers: Numbers) -> str:
    """What both sides come to, and how much of it nobody can know."""
    draft, signed = sides["draft"], sides["against"]
    text = (
        f"Of the draft's {numbers.count(draft['handoffs'])} hand-offs {numbers.rate(draft['precision'])} of those known were won, "
        f"of the {numbers.count(signed['handoffs'])} in force {numbers.rate(signed['precision'])}; "
        f"the draft hands over {numbers.rate(draft['recall'])} of the later wins before, instead of {numbers.rate(signed['recall'])}."
    )
    if not beside["unidentified_share"]:
        return text
    return f"{text} {numbers.share(beside['unidentified_share'])} of its hand-offs were never worked: what became of them nobody knows."
