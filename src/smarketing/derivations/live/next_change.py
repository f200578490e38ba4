"""When something is different by time alone: the next step at which points fade, the next clock that runs out."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.receipt import find_hits, spend_hit
from smarketing.derivations.life.rows import CHANGE, COUNTING, HIT, Facts, Ints, Law, Rows
from smarketing.derivations.life.words import NEVER, RULE_TEST
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.handoffs import OPEN, ClockRows
from smarketing.vocabulary.periods import micros


def next_changes(facts: Facts, book: Rulebook, lead_of_row: Ints, clocks: ClockRows, as_of: datetime) -> Ints:
    """For each lead the first instant after `as_of` as of which its rows are others, NEVER where there is none.

    Points fade at their instant; a clock is still open at the instant at which it is due, and breached one microsecond later.
    """
    leads, until = len(facts.lead_start) - 1, micros(as_of)
    room = np.zeros(2, dtype=np.int64)
    most_hits(facts, book.law, room)
    longest = int((book.law.rules["fade_end"] - book.law.rules["fade_start"]).max(initial=0))
    found = np.full(leads, NEVER, dtype=np.int64)
    hits, counting = np.empty(int(room[0]), HIT), np.empty(len(book.law.rules), COUNTING)
    next_fades(facts, book.law, hits, counting, np.empty(longest + 2, CHANGE), until, found)
    still_open = (clocks.state == OPEN) & (clocks.due != NEVER)
    np.minimum.at(found, lead_of_row[clocks.row[still_open]], clocks.due[still_open] + 1)
    return found


@kernel
def most_hits(facts: Facts, law: Law, n: Ints) -> None:
    """Into `n[0]`: how many facts the rules may count in one life, at most."""
    n[0] = 0
    for lead in range(facts.lead_start.shape[0] - 1):
        hits = 0
        for i in range(facts.lead_start[lead], facts.lead_start[lead + 1]):
            kind = facts.rows[i].kind
            for entry in range(law.test_start[kind], law.test_start[kind + 1]):
                hits += 1 if law.tests[entry].what == RULE_TEST else 0
        n[0] = max(n[0], hits)


@kernel
def next_fades(facts: Facts, law: Law, hits: Rows, counting: Rows, changes: Rows, as_of: int, found: Ints) -> None:
    """For each lead when points fade next after `as_of`, as if nothing happened any more."""
    for lead in range(found.shape[0]):
        first, last = facts.lead_start[lead], facts.lead_start[lead + 1]
        n_hits = find_hits(facts, law.tests, law.test_start, law.rules, first, last, hits, counting)
        for h in range(n_hits):
            hit = hits[h]
            if hit.displaced_at != NEVER:
                continue
            n = spend_hit(facts.rows[hit.fact].at, hit, law.rules[hit.rule], law.fades, NEVER, changes, 0)
            for c in range(n):
                if changes[c].at > as_of:
                    found[lead] = min(found[lead], changes[c].at)
