"""The fold itself: through each lead's moments in order of time, one lead after the other."""

from __future__ import annotations

from typing import NamedTuple

from smarketing.derivations.compiling import njit
from smarketing.derivations.flags import ACCEPTED, ENDS, PASSED
from smarketing.derivations.life.cycle import (
    ENDED, NOTHING, Cycle, Now, begin_cycle, beginning_fact, ending, follow_deals,
)  # fmt: skip
from smarketing.derivations.life.handover import (
    Wins, clear, close, find_wins, follow_up, hand_over, handed_by, name_people, won_amount,
)  # fmt: skip
from smarketing.derivations.life.journal import Changes, Counts, Entries, Facts, FitStates, HandOffs, Hits, Ints, Lines, Turns
from smarketing.derivations.life.receipt import find_changes, find_hits
from smarketing.derivations.life.stages import judge, see_facts, write_entries
from smarketing.derivations.rulebook import NEVER, RULE, Rules, Stages, Terms, Tests


class Law(NamedTuple):
    """The agreement, compiled."""

    tests: Tests
    rules: Rules
    stages: Stages
    terms: Terms
    kind_flags: Ints


class Scratch(NamedTuple):
    """Room to work in, large enough for the longest life of the batch."""

    hits: Hits
    changes: Changes
    cycle: Cycle
    wins: Wins
    oldest: Ints
    newest: Ints
    counting: Ints


class Out(NamedTuple):
    """What the fold writes."""

    lines: Lines
    turns: Turns
    entries: Entries
    handoffs: HandOffs
    counts: Counts


class Life(NamedTuple):
    """Scratch of the life under way, each an array of one: the cycle (number 0: none yet; `open`), its facts, the scores."""

    number: Ints
    open: Ints
    begin: Ints
    cycle_first: Ints
    fit_state: Ints
    engagement: Ints
    cycle_engagement: Ints
    earning: Ints
    checked: Ints
    handed: Ints
    prior: Ints


@njit
def start_cycle(facts: Facts, law: Law, scratch: Scratch, life: Life, states: FitStates, out: Out, begin: int, by: int, given: bool, cycle_first: int, life_first: int, moment_end: int, n_deals: int) -> None:  # fmt: skip
    """Begin the next cycle at a moment; its facts start at `cycle_first`."""
    for i in range(life.cycle_first[0], cycle_first):
        if facts.named[i] >= 0:
            life.prior[0] = facts.named[i]
    begin_cycle(law.stages, law.terms, scratch.cycle, n_deals, begin, by, given)
    life.number[0] += 1
    life.open[0] = 1
    life.begin[0] = begin
    life.cycle_first[0] = cycle_first
    life.cycle_engagement[0] = 0
    life.earning[0] = life.checked[0] = life.handed[0] = 0
    if given:
        hand_over_if_due(facts, law, scratch, life, states, out, life_first, moment_end, begin)


@njit
def hand_over_if_due(facts: Facts, law: Law, scratch: Scratch, life: Life, states: FitStates, out: Out, life_first: int, moment_end: int, at: int) -> None:  # fmt: skip
    """Hand the lead over at this moment, once in a cycle: the stage is entered and, where agreed, marketing has checked."""
    if life.handed[0] == 1 or not handed_by(scratch.cycle.own_at, law.terms) or (law.terms.check and life.checked[0] == 0):
        return
    life.handed[0] = 1
    state = life.fit_state[0]
    hand_over(facts, law.kind_flags, life_first, moment_end, out.handoffs, out.counts.handoffs[0], at,
              states.points[state], life.engagement[0], states.persona[state])  # fmt: skip


@njit
def end_cycle(facts: Facts, law: Law, scratch: Scratch, life: Life, out: Out, lead: int, end: int, by: int, life_first: int, cycle_last: int) -> None:  # fmt: skip
    """Write the cycle's stage entries and, if it was handed over, its hand-off; its facts end before `cycle_last`."""
    counts = out.counts
    counts.entries[0] = write_entries(law.stages, lead, life.number[0], end, scratch.cycle, out.entries, counts.entries[0])
    if life.handed[0] == 1:
        h, first = counts.handoffs[0], life.cycle_first[0]
        clear(out.handoffs, h)
        actor = follow_up(facts, law.kind_flags, law.tests, law.terms, first, cycle_last, out.handoffs, h)
        name_people(facts, first, cycle_last, life.prior[0], actor, out.handoffs, h)
        close(lead, life.number[0], end, by, scratch.cycle, law.terms, out.handoffs, h)
        out.handoffs.won[h] = won_amount(facts, law.kind_flags, life_first, first, cycle_last, scratch.wins)
        counts.handoffs[0] += 1
    life.open[0] = 0


@njit
def turn_fit(facts: Facts, life: Life, out: Out, first: int, last: int, at: int, born: bool) -> None:
    """Follow the fit: the state after the moment's last `profile_changed`; at birth that of the empty profile."""
    state, fact = -1, first
    for i in range(first, last):
        if facts.fit[i] >= 0:
            state, fact = facts.fit[i], i
    if born:
        before = -1
        state = state if state >= 0 else 0
    else:
        before = life.fit_state[0]
    if state < 0 or state == before:
        return
    life.fit_state[0] = state
    n = out.counts.turns[0]
    out.turns.fact[n], out.turns.at[n], out.turns.before[n], out.turns.after[n] = fact, at, before, state
    out.counts.turns[0] = n + 1


@njit
def count_points(changes: Changes, first: int, last: int, life: Life) -> None:
    """Apply the moment's changes to the engagement of the lead and, where the facts are its own, of the cycle."""
    for c in range(first, last):
        life.engagement[0] += changes.points[c]
        if life.open[0] == 1 and changes.fact[c] >= life.cycle_first[0]:
            life.cycle_engagement[0] += changes.points[c]


@njit
def write_lines(changes: Changes, first: int, last: int, balance: int, persona: int, out: Out) -> None:
    """Write the moment's lines of the engagement receipt, if the receipt is wanted (there is room for it)."""
    if out.lines.at.shape[0] == 0:
        return
    n = out.counts.lines[0]
    for c in range(first, last):
        out.lines.at[n], out.lines.fact[n], out.lines.rule[n] = changes.at[c], changes.fact[c], changes.rule[c]
        out.lines.points[n], out.lines.balance[n], out.lines.persona[n] = changes.points[c], balance, persona
        n += 1
    out.counts.lines[0] = n


@njit
def live_moment(facts: Facts, law: Law, scratch: Scratch, life: Life, states: FitStates, out: Out, lead: int, at: int, life_first: int, first: int, last: int, n_deals: int) -> None:  # fmt: skip
    """Judge one moment of an open cycle, facts first:last, and end the cycle where they say so."""
    cycle = scratch.cycle
    for i in range(first, last):
        if law.kind_flags[facts.kind[i]] & (PASSED | ACCEPTED):
            life.checked[0] = 1
    see_facts(facts, law.tests, first, last, cycle.seen)
    later = life.number[0] > 1
    state = life.fit_state[0]
    engagement = life.cycle_engagement[0] if later else life.engagement[0]
    judge(law.stages, law.terms, cycle, Now(at, states.points[state], engagement, states.persona[state], not later or life.earning[0] == 1))
    hand_over_if_due(facts, law, scratch, life, states, out, life_first, last, at)
    if first == last:
        return
    follow_deals(facts, law.kind_flags, first, last, cycle)
    what, by = ending(facts, law.kind_flags, first, last, cycle, n_deals)
    if what != NOTHING:
        end_cycle(facts, law, scratch, life, out, lead, at, by, life_first, last)
        if what != ENDED:
            start_cycle(facts, law, scratch, life, states, out, at, by, True, last, life_first, last, n_deals)


@njit
def fold_life(facts: Facts, law: Law, scratch: Scratch, life: Life, states: FitStates, out: Out, lead: int, as_of: int) -> None:
    """Pass through one lead's life."""
    a, b = facts.lead_start[lead], facts.lead_start[lead + 1]
    hits, changes = scratch.hits, scratch.changes
    n_hits = find_hits(facts, law.tests, law.rules, a, b, hits, scratch.oldest, scratch.newest, scratch.counting)
    n_changes = find_changes(facts, law.rules, hits, n_hits, as_of, changes)
    n_deals = 0
    for i in range(a, b):
        n_deals = max(n_deals, facts.deal[i] + 1)
    find_wins(facts, law.kind_flags, a, b, scratch.wins, n_deals)
    life.number[0] = life.open[0] = life.engagement[0] = 0
    life.fit_state[0] = life.prior[0] = -1
    life.cycle_first[0] = a
    i, c, h = a, 0, 0
    while i < b or c < n_changes:
        at = min(facts.at[i] if i < b else NEVER, changes.at[c] if c < n_changes else NEVER)
        first, moment = i, c
        while i < b and facts.at[i] == at:
            i += 1
        while c < n_changes and changes.at[c] == at:
            c += 1
        turn_fit(facts, life, out, first, i, at, first == a)
        if life.open[0] == 0:
            by = first if life.number[0] == 0 else beginning_fact(facts, law.kind_flags, first, i)
            if by >= 0:
                start_cycle(facts, law, scratch, life, states, out, at, by, False, first, a, i, n_deals)
        while h < n_hits and hits.fact[h] < i:
            if life.open[0] == 1 and law.rules.points[hits.rule[h]] > 0:
                life.earning[0] = 1
            h += 1
        count_points(changes, moment, c, life)
        write_lines(changes, moment, c, life.engagement[0], states.persona[life.fit_state[0]], out)
        if life.open[0] == 1:
            live_moment(facts, law, scratch, life, states, out, lead, at, a, first, i, n_deals)
    if life.open[0] == 1:
        end_cycle(facts, law, scratch, life, out, lead, NEVER, -1, a, b)


@njit
def fold(facts: Facts, law: Law, scratch: Scratch, life: Life, states: FitStates, out: Out, first_lead: int, last_lead: int, as_of: int) -> None:  # fmt: skip
    """Pass through the lives of the leads first:last."""
    for lead in range(first_lead, last_lead):
        fold_life(facts, law, scratch, life, states, out, lead, as_of)


@njit
def bounds(facts: Facts, law: Law, first_lead: int, last_lead: int, n: Ints) -> None:
    """Upper bounds for leads first:last, into `n`: lines, hits of one lead, changes of one lead, cycles, turns, facts of one lead."""
    n[:] = 0
    for lead in range(first_lead, last_lead):
        hits, changes, cycles = 0, 0, 1
        for i in range(facts.lead_start[lead], facts.lead_start[lead + 1]):
            kind = facts.kind[i]
            for entry in range(law.tests.start[kind], law.tests.start[kind + 1]):
                if law.tests.what[entry] == RULE:
                    rule = law.tests.target[entry]
                    hits += 1
                    changes += 2 + law.rules.fade_start[rule + 1] - law.rules.fade_start[rule]
            cycles += 1 if law.kind_flags[kind] & ENDS else 0
            n[4] += 1 if facts.fit[i] >= 0 else 0
        n[0] += changes
        n[1] = max(n[1], hits)
        n[2] = max(n[2], changes)
        n[3] += cycles
        n[4] += 1
        n[5] = max(n[5], facts.lead_start[lead + 1] - facts.lead_start[lead])

