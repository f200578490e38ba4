"""`score_changes` out of what the fold wrote. Key: lead_id, at, axis, rule, fact_id."""

from __future__ import annotations

import numpy as np
import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.derivations.folding import Folded
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.matching.profile import Fits, fit_rules
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.columns import instants, money, named
from smarketing.vocabulary.tables import SCORE_CHANGES


def score_changes(matched: Matched, folded: Folded, book: Rulebook) -> pl.DataFrame:
    """The receipt of every lead, both axes."""
    facts = matched.frame.select("lead_id", "fact_id")
    both = pl.concat([engagement_lines(facts, folded, book), fit_lines(facts, matched.fits, folded, book.agreement)])
    return both.select(list(SCORE_CHANGES.columns))


def engagement_lines(facts: pl.DataFrame, folded: Folded, book: Rulebook) -> pl.DataFrame:
    """The lines that rules earned, faded and displaced."""
    lines = folded.lines
    return facts[lines["fact"]].with_columns(
        at=instants(lines["at"]), axis=pl.lit("engagement"), rule=named(lines["rule"], book.rule_names), points=money(lines["points"]),
        balance=money(lines["balance"]), persona=named(lines["persona"], book.persona_names),
    )  # fmt: skip


def fit_lines(facts: pl.DataFrame, fits: Fits, folded: Folded, agreement: Agreement) -> pl.DataFrame:
    """The lines that lead from one fit to the next."""
    turns = folded.turns
    steps = pl.DataFrame({name: np.ascontiguousarray(turns[name]) for name in ("before", "after", "at", "fact")})
    lines = steps.join(differences(steps, fits, agreement), on=["before", "after"], maintain_order="left")
    personas = fits.states["persona"][lines["after"].to_numpy()]
    return facts[lines["fact"].to_numpy()].with_columns(
        at=instants(lines["at"].to_numpy()), axis=pl.lit("fit"), rule=lines["rule"], points=money(lines["points"].to_numpy()),
        balance=money(lines["balance"].to_numpy()), persona=named(personas, [one.name for one in agreement.personas]),
    )  # fmt: skip


def differences(steps: pl.DataFrame, fits: Fits, agreement: Agreement) -> pl.DataFrame:
    """For each pair of fit states that occurs, the rules that come and go: rule, points, and the balance after."""
    rules = fit_rules(agreement)
    rows: dict[str, list[object]] = {"before": [], "after": [], "rule": [], "points": [], "balance": []}
    for before, after in steps.select("before", "after").unique().iter_rows():
        old, new = set(fits.held[before]) if before >= 0 else set(), set(fits.held[after])
        for rule in sorted(old ^ new):
            points = int(rules.points[rule])
            if points:
                line = (before, after, rules.names[rule], points if rule in new else -points, int(fits.states["points"][after]))
                for column, value in zip(rows, line, strict=True):
                    rows[column].append(value)
    schema = {"before": pl.Int32, "after": pl.Int32, "rule": pl.String, "points": pl.Int64, "balance": pl.Int64}
    return pl.DataFrame(rows, schema=schema)
