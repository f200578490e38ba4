"""The receipt of one lead: which facts its rules count, and how their points come, fade and fall out."""

from __future__ import annotations

import numpy as np

from smarketing.derivations.compiling import njit
from smarketing.derivations.life.journal import Changes, Facts, Hits
from smarketing.derivations.rulebook import NEVER, RULE, Rules, Tests


@njit
def satisfies(facts: Facts, tests: Tests, i: int, entry: int) -> bool:
    """Whether fact i satisfies the entry of its kind's tests."""
    bit = tests.bit[entry]
    if bit < 0:
        return True
    return (facts.where[i, bit // 64] >> np.uint64(bit % 64)) & np.uint64(1) == np.uint64(1)


@njit
def find_hits(facts: Facts, tests: Tests, rules: Rules, first: int, last: int, hits: Hits, oldest, newest, counting) -> int:  # type: ignore[no-untyped-def]
    """Fill `hits` with what the rules count among the facts first:last; returns how many. The last three are scratch per rule."""
    counting[:] = 0
    n = 0
    for i in range(first, last):
        for entry in range(tests.start[facts.kind[i]], tests.start[facts.kind[i] + 1]):
            if tests.what[entry] == RULE and satisfies(facts, tests, i, entry):
                rule = tests.target[entry]
                hits.fact[n], hits.rule[n], hits.next[n], hits.displaced_at[n] = i, rule, -1, NEVER
                if counting[rule] == 0:
                    oldest[rule] = n
                else:
                    hits.next[newest[rule]] = n
                newest[rule] = n
                counting[rule] += 1
                if 0 <= rules.at_most[rule] < counting[rule]:
                    hits.displaced_at[oldest[rule]] = facts.at[i]
                    oldest[rule] = hits.next[oldest[rule]]
                    counting[rule] -= 1
                n += 1
    return n


@njit
def put(changes: Changes, n: int, at: int, fact: int, rule: int, points: int) -> int:
    """Append one change unless it is nothing; returns the new length."""
    if points == 0:
        return n
    changes.at[n], changes.fact[n], changes.rule[n], changes.points[n] = at, fact, rule, points
    return n + 1


@njit
def spend_hit(facts: Facts, rules: Rules, hits: Hits, h: int, as_of: int, changes: Changes, n: int) -> int:
    """Append what becomes of one hit's points until `as_of`: earned, faded step by step, displaced."""
    fact, rule, gone_at = hits.fact[h], hits.rule[h], hits.displaced_at[h]
    at = facts.at[fact]
    if gone_at == at:
        return n
    step, end = rules.fade_start[rule], rules.fade_start[rule + 1]
    left = rules.points[rule]
    while step < end and rules.after[step] == 0:
        left = rules.left[step]
        step += 1
    n = put(changes, n, at, fact, rule, left)
    while step < end and at + rules.after[step] < gone_at and at + rules.after[step] <= as_of:
        n = put(changes, n, at + rules.after[step], fact, rule, rules.left[step] - left)
        left = rules.left[step]
        step += 1
    if gone_at != NEVER:
        n = put(changes, n, gone_at, fact, rule, -left)
    return n


@njit
def find_changes(facts: Facts, rules: Rules, hits: Hits, n_hits: int, as_of: int, changes: Changes) -> int:
    """Fill `changes` with those of all hits, in order of time; returns how many."""
    n = 0
    for h in range(n_hits):
        n = spend_hit(facts, rules, hits, h, as_of, changes, n)
    in_order = True
    for c in range(1, n):
        if changes.at[c] < changes.at[c - 1]:
            in_order = False
            break
    if not in_order:
        order = np.argsort(changes.at[:n], kind="mergesort")
        changes.at[:n] = changes.at[:n][order]
        changes.fact[:n] = changes.fact[:n][order]
        changes.rule[:n] = changes.rule[:n][order]
        changes.points[:n] = changes.points[:n][order]
    return n
