"""`score_changes` out of what the fold wrote. Key: lead_id, at, axis, rule, fact_id."""

from __future__ import annotations

import numpy as np
import polars as pl

from smarketing.derivations.columns import cut, distinct, instants, money, named, repeated
from smarketing.derivations.life.rows import Codes, Ints, Out
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.matching.profile import Fits
from smarketing.derivations.rulebook import Rulebook
from smarketing.vocabulary.tables import SCORE_CHANGES

VERSION, NEW_VERSION = "version", -2
"""The rule of a line of fit that is there because a new version begins."""


def score_changes(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The receipt of every lead, both axes."""
    return pl.concat([engagement_lines(matched, folded, book), fit_lines(matched, folded, book)])


def engagement_lines(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The lines that rules earned, faded and displaced."""
    lines = folded.lines
    rules, personas = named(lines["rule"], book.rule_names), named(lines["persona"], book.persona_names)
    fact = np.ascontiguousarray(lines["fact"])
    return receipt(matched, fact, fact, lines["at"], "engagement", rules, lines["points"], lines["balance"], personas)


def fit_lines(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """The lines that lead from one fit to the next."""
    turns, states = folded.turns, matched.fits.states
    turn, rule, points = steps(turns["before"], turns["after"], matched.fits)
    now = (at_last(matched, folded) if len(book.versions) > 1 else turns["after"])[turn]
    fact, personas = turns["fact"][turn], named(states["persona"][now], book.persona_names)
    done_by = np.where(rule == NEW_VERSION, -1, fact)
    rules = named(np.where(rule == NEW_VERSION, len(matched.fits.rules.names), rule), [*matched.fits.rules.names, VERSION])
    return receipt(matched, fact, done_by, turns["at"][turn], "fit", rules, points, states["points"][now], personas)


def steps(before: Codes, after: Codes, fits: Fits) -> tuple[Ints, Ints, Ints]:
    """The lines of each turn from one fit to another: which turn, which rule (or NEW_VERSION), how many points."""
    number = len(fits.states)
    pairs, which = distinct((before.astype(np.int64) + 1) * number + after, (number + 1) * number)
    changes = [differences(pair // number - 1, pair % number, fits) for pair in pairs.tolist()]
    counts = np.array([len(each) for each in changes], dtype=np.int64)
    of_turn = counts[which]
    turn = np.repeat(np.arange(len(which)), of_turn)
    place = np.arange(len(turn)) - np.repeat(np.cumsum(of_turn) - of_turn, of_turn) + (np.cumsum(counts) - counts)[which][turn]
    flat = np.array([line for each in changes for line in each], dtype=np.int64).reshape(-1, 2)[place]
    return turn, flat[:, 0], flat[:, 1]


def differences(before: int, after: int, fits: Fits) -> list[tuple[int, int]]:
    """The rules that come and go from one fit to another, with their points; from version to version it is one, NEW_VERSION."""
    points, version = fits.states["points"], fits.states["version"]
    if before >= 0 and version[before] != version[after]:
        return [(NEW_VERSION, int(points[after] - points[before]))]
    old, new = set(fits.held[before]) if before >= 0 else set(), set(fits.held[after])
    changed = [(rule, int(fits.rules.points[rule]) * (1 if rule in new else -1)) for rule in sorted(old ^ new)]
    return [(rule, change) for rule, change in changed if change]


def at_last(matched: Matched, folded: Out) -> Codes:
    """The fit at the end of each turn's moment: a new version and a new profile can be two turns of one moment."""
    turns, now = folded.turns, folded.turns["after"].copy()
    lead = np.searchsorted(matched.facts.lead_start, turns["fact"], side="right")
    again = np.flatnonzero((lead[1:] == lead[:-1]) & (turns["at"][1:] == turns["at"][:-1]))
    now[again] = now[again + 1]
    return now


def receipt(matched: Matched, fact: Ints, done_by: Ints, at: Ints, axis: str, rule: pl.Series, points: Ints, balance: Ints, persona: pl.Series) -> pl.DataFrame:  # fmt: skip
    """Lines of one axis in the contract's columns; `fact` is one of the lead's, `done_by` the one that is named (-1: none)."""
    of_fact, of_axis = cut(money(np.concatenate([points, balance])), 2)
    columns = {
        "lead_id": matched.leads_of(fact), "at": instants(at), "axis": repeated(axis, len(fact)), "rule": rule,
        "fact_id": matched.column("fact_id", done_by), "points": of_fact, "balance": of_axis, "persona": persona,
    }  # fmt: skip
    assert list(columns) == list(SCORE_CHANGES.columns)
    return pl.DataFrame(columns)
