"""The fold itself: through each lead's moments in order of time, one lead after the other."""

from __future__ import annotations

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.cycle import ENDED, NOTHING, begin_stages, beginning_fact, ending, forget_deals
from smarketing.derivations.life.flags import ACCEPTED, DEAL, ENDS, PASSED
from smarketing.derivations.life.handover import clear, find_wins, follow_up, last_campaign, name_people, reached, won_amount
from smarketing.derivations.life.receipt import find_changes, find_hits
from smarketing.derivations.life.rows import Facts, Ints, Law, Out, Rows, Scratch
from smarketing.derivations.life.stages import judge, see_facts, write_entries
from smarketing.derivations.life.words import NEVER, RULE_TEST


@kernel
def start_cycle(rows: Rows, stage_start: Ints, scratch: Scratch, life: Rows, by: int, given: int, cycle_first: int) -> None:
    """Begin the next cycle at this moment; its facts start at `cycle_first`."""
    for i in range(life.cycle_first, cycle_first):
        if rows[i].named >= 0:
            life.prior = rows[i].named
    begin_stages(stage_start, scratch.stages, scratch.parts, life.at, by, given)
    forget_deals(scratch.deals, life.deals)
    life.number += 1
    life.open, life.cycle_first, life.cycle_engagement = 1, cycle_first, 0
    life.earning = life.checked = life.handed = 0


@kernel
def hand_over_if_due(rows: Rows, law: Law, fits: Rows, stages: Rows, life: Rows, handoffs: Rows) -> None:
    """Hand the lead over at this moment, once in a cycle: the stage is entered and, where agreed, marketing has checked."""
    if life.handed == 1 or not reached(stages, law.terms[0].handoff) or (law.terms[0].check == 1 and life.checked == 0):
        return
    life.handed = 1
    handoff = handoffs[life.handoffs]
    handoff.at, handoff.engagement = life.at, life.engagement
    handoff.fit, handoff.persona = fits[life.fit_state].points, fits[life.fit_state].persona
    handoff.campaign = last_campaign(rows, law.kind_flags, life.first, life.moment_last)


@kernel
def end_cycle(facts: Facts, law: Law, scratch: Scratch, life: Rows, out: Out, end: int, by: int, cycle_last: int) -> None:
    """Write the cycle's stage entries and, if it was handed over, its hand-off; its facts end before `cycle_last`."""
    life.open = 0
    life.entries = write_entries(life.lead, life.number, end, scratch.stages, out.entries, life.entries)
    if life.handed == 0:
        return
    h, at = life.handoffs, law.terms[0].handoff
    handoff = out.handoffs[h]
    clear(handoff, out.kth[h])
    actor = follow_up(
        facts, law.kind_flags, law.tests, law.test_start, law.kth, life.cycle_first, cycle_last, handoff, out.kth[h]
    )
    name_people(facts.rows, life.cycle_first, cycle_last, life.prior, actor, handoff)
    handoff.won = won_amount(facts.rows, law.kind_flags, life.first, life.cycle_first, cycle_last, scratch.wins)
    handoff.lead, handoff.cycle, handoff.end, handoff.reason = life.lead, life.number, end, by
    handoff.by_marketing = 1 if scratch.stages[at].own_at == scratch.stages[at].entered_at else 0
    for later in range(out.entered.shape[1]):
        out.entered[h, later] = scratch.stages[at + 1 + later].entered_at
    life.handoffs += 1


@kernel
def turn_fit(rows: Rows, life: Rows, turns: Rows) -> None:
    """Follow the fit: the state after the moment's last `profile_changed`; at birth that of the empty profile."""
    state, fact = -1, life.moment_first
    for i in range(life.moment_first, life.moment_last):
        if rows[i].fit >= 0:
            state, fact = rows[i].fit, i
    if life.fit_state < 0 and state < 0:
        state = 0
    if state < 0 or state == life.fit_state:
        return
    turn = turns[life.turns]
    turn.fact, turn.at, turn.before, turn.after = fact, life.at, life.fit_state, state
    life.fit_state = state
    life.turns += 1


@kernel
def count_points(changes: Rows, first: int, last: int, life: Rows) -> None:
    """Apply the moment's changes to the engagement of the lead and, where the facts are its own, of the cycle."""
    for c in range(first, last):
        life.engagement += changes[c].points
        if life.open == 1 and changes[c].fact >= life.cycle_first:
            life.cycle_engagement += changes[c].points


@kernel
def write_lines(changes: Rows, first: int, last: int, persona: int, life: Rows, lines: Rows) -> None:
    """Write the moment's lines of the engagement receipt, if the receipt is wanted (there is room for it)."""
    if lines.shape[0] == 0:
        return
    for c in range(first, last):
        line, change = lines[life.lines], changes[c]
        line.at, line.fact, line.rule, line.points = change.at, change.fact, change.rule, change.points
        line.balance, line.persona = life.engagement, persona
        life.lines += 1


@kernel
def live_moment(facts: Facts, law: Law, fits: Rows, scratch: Scratch, life: Rows, out: Out) -> None:
    """Judge this moment of an open cycle, and end the cycle where its facts say so."""
    first, last, flags = life.moment_first, life.moment_last, 0
    for i in range(first, last):
        flags |= law.kind_flags[facts.rows[i].kind]
    if flags & (PASSED | ACCEPTED):
        life.checked = 1
    see_facts(facts.rows, facts.where, law.tests, law.test_start, first, last, scratch.parts)
    engagement = life.engagement if life.number == 1 else life.cycle_engagement
    counts = life.number == 1 or life.earning == 1
    fit = fits[life.fit_state]
    judge(law.nodes, law.stage_start, law.members, law.floors, life.at, scratch.stages, scratch.parts,
          fit.points, engagement, fit.persona, counts)  # fmt: skip
    hand_over_if_due(facts.rows, law, fits, scratch.stages, life, out.handoffs)
    if flags & (ENDS | DEAL):
        what, by = ending(facts.rows, law.kind_flags, first, last, scratch.deals, life.deals)
        if what != NOTHING:
            end_cycle(facts, law, scratch, life, out, life.at, by, last)
            if what != ENDED:
                start_cycle(facts.rows, law.stage_start, scratch, life, by, law.terms[0].return_to, last)
                hand_over_if_due(facts.rows, law, fits, scratch.stages, life, out.handoffs)


@kernel
def be_born(rows: Rows, kind_flags: Ints, first: int, last: int, scratch: Scratch, life: Rows) -> None:
    """Set the life to its beginning; its facts are first:last."""
    life.deals = 0
    for i in range(first, last):
        life.deals = max(life.deals, rows[i].deal + 1)
    find_wins(rows, kind_flags, first, last, scratch.wins, scratch.deals, life.deals)
    life.first = life.moment_last = life.cycle_first = first
    life.number = life.open = life.engagement = 0
    life.fit_state = life.prior = -1


@kernel
def fold_life(facts: Facts, law: Law, fits: Rows, scratch: Scratch, life: Rows, out: Out, a: int, b: int) -> None:
    """Pass through one lead's life, its facts a:b."""
    rows, changes = facts.rows, scratch.changes
    n_hits = find_hits(facts, law.tests, law.test_start, law.rules, a, b, scratch.hits, scratch.counting)
    n_changes = find_changes(facts, law.rules, law.fades, scratch.hits, n_hits, life.as_of, changes, scratch.spare)
    be_born(rows, law.kind_flags, a, b, scratch, life)
    i, c, h = a, 0, 0
    while i < b or c < n_changes:
        at = min(rows[i].at if i < b else NEVER, changes[c].at if c < n_changes else NEVER)
        first, change = i, c
        while i < b and rows[i].at == at:
            i += 1
        while c < n_changes and changes[c].at == at:
            c += 1
        life.at, life.moment_first, life.moment_last = at, first, i
        turn_fit(rows, life, out.turns)
        if life.open == 0:
            by = first if life.number == 0 else beginning_fact(rows, law.kind_flags, first, i)
            if by >= 0:
                start_cycle(rows, law.stage_start, scratch, life, by, -1, first)
        while h < n_hits and scratch.hits[h].fact < i:
            if life.open == 1 and law.rules[scratch.hits[h].rule].points > 0:
                life.earning = 1
            h += 1
        count_points(changes, change, c, life)
        write_lines(changes, change, c, fits[life.fit_state].persona, life, out.lines)
        if life.open == 1:
            live_moment(facts, law, fits, scratch, life, out)
    if life.open == 1:
        end_cycle(facts, law, scratch, life, out, NEVER, -1, b)


@kernel
def fold(facts: Facts, law: Law, fits: Rows, scratch: Scratch, lives: Rows, out: Out, first_lead: int, last_lead: int) -> None:
    """Pass through the lives of the leads first:last; `lives` is one LIFE row with `as_of` set and the rest 0."""
    life = lives[0]
    for lead in range(first_lead, last_lead):
        life.lead = lead
        fold_life(facts, law, fits, scratch, life, out, facts.lead_start[lead], facts.lead_start[lead + 1])


@kernel
def bounds(facts: Facts, law: Law, first_lead: int, last_lead: int, n: Ints) -> None:
    """Upper bounds for leads first:last, into `n`: changes; hits, changes and facts of one lead; cycles; fit turns; deals."""
    n[:] = 0
    for lead in range(first_lead, last_lead):
        hits, changes = 0, 0
        for i in range(facts.lead_start[lead], facts.lead_start[lead + 1]):
            fact = facts.rows[i]
            for entry in range(law.test_start[fact.kind], law.test_start[fact.kind + 1]):
                if law.tests[entry].what == RULE_TEST:
                    rule = law.rules[law.tests[entry].target]
                    hits += 1
                    changes += 2 + rule.fade_end - rule.fade_start
            n[4] += 1 if law.kind_flags[fact.kind] & ENDS else 0
            n[5] += 1 if fact.fit >= 0 else 0
            n[6] = max(n[6], fact.deal + 1)
        n[0] += changes
        n[1], n[2] = max(n[1], hits), max(n[2], changes)
        n[3] = max(n[3], facts.lead_start[lead + 1] - facts.lead_start[lead])
        n[4] += 1
        n[5] += 1
