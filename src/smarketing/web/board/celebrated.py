"""Wins to celebrate: who brought the lead, who worked it, who closed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl

from smarketing.reports.feedback.came import came
from smarketing.reports.leads import leads
from smarketing.reports.scoreboard.wins import wins_with_reps
from smarketing.web.held import remembered
from smarketing.web.questions import question_url

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report

Row = dict[str, Any]
Deal = tuple[str, str | None]
Entered = tuple[str, str | None]
Way = tuple[tuple[str, ...], str | None]
LATEST = 8
"""So many wins stand on the page; the rest are one link away."""


@dataclass(frozen=True, slots=True)
class Win:
    """One win: the lead with its account (None: not known), MONEY (None: an unknown amount), and people by their names.

    `path`: the campaigns that it touched before, in order; `sourced`: who handed it over (None: nobody did).
    """

    lead_id: str
    account: str | None
    lead_url: str
    won_at: str
    amount: Row | None
    amount_url: str
    campaign: str | None
    rep: str | None
    closer: str | None
    path: tuple[str, ...]
    sourced: str | None


@dataclass(frozen=True, slots=True)
class Wins:
    """The latest wins of a period, how many there are in all, and where all of them are."""

    latest: tuple[Win, ...]
    count: int
    url: str


def wins(outcome: Outcome, report: Report) -> Wins:
    """The wins that stand beside a scoreboard, latest first."""
    found = report.beside["wins"]
    names, accounts, entered = (
        remembered(key, make) for key, make in (("names", _names), ("accounts", _accounts), ("won by", _entered))
    )
    paths = remembered(
        "won by way of", lambda outcome: _ways(outcome, found[:LATEST]), report.period.label if report.period else ""
    )
    latest = tuple(_win(row, names, accounts, entered, paths) for row in found[:LATEST])
    period = {"period": report.period.label} if report.period else {}
    return Wins(latest, len(found), question_url({"of": "wins"} | period))


def _win(
    row: Row, names: dict[str, str], accounts: dict[str, str | None], entered: dict[Deal, Entered], paths: dict[Deal, Way]
) -> Win:
    lead = row["lead_id"]
    fact_id, closer = entered[lead, row["opportunity_id"]]
    path, sourced = paths[lead, row["opportunity_id"]]
    return Win(
        lead_id=lead,
        account=accounts.get(lead),
        lead_url=f"/leads/{quote(lead)}",
        won_at=row["won_at"],
        amount=None if row["amount"] is None else {"amount": row["amount"], "currency": row["currency"]},
        amount_url=question_url({"of": "facts", "fact": fact_id}),
        campaign=_named(row["campaign"], names),
        rep=_named(row["rep"], names),
        closer=_named(closer, names),
        path=tuple(names.get(campaign, campaign) for campaign in path),
        sourced=sourced,
    )


def _ways(outcome: Outcome, won: Sequence[Row]) -> dict[Deal, Way]:
    """Of each of these wins the campaigns that its lead touched before, in order, each once in a row; and who handed it over last before."""
    leads_won = sorted({row["lead_id"] for row in won})
    chosen = pl.col("lead_id").is_in(leads_won)
    columns = ("lead_id", "at", "fact_id", "kind", "campaign", "channel", "properties")
    facts = _by_lead(outcome.facts.filter(chosen).select(columns).collect())
    handed = _by_lead(outcome.table("handoffs").filter(chosen).select("lead_id", "handed_at", "sourced").sort("handed_at"))
    return {(row["lead_id"], row["opportunity_id"]): _way(row, facts, handed) for row in won}


def _by_lead(rows: pl.DataFrame) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["lead_id"], []).append(row)
    return found


def _way(row: Row, facts: dict[str, list[Row]], handed: dict[str, list[Row]]) -> Way:
    won_at, lead_id = datetime.fromisoformat(row["won_at"]), row["lead_id"]
    steps = came(fact for fact in facts.get(lead_id, ()) if fact["at"] <= won_at)
    before = [each["sourced"] for each in handed.get(lead_id, ()) if each["handed_at"] <= won_at]
    return tuple(step.campaign for step in steps if step.campaign), before[-1] if before else None


def _named(key: str | None, names: dict[str, str]) -> str | None:
    return None if not key else names.get(key, key)


def _names(outcome: Outcome) -> dict[str, str]:
    """The names of campaigns and of people, as the small tables know them."""
    known: dict[str, str] = {}
    for table, key in (("campaigns", "campaign"), ("reps", "rep")):
        if table in outcome.small:
            known |= {row[key]: row["name"] for row in outcome.small[table].to_dicts() if row["name"]}
    return known


def _accounts(outcome: Outcome) -> dict[str, str | None]:
    won = wins_with_reps(outcome).select("lead_id").unique()
    return dict(leads(outcome).join(won, on="lead_id", how="semi").select("lead_id", "account").iter_rows())


def _entered(outcome: Outcome) -> dict[Deal, Entered]:
    """Of each win its fact, and who entered it."""
    rows = wins_with_reps(outcome).select("lead_id", "opportunity_id", "fact_id", "actor").iter_rows()
    return {(lead, opportunity): (fact_id, actor) for lead, opportunity, fact_id, actor in rows}
