"""How the figures of one group are reckoned: the wins that are expected of a campaign or a rep, and what each won lead cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.behind.reckoned.step import HANDOFFS, LEADS, SHARE, WINS, Question, Step, asked
from smarketing.reports.funnel.rows import funnel
from smarketing.reports.leaderboards.campaigns import campaign_members
from smarketing.reports.leaderboards.compared import ALIKE, expected_cells, sum_of
from smarketing.reports.leaderboards.reps import rep_members
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = Mapping[str, Any]
COMPARED = ("campaign", "rep", "owner")
ELSEWHERE = {
    "campaign": "in all other campaigns",
    "rep": "of all other reps",
    "owner": "that anybody else took over",
}


def expected_won(outcome: Following, question: Question) -> Iterator[Step]:
    """For each grade and channel: how many, times the win rate of such everywhere else; the most wins first, and their sum."""
    (by,) = asked(question, "by")
    if by not in COMPARED:
        raise UsageError(f'no wins are expected by "{by}"; choose {", ".join(COMPARED)}.')
    window = period_asked(question.get("period"), outcome.agreement.timezone)
    members = campaign_members(outcome, window) if by == "campaign" else rep_members(outcome, by, window)
    cells = expected_cells(members).filter(pl.col("group").eq_missing(question.get("group") or None))
    if cells.is_empty():
        raise UsageError(f'there is nobody of "{question.get("group", "")}" to expect wins of.')
    for cell in cells.sort("wins", "grade", "channel", descending=[True, False, False], nulls_last=True).to_dicts():
        yield from _cell(question, cell)
    yield Step("Expected: all of these wins together", sum_of(cells["wins"].to_list()), WINS)


def _cell(question: Question, cell: Row) -> Iterator[Step]:
    """The steps of one grade and channel."""
    own, unit = _members(question), LEADS if question["by"] == "campaign" else HANDOFFS
    alike = {key: cell[key] or "" for key in ("grade", "channel")}
    name = ", ".join(
        [f"grade {cell['grade']}" if cell["grade"] else "no grade", (cell["channel"] or "no channel").replace("_", " ")]
    )
    yield Step(name[:1].upper() + name[1:], cell["n"], unit, own | alike)
    if cell["alike"] is None:
        yield Step("Nobody is elsewhere to compare with", None, SHARE)
        return
    same = ALIKE[cell["alike"]]
    like = " and ".join(same)
    said = f"of the same {like}" if same else "of any grade and channel, as nobody has this grade"
    closest = "" if cell["alike"] != 1 else ", as nobody has this channel too"
    others = own | {key: alike[key] for key in same} | {"elsewhere": "yes", "share": "won"}
    yield Step(f"Won {said} {ELSEWHERE[question['by']]}{closest}", cell["rate"], SHARE, others)
    yield Step("One times the other", cell["wins"], WINS)


def _members(question: Question) -> dict[str, str]:
    """Those who are compared, as a question."""
    by, period = question["by"], {key: question[key] for key in ("period",) if key in question}
    group = {"by": by, "group": question.get("group", "")} | period
    if by == "campaign":
        return {"of": "leads"} | group | ({"cohort": "first_touch"} if period else {})
    return {"of": "handoffs"} | group | ({"passed_on": "yes"} if by == "owner" else {})


def cost_per_won(outcome: Following, question: Question) -> Iterator[Step]:
    """What was spent, ÷ the leads that were won; of everybody, or of one campaign."""
    by, group = question.get("by"), question.get("group") or None
    report = funnel(outcome, by=by, period=question.get("period"), cohort=question.get("cohort", "first_touch"))
    found = [place for place, row in enumerate(report.rows) if by is None or row["by"] == group]
    row = report.rows[found[0]] if found else {}
    if not row or row["cost_per_won"] is None:
        raise UsageError("nothing says what a won lead cost here: nothing was won, or no spend is known.")
    behind, currency = report.behind[found[0]], row["cost_per_won"]["currency"]
    yield Step("Spent", row["spend"]["amount"], currency, behind["spend"])
    yield Step("Won", row["won"], LEADS, behind["won"])
    yield Step("For each of them: one divided by the other", row["cost_per_won"]["amount"], currency)
