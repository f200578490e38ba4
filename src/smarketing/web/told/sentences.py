"""The answer of each page in one sentence, with the main number in plain words. Rows are chosen and compared, never computed.

The rows come with the addresses of their figures (`links.linked`), and each number is a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.reports.scoreboard.clauses import of_promise
from smarketing.web.held import held
from smarketing.web.look.formats import rate_words, span
from smarketing.web.questions import question_url
from smarketing.web.templatetags.said import money, number, share
from smarketing.web.told.boards import response_promise
from smarketing.web.told.links import link
from smarketing.web.told.names import Name, name_of, stage_label

Row = Mapping[str, Any]
MINIMUM = 20
"""Of fewer nothing is said."""
NAMED_AT_ONCE = 2
CAMPAIGNS = "#campaigns"
NOBODY_HERE = "Nobody belongs to this period."


def of_funnel(rows: Sequence[Row], by: str | None) -> SafeString | str:
    """How many became customers and where most are lost, or which group wins most and which least."""
    if not any(row["leads"] for row in rows):
        return NOBODY_HERE
    return _of_groups(rows, by) if by else _of_everybody(rows[0])


def _count(row: Row, figure: str) -> SafeString:
    return link(row["links"].get(figure, ""), number(row[figure]))


def _money(row: Row) -> SafeString:
    return link(row["links"].get("won_amount", ""), money(row["won_amount"]))


def _share(rate: Row, url: str) -> SafeString:
    return link(url, share(rate), rate_words(dict(rate)))


def _of_everybody(row: Row) -> SafeString:
    text = format_html(
        "Of {} leads {} were won, {}, for {}.",
        _count(row, "leads"), _count(row, "won"), _share(row["won_rate"], row["links"].get("won_rate", "")), _money(row),
    )  # fmt: skip
    stages = row["stages"]
    asked = [place for place, step in enumerate(stages) if place and step["from_previous"]["of"]]
    if len(asked) < NAMED_AT_ONCE:
        return text
    worst = min(asked, key=lambda place: stages[place]["from_previous"]["rate"])
    before, step = stage_label(stages[worst - 1]["stage"]), stages[worst]
    gone_on = _share(step["from_previous"], row["links"].get(f"stages.{step['stage']}.from_previous", ""))
    return format_html("{} The narrowest step is from {} to {}: {} go on.", text, before, stage_label(step["stage"]), gone_on)


def _of_groups(rows: Sequence[Row], by: str) -> SafeString | str:
    judged = [row for row in rows if row["by"] is not None and row["leads"] >= MINIMUM]
    if len(judged) < NAMED_AT_ONCE:
        return format_html("{} groups; too few leads in them to compare.", link("#funnel", number(len(rows))))
    if known_of_the_won(rows):
        what = by.replace("_", " ")
        return f"The {what} is known only of leads that were won, so shares by it say nothing; compare what they are worth."
    best = max(judged, key=lambda row: row["won_rate"]["low"])
    worst = min(judged, key=lambda row: row["won_rate"]["high"])
    first, last = name_of(best["by"], by).quoted, name_of(worst["by"], by).quoted
    most, least = (_share(row["won_rate"], row["links"].get("won_rate", "")) for row in (best, worst))
    return format_html("{} wins the largest share of its leads, {}; {} the smallest, {}.", first, most, last, least)


def known_of_the_won(rows: Sequence[Row]) -> bool:
    """Whether every lead that has a group was won: the group was then written down with the win, and its share means nothing."""
    named = [row for row in rows if row["by"] is not None and row["leads"]]
    return sum(row["leads"] for row in named) >= MINIMUM and all(row["won"] == row["leads"] for row in named)


def of_campaigns(rows: Sequence[Row]) -> SafeString | str:
    """Which campaign won the most, and which win less than their leads should."""
    named = [row for row in rows if row["by"] is not None]
    if not any(row["leads"] for row in named):
        return "No campaign brought a lead in this period."
    best = max(named, key=lambda row: row["won_amount"]["amount"])
    if not best["won"]["n"]:
        return format_html("None of the leads of {} campaigns is won yet.", link(CAMPAIGNS, number(len(named))))
    text = format_html(
        "{} won the most: {} from {} leads.", name_of(best["by"], "campaign").quoted, _money(best), _won_of(best, "leads")
    )
    return text + _less([row for row in named if row["verdict"] == "below"])


def _won_of(row: Row, whole: str) -> SafeString:
    """How many were won, of how many (by the name of that figure)."""
    urls, won = row["links"], row["won"]
    return format_html("{} of {}", link(urls.get("won", ""), number(won["n"])), link(urls.get(whole, ""), number(won["of"])))


def _less(below: Sequence[Row]) -> SafeString:
    """Who wins less than their leads should, the most certain first; the rest as a number."""
    if not below:
        return SafeString("")
    ordered = sorted(below, key=lambda row: row["won"]["high"])
    who = _listed([name_of(row["by"], "campaign") for row in ordered])
    return format_html(" {} {} less than {} leads should.", who, _wins(len(below)), _their(len(below)))


def _listed(names: Sequence[Name]) -> SafeString | str:
    """`“A”`, `“A” and “B”`, `“A”, “B” and 3 more`."""
    said = [name.quoted for name in names[:NAMED_AT_ONCE]]
    more = len(names) - len(said)
    if more:
        return format_html("{} and {} more", ", ".join(said), link(CAMPAIGNS, number(more)))
    return " and ".join(said)


def _wins(how_many: int) -> str:
    return "wins" if how_many == 1 else "win"


def _their(how_many: int) -> str:
    return "its" if how_many == 1 else "their"


def of_reps(rows: Sequence[Row], owners: Sequence[Row], *, wins_only: bool, own: bool) -> SafeString | str:
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
        format_html("{} won the most: {} from {}.", name_of(best["by"], "rep").text, _money(best), _of_handoffs(best))
        if best["won"]["n"]
        else SafeString("None of these hand-offs is won yet.")
    )
    return text + _late(named)


def _of_handoffs(row: Row) -> SafeString:
    return format_html("{} hand-offs", _won_of(row, "handoffs"))


def _of_oneself(rows: Sequence[Row]) -> SafeString | str:
    if not rows:
        return "The agreement shows the figures of single reps to leaders, and to each rep their own."
    row = rows[0]
    return format_html("You won {}, for {}.", _of_handoffs(row), _money(row))


def _of_winners(named: Sequence[Row]) -> SafeString:
    best = max(named, key=lambda row: row["won_amount"]["amount"])
    return format_html(
        "Reps are known from the deals they won, and from nothing else. {} won the most: {} from {} deals.",
        name_of(best["by"], "rep").text, _money(best), link(best["links"].get("won", ""), number(best["won"]["n"])),
    )  # fmt: skip


def _late(named: Sequence[Row]) -> SafeString:
    """Whose usual first attempt is later than promised: the latest of them."""
    agreement = held().agreement
    name, promised = response_promise(agreement) or ("", None)
    late = [row for row in named if row["median_response_minutes"] is not None and row["handoffs"] >= MINIMUM]
    late = [row for row in late if promised is not None and row["median_response_minutes"] > promised]
    if not late:
        return SafeString("")
    slowest = max(late, key=lambda row: row["median_response_minutes"])
    taken = link(slowest["links"].get("median_response_minutes", ""), span(slowest["median_response_minutes"]))
    clause = link(question_url(of_promise(agreement, name)), span(promised))
    who = name_of(slowest["by"], "rep").text
    return format_html(" {} takes {} of working time to a first attempt; {} are promised.", who, taken, clause)
