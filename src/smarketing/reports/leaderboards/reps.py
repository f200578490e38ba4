"""Reps: what became of the hand-offs that each of them got."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.figures import money
from smarketing.reports.groups import group_of
from smarketing.reports.handed.cycles import won_cycles
from smarketing.reports.leaderboards.milestones import milestone_notes, milestone_stages
from smarketing.reports.leaderboards.rows import goals_by, leaderboard
from smarketing.reports.leaderboards.text import rep_grids
from smarketing.reports.leads import KEPT, leads
from smarketing.reports.report import Note, Question, Report
from smarketing.reports.spend import money_notes
from smarketing.vocabulary.periods import Period, period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
ENOUGH = 20
NOBODY: Row = {"name": None, "role": None}


def reps(outcome: Following, *, period: str | Period | None = None) -> Report:
    """One row for each rep, best first: of the hand-offs of the period, by who was responsible first (`rep` of the hand-off).

    `{"by", "handoffs", "sql": RATE, "opportunity": RATE, "won": RATE, "won_amount", "expected_won", "verdict", "goals",
    "median_response_minutes", "name", "role"}`, all of the hand-off's own cycle. Won: an opportunity was won in the cycle and not lost
    after that; `won_amount` is the hand-offs' column. `median_response_minutes`: business minutes to the first attempt, of those with
    one. `name`, `role`: from the small table `reps`, null for those who are not in it. Beside the rows `owners`: the same for the
    hand-offs that went on from that rep to somebody else, by who owns them last: where inside sales passes leads to sales, that is
    where sales is compared; and `closers`: by who entered the win, `{"by", "won", "won_amount", "name", "role"}`, most money first.
    Without a period every hand-off counts. Raises UsageError.
    """
    window = period_asked(period, outcome.agreement.timezone)
    handed, taken = (rep_members(outcome, by, window) for by in ("rep", "owner"))
    rows, owners, closers = _board(outcome, handed), _board(outcome, taken), _closers(outcome, handed)
    notes = [*milestone_notes(outcome.agreement), *money_notes(outcome), *_notes(outcome, handed, taken)]
    behind = [_behind(outcome, row, "rep", window) for row in rows]
    beside_behind = {
        "owners": [_behind(outcome, row, "owner", window) for row in owners],
        "closers": [_behind_closer(row, window) for row in closers],
    }
    return Report(
        "reps", window, outcome.as_of, outcome.agreement.id, rows, sorted(notes), rep_grids(outcome, window, rows, owners, closers),
        beside={"owners": owners, "closers": closers}, behind=behind, behind_beside=beside_behind,
    )  # fmt: skip


def rep_members(outcome: Following, by: str, window: Period | None = None) -> pl.DataFrame:
    """The hand-offs of the window that reps are compared by, with their `group`: by `rep` all, by `owner` those that somebody else got."""
    handed = _in_window(with_won(outcome), window)
    if by == "owner":
        handed = handed.filter(pl.col("rep").is_not_null(), pl.col("owner") != pl.col("rep"))
    return handed.with_columns(group=pl.col(by))


def with_won(outcome: Following) -> pl.DataFrame:
    """The hand-offs with `won` (see `reps`), `channel` of the lead's first touch with one, `minutes` to the first attempt."""
    return outcome.once("won handoffs", lambda: _with_won(outcome))


def _with_won(outcome: Following) -> pl.DataFrame:
    handoffs = outcome.table("handoffs")
    channels = _channels(outcome)
    won = won_cycles(outcome).with_columns(won=pl.lit(True))
    joined = handoffs.join(channels, on="lead_id", how="left").join(won, on=["lead_id", "cycle"], how="left")
    return joined.with_columns(pl.col("won").fill_null(False), minutes=pl.col("business_minutes_to_first_attempt"))


def _channels(outcome: Following) -> pl.DataFrame:
    """The `channel` of each lead, of its first touch with one; where the list of leads is kept ready, as it stands there."""
    if KEPT in outcome.tables:
        return leads(outcome).select("lead_id", "channel")
    return group_of(outcome, "channel").rename({"value": "channel"})


def _in_window(handoffs: pl.DataFrame, window: Period | None) -> pl.DataFrame:
    if window is None:
        return handoffs
    return handoffs.filter(pl.col("handed_at") >= window.start_at, pl.col("handed_at") < window.end_at)


def _board(outcome: Following, members: pl.DataFrame) -> list[Row]:
    agreement = outcome.agreement
    after = set(agreement.stages_after_handoff)
    rows = leaderboard(
        members, agreement, by="rep",
        reached=lambda stage: pl.col(f"{stage}_at").is_not_null() if stage in after else pl.col("handed_at").is_not_null(),
    )  # fmt: skip
    people = _people(outcome)
    return [
        {("handoffs" if key == "n" else key): value for key, value in row.items()} | people.get(row["by"] or "", NOBODY)
        for row in rows
    ]


def _people(outcome: Following) -> dict[str, Row]:
    """`{"name", "role"}` of everybody in the small table `reps`."""
    table = outcome.small.get("reps")
    return {} if table is None else {row["rep"]: {"name": row["name"], "role": row["role"]} for row in table.to_dicts()}


def _closers(outcome: Following, handed: pl.DataFrame) -> list[Row]:
    """Who entered the wins of the hand-offs: how many of them, and for how much."""
    won = handed.filter(pl.col("won")).group_by("closer").agg(won=pl.len(), amount=pl.col("won_amount").sum())
    people, currency = _people(outcome), outcome.agreement.currency
    rows = [
        {"by": closer, "won": count, "won_amount": money(amount, currency)} | people.get(closer or "", NOBODY)
        for closer, count, amount in won.iter_rows()
    ]
    return sorted(rows, key=lambda row: (row["by"] is None, -row["won_amount"]["amount"], -row["won"], row["by"]))


def _behind(outcome: Following, row: Row, by: str, window: Period | None) -> dict[str, Question]:
    handed: Question = {"of": "handoffs", "by": by, "group": row["by"] or ""}
    if by == "owner":
        handed["passed_on"] = "yes"
    if window is not None:
        handed["period"] = window.label
    asked = {"handoffs": handed, "won": handed | {"became": "won"}, "won_amount": handed | {"sum": "won_amount"}}
    asked |= {
        name: handed | {"reached": stage} for name, stage in milestone_stages(outcome.agreement).items() if stage is not None
    }
    if row["expected_won"] is not None:
        asked["expected_won"] = {key: value for key, value in handed.items() if key != "passed_on"} | {
            "of": "steps", "figure": "expected_won",
        }  # fmt: skip
    goals = enumerate(goals_by(outcome.agreement, "rep"))
    asked |= {f"goals.{place}": handed | {"reached": f"{goal.from_},{goal.to}"} for place, goal in goals}
    return asked | {"median_response_minutes": handed | {"became": "attempted", "median": "business_minutes_to_first_attempt"}}


def _behind_closer(row: Row, window: Period | None) -> dict[str, Question]:
    won: Question = {"of": "handoffs", "by": "closer", "group": row["by"] or "", "became": "won"}
    won |= {} if window is None else {"period": window.label}
    return {"won": won, "won_amount": won | {"sum": "won_amount"}}


def _notes(outcome: Following, handed: pl.DataFrame, taken: pl.DataFrame) -> Iterator[Note]:
    if outcome.agreement.rankings == "leaders":
        yield Note(
            "SMK-R031", "The agreement says `rankings: leaders`: these figures are for leaders, and each rep's own for that rep."
        )
    if handed["rep"].n_unique() == 1:
        yield Note("SMK-R034", "There is one group only: nothing tells what such hand-offs become elsewhere.")
    yield from _nobody(handed)
    table = outcome.small.get("reps")
    met = {*handed["rep"].drop_nulls(), *taken["owner"].drop_nulls()}
    unknown = sorted(met - set(table["rep"])) if table is not None else []
    if unknown:
        named = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        yield Note("SMK-R033", f"Not in the table of reps, so without a role: {named}.")
    if table is None and met:
        yield Note("SMK-R033", "There is no table of reps (--tables-in): inside sales and sales cannot be told apart.")


def _nobody(handed: pl.DataFrame) -> Iterator[Note]:
    """SMK-R032: hand-offs without a rep, and whether a rep is known only where somebody won."""
    without = handed.filter(pl.col("rep").is_null())
    named = handed.filter(pl.col("rep").is_not_null())
    if without.is_empty():
        return
    text = f"{without.height:,} of {handed.height:,} hand-offs name nobody who was responsible; they are the row without a rep."
    if named.height >= ENOUGH and bool(named["won"].all()) and not without["won"].any():
        text += (
            " Every hand-off that names somebody was won and no other was: the reps were written down with the wins only, so "
            "rates, expected wins and verdicts say nothing about a rep; compare what was won, and who closed it."
        )
    yield Note("SMK-R032", text)
