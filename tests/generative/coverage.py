"""Which features of the contract a case really met, read from the reference's own objects: an agreement of two engines on
something that never happened proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from tests.generative.cases import Case
from tests.generative.coverage_money import of_handoff_in_money, of_money
from tests.generative.coverage_promises import of_commitments
from tests.generative.coverage_versions import of_versions, of_versions_in_cycle, of_versions_in_life
from tests.reference import conditions
from tests.reference.business import working_time
from tests.reference.handoffs import Handoff
from tests.reference.journal import Fact, each_once, lives, read_fact
from tests.reference.receipt import Receipt, elapsed
from tests.reference.stages import Cycle, StagesOfCycle, cycles, fact_parts
from tests.reference.versions import names_of, stage_named

Met = Iterator[str]


def features(case: Case) -> Counter[str]:
    """How often each feature occurs in a case."""
    met: Counter[str] = Counter()
    with counting_operators(met):
        met.update(of_journal(case))
        for lead_id, life in lives(case.facts, case.as_of).items():
            receipt = Receipt(life, case.versions, case.as_of)
            met.update(of_receipt(receipt))
            found = cycles(life)
            met.update(of_cycles(found, life))
            for cycle in found:
                stages = StagesOfCycle(cycle, receipt)
                met.update(of_stages(stages))
                handoff = Handoff(lead_id, stages, case.tables)
                if handoff.handed_at is not None:
                    met.update(of_handoff(handoff, stages, case))
                    met.update(of_handoff_in_money(handoff, case))
                met.update(of_versions_in_cycle(stages, handoff))
            met.update(of_versions_in_life(receipt))
    met.update(of_clocks(case))
    met.update(of_commitments(case))
    met.update(of_money(case))
    met.update(of_versions(case))
    return met


@contextmanager
def counting_operators(met: Counter[str]) -> Iterator[None]:
    """Counts every operator's answers, with unknown values apart."""
    ask, ask_same = conditions.operator_holds, conditions.same

    def asked(operator: str, operand: Any, actual: str | None) -> bool:
        answer = ask(operator, operand, actual)
        met[f"operator {operator}{' on nothing known' if actual is None else ''}: {answer}"] += 1
        return answer

    def same(actual: str, expected: Any) -> bool:
        answer = ask_same(actual, expected)
        numbers = conditions.is_number(actual), conditions.is_number(conditions.text_of(expected))
        met[f"equality of {sum(numbers)} numbers and {2 - sum(numbers)} texts: {answer}"] += 1
        if answer and actual != conditions.text_of(expected):
            met["equal though written differently"] += 1
        return answer

    with mock.patch.object(conditions, "operator_holds", asked), mock.patch.object(conditions, "same", same):
        yield


def of_journal(case: Case) -> Met:
    """Duplicates, machines, corrections, identities."""
    facts = [read_fact(row) for row in case.facts if row["at"] <= case.as_of]
    kept = each_once(facts)
    yield from ["fact after as_of"] * (len(case.facts) - len(facts))
    yield from ["same fact again"] * (len(facts) - len({fact.content for fact in facts}))
    yield from ["conflict"] * (len({fact.content for fact in facts}) - len(kept))
    yield from ("recorded after as_of" for fact in kept if fact.recorded_at > case.as_of)
    yield from ("machine" for fact in kept if fact.properties.get("machine") is True)
    seen = [fact for fact in kept if fact.properties.get("machine") is not True]
    by_id = {fact.fact_id: fact for fact in seen}
    in_lives = {fact.fact_id for life in lives(case.facts, case.as_of).values() for fact in life}
    for fact in (fact for fact in seen if fact.kind == "retracted"):
        target = by_id.get(fact.text("fact_id") or "")
        if target is None:
            yield "retraction of nothing"
        elif target.kind == "retracted":
            yield "retraction of a retraction"
        else:
            yield "retraction that does not count" if target.fact_id in in_lives else "retraction"
            yield f"retraction of {target.kind}"
    named = {row["lead_id"] for row in case.facts}
    for lead_id, life in lives(case.facts, case.as_of).items():
        ids = {fact.lead_id for fact in life}
        yield from ["united lead"] * (len(ids) > 1)
        yield from ["united under an id without facts"] * (lead_id not in named)
        yield from ["united under another than the smallest id"] * (lead_id != min(ids | {lead_id}))
        yield from ("unlinked" for fact in life if fact.kind == "unlinked")


def of_receipt(receipt: Receipt) -> Met:
    """Limits, fades, personas."""
    for name, hits in receipt.hits.items():
        for number, hit in enumerate(hits):
            rule = receipt.rule(name, hit)
            limit, fades = rule.get("at_most"), rule.get("fades") or []
            fade_times = {hit.at + elapsed(step["after"]) for step in fades}
            displacer = hits[number + limit] if limit and number + limit < len(hits) else None
            lines = {
                change.at: change.points for change in receipt.changes if (change.rule, change.fact_id) == (name, hit.fact_id)
            }
            if displacer:
                yield "displaced"
                yield from ["displaced and fading at one moment"] * (displacer.at in fade_times and displacer.at in lines)
                yield from ["displaced at its own moment"] * (displacer.at == hit.at)
            for time in fade_times & lines.keys():
                yield "negative points fading" if lines[hit.at if hit.at in lines else time] < 0 else "fading"
                yield from ["fading at the moment of another fact"] * any(fact.at == time for fact in receipt.facts)
            yield from ["fade to all"] * any(
                step["to"] == "100%" and hit.at + elapsed(step["after"]) <= receipt.as_of for step in fades
            )
            yield from ["fade upwards"] * (
                len([time for time in lines if time > hit.at and lines[time] * lines.get(hit.at, 0) > 0]) > 0
            )
    for fact in receipt.facts:
        yield from ["fact that hits several rules"] * (sum(fact in hits for hits in receipt.hits.values()) > 1)
    yield from of_fit(receipt)


def of_fit(receipt: Receipt) -> Met:
    """Winners and how they change."""
    first = receipt.facts[0].at
    profiles = [fact for fact in receipt.facts if fact.kind == "profile_changed"]
    yield "first moment with a profile" if any(fact.at == first for fact in profiles) else "first moment without a profile"
    if receipt.winner_at(first)[1] and not any(fact.at == first for fact in profiles):
        yield "fit of the empty profile"
    before = None
    for number, time in enumerate(receipt.judged_at()):
        persona, points = receipt.winner_at(time)
        known = conditions.known_of_profile(receipt.profile_at(time))
        personas = receipt.versions.at(time).get("personas") or []
        sums = [
            sum(rule["points"] for rule in one.get("fit", []) if conditions.attributes_hold(rule["when"], known))
            for one in personas
            if conditions.attributes_hold(one.get("when"), known)
        ]
        yield from ["persona by order"] * (len(sums) > 1 and sums.count(max(sums)) > 1)
        yield from ["no persona"] * (persona is None and bool(personas))
        yield from ["persona changes"] * (number > 0 and persona != before)
        yield from ["persona of negative points"] * (sum(points.values()) < 0)
        yield from ["several profile changes at one moment"] * (sum(fact.at == time for fact in profiles) > 1)
        before = persona
    for fact in profiles:
        for value in fact.properties.values():
            yield from ["attribute removed by null"] * (value is None) + ["attribute of empty text"] * (value == "")


def of_cycles(found: list[Cycle], life: list[Fact]) -> Met:
    """How cycles begin and end."""
    for cycle in found:
        ending = [fact for fact in life if fact.at == cycle.end and cycle.end is not None]
        kinds = {fact.kind for fact in ending}
        if cycle.ended_by:
            yield f"cycle ended by {cycle.ended_by.kind}"
            yield from ["several hand-backs at one time"] * (sum(fact.kind in {"rejected", "recycled"} for fact in ending) > 1)
            yield from ["disqualified beats a hand-back"] * ("disqualified" in kinds and bool(kinds & {"rejected", "recycled"}))
            yield from ["cycle of no length"] * (cycle.begin == cycle.end)
            yield from ["a lost opportunity and a hand-back together"] * (
                {"opportunity_lost", cycle.ended_by.kind} < kinds | {"-"}
            )
        if cycle.number > 1 and not cycle.after_hand_back:
            yield "cycle after a disqualification"
            yield f"brought back by {'a touch' if cycle.began_by.is_touch else cycle.began_by.kind}"
        lost = [
            fact
            for fact in cycle.facts(life)
            if fact.kind == "opportunity_lost" and (cycle.ended_by is None or fact.at < cycle.end)
        ]
        yield from ["lost opportunity that sends nobody back"] * len(lost)
    yield from ("fact between two cycles" for fact in life if not any(cycle.includes(fact.at) for cycle in found))
    yield from ["three cycles or more"] * (len(found) > 2)


def of_stages(stages: StagesOfCycle) -> Met:
    """Own and implied entries, and what held them up."""
    life_times = {fact.at for fact in stages.receipt.facts}
    later_cycle = "later" if stages.cycle.number > 1 else "first"
    for index, name in enumerate(stages.names):
        entered, own = stages.entered_at(name, stages.names), stages.own.get(name)
        if entered is None:
            continue
        judge = stage_named(stages.versions.at(own or entered), name)
        when = judge.get("when") if judge else None
        if name in stages.given:
            yield "entry given by return_to"
        elif own != entered:
            yield "implied entry" if stages.fact_id(name) else "implied entry by a score"
            yield from ["implied by one of several"] * (
                [stages.own.get(each) for each in stages.names[index:]].count(entered) > 1
            )
        elif when is None:
            yield "stage without a condition" if index == 0 else "stage without a condition in the middle"
        else:
            yield f"own entry in the {later_cycle} cycle by {'a fact' if stages.fact_id(name) else 'a state'}"
            yield from ["own entry by time alone"] * (own not in life_times)
            yield from ["own entry at the end of the cycle"] * (own == stages.cycle.end)
            yield from ["own entry at the begin of the cycle"] * (own == stages.cycle.begin)
        if when is not None and own is not None:
            yield from of_condition(stages, own, when)
    yield from of_what_held_up(stages)


def of_condition(stages: StagesOfCycle, own: datetime, when: dict[str, Any]) -> Met:
    """What an own entry's condition is made of."""
    shape = ">".join(shape_of(when))
    yield from ["own entry by nested any and all"] * (shape.count("any") + shape.count("all") > 1)
    for kind in ("score", "persona", "grade", "only_from", "all", "any"):
        yield from [f"own entry with {kind}"] * (kind in shape)
    now = [fact for fact in stages.facts if fact.at == own]
    matching = [part for part in fact_parts(when) if any(conditions.fact_matches(part, fact) for fact in now)]
    earlier = [
        part for part in fact_parts(when) if any(conditions.fact_matches(part, fact) and fact.at < own for fact in stages.facts)
    ]
    yield from ["own entry by a fact inside all that came before"] * ("all" in shape and len(earlier) > len(matching))
    matched = [fact for fact in now if any(conditions.fact_matches(part, fact) for part in fact_parts(when))]
    yield from ["several facts at one moment satisfy"] * (len(matched) > 1)
    yield from ["the second fact of the moment did it"] * (bool(matched) and matched[0] != now[0])


def shape_of(condition: dict[str, Any]) -> list[str]:
    """The words of a condition, from the outside in."""
    inner = condition.get("any") or condition.get("all") or []
    return [*condition, *(word for part in inner for word in shape_of(part))]


def of_what_held_up(stages: StagesOfCycle) -> Met:
    """Entries that would have been earlier without `only_from`, or with the whole balance of the lead."""
    for name in stages.names:
        whens = [(stage_named(version, name) or {}).get("when") for version in stages.versions.all]
        if None in whens and len(stages.moments) and stages.own.get(name) == stages.cycle.begin:
            continue
        own = stages.own.get(name)
        if any("only_from" in str(when) for when in whens):
            yield from ["held up by only_from"] * (first_of(stages, name, without) != own)
            yield from ["held up by only_from of a fact inside all"] * (first_of(stages, name, inside_all) != own)
        if stages.cycle.number > 1:
            with mock.patch.object(stages.cycle, "number", 1):
                whole = first_of(stages, name)
            yield from ["held up because it must be earned anew"] * (whole != own)
            with mock.patch.object(StagesOfCycle, "has_earned_its_way", lambda self, at: True):
                unearned = first_of(stages, name)
            yield from ["held up until the first earning fact"] * (unearned != own)


def first_of(stages: StagesOfCycle, name: str, change: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> datetime | None:
    """The first moment at which the stage's condition, changed like this, holds."""
    for at in stages.moments:
        when = (stage_named(stages.versions.at(at), name) or {}).get("when")
        if when is not None and stages.holds(change(when), at, name, latched=False):
            return at
    return None


def without(condition: dict[str, Any]) -> dict[str, Any]:
    """The condition without any `only_from`."""
    inner = {key: [without(part) for part in value] if key in ("any", "all") else value for key, value in condition.items()}
    return {key: value for key, value in inner.items() if key != "only_from"}


def inside_all(condition: dict[str, Any], inside: bool = False) -> dict[str, Any]:
    """The condition without the `only_from` of facts inside an `all`."""
    if "fact" in condition and inside:
        return without(condition)
    return {
        key: [inside_all(part, inside or key == "all") for part in value] if key in ("any", "all") else value
        for key, value in condition.items()
    }


def of_handoff(handoff: Handoff, stages: StagesOfCycle, case: Case) -> Met:
    """Who, when and how much."""
    row = handoff.row()
    yield f"hand-off by {row['sourced']}"
    yield from ["hand-off after a check"] * (
        bool(handoff.agreement["handoff"].get("check")) and row["handed_at"] != handoff.entered_at
    )
    yield from ["hand-off in a later cycle"] * (row["cycle"] > 1)
    yield from ["hand-off at the first stage"] * (names_of(handoff.agreement)[0] == handoff.agreement["handoff"]["at"])
    in_cycle = [fact for fact in handoff.named() if stages.cycle.includes(fact.at)]
    if any(fact.at <= handoff.handed_at for fact in in_cycle):
        yield "rep assigned before"
    elif in_cycle:
        yield "rep assigned after"
    elif row["rep"]:
        yield (
            "rep of an earlier cycle"
            if any(fact.at <= stages.cycle.begin for fact in handoff.named())
            else "rep by the first attempt"
        )
    else:
        yield "nobody responsible"
    yield from ["owner is another"] * (row["owner"] != row["rep"])
    yield from ["assigned without a name"] * any(fact.kind == "assigned" and not fact.text("to") for fact in stages.facts)
    if row["assigned_at"]:
        yield "assigned earlier in the cycle" if row["assigned_at"] == row["handed_at"] else "assigned later"
    for name in (
        "accepted_at",
        "rejected_at",
        "recycled_at",
        "disqualified_at",
        "reason",
        "first_attempt_at",
        "connected_at",
        "campaign",
        "worth",
    ):
        yield from [f"hand-off with {name}"] * (row[name] is not None)
    yield from ["attempt at the hand-off"] * (row["first_attempt_at"] == row["handed_at"])
    worth = handoff.agreement.get("worth") or {}
    yield from ["worth by engagement"] * isinstance(worth.get(row["grade"]), dict)
    yield from ["worth of a grade not named"] * (row["worth"] == 0 and row["grade"] not in worth)
    yield from ["won amount"] * (row["won_amount"] > 0)
    wins = [fact for fact in stages.facts if fact.kind == "opportunity_won" and fact.amount]
    yield from ["won in another currency"] * any(fact.currency == "USD" for fact in wins)
    yield from ["won in the currency of the day"] * any(
        fact.currency is None and case.versions.at(fact.at)["currency"] != case.versions.last["currency"] for fact in wins
    )
    yield from of_wins(handoff, stages)
    yield from of_waiting(handoff, case)


def of_wins(handoff: Handoff, stages: StagesOfCycle) -> Met:
    """Wins that were won again or lost."""
    wins = [fact for fact in stages.facts if fact.kind == "opportunity_won"]
    yield from ["won twice"] * (len(wins) > len({fact.opportunity_id for fact in wins}))
    for win in wins:
        lost = [
            f
            for f in stages.receipt.facts
            if f.kind == "opportunity_lost" and f.opportunity_id == win.opportunity_id and f.order > win.order
        ]
        yield from ["win lost in the cycle"] * any(stages.cycle.includes(fact.at) for fact in lost)
        yield from ["win lost after the cycle"] * (bool(lost) and not any(stages.cycle.includes(fact.at) for fact in lost))


def of_waiting(handoff: Handoff, case: Case) -> Met:
    """Business time that was measured."""
    waited, calendar = handoff.waited_minutes, working_time(handoff.rep, handoff.agreement, case.tables)
    if not handoff.attempts or calendar is None:
        return
    start, end = handoff.handed_at, handoff.attempts[0].at
    yield "business minutes" if waited else "no business minutes"
    yield from ["business minutes of parts of a minute"] * (waited != int(waited))
    yield from ["absence while waiting"] * any(one < end and start < other for one, other in calendar.absences)
    offsets = {at.astimezone(ZoneInfo(str(calendar.zone))).utcoffset() for at in (start, end)}
    yield from ["change of clocks while waiting"] * (len(offsets) > 1)
    days = [calendar.local_day(start) + number * timedelta(days=1) for number in range(min((end - start).days + 1, 100))]
    yield from ["holiday while waiting"] * any(calendar.is_holiday(day) for day in days)
    own = [row for row in case.tables.get("reps", []) if row["rep"] == handoff.rep and row["calendar"] == "late"]
    yield from ["rep with a calendar of their own"] * bool(own)


def of_clocks(case: Case) -> Met:
    """States, and borders met exactly."""
    handed = {(row["lead_id"], row["cycle"]): row["handed_at"] for row in case.expected["handoffs"]}
    ends = {}
    for lead_id, life in lives(case.facts, case.as_of).items():
        ends |= {(lead_id, cycle.number): cycle.end for cycle in cycles(life)}
    for row in case.expected["clocks"]:
        promises = case.versions.at(handed[row["lead_id"], row["cycle"]])["commitments"]
        one = next(one for one in promises if one["name"] == row["commitment"])
        sort = next(sort for sort in ("respond_within", "decide_within", "attempts") if sort in one)
        duration = one.get("respond_within") or one.get("decide_within") or one["within"]
        unit = " ".join(duration.split()[1:]) or "elapsed"
        yield f"clock {row['state']}"
        yield f"clock {sort}: {row['state']}"
        yield f"clock in {unit.removesuffix('s')}s" if unit != "elapsed" else "clock in elapsed time"
        yield from ["kept exactly when due"] * (row["kept_at"] == row["due_at"])
        yield from ["cycle ended exactly when due"] * (
            ends[row["lead_id"], row["cycle"]] == row["due_at"] and row["state"] == "void"
        )
        yield from ["as_of exactly when due"] * (case.as_of == row["due_at"] and row["state"] == "open")
        at_closing = row["due_at"].second == 0 and "business hour" in unit
        yield from ["due in business hours on the minute"] * at_closing
