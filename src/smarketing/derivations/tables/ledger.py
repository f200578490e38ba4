"""`ledger`: what each team earned, in money of the last version's currency. Key: at, team, lead_id, cycle, reason, opportunity_id.

The rules, where the contract leaves a choice:

* A hand-off without a known worth has no row, one that is worth 0.00 has. Worth agreed in another currency (by an earlier version)
  is converted at the rate of the day of the hand-off, and taken back at that rate.
* `returned` stands at the end of the hand-off's cycle, where sales rejected the lead or had never accepted it by then.
* Every win is a row, also of an opportunity that was won before: nothing was taken back in between. An amount that is not known,
  or for which there is no rate, is 0.00.
* `undone` stands at the first loss after the win, by whichever lead, and carries the lead and the cycle of the win. Without an id an
  opportunity is one of its lead.
* Rows of one key are one row, with the sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from smarketing.derivations.columns import gathered, instants, money, repeated
from smarketing.derivations.life.rows import Ints, Out, Rows
from smarketing.derivations.life.words import NEVER
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.handoffs import Handed, worth_of
from smarketing.vocabulary.tables import INSTANT, LEDGER

DELIVERED, RETURNED, WON, UNDONE, LOST = "delivered", "returned", "won", "undone", "lost"
LINES: dict[str, pl.DataType | type[pl.DataType]] = {
    "at": INSTANT, "fact_id": pl.String, "lead_id": pl.String, "cycle": pl.Int64, "reason": pl.String, "opportunity_id": pl.String,
    "cents": pl.Int64,
}  # fmt: skip
"""What each lead brings to the ledger by itself. A line `lost` is a loss, which may undo wins of any lead."""


def ledger_lines(these: Handed, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The LINES of some leads."""
    return pl.concat([worth_lines(these, book), win_lines(these.matched, folded.won), loss_lines(these.matched, book)])


def worth_lines(these: Handed, book: Rulebook) -> pl.DataFrame:
    """What marketing's hand-offs are worth, and what of it was taken back."""
    agreed, known = worth_of(these, book)
    counts = np.flatnonzero((these.rows["by_marketing"] == 1) & known)
    rows = these.rows[counts]
    cents = agreed_cents(agreed[counts], rows["at"], book)
    back = np.flatnonzero((rows["end"] != NEVER) & ((rows["rejected"] != NEVER) | (rows["accepted"] == NEVER)))
    parts = [(DELIVERED, rows, rows["at"], cents), (RETURNED, rows[back], rows["end"][back], -cents[back])]
    return pl.concat(
        [lines(gathered(these.matched.leads, part["lead"]), part["cycle"], at, reason, sums) for reason, part, at, sums in parts]
    )


def agreed_cents(agreed: Ints, at: Ints, book: Rulebook) -> Ints:
    """Worth in hundredths of the last version's currency, each at the rate of the day of the hand-off."""
    if len({version.currency for version in book.versions}) == 1:
        return agreed
    given = pl.DataFrame({"at": instants(at), "amount": money(agreed)}).with_columns(currency=pl.lit(None, pl.String))
    return book.rates.convert(given, to=book.agreement.currency, versions=book.versions).hundredths


def win_lines(matched: Matched, won: Rows) -> pl.DataFrame:
    """Every win, in the cycle it belongs to."""
    facts = np.ascontiguousarray(won["fact"])
    rows, column = matched.facts.rows[facts], matched.column
    return lines(
        matched.leads_of(facts),
        won["cycle"],
        rows["at"],
        WON,
        rows["amount"],
        column("opportunity_id", facts),
        column("fact_id", facts),
    )


def loss_lines(matched: Matched, book: Rulebook) -> pl.DataFrame:
    """Every loss."""
    kinds = matched.facts.rows["kind"] % len(book.kinds)
    facts = np.flatnonzero(kinds == book.kinds.index("opportunity_lost"))
    nothing, column = np.zeros(len(facts), dtype=np.int64), matched.column
    return lines(
        matched.leads_of(facts),
        nothing,
        matched.facts.rows["at"][facts],
        LOST,
        nothing,
        column("opportunity_id", facts),
        column("fact_id", facts),
    )


def lines(
    leads: pl.Series, cycle: Ints, at: Ints, reason: str, cents: Ints, opportunities: pl.Series | None = None, fact_ids: pl.Series | None = None
) -> pl.DataFrame:  # fmt: skip
    """LINES of one reason."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(leads))
    columns = {
        "at": instants(at), "fact_id": nothing if fact_ids is None else fact_ids, "lead_id": leads, "cycle": np.ascontiguousarray(cycle),
        "reason": repeated(reason, len(leads)), "opportunity_id": nothing if opportunities is None else opportunities,
        "cents": np.ascontiguousarray(cents),
    }  # fmt: skip
    assert list(columns) == list(LINES)
    return pl.DataFrame(columns)


def ledger(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The rows that the lines of all leads make, in order of their key."""
    lines = pl.concat([pl.DataFrame(schema=LINES), *parts])
    rows = pl.concat([lines.filter(pl.col("reason") != LOST), undone(lines)])
    team = pl.when(pl.col("reason").is_in([DELIVERED, RETURNED])).then(pl.lit("marketing")).otherwise(pl.lit("sales"))
    summed = rows.with_columns(team=team).group_by(LEDGER.key).agg(pl.col("cents").sum())
    summed = summed.sort(LEDGER.key)
    return summed.select(*LEDGER.key, amount=money(summed["cents"].to_numpy()))


def undone(lines: pl.DataFrame) -> pl.DataFrame:
    """For each win that a loss follows the line that takes it back, at the first such loss."""
    deal = ("=" + pl.col("opportunity_id")).fill_null("?" + pl.col("lead_id"))
    ends = lines.filter(pl.col("reason").is_in([WON, LOST])).with_columns(deal=deal).sort("deal", "at", "fact_id")
    lost_at = pl.when(pl.col("reason") == LOST).then("at").backward_fill().over("deal")
    back = ends.with_columns(at=lost_at).filter(pl.col("reason") == WON, pl.col("at").is_not_null())
    return back.with_columns(reason=pl.lit(UNDONE), cents=-pl.col("cents")).select(list(LINES))
