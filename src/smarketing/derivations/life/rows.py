"""What the fold reads, remembers and writes: rows, as records of numbers.

Instants are µs since 1970, NEVER where something did not happen; points and money whole hundredths; codes and fact numbers -1
where there is none. A record array is one argument for a kernel, and a row of it lies together in memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Rows = Any
"""A record array of one of the types below."""


def record(**fields: str) -> np.dtype[Any]:
    """A record type: names of fields by their type."""
    return np.dtype((np.record, [(name, kind) for kind, names in fields.items() for name in names.split()]), align=True)


FACT = record(i8="at amount", i4="kind profile deal named actor campaign")
"""One fact, in order of lead, time and fact id. `kind`: its kind under the version in force then (see `Law`). `profile`: that after the
moment, on its last `profile_changed`. `deal`: the number of the opportunity within the lead. `named`: whom an `assigned` names.
`actor`: who acted."""
FIT = record(i8="points persona version")
"""One fit that occurs under a version."""

TEST = record(i8="what target bit")
"""What a fact of some kind can satisfy; `bit` is its place in the fact's where-bits, -1: any fact of the kind does."""
RULE = record(i8="points at_most fade_start fade_end before")
"""An engagement rule of a version; `at_most` -1: no limit. Its fades are the rows `fade_start:fade_end`. `before`: the rule of that
name in the last version before that has one, -1: none; for displacement they are one rule."""
FADE = record(i8="after left")
"""A step: so long after the fact, so much is left of the points."""
NODE = record(i8="op children lasting only_from fit engagement total")
"""A part of a stage's condition, in postfix order; `only_from` is a place, -1: none; thresholds of a `score`."""
VERSION = record(i8="start first last handoff return_to check")
"""A version: from when on it is in force, the places first:last of its stages, and the terms of its hand-off; `handoff` and
`return_to` are places too, the latter before `first` where a lead that comes back has no stage."""

HIT = record(i8="fact rule next displaced_at")
"""A fact that a rule counts; `next` is the rule's next hit, `displaced_at` when this one falls out."""
CHANGE = record(i8="at fact rule points")
"""A change of the engagement: whose points (fact and rule), how many."""
COUNTING = record(i8="oldest newest count later")
"""Of one rule: the hits that count now, and how many hits the rules of its name in later versions have had."""
STAGE = record(i8="own_at own_fact given entered_at entered_by")
"""Of one stage in the cycle under way: its own entry and the fact, whether a hand-back gave it instead, and the entry with those that
later stages imply."""
PART = record(i8="seen latched stack")
"""Of one node: the moment's first fact that satisfies it, whether it holds from then on, and room to judge in."""
DEAL = record(i8="state lost next_win")
"""Of one opportunity: untouched by this cycle, ACTIVE or LOST; and, from the end of the life, lost later and its next win."""
WIN = record(i8="next stands")
"""Of one fact that is a win: the opportunity's next win, and whether no loss comes after it."""
LIFE = record(
    i8="lead first at moment_first moment_last version deals number open cycle_first engagement cycle_engagement earning checked "
    "handed judged seen profile fit_state hit prior as_of lines turns entries handoffs won"
)
"""The life under way: its lead and first fact; the moment, its facts and the version in force; the cycle (`number`, whether `open`,
its first fact); the scores; whether marketing `checked` and the lead is `handed`; the engagement at which the
stages were `judged` last, and whether `seen` says anything in PART; the first `hit` not seen yet; the last person named before the cycle. At the end, how many rows of each output are written."""

LINE = record(i8="at fact points balance", i4="rule persona")
"""Out: a line of the engagement receipt."""
TURN = record(i8="at fact", i4="before after")
"""Out: a change of the fit state; `before` -1: the first, `before` of another version than `after`: that one begins."""
ENTRY = record(i8="lead cycle stage entered_at left_at fact")
"""Out: a stage entry; `fact` -1: a score did it."""
HANDOFF = record(
    i8="lead cycle at version end by_marketing persona fit engagement campaign rep owner accepted rejected recycled disqualified reason "
    "assigned attempted attempts connected won"
)
"""Out: a hand-off, under a version; `end` is that of its cycle, `reason` the fact that ended it."""
WON_IN = record(i8="fact cycle")
"""Out: a win and the cycle it belongs to."""

UNTOUCHED, ACTIVE_DEAL, LOST_DEAL = 0, 1, 2


class Facts(NamedTuple):
    """The facts of some leads: those of lead l are the rows `lead_start[l]:lead_start[l + 1]`; `where` has the bits of the tests."""

    rows: Rows
    where: NDArray[np.uint64]
    lead_start: Ints


class Fits(NamedTuple):
    """The fits that occur; that of profile p (0: the empty one) under version v is `states[of[p, v]]`."""

    states: Rows
    of: Codes


class Law(NamedTuple):
    """The versions of the agreement. The kinds are numbered anew for each: kind k of version v has the number v · kinds + k.

    The tests of kind k are `test_start[k]:test_start[k + 1]`. All versions' stages stand one after the other at places: that at
    place p is `stage_of[p]`, a number that all versions share (those of the last one first, in order); its nodes are
    `stage_start[p]:stage_start[p + 1]`. `members[node]` are the personas or grades a condition names, `floors[v]` the thresholds
    of the version's grades, `kth` how many attempts clocks ask for, `kind_flags` what a kind means. `waits[p]`: whether the stage at place
    p can be entered by what is known of the lead, and not by a fact alone. `most_hits`, `most_changes`: what a fact of a kind gives the rules
    to count, and how often that changes the engagement, at most.
    """

    tests: Rows
    test_start: Ints
    rules: Rows
    fades: Rows
    nodes: Rows
    stage_of: Ints
    stage_start: Ints
    members: NDArray[np.bool_]
    versions: Rows
    floors: NDArray[np.int64]
    kth: Ints
    kind_flags: Ints
    waits: NDArray[np.bool_]
    most_hits: Ints
    most_changes: Ints


class Scratch(NamedTuple):
    """Room to work in, large enough for the longest life: HIT, CHANGE (twice), COUNTING, STAGE, PART, DEAL and WIN rows."""

    hits: Rows
    changes: Rows
    spare: Rows
    counting: Rows
    stages: Rows
    parts: Rows
    deals: Rows
    wins: Rows


class Out(NamedTuple):
    """What the fold writes; `kth[h, c]` is the `kth[c]`-th attempt, `entered[h, s]` the entry of the s-th stage after it."""

    lines: Rows
    turns: Rows
    entries: Rows
    handoffs: Rows
    kth: Ints
    entered: Ints
    won: Rows
