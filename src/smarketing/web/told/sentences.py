"""The answer of each page in one sentence, with the main number in plain words. Rows are chosen and compared, never computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smarketing.web.held import held
from smarketing.web.look.formats import span
from smarketing.web.templatetags.said import money, number, share
from smarketing.web.told.boards import response_promised
from smarketing.web.told.names import Name, name_of, stage_label

Row = Mapping[str, Any]
MINIMUM = 20
"""Of fewer nothing is said."""
NAMED_AT_ONCE = 2
NOBODY_HERE = "Nobody belongs to this period."


def of_funnel(rows: Sequence[Row], by: str | None) -> str:
    """How many became customers and where most are lost, or which group wins most and which least."""
    if not any(row["leads"] for row in rows):
        return NOBODY_HERE
    return _of_groups(rows, by) if by else _of_everybody(rows[0])


def _of_everybody(row: Row) -> str:
    text = (
        f"Of {number(row['leads'])} leads {number(row['won'])} were won, {share(row['won_rate'])}, "
        f"for {money(row['won_amount'])}."
    )
    stages = row["stages"]
    asked = [place for place, step in enumerate(stages) if place and step["from_previous"]["of"]]
    if len(asked) < NAMED_AT_ONCE:
        return text
    worst = min(asked, key=lambda place: stages[place]["from_previous"]["rate"])
    before, step = stage_label(stages[worst - 1]["stage"]), stages[worst]
    return f"{text} The narrowest step is from {before} to {stage_label(step['stage'])}: {share(step['from_previous'])} go on."


def _of_groups(rows: Sequence[Row], by: str) -> str:
    judged = [row for row in rows if row["by"] is not None and row["leads"] >= MINIMUM]
    if len(judged) < NAMED_AT_ONCE:
        return f"{number(len(rows))} groups; too few leads in them to compare."
    if known_of_the_won(rows):
        what = by.replace("_", " ")
        return f"The {what} is known only of leads that were won, so shares by it say nothing; compare what they are worth."
    best = max(judged, key=lambda row: row["won_rate"]["low"])
    worst = min(judged, key=lambda row: row["won_rate"]["high"])
    first, last = name_of(best["by"], by).quoted, name_of(worst["by"], by).quoted
    return f"{first} wins the largest share of its leads, {share(best['won_rate'])}; {last} the smallest, {share(worst['won_rate'])}."


def known_of_the_won(rows: Sequence[Row]) -> bool:
    """Whether every lead that has a group was won: the group was then written down with the win, and its share means nothing."""
    named = [row for row in rows if row["by"] is not None and row["leads"]]
    return sum(row["leads"] for row in named) >= MINIMUM and all(row["won"] == row["leads"] for row in named)


def of_campaigns(rows: Sequence[Row]) -> str:
    """Which campaign won the most, and which win less than their leads should."""
    named = [row for row in rows if row["by"] is not None]
    if not any(row["leads"] for row in named):
        return "No campaign brought a lead in this period."
    best = max(named, key=lambda row: row["won_amount"]["amount"])
    if not best["won"]["n"]:
        return f"None of the leads of {number(len(named))} campaigns is won yet."
    text = f"{name_of(best['by'], 'campaign').quoted} won the most: {_won(best)}."
    return text + _less([row for row in named if row["verdict"] == "below"])


def _won(row: Row) -> str:
    return f"{money(row['won_amount'])} from {number(row['won']['n'])} of {number(row['won']['of'])} leads"


def _less(below: Sequence[Row]) -> str:
    """Who wins less than their leads should, the most certain first; the rest as a number."""
    if not below:
        return ""
    ordered = sorted(below, key=lambda row: row["won"]["high"])
    return f" {_listed([name_of(row['by'], 'campaign') for row in ordered])} {_wins(len(below))} less than {_their(len(below))} leads should."


def _listed(names: Sequence[Name]) -> str:
    """`“A”`, `“A” and “B”`, `“A”, “B” and 3 more`."""
    said = [name.quoted for name in names[:NAMED_AT_ONCE]]
    more = len(names) - len(said)
    if more:
        return f"{', '.join(said)} and {number(more)} more"
    return " and ".join(said)


def _wins(how_many: int) -> str:
    return "wins" if how_many == 1 else "win"


def _their(how_many: int) -> str:
    return "its" if how_many == 1 else "their"


def of_reps(rows: Sequence[Row], owners: Sequence[Row], *, wins_only: bool, own: bool) -> str:
    """Who won the most, and whose first attempt comes later than promised; with `own` the reader's own figures."""
    named = [row for row in rows if row["by"] is not None]
    if own:
        return _of_oneself([*named, *owners])
    if not named:
        return "Nobody was responsible for a hand-off of this period."
    if wins_only:
        return _of_winners(named)
    best = max([*named, *owners], key=lambda row: row["won_amount"]["amount"])
    text = (
        f"{name_of(best['by'], 'rep').text} won the most: {money(best['won_amount'])} from {_of_handoffs(best)}."
        if best["won"]["n"]
        else ("None of these hand-offs is won yet.")
    )
    return text + _late(named)


def _of_handoffs(row: Row) -> str:
    return f"{number(row['won']['n'])} of {number(row['won']['of'])} hand-offs"


def _of_oneself(rows: Sequence[Row]) -> str:
    if not rows:
        return "The agreement shows the figures of single reps to leaders, and to each rep their own."
    row = rows[0]
    return f"You won {_of_handoffs(row)}, for {money(row['won_amount'])}."


def _of_winners(named: Sequence[Row]) -> str:
    best = max(named, key=lambda row: row["won_amount"]["amount"])
    return (
        f"{number(len(named))} reps are known from the deals they won, and from nothing else. {name_of(best['by'], 'rep').text} "
        f"won the most: {money(best['won_amount'])} from {number(best['won']['n'])} deals."
    )


def _late(named: Sequence[Row]) -> str:
    """Whose usual first attempt is later than promised: the latest of them."""
    promised = response_promised(held().agreement)
    late = [row for row in named if row["median_response_minutes"] is not None and row["handoffs"] >= MINIMUM]
    late = [row for row in late if promised is not None and row["median_response_minutes"] > promised]
    if not late:
        return ""
    slowest = max(late, key=lambda row: row["median_response_minutes"])
    return (
        f" {name_of(slowest['by'], 'rep').text} takes {span(slowest['median_response_minutes'])} of working time to a first attempt; "
        f"{span(promised)} are promised."
    )
