"""Changes of the way from visitor to customer: stages and what makes them true, the hand-off."""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.agreement.changes.phrases import (
    a,
    attributes,
    condition,
    connect,
    fact,
    joined,
    number,
    points,
    short_name,
    upper,
)
from smarketing.agreement.changes.rest import paired
from smarketing.agreement.conditions import Score, TimeCondition
from smarketing.agreement.models import Agreement, Handoff, Reason, Reasons, Route, Stage


def stages(old: Agreement, new: Agreement) -> Iterator[str]:
    """Stages added, removed, moved and changed."""
    before, after = {s.name: s for s in old.stages}, {s.name: s for s in new.stages}
    added, removed, both = paired(before, after)
    for name in added:
        yield f'New stage "{name}" looked after by {after[name].owner}: {condition(after[name].when, new)}.'
    yield from (f'The stage "{name}" is gone.' for name in removed)
    if both != [name for name in before if name in after]:
        yield f"The stages now come in this order: {joined(after)}."
    for name in both:
        yield from _stage(before[name], after[name], old, new)


def _stage(before: Stage, after: Stage, old: Agreement, new: Agreement) -> Iterator[str]:
    name = a(short_name(after.name, new))
    if before.owner != after.owner:
        yield f"{upper(name)} is now looked after by {after.owner} instead of {before.owner}."
    if before.when != after.when:
        yield from _condition(name, before.when, after.when, old, new)


def _condition(
    name: str, before: TimeCondition | None, after: TimeCondition | None, old: Agreement, new: Agreement
) -> Iterator[str]:
    """What changed of the alternatives that make a stage true; those on both sides are left unsaid."""
    earlier, later = _alternatives(before), _alternatives(after)
    gone, come = [c for c in earlier if c not in later], [c for c in later if c not in earlier]
    if len(gone) == len(come) == 1 and _only_scores_differ(gone[0], come[0]):
        yield from _thresholds(name, gone[0].score, come[0].score)
    elif come and not gone and earlier:
        yield f"A lead is now {name} also by: {joined((condition(c, new) for c in come), 'or')}."
    elif gone and not come and later:
        yield f"A lead is no longer {name} by: {joined((condition(c, old) for c in gone), 'or')}."
    else:
        yield f"What makes a lead {name} is now: {condition(after, new)}. Before, it was: {condition(before, old)}."


def _alternatives(when: TimeCondition | None) -> list[TimeCondition]:
    """The conditions of which one is enough."""
    if when is None:
        return []
    return when.any if when.any and not when.only_from else [when]


def _only_scores_differ(old: TimeCondition, new: TimeCondition) -> bool:
    return old.score is not None and new.score is not None and old.only_from == new.only_from


def _thresholds(name: str, old: Score | None, new: Score | None) -> Iterator[str]:
    before, after = (score.thresholds() if score else {} for score in (old, new))
    added, removed, both = paired(before, after)
    for axis in both:
        if before[axis] != after[axis]:
            yield f"{upper(name)} now needs {points(after[axis], axis)} instead of {number(before[axis])}."
    yield from (f"{upper(name)} now also needs {points(after[axis], axis)}." for axis in added)
    yield from (f"{upper(name)} no longer needs {points(before[axis], axis)}." for axis in removed)


def handoff(old: Agreement, new: Agreement) -> Iterator[str]:
    """Where and how marketing hands over."""
    before, after = old.handoff, new.handoff
    if before.at != after.at:
        later, earlier = a(short_name(after.at, new)), a(short_name(before.at, old))
        if later == earlier:
            later, earlier = f'at the stage "{after.at}"', f'at the stage "{before.at}"'
        yield f"Marketing now hands over {later} instead of {earlier}."
    if before.check != after.check:
        yield (
            "Marketing now checks every lead before handing it over."
            if after.check
            else "Marketing no longer checks leads before handing them over."
        )
    if old.return_to != new.return_to:
        yield f"A lead that sales hands back is now {_back(new)} instead of {_back(old)}."
    yield from _attempts(before, after)
    if before.routes != after.routes:
        yield (
            "Leads that are handed over now get a rep by themselves."
            if after.routes
            else "Leads that are handed over no longer get a rep by themselves."
        )
    yield from _route(before.route, after.route)
    yield from _reasons(old, new)


def _back(agreement: Agreement) -> str:
    return a(short_name(agreement.return_to, agreement)) if agreement.return_to else "at no stage"


def _attempts(old: Handoff, new: Handoff) -> Iterator[str]:
    if (old.attempts is None) != (new.attempts is None):
        yield f"An attempt is now {_kinds(new)} instead of {_kinds(old)}."
    else:
        before, after = old.attempts or [], new.attempts or []
        yield from (f"{upper(fact(kind))} now counts as an attempt." for kind in after if kind not in before)
        yield from (f"{upper(fact(kind))} no longer counts as an attempt." for kind in before if kind not in after)
    yield from (f"A lead now counts as reached by: {connect(c)}." for c in new.connects if c not in old.connects)
    yield from (f"A lead no longer counts as reached by: {connect(c)}." for c in old.connects if c not in new.connects)


def _kinds(of: Handoff) -> str:
    return "every sales act" if of.attempts is None else joined((fact(kind) for kind in of.attempts), "or")


ROUTES = {"round_robin": "to each rep in turn", "weighted": "by weight", "least_loaded": "to the rep with the fewest open leads"}


def _route(old: Route, new: Route) -> Iterator[str]:
    if old.by != new.by:
        yield f"Leads now go {ROUTES[new.by]} instead of {ROUTES[old.by]}."
    for rep in dict.fromkeys([*new.weights, *old.weights]):
        earlier, later = (weights.get(rep) for weights in (old.weights, new.weights))
        if earlier != later:
            yield f"The weight of {rep} is now {number(later) if later is not None else 'none'} instead of {number(earlier) if earlier is not None else 'none'}."
    if old.account_owner_first != new.account_owner_first:
        yield f"A lead {'now' if new.account_owner_first else 'no longer'} goes first to whoever has its account."
    if old.after_breach != new.after_breach:
        does = "now goes to the next rep" if new.after_breach == "reassign" else "now stays with its rep"
        yield f"A lead that nobody answered in time {does}."
    for preference in [p for p in new.prefer if p not in old.prefer]:
        yield f"Leads whose {attributes(preference.when)} now go to {joined(preference.to, 'or')} first."
    for preference in [p for p in old.prefer if p not in new.prefer]:
        yield f"Leads whose {attributes(preference.when)} no longer go to {joined(preference.to, 'or')} first."


def _reasons(old: Agreement, new: Agreement) -> Iterator[str]:
    for kind in Reasons.model_fields:
        before, after = ({r.reason: r for r in getattr(agreement.handoff.reasons, kind)} for agreement in (old, new))
        added, removed, both = paired(before, after)
        yield from (f'New reason for {fact(kind)}: "{reason}"{_doubt(after[reason], new)}.' for reason in added)
        yield from (f'No longer a reason for {fact(kind)}: "{reason}".' for reason in removed)
        for reason in both:
            if before[reason] != after[reason]:
                yield f'The reason "{reason}" for {fact(kind)} is now{_doubt(after[reason], new) or " never doubted"}.'


def _doubt(reason: Reason, agreement: Agreement) -> str:
    return f" doubted where the lead has {condition(reason.doubt_if, agreement)}" if reason.doubt_if else ""
