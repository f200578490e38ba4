"""The receipt of one lead: which facts its rules count, and how their points come, fade and fall out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.rows import Facts, Ints, Rows
from smarketing.derivations.life.words import NEVER, RULE_TEST

SHORT = 24
"""Runs of so many changes are sorted by insertion, longer ones by merging such runs."""


@kernel
def passes(where: NDArray[np.uint64], fact: int, bit: int) -> bool:
    """Whether the fact passes the test at this bit; -1: any fact of the kind does."""
    if bit < 0:
        return True
    return (where[fact, bit // 64] >> np.uint64(bit % 64)) & np.uint64(1) == np.uint64(1)


@kernel
def find_hits(facts: Facts, tests: Rows, test_start: Ints, rules: Rows, first: int, last: int, hits: Rows, counting: Rows) -> int:
    """Fill `hits` with what the rules count among the facts first:last; returns how many."""
    for rule in range(rules.shape[0]):
        counting[rule].count = counting[rule].later = 0
    n = 0
    for i in range(first, last):
        kind = facts.rows[i].kind
        for entry in range(test_start[kind], test_start[kind + 1]):
            if tests[entry].what == RULE_TEST and passes(facts.where, i, tests[entry].bit):
                count_hit(i, facts.rows[i].at, tests[entry].target, rules, hits, n, counting)
                n += 1
    return n


@kernel
def count_hit(fact: int, at: int, rule: int, rules: Rows, hits: Rows, n: int, counting: Rows) -> None:
    """Note that the rule counts the fact, as hit n; the hit that is one too many falls out now, in each version."""
    hit, now = hits[n], counting[rule]
    hit.fact, hit.rule, hit.next, hit.displaced_at = fact, rule, -1, NEVER
    if now.count == 0:
        now.oldest = n
    else:
        hits[now.newest].next = n
    now.newest = n
    now.count += 1
    displace(at, rules[rule].at_most, now, hits)
    earlier = rules[rule].before
    while earlier >= 0:
        counting[earlier].later += 1
        displace(at, rules[earlier].at_most, counting[earlier], hits)
        earlier = rules[earlier].before


@kernel
def displace(at: int, at_most: int, now: Rows, hits: Rows) -> None:
    """Let the oldest of a rule's hits fall out where so many came after it."""
    if 0 <= at_most < now.count + now.later and now.count > 0:
        hits[now.oldest].displaced_at = at
        now.oldest = hits[now.oldest].next
        now.count -= 1


@kernel
def put(changes: Rows, n: int, at: int, fact: int, rule: int, points: int) -> int:
    """Append one change unless it is nothing; returns the new length."""
    if points == 0:
        return n
    change = changes[n]
    change.at, change.fact, change.rule, change.points = at, fact, rule, points
    return n + 1


@kernel
def spend_hit(at: int, hit: Rows, rule: Rows, fades: Rows, as_of: int, changes: Rows, n: int) -> int:
    """Append what becomes of one hit's points until `as_of`: earned, faded step by step, displaced; returns the new length."""
    gone_at, left, step = hit.displaced_at, rule.points, rule.fade_start
    if gone_at == at:
        return n
    while step < rule.fade_end and fades[step].after == 0:
        left = fades[step].left
        step += 1
    n = put(changes, n, at, hit.fact, hit.rule, left)
    while step < rule.fade_end and at + fades[step].after < gone_at and at + fades[step].after <= as_of:
        n = put(changes, n, at + fades[step].after, hit.fact, hit.rule, fades[step].left - left)
        left = fades[step].left
        step += 1
    if gone_at != NEVER:
        n = put(changes, n, gone_at, hit.fact, hit.rule, -left)
    return n


@kernel
def sort_run(changes: Rows, first: int, last: int) -> None:
    """Put the changes first:last in order of time by insertion, those of one moment as they stand."""
    for place in range(first + 1, last):
        at, fact, rule, points = changes[place].at, changes[place].fact, changes[place].rule, changes[place].points
        free = place
        while free > first and changes[free - 1].at > at:
            changes[free] = changes[free - 1]
            free -= 1
        change = changes[free]
        change.at, change.fact, change.rule, change.points = at, fact, rule, points


@kernel
def merge_runs(source: Rows, first: int, middle: int, last: int, target: Rows) -> None:
    """Merge two runs that stand side by side in `source` into the same places of `target`."""
    a, b = first, middle
    for place in range(first, last):
        if a < middle and (b >= last or source[a].at <= source[b].at):
            target[place] = source[a]
            a += 1
        else:
            target[place] = source[b]
            b += 1


@kernel
def sort_by_time(changes: Rows, n: int, spare: Rows) -> None:
    """Put the first n changes in order of time, those of one moment as they stand; `spare` is room for as many."""
    for first in range(0, n, SHORT):
        sort_run(changes, first, min(first + SHORT, n))
    width = SHORT
    while width < n:
        for first in range(0, n, 2 * width):
            merge_runs(changes, first, min(first + width, n), min(first + 2 * width, n), spare)
        for place in range(n):
            changes[place] = spare[place]
        width *= 2


@kernel
def find_changes(facts: Facts, rules: Rows, fades: Rows, hits: Rows, n_hits: int, as_of: int, changes: Rows, spare: Rows) -> int:
    """Fill `changes` with those of all hits, in order of time; returns how many."""
    n = 0
    for h in range(n_hits):
        n = spend_hit(facts.rows[hits[h].fact].at, hits[h], rules[hits[h].rule], fades, as_of, changes, n)
    for c in range(1, n):
        if changes[c].at < changes[c - 1].at:
            sort_by_time(changes, n, spare)
            break
    return n
