"""Warnings: what is allowed but probably not meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from smarketing.agreement.conditions import reads_as_number
from smarketing.agreement.documents import Place
from smarketing.agreement.problems.walk import attribute_conditions, fact_places, time_conditions
from smarketing.agreement.version import json_text
from smarketing.vocabulary.kinds import KINDS
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.words import did_you_mean

Bound = Decimal | None
"""The most points a lead can have; None = no limit, or not to be told."""


def kinds(root: Place) -> Iterator[Problem]:
    """A kind outside the families may be one of your own, or a slip of the hand."""
    for key, place in fact_places(root):
        if place.text is not None and place.text not in KINDS:
            message = f'"{key}" names "{place.text}", a kind outside the list.{did_you_mean(place.text, KINDS)}'
            yield place.warning("004", message)


def zero_points(root: Place) -> Iterator[Problem]:
    """A rule of 0 points leaves no trace."""
    rules = [*root.get("engagement").entries()]
    rules += [rule for persona in root.get("personas").entries() for rule in persona.get("fit").entries()]
    for rule in rules:
        points = rule.get("points")
        if isinstance(points.value, int | float) and not isinstance(points.value, bool) and points.value == 0:
            yield points.warning("041", "A rule of 0 points changes nothing.")


def thresholds(root: Place) -> Iterator[Problem]:
    """A threshold above everything the rules can give."""
    fit, engagement = _most_fit(root), _most_engagement(root)
    total = None if fit is None or engagement is None else fit + engagement
    for condition, _ in time_conditions(root):
        for axis, bound in (("fit", fit), ("engagement", engagement), ("total", total)):
            yield from _beyond(condition.get("score", axis), bound, f"{axis} points")
    for grade, place in root.get("grades").items():
        yield from _beyond(place, fit, f"fit points for grade {grade}")
    yield from _hidden_grades(root.get("grades"))


def _hidden_grades(grades: Place) -> Iterator[Problem]:
    """Two grades from the same fit on: only one of them can be given."""
    seen: dict[Decimal, str] = {}
    for grade, place in grades.items():
        threshold = _number(place)
        if threshold is not None and threshold in seen:
            yield place.warning(
                "040", f"Grades {seen[threshold]} and {grade} begin at the same fit; only one of them can be given."
            )
        elif threshold is not None:
            seen[threshold] = grade


def _beyond(threshold: Place, bound: Bound, what: str) -> Iterator[Problem]:
    number = _number(threshold)
    if number is not None and bound is not None and number > bound:
        yield threshold.warning("040", f"No lead can reach {number} {what}: the rules give {bound} at most.")


def _number(place: Place) -> Decimal | None:
    if isinstance(place.value, bool) or not isinstance(place.value, int | float):
        return None
    return Decimal(str(place.value))


def _most_fit(root: Place) -> Bound:
    """The best persona's positive points together."""
    sums: list[Decimal] = []
    for persona in root.get("personas").entries():
        points = [_number(rule.get("points")) for rule in persona.get("fit").entries()]
        if None in points:
            return None
        sums.append(sum((max(number, Decimal(0)) for number in points if number is not None), Decimal(0)))
    return max(sums, default=Decimal(0))


def _most_engagement(root: Place) -> Bound:
    """Points times at_most of the positive rules; without at_most there is no limit."""
    most = Decimal(0)
    for rule in root.get("engagement").entries():
        points, times = _number(rule.get("points")), _number(rule.get("at_most"))
        if points is None or (points > 0 and times is None):
            return None
        if points > 0 and times is not None:
            most += points * times
    return most


def impossible(root: Place) -> Iterator[Problem]:
    """A test that no value passes."""
    for condition in attribute_conditions(root):
        for name, test in condition.items():
            if test.value == "":
                yield test.warning(
                    "042", f'"{name}" can never be an empty text: that is no value. To ask for it, write {{exists: false}}.'
                )
            if test.get("in").value == []:
                yield test.warning("042", f'No value of "{name}" is in an empty list.')
            yield from _reversed(name, test.get("between"))


def _reversed(name: str, between: Place) -> Iterator[Problem]:
    bounds = [json_text(entry.value) for entry in between.entries() if not isinstance(entry.value, dict | list)]
    if len(bounds) != 2:
        return
    numbers = [float(bound) for bound in bounds if reads_as_number(bound)]
    low, high = numbers if len(numbers) == 2 else (bounds[0].lower(), bounds[1].lower())
    if len(numbers) == 1:
        yield between.warning("042", f'No value of "{name}" lies between a number and a text.')
    elif low > high:  # type: ignore[operator]
        yield between.warning(
            "042", f'No value of "{name}" lies between {bounds[0]} and {bounds[1]}: the smaller one comes first.'
        )


CHECKS = (kinds, zero_points, thresholds, impossible)
