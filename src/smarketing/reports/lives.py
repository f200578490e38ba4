"""The leads of a journal, one row each, and what is known of them: when they began, what they won, which group they are of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from smarketing.derivations.columns import money
from smarketing.derivations.matching.properties import known, read_properties
from smarketing.derivations.tables.lives import ASKED_FACTS, LIVES
from smarketing.vocabulary.kinds import KINDS, TOUCHES

if TYPE_CHECKING:
    from smarketing.reports.following import Following

IS_TOUCH = pl.col("kind").is_in(sorted(TOUCHES)) | ~pl.col("kind").is_in(sorted(KINDS))
"""What the lead did: `vocabulary.kinds.is_touch` as an expression."""

BEGUN = ("first_at", "last_at", "first_touch_at")


def lives(outcome: Following) -> pl.DataFrame:
    """One row for each `lead_id` of the journal, whatever a report asks.

    `first_at`, `last_at`: its first and last fact; `first_touch_at`: the first thing it did (null: nothing); `began_at`: that, or
    its first fact; `handed_at`: its first hand-off; `won_at`: its first win that stands, `won_amount`: all of them together,
    `foreign`: their other currencies (null: it won nothing).
    """
    return outcome.once("lives", lambda: _lives(outcome))


def standing_wins(outcome: Following) -> pl.DataFrame:
    """`wins` of the outcome."""
    return outcome.once("wins", lambda: wins(outcome))


def tell(outcome: Following, beside: Mapping[str, pl.DataFrame]) -> None:
    """Let the outcome know what its replay found on its way (see `derivations.tables.lives`), so that nobody reads the journal again for it."""
    for name, frame in beside.items():
        outcome.once(("told", name), lambda frame=frame: frame)  # type: ignore[misc]


def told_lives(outcome: Following) -> pl.DataFrame | None:
    """What the replay told of each lead; None where it told nothing."""
    return outcome.once(("told", LIVES), lambda: None)


def asked_facts(outcome: Following) -> pl.LazyFrame:
    """The facts, but where the replay told them only those of the kinds in ASKED, with some of their columns."""
    told: pl.DataFrame | None = outcome.once(("told", ASKED_FACTS), lambda: None)
    return outcome.facts if told is None else told.lazy()


def _lives(outcome: Following) -> pl.DataFrame:
    told, won = told_lives(outcome), won_leads(standing_wins(outcome))
    begun = begun_and_handed(outcome) if told is None else told.select("lead_id", *BEGUN, "handed_at")
    leads = begun.join(won, on="lead_id", how="left", maintain_order="left")
    began = pl.coalesce("first_touch_at", "first_at")
    return leads.select("lead_id", *BEGUN, "won_at", "won_amount", "foreign", "handed_at", began_at=began)


def begun_and_handed(outcome: Following) -> pl.DataFrame:
    """What the facts and the hand-offs tell of each lead, where the replay did not."""
    handed = outcome.table("handoffs").group_by("lead_id").agg(pl.col("handed_at").min())
    return beginnings(outcome.facts).collect().join(handed, on="lead_id", how="left", maintain_order="left")


def beginnings(facts: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each `lead_id`: `first_at` and `last_at`, its first and last fact, and `first_touch_at` (null: no touch)."""
    times = facts.select("lead_id", "at", touch_at=pl.when(IS_TOUCH).then("at"))
    first, last, touch = pl.col("at").min(), pl.col("at").max(), pl.col("touch_at").min()
    return times.group_by("lead_id").agg(first_at=first, last_at=last, first_touch_at=touch)


def first_of_touches(facts: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """One row for each `lead_id` with a touch that has one: `value`, the `column` (campaign, channel) of the first such touch."""
    named = facts.filter(IS_TOUCH & (pl.col(column) != "")).select("lead_id", "at", "fact_id", value=column)
    earliest = named.group_by("lead_id").agg(pl.col("at").min())
    return named.join(earliest, on=["lead_id", "at"]).group_by("lead_id").agg(pl.col("value").sort_by("fact_id").first())


def profile_changes(outcome: Following) -> pl.DataFrame:
    """`lead_id, properties` of every `profile_changed`, in order; read once for an outcome."""
    told = asked_facts(outcome).filter(pl.col("kind") == "profile_changed").select("lead_id", "at", "fact_id", "properties")
    return outcome.once("profile changes", lambda: told.sort("at", "fact_id").select("lead_id", "properties").collect())


def latest_values(outcome: Following, attribute: str) -> pl.DataFrame:
    """One row for each `lead_id` of which it was told: `value`, the latest known one of the attribute as text (null: it was removed)."""
    told = profile_changes(outcome)
    values = read_properties(told["properties"], [attribute]).to_series().alias("value")
    last = told.select("lead_id").with_columns(values).drop_nulls("value").unique("lead_id", keep="last")
    return last.select("lead_id").hstack(known(last.select("value")))


def wins(outcome: Following) -> pl.DataFrame:
    """The wins that stand: one row for each opportunity and lead that has one, of opportunities not lost after their last win.

    `lead_id`, `won_at` (the lead's last win of that opportunity), `fact_id` and `actor` of it, `opportunity_id` (null: none),
    `counts`: whether it is the opportunity's last win. `amount` in the agreement's currency: of that last win, null for another lead of
    the same opportunity, so that no deal counts twice; `foreign`: its currency where there is no rate for it (the amount is then null).
    Facts without an id are one opportunity of their lead.
    """
    deals = outcome.once("ends", lambda: ends(outcome))
    last = deals.unique("deal", keep="last", maintain_order=True).filter(pl.col("kind") == "opportunity_won")
    won = deals.filter(pl.col("kind") == "opportunity_won").unique(["deal", "lead_id"], keep="last", maintain_order=True)
    is_last = pl.col("fact_id") == pl.col("last_fact_id")
    return won.join(last.select("deal", last_fact_id="fact_id"), on="deal").select(
        "lead_id",
        won_at="at",
        amount=pl.when(is_last & pl.col("foreign").is_null()).then(pl.col("amount")),
        foreign=pl.when(is_last).then("foreign"),
        opportunity_id="opportunity_id",
        fact_id="fact_id",
        actor="actor",
        counts=is_last,
    )


def ends(outcome: Following, facts: pl.LazyFrame | None = None) -> pl.DataFrame:
    """All wins and losses in order (of some `facts`), each with its opportunity (`deal`).

    `amount` in the agreement's currency, at the rate of its day, 0.00 without one; `converted`: the currency it came from, `foreign`: the
    one that there is no rate for.
    """
    named, told = pl.col("opportunity_id") != "", asked_facts(outcome) if facts is None else facts
    found = told.filter(pl.col("kind").is_in(["opportunity_won", "opportunity_lost"])).with_columns(
        deal=pl.when(named).then("=" + pl.col("opportunity_id")).otherwise("?" + pl.col("lead_id")),
        currency=pl.when(pl.col("currency") != "").then("currency"),
    )
    columns = ("lead_id", "deal", "at", "fact_id", "kind", "amount", "currency", "actor", "opportunity_id")
    return in_own_currency(outcome, found.select(columns).sort("at", "fact_id").collect()).drop("currency")


def in_own_currency(outcome: Following, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `at`, `amount` and `currency`, their amounts in the agreement's currency, with `converted` and `foreign` (see `ends`)."""
    own = outcome.agreement.currency
    found = outcome.rates.convert(rows, to=own, versions=outcome.versions)
    missing = pl.Series(found.missing)
    other = pl.when((found.currency != own) & rows["amount"].is_not_null()).then(found.currency)
    return rows.with_columns(
        money(found.hundredths).alias("amount"), converted=pl.when(~missing).then(other), foreign=pl.when(missing).then(other)
    )


def won_leads(wins: pl.DataFrame) -> pl.DataFrame:
    """One row for each lead that won: `won_at`, its first win that stands; `won_amount`, all of them together; `foreign`, a list."""
    won_at, amount, foreign = pl.col("won_at").min(), pl.col("amount").sum(), pl.col("foreign").drop_nulls()
    return wins.group_by("lead_id").agg(won_at=won_at, won_amount=amount, foreign=foreign)
