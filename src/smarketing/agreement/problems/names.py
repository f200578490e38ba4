"""Names: every one defined, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from smarketing.agreement.documents import Place
from smarketing.agreement.problems.walk import names, stage_names, texts, time_conditions
from smarketing.agreement.values import LOWEST_GRADE
from smarketing.agreement.version import canonical_json
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.words import did_you_mean


def double_names(root: Place) -> Iterator[Problem]:
    """Two rules, stages, personas, commitments or terms of one name; two phases or fit rules of one persona."""
    yield from _doubles(root.get("engagement").entries(), "name", "engagement rules")
    yield from _doubles(root.get("stages").entries(), "name", "stages")
    yield from _doubles(root.get("personas").entries(), "name", "personas")
    yield from _doubles(root.get("commitments").entries(), "name", "commitments")
    yield from _doubles(root.get("vocabulary").entries(), "term", "terms")
    for persona in root.get("personas").entries():
        yield from _doubles(persona.get("fit").entries(), "name", "fit rules of one persona")
        yield from _doubles(persona.get("buying_cycle").entries(), "phase", "phases of one buying cycle")
        yield from _equal_fit_rules(persona)


def _doubles(places: Iterable[Place], key: str, what: str) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for place in places:
        name = place.get(key)
        if name.text is None:
            continue
        if name.text in first:
            line = name.document.line(first[name.text].path)
            yield name.error("011", f'Two {what} are named "{name.text}"; the first is on line {line}. Give one another name.')
        first.setdefault(name.text, name)


def _equal_fit_rules(persona: Place) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for rule in persona.get("fit").entries():
        when = rule.get("when").value or {}  # without a condition it always holds
        if "name" in rule or not isinstance(rule.value, dict) or not isinstance(when, dict):
            continue
        if (condition := canonical_json(when)) in first:
            line = rule.document.line(first[condition].path)
            message = f"This fit rule asks the same as the one on line {line}, and neither has a name. Remove one, or name both."
            yield rule.error("012", message)
        first.setdefault(condition, rule)


def undefined_stages(root: Place) -> Iterator[Problem]:
    """Stages named anywhere must be defined."""
    known = stage_names(root)
    named = [root.get("handoff", "at"), root.get("handoff", "return_to")]
    named += [term.get("stage") for term in root.get("vocabulary").entries()]
    named += [commitment.get("deliver") for commitment in root.get("commitments").entries()]
    named += [goal.get(key) for goal in root.get("goals").entries() for key in ("from", "to")]
    named += [condition.get("only_from") for condition, _ in time_conditions(root)]
    yield from _undefined(named, known, "013", "stage", "stages")


def undefined_personas(root: Place) -> Iterator[Problem]:
    """Personas named in conditions must be defined."""
    known = names(root.get("personas").entries())
    yield from _undefined(
        (condition.get("persona") for condition, _ in time_conditions(root)), known, "014", "persona", "personas"
    )


def undefined_grades(root: Place) -> Iterator[Problem]:
    """Grades named in conditions, commitments and `worth` must be defined; the lowest always is."""
    known = [*(grade for grade, _ in root.get("grades").items()), LOWEST_GRADE]
    named = [condition.get("grade") for condition, _ in time_conditions(root)]
    named += [commitment.get("grades") for commitment in root.get("commitments").entries()]
    yield from _undefined(named, known, "015", "grade", "grades")
    for grade, place in root.get("worth").items():
        if grade not in known:
            yield place.error("015", _sentence(grade, known, "grade", "grades"))


def undefined_commitments(root: Place) -> Iterator[Problem]:
    """The reward may only depend on commitments that are made."""
    known = names(root.get("commitments").entries())
    yield from _undefined([root.get("reward", "for")], known, "016", "commitment", "commitments")


def _undefined(named: Iterable[Place], known: Sequence[str], code: str, what: str, where: str) -> Iterator[Problem]:
    for place in named:
        yield from (entry.error(code, _sentence(text, known, what, where)) for text, entry in texts(place) if text not in known)


def _sentence(text: str, known: Sequence[str], what: str, where: str) -> str:
    guess = did_you_mean(text, known)
    listed = f" Defined are: {', '.join(known)}." if known else f' There is nothing under "{where}" yet.'
    return f'"{text}" is not a {what} of this agreement.{guess or listed}'


CHECKS = (double_names, undefined_stages, undefined_personas, undefined_grades, undefined_commitments)
