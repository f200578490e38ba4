"""Changes of who somebody is and what they do: personas, fit, engagement, grades."""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.agreement.changes.phrases import (
    attributes,
    condition,
    fading,
    happening,
    number,
    people,
    points,
    quoted,
    rule,
    time,
    upper,
)
from smarketing.agreement.changes.rest import changes, paired
from smarketing.agreement.models import Agreement, EngagementRule, FitRule, Persona, Phase


def engagement(old: Agreement, new: Agreement) -> Iterator[str]:
    """Rules added, removed and changed."""
    before, after = {r.name: r for r in old.engagement}, {r.name: r for r in new.engagement}
    added, removed, both = paired(before, after)
    yield from (f'New rule "{name}": {rule(after[name])}.' for name in added)
    yield from (f'The rule "{name}" is gone: {rule(before[name])}.' for name in removed)
    for name in both:
        yield from _rule(before[name], after[name])


def _rule(old: EngagementRule, new: EngagementRule) -> Iterator[str]:
    name = f'The rule "{new.name}"'
    if (old.fact, old.where) != (new.fact, new.where):
        yield f"{name} now counts {happening(new.fact, new.where)} instead of {happening(old.fact, old.where)}."
    if old.points != new.points:
        yield f"{name} now gives {points(new.points, 'engagement')} instead of {number(old.points)}."
    if old.at_most != new.at_most:
        yield f"{name} now counts {_times(new.at_most)} instead of {_times(old.at_most)}."
    if old.fades != new.fades:
        later = f"fades {fading(new.fades)}" if new.fades else "never fades"
        earlier = f"faded {fading(old.fades)}" if old.fades else "never faded"
        yield f"{name} now {later}; before, it {earlier}."


def _times(at_most: int | None) -> str:
    if at_most is None:
        return "every time"
    return "only the most recent time" if at_most == 1 else f"only the {at_most} most recent times"


def personas(old: Agreement, new: Agreement) -> Iterator[str]:
    """Personas added, removed and changed, with their fit points and buying cycles."""
    before, after = {p.name: p for p in old.personas}, {p.name: p for p in new.personas}
    added, removed, both = paired(before, after)
    yield from (f'New persona "{name}" for {people(after[name].when)}{_fit_in_words(after[name])}.' for name in added)
    yield from (f'The persona "{name}" is gone.' for name in removed)
    for name in both:
        yield from _persona(before[name], after[name])
        yield from _written_parts(name, old, new)
        yield from _cycle(before[name], after[name], old, new)
    if both != [name for name in before if name in after]:
        yield f"Where personas have equal points, the first of these now wins: {quoted(after)}."


def _fit_in_words(persona: Persona) -> str:
    rules = "; ".join(f"{attributes(rule.when)}: {points(rule.points, 'fit')}" for rule in persona.fit)
    return f", {rules}" if rules else ""


def _persona(old: Persona, new: Persona) -> Iterator[str]:
    if old.when != new.when:
        yield f'The persona "{new.name}" is now for {people(new.when)} instead of {people(old.when)}.'
    before, after = {r.label: r for r in old.fit}, {r.label: r for r in new.fit}
    added, removed, both = paired(before, after)
    for label in added:
        yield f'For "{new.name}", {_fit_rule(after[label])} now gives {points(after[label].points, "fit")}.'
    for label in removed:
        yield f'For "{new.name}", {_fit_rule(before[label])} no longer gives {points(before[label].points, "fit")}.'
    for label in both:
        yield from _changed_fit_rule(new.name, before[label], after[label])


def _fit_rule(of: FitRule) -> str:
    return f'"{of.name}" ({attributes(of.when)})' if of.name else attributes(of.when)


def _changed_fit_rule(persona: str, old: FitRule, new: FitRule) -> Iterator[str]:
    if old.points != new.points:
        yield f'For "{persona}", {_fit_rule(new)} now gives {points(new.points, "fit")} instead of {number(old.points)}.'
    if old.when != new.when:
        yield f'For "{persona}", the rule "{new.name}" is now for: {attributes(new.when)}. Before, it was for: {attributes(old.when)}.'


def _written_parts(name: str, old: Agreement, new: Agreement) -> Iterator[str]:
    """What a persona means."""
    before, after = (next(p for p in agreement.written["personas"] if p["name"] == name) for agreement in (old, new))
    yield from changes(f'what the persona "{name}" means', before.get("means"), after.get("means"))


def _cycle(old: Persona, new: Persona, was: Agreement, will_be: Agreement) -> Iterator[str]:
    """Phases of the buying cycle added, removed, moved and changed."""
    before, after = {p.phase: p for p in old.buying_cycle}, {p.phase: p for p in new.buying_cycle}
    added, removed, both = paired(before, after)
    yield from (
        f'New phase "{name}" in the buying cycle of "{new.name}"{_phase_in_words(after[name], will_be)}.' for name in added
    )
    yield from (f'The phase "{name}" of "{new.name}" is gone.' for name in removed)
    if both != [name for name in before if name in after]:
        yield f'The phases of "{new.name}" now come in this order: {quoted(after)}.'
    for name in both:
        yield from _phase(f'the phase "{name}" of "{new.name}"', before[name], after[name], was, will_be)


def _phase(label: str, old: Phase, new: Phase, was: Agreement, will_be: Agreement) -> Iterator[str]:
    if old.lasts != new.lasts:
        yield upper(f"{label} is now expected to last {_lasting(new)} instead of {_lasting(old)}.")
    if old.when != new.when:
        yield upper(f"{label} now begins with: {condition(new.when, will_be)}. Before, with: {condition(old.when, was)}.")
    if old.say != new.say:
        yield f"What to say in {label} is now {_words(new.say)} instead of {_words(old.say)}."
    yield from (f'"{piece}" is now offered in {label}.' for piece in new.offer if piece not in old.offer)
    yield from (f'"{piece}" is no longer offered in {label}.' for piece in old.offer if piece not in new.offer)
    if old.offer != new.offer and sorted(old.offer) == sorted(new.offer):
        yield f"What to offer in {label} now comes in this order: {quoted(new.offer)}."


def _phase_in_words(phase: Phase, agreement: Agreement) -> str:
    begin = f", beginning with: {condition(phase.when, agreement)}" if phase.when else ""
    return f"{begin}, expected to last {time(phase.lasts)}" if phase.lasts else begin


def _lasting(phase: Phase) -> str:
    return time(phase.lasts) if phase.lasts else "any time"


def _words(say: str | None) -> str:
    return f'"{say.rstrip(".")}"' if say else "nothing"


def grades(old: Agreement, new: Agreement) -> Iterator[str]:
    """Thresholds of the grades."""
    added, removed, both = paired(old.grades, new.grades)
    yield from (f"New grade {grade}, from {points(new.grades[grade], 'fit')} on." for grade in added)
    yield from (f"The grade {grade} is gone." for grade in removed)
    for grade in both:
        if old.grades[grade] != new.grades[grade]:
            yield f"Grade {grade} now begins at {points(new.grades[grade], 'fit')} instead of {number(old.grades[grade])}."
