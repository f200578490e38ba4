"""What the fold reads and writes, as named arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]


class Facts(NamedTuple):
    """The facts of some leads, sorted by lead, time and fact id; row i of every array is one fact.

    `lead_start[l]:lead_start[l + 1]` are the facts of lead l. `where` has the bits of the properties' tests; `fit` is the fit
    state after the moment, on its last `profile_changed` (else -1); `deal` numbers the opportunities within the lead (else -1);
    `named` is the person an `assigned` names, `actor` who acted, `campaign` the campaign (codes, -1: none).
    """

    lead_start: Ints
    at: Ints
    kind: Codes
    where: NDArray[np.uint64]
    fit: Codes
    deal: Codes
    amount: Ints
    named: Codes
    actor: Codes
    campaign: Codes


class FitStates(NamedTuple):
    """The fits that occur: points in hundredths and persona (-1: none); state 0 is that of the empty profile."""

    points: Ints
    persona: Ints


class Hits(NamedTuple):
    """Scratch: the facts of one lead that rules count, in order; `next` is the rule's next hit, `displaced_at` when it falls out."""

    fact: Ints
    rule: Ints
    next: Ints
    displaced_at: Ints


class Changes(NamedTuple):
    """Scratch: the changes of one lead's engagement: when, whose points (fact and rule), how many."""

    at: Ints
    fact: Ints
    rule: Ints
    points: Ints


class Lines(NamedTuple):
    """Out: lines of the engagement receipt."""

    at: Ints
    fact: Ints
    rule: Codes
    points: Ints
    balance: Ints
    persona: Codes


class Turns(NamedTuple):
    """Out: changes of the fit state: the fact, the moment, the state before (-1: none yet) and after."""

    fact: Ints
    at: Ints
    before: Codes
    after: Codes


class Entries(NamedTuple):
    """Out: stage entries; `fact` -1: a score did it."""

    lead: Ints
    cycle: Ints
    stage: Codes
    entered_at: Ints
    left_at: Ints
    fact: Ints


class HandOffs(NamedTuple):
    """Out: hand-offs. Instants are NEVER where it did not happen, codes and facts -1; `kth[h, c]` is the k-th attempt of clock c."""

    lead: Ints
    cycle: Ints
    at: Ints
    end: Ints
    by_marketing: NDArray[np.bool_]
    persona: Ints
    fit: Ints
    engagement: Ints
    campaign: Ints
    rep: Ints
    owner: Ints
    accepted: Ints
    rejected: Ints
    recycled: Ints
    disqualified: Ints
    reason: Ints
    assigned: Ints
    attempted: Ints
    attempts: Ints
    connected: Ints
    won: Ints
    kth: NDArray[np.int64]
    entered: NDArray[np.int64]


class Counts(NamedTuple):
    """Out: how many rows of each output are filled: lines, turns, entries, hand-offs."""

    lines: Ints
    turns: Ints
    entries: Ints
    handoffs: Ints
