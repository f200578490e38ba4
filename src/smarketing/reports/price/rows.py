"""The price of a lead of each grade: how often it is won, times what a win brings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.agreement.values import LOWEST_GRADE
from smarketing.reports.figures import money, rate
from smarketing.reports.funnel.trend import recording_note
from smarketing.reports.handed.cycles import won_cycles
from smarketing.reports.handed.waiting import usual_time_to_win
from smarketing.reports.lives import lives
from smarketing.reports.price.shrinkage import Drawn, drawn_together
from smarketing.reports.price.text import grids
from smarketing.reports.report import Note, Question, Report
from smarketing.reports.spend import money_notes
from smarketing.vocabulary.errors import NotEnoughData
from smarketing.vocabulary.periods import Period, period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
ENOUGH = 30
"""Hand-offs of a grade below which the signed price stays."""


def price(outcome: Following, *, period: str | Period | None = None) -> Report:
    """One row for each grade, the best first: `{"grade", "n", "won": RATE, "worth": MONEY | null, "low", "high", "enough"}`.

    Of the marketing-sourced hand-offs of the period (left out: all). `n`: how many of the grade. `won`: those with a `won_amount` or
    with a win in their cycle that stands. `enough`: whether there are 30. Then `worth` is the chance of a win, drawn towards that of all
    grades (see `price.shrinkage`), times the mean `won_amount` of all that were won; `low` and `high` are the 90% interval of that
    chance times the same mean, as numbers in that currency. Else `worth` is the signed price (of a grade with several bands the
    mean of its hand-offs, without any its lowest band; null where the agreement has no `worth`) and both are null.
    Raises NotEnoughData where no grade has enough, or nothing was won; UsageError.
    """
    window = period_asked(period, outcome.agreement.timezone)
    handed = judged(outcome, window)
    grades = _grades(outcome, handed)
    counts = [(int(handed.filter(pl.col("grade") == grade)["won"].sum()), _n(handed, grade)) for grade in grades]
    amount = mean_amount(handed, counts)
    drawn = drawn_together(counts)
    rows = [_row(outcome, handed, *each, amount) for each in zip(grades, counts, drawn, strict=True)]
    notes = sorted(_notes(outcome, handed, rows, drawn, amount))
    behind = [_behind(grade, window) for grade in grades]
    grid = grids(outcome, window, rows)
    return Report("price", window, outcome.as_of, outcome.agreement.id, rows, notes, grid, ("worth",), behind=behind)


def judged(outcome: Following, window: Period | None) -> pl.DataFrame:
    """The marketing-sourced hand-offs of the window, with `won` as a truth."""
    handed = outcome.table("handoffs").filter(pl.col("sourced") == "marketing")
    if window is not None:
        handed = handed.filter(pl.col("handed_at") >= window.start_at, pl.col("handed_at") < window.end_at)
    won = won_cycles(outcome).select("lead_id", "cycle", stands=True)
    joined = handed.join(won, on=["lead_id", "cycle"], how="left", maintain_order="left")
    return joined.with_columns(won=(pl.col("won_amount") > 0) | pl.col("stands").fill_null(False))


def mean_amount(handed: pl.DataFrame, counts: list[tuple[int, int]]) -> Decimal:
    """What the won hand-offs of all grades brought on average. Raises NotEnoughData."""
    if all(n < ENOUGH for _, n in counts):
        most = max((n for _, n in counts), default=0)
        raise NotEnoughData(
            f"Not enough to say what a lead is worth: a price needs {ENOUGH} hand-offs of a grade, and the grade with most has {most}."
        )
    won = handed.filter("won")
    amount = Decimal(won["won_amount"].sum() or 0)
    if not amount:
        raise NotEnoughData("Not enough to say what a lead is worth: no hand-off brought any money.")
    return amount / won.height


def _n(handed: pl.DataFrame, grade: str) -> int:
    return handed.filter(pl.col("grade") == grade).height


def _grades(outcome: Following, handed: pl.DataFrame) -> list[str]:
    """The grades of the agreement, the best first; after them those that only earlier versions had."""
    own = [*outcome.agreement.grades, *([] if LOWEST_GRADE in outcome.agreement.grades else [LOWEST_GRADE])]
    return own + sorted(set(handed["grade"].drop_nulls()) - set(own))


def _row(outcome: Following, handed: pl.DataFrame, grade: str, counts: tuple[int, int], drawn: Drawn, amount: Decimal) -> Row:
    won, n = counts
    enough, currency = n >= ENOUGH, outcome.agreement.currency
    worth = Decimal(drawn.rate) * amount if enough else signed_price(outcome, handed, grade)
    low, high = (_cents(share, amount) if enough else None for share in (drawn.low, drawn.high))
    shown = None if worth is None else money(worth, currency)
    return {"grade": grade, "n": n, "won": rate(won, n), "worth": shown, "low": low, "high": high, "enough": enough}


def signed_price(outcome: Following, handed: pl.DataFrame, grade: str) -> Decimal | None:
    """What the agreement says that a hand-off of the grade is worth; see `price`."""
    worth = outcome.agreement.worth
    if worth is None:
        return None
    bands = worth.get(grade, ())
    if len(bands) > 1:
        return mean_worth(handed).get(grade, bands[0].amount)
    return bands[0].amount if bands else Decimal(0)


def mean_worth(handed: pl.DataFrame) -> dict[str, Decimal]:
    """What the hand-offs of each grade were worth on average, as signed."""
    sums = handed.drop_nulls("worth").group_by("grade").agg(pl.col("worth").sum(), n=pl.len())
    return {grade: Decimal(total) / n for grade, total, n in sums.iter_rows()}


def signed_means(outcome: Following, period: str | None) -> dict[str, Decimal]:
    """`mean_worth` of the hand-offs that `price` judges for that period."""
    return mean_worth(judged(outcome, period_asked(period, outcome.agreement.timezone)))


def _cents(share: float, amount: Decimal) -> float:
    held: float = money(Decimal(share) * amount, "")["amount"]
    return held


def _behind(grade: str, window: Period | None) -> dict[str, Question]:
    handed = {"of": "handoffs", "sourced": "marketing", "grade": grade} | ({} if window is None else {"period": window.label})
    return {"n": handed, "won": handed | {"became": "won"}}


def _notes(outcome: Following, handed: pl.DataFrame, rows: list[Row], drawn: list[Drawn], amount: Decimal) -> Iterator[Note]:
    currency, won = outcome.agreement.currency, int(handed["won"].sum())
    strengths = ", ".join(f"{row['grade']} {one.strength:,.0f}" for row, one in zip(rows, drawn, strict=True) if row["n"])
    yield Note(
        "SMK-R050",
        f"{won:,} of {handed.height:,} hand-offs by marketing were won and brought {amount:,.2f} {currency} each on average. Worth is the "
        f"chance of a win times that; the interval is that of the chance alone. The chance of each grade is drawn towards that of all, "
        f"as if by so many further hand-offs: {strengths}.",
    )
    few = [f"{row['grade']} ({row['n']})" for row in rows if not row["enough"]]
    if few:
        signed = "the signed price stays" if outcome.agreement.worth is not None else "there is no signed price to keep"
        yield Note(
            "SMK-R051",
            f"Not enough hand-offs (under {ENOUGH}) to say what a lead of these grades is worth: {', '.join(few)}; {signed}.",
        )
    yield from _youth(outcome, handed)
    leads = lives(outcome).select("began_at", "won_at")
    yield from recording_note(leads, leads, zone=outcome.agreement.timezone)
    yield from money_notes(outcome)
    empty = handed.filter("won", pl.col("won_amount") == 0).height
    if empty:
        yield Note("SMK-R053", f"{empty:,} of the {won:,} won hand-offs brought no amount; they count as won for 0.00.")


def _youth(outcome: Following, handed: pl.DataFrame) -> Iterator[Note]:
    usual = usual_time_to_win(outcome)
    if usual is None:
        yield Note("SMK-R052", "There are too few wins (under 10) to say how long a win takes; young hand-offs may still be won.")
        return
    young = handed.filter(pl.col("handed_at") > outcome.as_of - usual).height
    if young:
        yield Note(
            "SMK-R052",
            f"Nine of ten wins came within {usual / timedelta(days=1):.0f} days of the hand-off. {young:,} of the {handed.height:,} hand-offs "
            f"are younger and may still be won: the worth is rather too low. A period leaves them out.",
        )
