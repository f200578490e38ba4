"""The fold itself: through each lead's moments in order of time, one lead after the other."""

from __future__ import annotations

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.cycle import ENDED, NOTHING, begin_stages, beginning_fact, ending, forget_deals
from smarketing.derivations.life.flags import ACCEPTED, DEAL, ENDS, PASSED, STEERS, TESTED, WON
from smarketing.derivations.life.handover import (
    clear,
    entered_by_itself,
    find_wins,
    follow_up,
    last_campaign,
    name_people,
    reached,
    won_amount,
)
from smarketing.derivations.life.receipt import find_changes, find_hits
from smarketing.derivations.life.rows import Facts, Fits, Ints, Law, Out, Rows, Scratch
from smarketing.derivations.life.stages import judge, remember_for_later, see_facts, unsee, write_entries
from smarketing.derivations.life.words import ANYTHING, NEVER


@kernel
def start_cycle(rows: Rows, law: Law, scratch: Scratch, life: Rows, by: int, given: int, cycle_first: int) -> None:
    """Begin the next cycle at this moment; its facts start at `cycle_first`."""
    for i in range(life.cycle_first, cycle_first):
        if rows[i].named >= 0:
            life.prior = rows[i].named
    begin_stages(law, law.versions[life.version], scratch.stages, scratch.parts, life.at, by, given)
    forget_deals(scratch.deals, life.deals)
    life.number += 1
    life.open, life.cycle_first, life.cycle_engagement = 1, cycle_first, 0
    life.earning = life.checked = life.handed = 0
    life.judged = ANYTHING


@kernel
def hand_over_if_due(rows: Rows, law: Law, fits: Fits, stages: Rows, life: Rows, handoffs: Rows) -> None:
    """Hand the lead over now, once in a cycle: the stage is entered and, where agreed, marketing has checked."""
    version = law.versions[life.version]
    if life.handed == 1 or not reached(stages, law.stage_of, version) or (version.check == 1 and life.checked == 0):
        return
    life.handed = 1
    handoff, fit = handoffs[life.handoffs], fits.states[life.fit_state]
    handoff.at, handoff.version, handoff.engagement = life.at, life.version, life.engagement
    handoff.fit, handoff.persona = fit.points, fit.persona
    handoff.by_marketing = 1 if entered_by_itself(stages, law.stage_of, version) else 0
    handoff.campaign = last_campaign(rows, law.kind_flags, life.first, life.moment_last)


@kernel
def end_cycle(facts: Facts, law: Law, scratch: Scratch, life: Rows, out: Out, end: int, by: int, cycle_last: int) -> None:
    """Write the cycle's stage entries and, if it was handed over, its hand-off; its facts end before `cycle_last`."""
    life.open = 0
    now = law.versions[law.versions.shape[0] - 1]
    life.entries = write_entries(life.lead, life.number, end, scratch.stages, now.last - now.first, out.entries, life.entries)
    if life.handed == 0:
        return
    h, after = life.handoffs, now.handoff - now.first + 1
    handoff = out.handoffs[h]
    clear(handoff, out.kth[h])
    actor = follow_up(
        facts, law.kind_flags, law.tests, law.test_start, law.kth, life.cycle_first, cycle_last, handoff, out.kth[h]
    )
    name_people(facts.rows, life.cycle_first, cycle_last, life.prior, actor, handoff)
    handoff.won = won_amount(facts.rows, law.kind_flags, life.first, life.cycle_first, cycle_last, scratch.wins)
    handoff.lead, handoff.cycle, handoff.end, handoff.reason = life.lead, life.number, end, by
    for later in range(out.entered.shape[1]):
        out.entered[h, later] = scratch.stages[after + later].entered_at
    life.handoffs += 1


@kernel
def turn_fit(rows: Rows, fits: Fits, life: Rows, turns: Rows) -> None:
    """Follow the fit: that of the profile after the moment's last `profile_changed`; at birth that of the empty one."""
    profile, fact = -1, life.moment_first
    for i in range(life.moment_first, life.moment_last):
        if rows[i].profile >= 0:
            profile, fact = rows[i].profile, i
    if profile < 0 and life.fit_state >= 0:
        return
    life.profile = max(profile, 0)
    state = fits.of[life.profile, life.version]
    if state != life.fit_state:
        write_turn(fact, state, life, turns)


@kernel
def write_turn(fact: int, state: int, life: Rows, turns: Rows) -> None:
    """Write that the fit is another one from now on."""
    turn = turns[life.turns]
    turn.fact, turn.at, turn.before, turn.after = fact, life.at, life.fit_state, state
    life.fit_state, life.judged = state, ANYTHING
    life.turns += 1


@kernel
def next_start(versions: Rows, version: int) -> int:
    """When the version after this one begins."""
    return versions[version + 1].start if version + 1 < versions.shape[0] else NEVER


@kernel
def enter_version(fits: Fits, life: Rows, turns: Rows) -> bool:
    """Judge the profile by the version that begins now; returns whether the points are others, which makes it a moment."""
    life.version += 1
    life.judged = ANYTHING
    state = fits.of[life.profile, life.version]
    if fits.states[state].points == fits.states[life.fit_state].points:
        life.fit_state = state
        return False
    write_turn(life.first, state, life, turns)
    return True


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
def write_wins(rows: Rows, kind_flags: Ints, first: int, last: int, life: Rows, won: Rows) -> None:
    """Write which cycle the moment's wins belong to."""
    for i in range(first, last):
        if kind_flags[rows[i].kind] & WON:
            won[life.won].fact, won[life.won].cycle = i, life.number
            life.won += 1


@kernel
def nothing_new(flags: int, life: Rows) -> bool:
    """Whether no condition can hold that did not hold before: no fact that steers, the same fit and version, and no more engagement.

    Conditions ask for at least so many points, so fewer of them fulfil none; most fades, displacements and touches end here.
    """
    engagement = life.engagement if life.number == 1 else life.cycle_engagement
    return flags & STEERS == 0 and engagement <= life.judged


@kernel
def live_moment(facts: Facts, law: Law, fits: Fits, scratch: Scratch, flags: int, life: Rows, out: Out) -> None:
    """Judge this moment of an open cycle, and end the cycle where its facts, which have these flags, say so."""
    first, last = life.moment_first, life.moment_last
    if flags & (PASSED | ACCEPTED):
        life.checked = 1
    if flags & WON:
        write_wins(facts.rows, law.kind_flags, first, last, life, out.won)
    if life.seen:
        unsee(scratch.parts)
        life.seen = 0
    if flags & TESTED:
        see_facts(facts.rows, facts.where, law.tests, law.test_start, first, last, scratch.parts)
        life.seen = 1
    engagement = life.engagement if life.number == 1 else life.cycle_engagement
    counts = life.number == 1 or life.earning == 1
    fit = fits.states[life.fit_state]
    judge(law, life.version, life.at, scratch.stages, scratch.parts, fit.points, engagement, fit.persona, counts, life.seen == 1)
    life.judged = engagement
    if life.seen:
        remember_for_later(law, life.version, scratch.stages, scratch.parts)
    hand_over_if_due(facts.rows, law, fits, scratch.stages, life, out.handoffs)
    if flags & (ENDS | DEAL):
        what, by = ending(facts.rows, law.kind_flags, first, last, scratch.deals, life.deals)
        if what != NOTHING:
            end_cycle(facts, law, scratch, life, out, life.at, by, last)
            if what != ENDED:
                start_cycle(facts.rows, law, scratch, life, by, law.versions[life.version].return_to, last)
                hand_over_if_due(facts.rows, law, fits, scratch.stages, life, out.handoffs)


@kernel
def be_born(rows: Rows, law: Law, first: int, last: int, scratch: Scratch, life: Rows) -> None:
    """Set the life to its beginning; its facts are first:last."""
    life.deals = 0
    for i in range(first, last):
        life.deals = max(life.deals, rows[i].deal + 1)
    if life.deals > 0:
        find_wins(rows, law.kind_flags, first, last, scratch.wins, scratch.deals, life.deals)
    life.first = life.moment_last = life.cycle_first = first
    life.version = life.number = life.open = life.engagement = life.hit = 0
    life.profile = life.fit_state = life.prior = -1
    while next_start(law.versions, life.version) <= rows[first].at:
        life.version += 1


@kernel
def see_hits(rules: Rows, hits: Rows, n_hits: int, life: Rows) -> None:
    """Note whether one of the moment's facts earns points in the cycle under way."""
    while life.hit < n_hits and hits[life.hit].fact < life.moment_last:
        if life.earning == 0 and life.open == 1 and rules[hits[life.hit].rule].points > 0:
            life.earning, life.judged = 1, ANYTHING
        life.hit += 1


@kernel
def pass_moment(facts: Facts, law: Law, fits: Fits, scratch: Scratch, n_hits: int, change: int, last_change: int, flags: int, life: Rows, out: Out) -> None:  # fmt: skip
    """Apply everything that happens at this moment, then judge it; its facts have these flags."""
    rows, first, last = facts.rows, life.moment_first, life.moment_last
    turn_fit(rows, fits, life, out.turns)
    if life.open == 0:
        by = first if life.number == 0 else beginning_fact(rows, law.kind_flags, first, last)
        if by >= 0:
            start_cycle(rows, law, scratch, life, by, -1, first)
    see_hits(law.rules, scratch.hits, n_hits, life)
    count_points(scratch.changes, change, last_change, life)
    write_lines(scratch.changes, change, last_change, fits.states[life.fit_state].persona, life, out.lines)
    if life.open == 1 and not nothing_new(flags, life):
        live_moment(facts, law, fits, scratch, flags, life, out)


@kernel
def fold_life(facts: Facts, law: Law, fits: Fits, scratch: Scratch, life: Rows, out: Out, a: int, b: int) -> None:
    """Pass through one lead's life, its facts a:b."""
    rows, changes = facts.rows, scratch.changes
    n_hits = find_hits(facts, law.tests, law.test_start, law.rules, a, b, scratch.hits, scratch.counting)
    n_changes = find_changes(facts, law.rules, law.fades, scratch.hits, n_hits, life.as_of, changes, scratch.spare)
    be_born(rows, law, a, b, scratch, life)
    i, c, new_version_at = a, 0, next_start(law.versions, life.version)
    while i < b or c < n_changes or new_version_at != NEVER:
        at = min(rows[i].at if i < b else NEVER, changes[c].at if c < n_changes else NEVER, new_version_at)
        first, change, flags = i, c, 0
        while i < b and rows[i].at == at:
            flags |= law.kind_flags[rows[i].kind]
            i += 1
        while c < n_changes and changes[c].at == at:
            c += 1
        life.at, life.moment_first, life.moment_last = at, first, i
        is_moment = i > first or c > change
        if at == new_version_at:
            is_moment = enter_version(fits, life, out.turns) or is_moment
            new_version_at = next_start(law.versions, life.version)
        if is_moment:
            pass_moment(facts, law, fits, scratch, n_hits, change, c, flags, life, out)
        elif life.open == 1:
            hand_over_if_due(rows, law, fits, scratch.stages, life, out.handoffs)
    if life.open == 1:
        end_cycle(facts, law, scratch, life, out, NEVER, -1, b)


@kernel
def fold(facts: Facts, law: Law, fits: Fits, scratch: Scratch, lives: Rows, out: Out, first_lead: int, last_lead: int) -> None:
    """Pass through the lives of the leads first:last; `lives` is one LIFE row with `as_of` set and the rest 0."""
    life = lives[0]
    unsee(scratch.parts)
    for lead in range(first_lead, last_lead):
        life.lead = lead
        fold_life(facts, law, fits, scratch, life, out, facts.lead_start[lead], facts.lead_start[lead + 1])


@kernel
def bounds(facts: Facts, law: Law, first_lead: int, last_lead: int, n: Ints) -> None:
    """Upper bounds for leads first:last, into `n`: changes; hits, changes and facts of one lead; cycles; fit turns; deals; wins."""
    n[:] = 0
    for lead in range(first_lead, last_lead):
        hits, changes = 0, 0
        for i in range(facts.lead_start[lead], facts.lead_start[lead + 1]):
            fact = facts.rows[i]
            hits += law.most_hits[fact.kind]
            changes += law.most_changes[fact.kind]
            n[4] += 1 if law.kind_flags[fact.kind] & ENDS else 0
            n[5] += 1 if fact.profile >= 0 else 0
            n[6] = max(n[6], fact.deal + 1)
            n[7] += 1 if law.kind_flags[fact.kind] & WON else 0
        n[0] += changes
        n[1], n[2] = max(n[1], hits), max(n[2], changes)
        n[3] = max(n[3], facts.lead_start[lead + 1] - facts.lead_start[lead])
        n[4] += 1
        n[5] += law.versions.shape[0]
