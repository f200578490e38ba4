"""`score_changes` out of what the fold wrote. Key: lead_id, at, axis, rule, fact_id."""

from __future__ import annotations

import numpy as np
import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.derivations.columns import instants, money, named
from smarketing.derivations.life.rows import Ints, Out
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.matching.profile import Fits, fit_rules
from smarketing.derivations.rulebook import Rulebook
from smarketing.vocabulary.tables import SCORE_CHANGES


def score_changes(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The receipt of every lead, both axes."""
    return pl.concat([engagement_lines(matched, folded, book), fit_lines(matched, folded, book.agreement)])


def engagement_lines(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The lines that rules earned, faded and displaced."""
    lines = folded.lines
    rules, personas = named(lines["rule"], book.rule_names), named(lines["persona"], book.persona_names)
    return receipt(matched, lines["fact"], lines["at"], "engagement", rules, lines["points"], lines["balance"], personas)


def fit_lines(matched: Matched, folded: Out, agreement: Agreement) -> pl.DataFrame:
    """The lines that lead from one fit to the next."""
    turns = folded.turns
    steps = pl.DataFrame({name: np.ascontiguousarray(turns[name]) for name in ("before", "after", "at", "fact")})
    lines = steps.join(differences(steps, matched.fits, agreement), on=["before", "after"], maintain_order="left")
    fact, at, points, balance = (lines[name].to_numpy() for name in ("fact", "at", "points", "balance"))
    personas = named(matched.fits.states["persona"][lines["after"].to_numpy()], [one.name for one in agreement.personas])
    return receipt(matched, fact, at, "fit", lines["rule"], points, balance, personas)


def receipt(matched: Matched, fact: Ints, at: Ints, axis: str, rule: pl.Series, points: Ints, balance: Ints, persona: pl.Series) -> pl.DataFrame:  # fmt: skip
    """Lines of one axis in the contract's columns."""
    columns = {
        "lead_id": matched.leads_of(fact), "at": instants(at), "axis": pl.repeat(axis, len(fact), eager=True), "rule": rule,
        "fact_id": matched.column("fact_id", fact), "points": money(points), "balance": money(balance), "persona": persona,
    }  # fmt: skip
    return pl.DataFrame(columns).select(list(SCORE_CHANGES.columns))


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
