"""`score_changes` out of what the fold wrote. Key: lead_id, at, axis, rule, fact_id."""

from __future__ import annotations

import numpy as np
import polars as pl

from smarketing.derivations.columns import instants, money, named
from smarketing.derivations.life.rows import Ints, Out
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.matching.profile import FitRules, Fits, fit_rules
from smarketing.derivations.rulebook import Rulebook
from smarketing.vocabulary.tables import SCORE_CHANGES

VERSION = "version"
"""The rule of a line of fit that is there because a new version begins."""


def score_changes(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The receipt of every lead, both axes."""
    return pl.concat([engagement_lines(matched, folded, book), fit_lines(matched, folded, book)])


def engagement_lines(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The lines that rules earned, faded and displaced."""
    lines = folded.lines
    rules, personas = named(lines["rule"], book.rule_names), named(lines["persona"], book.persona_names)
    return receipt(matched, lines["fact"], lines["at"], "engagement", rules, lines["points"], lines["balance"], personas)


def fit_lines(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The lines that lead from one fit to the next."""
    turns, states = folded.turns, matched.fits.states
    steps = pl.DataFrame({name: np.ascontiguousarray(turns[name]) for name in ("before", "after", "at", "fact")})
    steps = steps.with_columns(now=at_last(matched, folded) if len(book.versions) > 1 else pl.col("after"))
    lines = steps.join(differences(steps, matched.fits, fit_rules(*book.versions)), on=["before", "after"], maintain_order="left")
    fact, at, points, now = (lines[name].to_numpy() for name in ("fact", "at", "points", "now"))
    personas = named(states["persona"][now], book.persona_names)
    written = receipt(matched, fact, at, "fit", lines["rule"], points, states["points"][now], personas)
    if len(book.versions) == 1:
        return written
    return written.with_columns(fact_id=pl.when(pl.col("rule") != VERSION).then("fact_id"))


def at_last(matched: Matched, folded: Out) -> pl.Series:
    """The fit at the end of each turn's moment: a new version and a new profile can be two turns of one moment."""
    turns, now = folded.turns, folded.turns["after"].copy()
    lead = np.searchsorted(matched.facts.lead_start, turns["fact"], side="right")
    again = np.flatnonzero((lead[1:] == lead[:-1]) & (turns["at"][1:] == turns["at"][:-1]))
    now[again] = now[again + 1]
    return pl.Series(now)


def receipt(matched: Matched, fact: Ints, at: Ints, axis: str, rule: pl.Series, points: Ints, balance: Ints, persona: pl.Series) -> pl.DataFrame:  # fmt: skip
    """Lines of one axis in the contract's columns."""
    columns = {
        "lead_id": matched.leads_of(fact), "at": instants(at), "axis": pl.repeat(axis, len(fact), eager=True), "rule": rule,
        "fact_id": matched.column("fact_id", fact), "points": money(points), "balance": money(balance), "persona": persona,
    }  # fmt: skip
    return pl.DataFrame(columns).select(list(SCORE_CHANGES.columns))


def differences(steps: pl.DataFrame, fits: Fits, rules: FitRules) -> pl.DataFrame:
    """For each pair of fit states that occurs, the rules that come and go with their points; from version to version it is one."""
    rows: list[tuple[int, int, str, int]] = []
    points, version = fits.states["points"], fits.states["version"]
    for before, after in steps.select("before", "after").unique().iter_rows():
        if before >= 0 and version[before] != version[after]:
            rows.append((before, after, VERSION, int(points[after] - points[before])))
            continue
        old, new = set(fits.held[before]) if before >= 0 else set(), set(fits.held[after])
        changed = [(rule, int(rules.points[rule]) * (1 if rule in new else -1)) for rule in sorted(old ^ new)]
        rows += [(before, after, rules.names[rule], change) for rule, change in changed if change]
    schema = {"before": pl.Int32, "after": pl.Int32, "rule": pl.String, "points": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
