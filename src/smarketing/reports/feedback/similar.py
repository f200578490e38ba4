"""What sales said about similar leads: of the same persona and grade, and of the same campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from smarketing.derivations.tables.tallies import DECISIONS
from smarketing.reports.figures import Figure, rate
from smarketing.reports.leads import leads

if TYPE_CHECKING:
    from smarketing.reports.following import Following

SENT_BACK = ("rejected", "recycled", "disqualified")
MOST_REASONS = 3
Question = dict[str, str]


class Because(NamedTuple):
    """One reason to send leads back: the `kind` of the fact that gave it, and how often (`n`) it was given."""

    kind: str
    reason: str
    n: int
    question: Question


class Similar(NamedTuple):
    """Hand-offs that are alike: `by` persona or campaign, their names; `accepted` of those that sales decided on (a RATE).

    `reasons`: the most frequent ones to send such a lead back, at most three. `questions`: what is behind `n` and `of`.
    """

    by: str
    persona: str | None
    grade: str | None
    campaign: str | None
    accepted: Figure
    questions: dict[str, Question]
    reasons: list[Because]


def similar(outcome: Following, lead: Mapping[str, Any]) -> list[Similar]:
    """What sales said about leads like this one (its `persona`, `grade`, `campaign`); those of which nothing was said yet are left out."""
    persona, grade, campaign = (lead.get(name) for name in ("persona", "grade", "campaign"))
    alike = {"by": "persona", "group": persona or "", **({"grade": grade} if grade else {})}
    found = [_alike(outcome, alike, persona, grade, None)]
    if campaign:
        found.append(_alike(outcome, {"by": "campaign", "group": campaign}, None, None, campaign))
    return [each for each in found if each.accepted["of"]]


def decided(outcome: Following) -> pl.DataFrame:
    """The hand-offs that sales decided on: `persona, grade, campaign` (of the lead), `reason`, and whether `accepted, rejected, …`."""
    return outcome.once("decided", lambda: _decided(outcome))


def _decided(outcome: Following) -> pl.DataFrame:
    handed = outcome.table("handoffs").filter(pl.any_horizontal(pl.col(DECISIONS).is_not_null()))
    own = handed.drop("campaign").join(leads(outcome).select("lead_id", "campaign"), on="lead_id", how="left")
    became = {name: pl.col(f"{name}_at").is_not_null() for name in ("accepted", *SENT_BACK)}
    return own.select("lead_id", "cycle", "persona", "grade", "campaign", "reason", **became)


def _alike(outcome: Following, asked: Question, persona: Any, grade: Any, campaign: Any) -> Similar:
    rows = outcome.once(("alike", *asked.values()), lambda: _rows(outcome, persona, grade, campaign))
    base = {"of": "handoffs", **asked}
    questions = {"n": {**base, "became": "accepted"}, "of": {**base, "became": "decided"}}
    accepted = rate(int(rows["accepted"].sum()), rows.height)
    return Similar(asked["by"], persona, grade, campaign, accepted, questions, _reasons(rows, base))


def _rows(outcome: Following, persona: Any, grade: Any, campaign: Any) -> pl.DataFrame:
    if campaign is not None:
        return decided(outcome).filter(pl.col("campaign") == campaign)
    same = decided(outcome).filter(pl.col("persona").eq_missing(persona))
    return same.filter(pl.col("grade") == grade) if grade else same


def _reasons(rows: pl.DataFrame, base: Question) -> list[Because]:
    given = rows.filter(pl.col("reason").is_not_null() & (pl.col("reason") != ""))
    kinds = [given.filter(kind).select("reason", kind=pl.lit(kind)) for kind in SENT_BACK]
    counted = (
        pl.concat(kinds).group_by("kind", "reason").agg(n=pl.len()).sort("n", "kind", "reason", descending=[True, False, False])
    )
    return [
        Because(kind, reason, n, {**base, "became": kind, "reason": reason})
        for kind, reason, n in counted.head(MOST_REASONS).iter_rows()
    ]
