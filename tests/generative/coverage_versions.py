"""Which features of versions in sequence a case really met; part of `coverage`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.generative.cases import Case
from tests.reference.commitments import kind_of, target_of
from tests.reference.conditions import fact_matches
from tests.reference.handoffs import Handoff
from tests.reference.journal import SALES_ACTS, lives
from tests.reference.periods import periods
from tests.reference.receipt import Receipt, elapsed
from tests.reference.stages import StagesOfCycle, fact_parts
from tests.reference.versions import Document, names_of, stage_named, start_of

Met = Iterator[str]
HANDOFF = ("at", "check", "return_to", "attempts", "connects")


def of_versions(case: Case) -> Met:
    """How many, since when, and what they change."""
    begun = case.versions.all
    yield from ["version after as_of"] * (len(case.agreements) - len(begun))
    if len(begun) == 1:
        return
    yield "two versions" if len(begun) == 2 else "three versions or more"
    yield from ["versions of several zones"] * (len({one["timezone"] for one in begun}) > 1)
    for version in begun[1:]:
        yield from of_start(case, version)
    for one, other in pairwise(begun):
        yield from of_changes(one, other)
    yield from of_promises(case)


def of_start(case: Case, version: Document) -> Met:
    """What happens just as a version begins."""
    start, zone = start_of(version), ZoneInfo(version["timezone"])
    times = [fact.at for life in lives(case.facts, case.as_of).values() for fact in life]
    yield from ["fact as a version begins"] * (start in times)
    yield from ["fact a microsecond before a version"] * (start - timedelta(microseconds=1) in times)
    yield from ["version as of exactly then"] * (start == case.as_of)
    firsts = [life[0].at for life in lives(case.facts, case.as_of).values()]
    yield from ["version begins with a life"] * (start in firsts)
    yield from ["version before the first fact"] * (bool(times) and start <= min(times))
    yield from ["version after the last fact"] * (bool(times) and start > max(times))
    offsets = {(start + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-1, 0, 23)}
    yield from ["version on a day when the clocks change"] * (len(offsets) > 1)


def of_changes(one: Document, other: Document) -> Met:
    """What the other version says differently."""
    before, after = names_of(one), names_of(other)
    yield from ["version with a stage more"] * bool(set(after) - set(before))
    yield from ["version with a stage less"] * bool(set(before) - set(after))
    yield from ["version with another order"] * (
        [name for name in before if name in after] != [name for name in after if name in before]
    )
    for key in HANDOFF:
        yield from [f"version with another handoff.{key}"] * (one["handoff"].get(key) != other["handoff"].get(key))
    for section in ("currency", "grades", "calendars", "worth", "personas", "timezone"):
        yield from [f"version with other {section}"] * (one.get(section) != other.get(section))
    for rule in one.get("engagement", []):
        same = next((each for each in other.get("engagement", []) if each["name"] == rule["name"]), None)
        yield from ["version without a rule"] * (same is None)
        for key in ("points", "fades", "at_most", "fact"):
            yield from [f"version with other {key}"] * (same is not None and same.get(key) != rule.get(key))


def of_promises(case: Case) -> Met:
    """Rows of commitments by several versions."""
    versions, rows = case.versions, case.expected["commitments"]
    last = {one["name"]: one for one in versions.last.get("commitments", [])}
    for row in rows:
        version = versions.at(min(case.as_of, row["period_end"]))
        one = next(each for each in version["commitments"] if each["name"] == row["name"])
        yield from ["row by an earlier version"] * (version is not versions.last)
        yield from ["row of a commitment that is no more"] * (row["name"] not in last)
        yield from ["period ends as a version begins"] * (
            row["period_end"] in versions.starts() and row["period_end"] <= case.as_of
        )
        yield from ["row of a shorter or longer period gives way"] * any(
            gives_way(case, other, row) for other in versions.all[: versions.all.index(version)]
        )
        if row["name"] in last:
            yield from ["row of another target than now"] * (target_of(one) != target_of(last[row["name"]]))
            yield from ["row of another kind than now"] * (kind_of(one) != kind_of(last[row["name"]]))
            yield from ["row of another length than now"] * (one["per"] != last[row["name"]]["per"])
    for clock in case.expected["clocks"]:
        yield from ["clock of a commitment that is no more"] * (clock["commitment"] not in last)


def gives_way(case: Case, earlier: Document, row: dict[str, Any]) -> bool:
    """Has an earlier version a row of the same name that would begin with this one?"""
    for one in earlier.get("commitments", []):
        period = periods(row["period_start"], row["period_start"], one["per"], earlier["timezone"])[0]
        judge = case.versions.at(min(case.as_of, period.end))
        if one["name"] == row["name"] and judge is earlier and period.start == row["period_start"]:
            return True
    return False


def of_versions_in_life(receipt: Receipt) -> Met:
    """Facts, limits, fades and fit across versions."""
    starts = receipt.begun_in_life()
    if not starts:
        return
    yield "version begins in a life"
    for name, hits in receipt.hits.items():
        yield from of_hits(receipt, name, hits)
    yield from of_fit_as_versions_begin(receipt, starts)


def of_hits(receipt: Receipt, name: str, hits: list[Any]) -> Met:
    """The facts of one rule under several versions."""
    yield from ["rule of several versions"] * (len({id(receipt.versions.at(hit.at)) for hit in hits}) > 1)
    missed = [fact for fact in receipt.facts if hits and fact not in hits and fact_matches(receipt.rule(name, hits[0]), fact)]
    yield from ["rule that counts no more"] * any(fact.at > hits[0].at for fact in missed)
    for number, hit in enumerate(hits):
        rule, version = receipt.rule(name, hit), receipt.versions.at(hit.at)
        changes = [one for one in receipt.changes if (one.rule, one.fact_id) == (name, hit.fact_id) and one.at > hit.at]
        fades = {hit.at + elapsed(step["after"]) for step in rule.get("fades") or []}
        later = [one for one in changes if receipt.versions.at(one.at) is not version]
        yield from ["fading under a later version"] * any(one.at in fades for one in later)
        if rule.get("at_most") and number + rule["at_most"] < len(hits):
            displacer = hits[number + rule["at_most"]]
            other = receipt.rule(name, displacer)
            yield from ["displaced by a fact of a later version"] * any(one.at == displacer.at for one in later)
            yield from ["displaced by a fact of another limit"] * (other.get("at_most") != rule["at_most"])


def of_fit_as_versions_begin(receipt: Receipt, starts: list[datetime]) -> Met:
    """Fit computed anew."""
    lines = {change.at: change for change in receipt.changes if change.rule == "version"}
    for start in starts:
        profile = receipt.profile_of([fact for fact in receipt.facts if fact.at < start])
        before = receipt.winner(receipt.versions.at(start - timedelta(microseconds=1)), profile)
        after = receipt.winner(receipt.versions.at(start), profile)
        changed = any(fact.at == start and fact.kind == "profile_changed" for fact in receipt.facts)
        moment = any(fact.at == start for fact in receipt.facts)
        yield from ["version line"] * (start in lines)
        yield from ["version line with a profile_changed"] * (start in lines and changed)
        yield from ["profile_changed as a version begins"] * changed
        yield from ["version line without a fact"] * (start in lines and not moment)
        yield from ["version without a line though the rules differ"] * (start not in lines and before[1] != after[1])
        yield from ["version without a line though the persona differs"] * (start not in lines and before[0] != after[0])
        following = [change for change in receipt.changes if change.axis == "fit" and change.at > start]
        yield from ["fit changes after a version"] * bool(following)


def of_versions_in_cycle(stages: StagesOfCycle, handoff: Handoff) -> Met:
    """Entries, hand-backs, hand-offs and attempts across versions."""
    versions, cycle = stages.versions, stages.cycle
    if len(versions.all) == 1:
        return
    last, began = versions.last, versions.at(cycle.begin)
    yield from ["cycle across versions"] * any(
        cycle.begin < start and (not cycle.end or start <= cycle.end) for start in versions.starts()
    )
    for name, own in stages.own.items():
        yield from ["own entry under an earlier version"] * (versions.at(own) is not last)
        yield from ["own entry of a stage that is no more"] * (name not in stages.names)
        yield from of_entry(stages, name, own)
    for name in stages.names:
        entered = stages.entered_at(name, stages.names)
        known = entered is None or stage_named(versions.at(entered), name) is not None
        yield from ["entered before there was such a stage"] * (not known)
    if stages.given and began is not last:
        yield "given by an earlier version"
        yield from ["given a stage that is no more"] * bool(set(stages.given) - set(stages.names))
        prefix = stages.names[: len(set(stages.given) & set(stages.names))]
        yield from ["given in another order"] * (set(prefix) != set(stages.given) & set(stages.names))
    if cycle.number > 1 and cycle.begin in versions.starts():
        yield "cycle begins as a version begins"
    if handoff.handed_at is not None:
        yield from of_versions_at_handoff(stages, handoff)


def of_entry(stages: StagesOfCycle, name: str, own: datetime) -> Met:
    """How an own entry leans on another version."""
    versions = stages.versions
    stage = stage_named(versions.at(own), name) or {}
    when = stage.get("when")
    yield from ["entry of a stage that has no condition now"] * (
        when is not None and name in stages.names and stage_named(versions.last, name).get("when") is None
    )
    if when is None:
        return
    older = [fact for fact in stages.facts if fact.at < own and versions.at(fact.at) is not versions.at(own)]
    inside = [part for part in fact_parts(when) if any(fact_matches(part, fact) for fact in older)]
    yield from ["entry as a version begins"] * (own in versions.starts())
    yield from ["entry by a fact of an earlier version inside all"] * ("all" in when and bool(inside))
    for part in parts_of(when):
        if "only_from" not in part:
            continue
        order = names_of(versions.at(own))
        between = order[order.index(part["only_from"]) : order.index(name)]
        through = [each for each in between if each in stages.own and stages.own[each] <= own]
        yield from ["only_from a stage that is no more"] * (bool(through) and not set(through) & set(stages.names))
        yield from ["only_from an entry of an earlier version"] * any(
            versions.at(stages.own[each]) is not versions.at(own) for each in through
        )


def parts_of(condition: dict[str, Any]) -> list[dict[str, Any]]:
    """A condition and all conditions inside it."""
    inner = condition.get("any") or condition.get("all") or []
    return [condition, *(part for one in inner for part in parts_of(one))]


def of_versions_at_handoff(stages: StagesOfCycle, handoff: Handoff) -> Met:
    """Which version hands over, and which counts attempts."""
    versions, version, at = stages.versions, handoff.agreement, handoff.handed_at
    assert at is not None
    yield from ["hand-off by an earlier version"] * (version is not versions.last)
    yield from ["hand-off at a stage that is no more"] * (version["handoff"]["at"] not in stages.names)
    if at in versions.starts() and handoff.entered_at < at:
        yield "hand-off because a version begins"
        yield from ["hand-off because a version begins, after a check"] * bool(version["handoff"].get("check"))
    yield from ["hand-off because of a stage given before"] * (version["handoff"]["at"] in stages.given)
    yield from ["hand-off before the one of the last version"] * any(
        (by := handoff.handed_by(one, start)) is not None and by > at and (end is None or by < end)
        for one, start, end in versions.windows()
    )
    yield from ["cycle without a hand-off by the last version"] * (handoff.handed_by(versions.last, None) is None)
    for fact in handoff.after:
        listed = version["handoff"].get("attempts")
        would = fact.kind in (SALES_ACTS if listed is None else listed)
        yield from ["attempt by a later version alone"] * (fact in handoff.attempts and not would)
        yield from ["no attempt any more"] * (would and fact not in handoff.attempts)
        yield from ["connect of a later version"] * (fact in handoff.connects and versions.at(fact.at) is not version)
