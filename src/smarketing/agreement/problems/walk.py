"""Finding the parts of a document wherever the language allows them: conditions, facts, durations, names."""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.agreement.documents import Place


def names(places: Iterator[Place], key: str = "name") -> list[str]:
    """The names of the entries of a list, in order."""
    return [text for place in places if (text := place.get(key).text) is not None]


def stage_names(root: Place) -> list[str]:
    """The stages, in order."""
    return names(root.get("stages").entries())


def texts(place: Place) -> Iterator[tuple[str, Place]]:
    """The text at a place, or the texts of the list there."""
    for entry in (place, *place.entries()):
        if entry.text is not None:
            yield entry.text, entry


def time_conditions(root: Place) -> Iterator[tuple[Place, int | None]]:
    """Every condition on time, those inside any and all too, with the index of the stage it belongs to (else None)."""
    for index, stage in enumerate(root.get("stages").entries()):
        yield from ((part, index) for part in parts(stage.get("when")))
    for persona in root.get("personas").entries():
        for phase in persona.get("buying_cycle").entries():
            yield from ((part, None) for part in parts(phase.get("when")))
    for reasons in root.get("handoff", "reasons").values():
        for reason in reasons.entries():
            yield from ((part, None) for part in parts(reason.get("doubt_if")))


def parts(condition: Place) -> Iterator[Place]:
    """A condition and all inside it."""
    if not isinstance(condition.value, dict):
        return
    yield condition
    for key in ("any", "all"):
        for inner in condition.get(key).entries():
            yield from parts(inner)


def fact_places(root: Place) -> Iterator[tuple[str, Place]]:
    """Every place that names a kind of fact: the key under which it stands, and the place."""
    for condition, _ in time_conditions(root):
        yield "fact", condition.get("fact")
    for rule in root.get("engagement").entries():
        yield "fact", rule.get("fact")
    for facts in root.get("interests").values():
        yield from (("fact", fact.get("fact")) for fact in facts.entries())
    yield from (("attempts", attempt) for attempt in root.get("handoff", "attempts").entries())
    for connect in root.get("handoff", "connects").entries():
        yield "connects", connect.get("fact") if isinstance(connect.value, dict) else connect


def attribute_conditions(root: Place) -> Iterator[Place]:
    """Every condition on attributes or properties."""
    for persona in root.get("personas").entries():
        yield persona.get("when")
        yield from (rule.get("when") for rule in persona.get("fit").entries())
    yield from (preference.get("when") for preference in root.get("handoff", "route", "prefer").entries())
    yield from (condition.get("where") for condition, _ in time_conditions(root))
    yield from (rule.get("where") for rule in root.get("engagement").entries())
    yield from (connect.get("where") for connect in root.get("handoff", "connects").entries())
    for facts in root.get("interests").values():
        yield from (fact.get("where") for fact in facts.entries())
