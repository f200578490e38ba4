"""Attribution: what every model gives to the campaigns (or channels) of the wins, beside what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.derivations.attribution.shapley import PLAYERS
from smarketing.derivations.attribution.touches import Terms, kept, told_of_deals
from smarketing.derivations.tables.credits import MODELS, credits_of_wins
from smarketing.journal.survey import Settled, Survey
from smarketing.reports.attribution.text import grids
from smarketing.reports.figures import money
from smarketing.reports.lives import standing_wins
from smarketing.reports.report import Note, Question, Report
from smarketing.reports.spend import Spend, campaign_channels, money_notes, spend_by_campaign, spend_notes
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import Period, period_asked
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
CUTS = ("campaign", "channel")
UNSIGNED = "linear"
"""The model that orders the rows where the agreement has none."""


def attribution(outcome: Following, *, by: str = "campaign", period: str | Period | None = None) -> Report:
    """One row for each campaign or channel, that with the most by the signed model first, `null` (nobody named) last.

    `{"by", "wins", "models": {MODEL: {"conversions", "amount", "currency"}}, "spread": {"low", "high"}, "spend": MONEY | null,
    "return_on_spend": {"signed", "low", "high"} | null}`. Of the opportunities that stand won, whose last win lies in the period (left out:
    all): `wins`, how many have a touch of it on their path; `conversions` and `amount`, the sums of the shares and amounts of `credits`.
    `spread`: the least and the most that a model gives, as amounts in that currency. `return_on_spend`: what came ÷ spend, by the signed
    model (null without one) and at both ends of the spread; null where nothing was spent. Spend is that of the days of the period; by
    channel that of the campaigns to which the small table gives the channel. Raises UsageError.
    """
    if by not in CUTS:
        raise UsageError(f'attribution is by {" or ".join(CUTS)}, not "{by}".{did_you_mean(by, CUTS)}')
    window, agreement = period_asked(period, outcome.agreement.timezone), outcome.agreement
    signed = agreement.attribution.model if agreement.attribution is not None else None
    rows = within(credited(outcome), window)
    spend = spend_by(outcome, by, window)
    shown = [_row(outcome, *each, spend, signed) for each in _groups(rows, by, spend)]
    shown.sort(key=lambda row: (row["by"] is None, -row["models"][signed or UNSIGNED]["amount"], row["by"] or ""))
    notes = sorted(_notes(outcome, rows, shown, window))
    behind = [_behind(row, by, window, signed) for row in shown]
    drawn = grids(outcome, window, by, shown, signed)
    return Report(
        "attribution", window, outcome.as_of, agreement.id, shown, notes, drawn, ("spend",), {"by": by, "model": signed}, behind
    )  # fmt: skip


def credited(outcome: Following) -> pl.DataFrame:
    """The rows of `credits` with `won_at` and `lead_id`, the lead of the win."""
    return outcome.once("credited", lambda: _credited(outcome))


def _credited(outcome: Following) -> pl.DataFrame:
    journal = Settled(outcome.facts, Survey(outcome.as_of, 0, None))
    part = kept(journal, told_of_deals(journal, outcome.versions), outcome.versions, outcome.rates)
    rows = credits_of_wins([part], Terms.of(outcome.agreement), outcome.small.get("campaigns"), as_of=outcome.as_of)
    leads = standing_wins(outcome).filter(pl.col("counts")).select("lead_id", win_id="fact_id")
    return rows.join(leads, on="win_id", how="left", maintain_order="left")


def within(rows: pl.DataFrame, window: Period | None) -> pl.DataFrame:
    """The rows of the wins of the period."""
    if window is None:
        return rows
    return rows.filter(pl.col("won_at") >= window.start_at, pl.col("won_at") < window.end_at)


def spend_by(outcome: Following, by: str, window: Period | None) -> Spend | None:
    """What each campaign or channel cost; None without a table of spend."""
    found = spend_by_campaign(outcome, window)
    if found is None or by == "campaign":
        return None if found is None else found[0]
    channels, summed = campaign_channels(outcome), Spend()
    for campaign, amount in found[0].items():
        channel = channels.get(campaign or "")
        summed[channel] = summed.get(channel, Decimal(0)) + amount
    return summed


def _groups(rows: pl.DataFrame, by: str, spend: Spend | None) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """Every campaign or channel that got something or cost something, with its rows."""
    names = set(rows[by]) | {name for name, amount in (spend or {}).items() if amount}
    for name in names:
        yield name, rows.filter(pl.col(by).eq_missing(pl.lit(name, pl.String)))


def _row(outcome: Following, name: str | None, rows: pl.DataFrame, spend: Spend | None, signed: str | None) -> Row:
    currency = outcome.agreement.currency
    sums = {
        model: (share, amount) for model, share, amount in rows.group_by("model").agg(pl.col("share", "amount").sum()).iter_rows()
    }
    nothing = (0.0, Decimal(0))
    given = {model: sums.get(model, nothing) for model in MODELS}
    models = {model: {"conversions": round(share, 6)} | money(amount, currency) for model, (share, amount) in given.items()}
    amounts = [one["amount"] for one in models.values()]
    cost = None if spend is None else spend.get(name)
    row = {
        "by": name,
        "wins": rows["deal"].n_unique(),
        "models": models,
        "spread": {"low": min(amounts), "high": max(amounts)},
        "spend": None if cost is None else money(cost, currency),
    }
    return row | {"return_on_spend": _return(row, signed)}


def _return(row: Row, signed: str | None) -> Row | None:
    if row["spend"] is None or not row["spend"]["amount"]:
        return None
    given = {"signed": row["models"][signed]["amount"] if signed else None, **row["spread"]}
    return {name: None if amount is None else amount / row["spend"]["amount"] for name, amount in given.items()}


def _behind(row: Row, by: str, window: Period | None, signed: str | None) -> dict[str, Question]:
    credit: Question = {"of": "credits", "by": by, "group": row["by"] or ""} | ({"period": window.label} if window else {})
    asked: dict[str, Question] = {"wins": credit | {"model": UNSIGNED, "once": "win"}}
    for model in MODELS:
        asked[f"models.{model}.amount"] = credit | {"model": model, "sum": "amount"}
        asked[f"models.{model}.conversions"] = credit | {"model": model, "sum": "share"}
    for end in ("low", "high"):
        model = next(model for model in MODELS if row["models"][model]["amount"] == row["spread"][end])
        asked[f"spread.{end}"] = asked[f"return_on_spend.{end}"] = asked[f"models.{model}.amount"]
    if signed is not None:
        asked["return_on_spend.signed"] = asked[f"models.{signed}.amount"]
    if row["spend"] is not None:
        asked["spend"] = credit | {"of": "spend", "sum": "amount"}
    return asked


def _notes(outcome: Following, rows: pl.DataFrame, shown: Sequence[Row], window: Period | None) -> Iterator[Note]:
    terms = Terms.of(outcome.agreement)
    whose = "the opportunity's whole account" if terms.by_account else "the opportunity's leads"
    far = "whenever before the win" if terms.lookback is None else f"in the {_days(terms)} before the win"
    yield Note("SMK-R073", f"Touches with a campaign count {far}, of {whose}.")
    alone = rows.filter(pl.col("campaign").is_null(), pl.col("model") == UNSIGNED)
    if alone.height:
        amount = money(Decimal(alone["amount"].sum()), outcome.agreement.currency)
        wins = f"{alone.height:,} win{'' if alone.height == 1 else 's'}"
        yield Note(
            "SMK-R074", f"{wins}, worth {amount['amount']:,.2f} {amount['currency']}, had no such touch: nobody gets them."
        )
    if any(row["models"]["shapley"]["amount"] < 0 for row in shown):
        yield Note("SMK-R075", "Below 0 by Shapley: paths with such a touch were sold less often than the same paths without.")
    long = rows.filter(pl.col("model") == UNSIGNED).group_by("deal").len().filter(pl.col("len") > PLAYERS).height
    if long:
        yield Note(
            "SMK-R071",
            f"{long:,} of the paths have more than {PLAYERS} campaigns: there Shapley takes the rarest together as one.",
        )
    yield from money_notes(outcome)
    spent = spend_by_campaign(outcome, window)
    yield from spend_notes(set() if spent is None else spent[1], outcome.agreement.currency)


def _days(terms: Terms) -> str:
    assert terms.lookback is not None
    return f"{terms.lookback.total_seconds() / 86_400:g} days"
