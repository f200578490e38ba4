"""Reps: what became of the hand-offs that each of them got."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.groups import group_of
from smarketing.reports.leaderboards.milestones import milestone_notes, milestone_stages
from smarketing.reports.leaderboards.rows import goals_by, leaderboard
from smarketing.reports.leaderboards.text import rep_grids
from smarketing.reports.lives import ends
from smarketing.reports.report import Note, Question, Report
from smarketing.vocabulary.periods import Period, period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
ENOUGH = 20


def reps(outcome: Following, *, period: str | Period | None = None) -> Report:
    """One row for each rep, best first: of the hand-offs of the period, by who was responsible first (`rep` of the hand-off).

    `{"by", "handoffs", "sql": RATE, "opportunity": RATE, "won": RATE, "won_amount", "expected_won", "verdict", "goals",
    "median_response_minutes", "name", "role"}`, all of the hand-off's own cycle. Won: an opportunity was won in the cycle and not lost
    after that; `won_amount` is the hand-offs' column. `median_response_minutes`: business minutes to the first attempt, of those with
    one. `name`, `role`: from the small table `reps`, null for those who are not in it. Beside the rows `owners`: the same for the
    hand-offs that went on from that rep to somebody else, by who owns them last: where inside sales passes leads to sales, that is
    where sales is compared. Without a period every hand-off counts. Raises UsageError.
    """
    window = period_asked(period, outcome.agreement.timezone)
    handed = _in_window(with_won(outcome), window)
    rows = _board(outcome, handed.with_columns(group=pl.col("rep")))
    taken = handed.filter(pl.col("rep").is_not_null(), pl.col("owner") != pl.col("rep"))
    owners = _board(outcome, taken.with_columns(group=pl.col("owner")))
    notes = [*milestone_notes(outcome.agreement), *_notes(outcome, handed, taken)]
    behind = [_behind(outcome, row, "rep", window) for row in rows]
    beside_behind = {"owners": [_behind(outcome, row, "owner", window) for row in owners]}
    return Report(
        "reps", window, outcome.as_of, outcome.agreement.id, rows, sorted(notes), rep_grids(outcome, window, rows, owners),
        beside={"owners": owners}, behind=behind, behind_beside=beside_behind,
    )  # fmt: skip


def with_won(outcome: Following) -> pl.DataFrame:
    """The hand-offs with `won` (see `reps`), `channel` of the lead's first touch with one, `minutes` to the first attempt."""
    return outcome.once("won handoffs", lambda: _with_won(outcome))


def _with_won(outcome: Following) -> pl.DataFrame:
    handoffs = outcome.table("handoffs")
    channels = group_of(outcome, "channel").rename({"value": "channel"})
    won = won_cycles(outcome).with_columns(won=pl.lit(True))
    joined = handoffs.join(channels, on="lead_id", how="left").join(won, on=["lead_id", "cycle"], how="left")
    return joined.with_columns(pl.col("won").fill_null(False), minutes=pl.col("business_minutes_to_first_attempt"))


def won_cycles(outcome: Following) -> pl.DataFrame:
    """`lead_id, cycle` of every cycle with a win that stands: its opportunity was not lost after it.

    A fact belongs to the first cycle that is not over before it: a win at the moment at which a cycle ends is still of that one.
    """
    found = ends(outcome.facts, outcome.agreement.currency).collect().with_row_index("place")
    lost = found.filter(pl.col("kind") == "opportunity_lost").group_by("deal").agg(lost=pl.col("place").max())
    wins = found.filter(pl.col("kind") == "opportunity_won").join(lost, on="deal", how="left")
    standing = wins.filter(pl.col("lost").is_null() | (pl.col("lost") < pl.col("place"))).select("lead_id", "at", "place")
    entries = outcome.table("stage_entries").join(standing.select("lead_id").unique(), on="lead_id", how="semi")
    over = pl.when(pl.col("left_at").is_not_null().all()).then(pl.col("left_at").max())
    cycles = entries.group_by("lead_id", "cycle").agg(over=over)
    within = standing.join(cycles, on="lead_id").filter(pl.col("over").is_null() | (pl.col("over") >= pl.col("at")))
    return within.group_by("lead_id", "place").agg(pl.col("cycle").min()).select("lead_id", "cycle").unique()


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
    table = outcome.small.get("reps")
    people = {} if table is None else {rep: (name, role) for rep, name, role in table.select("rep", "name", "role").iter_rows()}
    shown = []
    for row in rows:
        name, role = people.get(row["by"] or "", (None, None))
        figures = {("handoffs" if key == "n" else key): value for key, value in row.items()}
        shown.append(figures | {"name": name, "role": role})
    return shown


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
    goals = enumerate(goals_by(outcome.agreement, "rep"))
    asked |= {f"goals.{place}": handed | {"reached": f"{goal.from_},{goal.to}"} for place, goal in goals}
    return asked | {"median_response_minutes": handed | {"became": "attempted", "median": "business_minutes_to_first_attempt"}}


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
            " Every hand-off that names somebody was won and no other was: the reps were written down with the wins only, so the "
            "rates say nothing about a rep; compare what was won."
        )
    yield Note("SMK-R032", text)
