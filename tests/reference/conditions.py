"""Conditions on attributes and on single facts (contract, section 2)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.reference.journal import Fact, json_text

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
COLUMNS = ("campaign", "channel", "actor", "amount")
Known = Callable[[str], "str | None"]


def attributes_hold(condition: Mapping[str, Any] | None, known: Known) -> bool:
    """Every key must hold; no condition holds for everybody. `known` gives an attribute's JSON text, None if not known."""
    return all(value_holds(expected, known(name)) for name, expected in (condition or {}).items())


def value_holds(expected: Any, actual: str | None) -> bool:
    """A plain value is an equality, a mapping names operators that must all hold."""
    if not isinstance(expected, dict):
        return actual is not None and same(actual, expected)
    return all(operator_holds(operator, operand, actual) for operator, operand in expected.items())


def operator_holds(operator: str, operand: Any, actual: str | None) -> bool:
    """One operator on one value; of an unknown value only `exists: false` and `not_in` are true."""
    if operator == "exists":
        return (actual is not None) == operand
    if operator == "not_in":
        return actual is None or not any(same(actual, one) for one in operand)
    if actual is None:
        return False
    if operator == "in":
        return any(same(actual, one) for one in operand)
    if operator == "between":
        low, high = operand
        return reaches(actual, text_of(low)) and reaches(text_of(high), actual)
    if operator == "at_least":
        return reaches(actual, text_of(operand))
    if operator == "at_most":
        return reaches(text_of(operand), actual)
    if operator == "contains":
        return text_of(operand).lower() in actual.lower()
    if operator == "starts_with":
        return actual.lower().startswith(text_of(operand).lower())
    raise ValueError(operator)


def text_of(value: Any) -> str:
    """A value of the agreement as JSON text."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value)


def is_number(text: str) -> bool:
    """Reads as a number: sign, digits, fraction, exponent; ASCII and without blanks."""
    return NUMBER.fullmatch(text) is not None


def same(actual: str, expected: Any) -> bool:
    """Equal as numbers where both read as numbers, else as text without case."""
    other = text_of(expected)
    if is_number(actual) and is_number(other):
        return float(actual) == float(other)
    return actual.lower() == other.lower()


def reaches(one: str, other: str) -> bool:
    """one >= other: numbers with numbers, text with text, never one with the other."""
    if is_number(one) and is_number(other):
        return float(one) >= float(other)
    if is_number(one) or is_number(other):
        return False
    return one.lower() >= other.lower()


def known_of_fact(fact: Fact) -> Known:
    """What `where` reads: the fact's properties, and four of its columns where it has no property of that name."""

    def known(name: str) -> str | None:
        text = fact.text(name)
        if name not in fact.properties and name in COLUMNS:
            column = getattr(fact, name)
            text = None if column is None else str(column)
        return text

    return known


def known_of_profile(profile: Mapping[str, Any]) -> Known:
    """The attributes of a lead by their names."""
    return lambda name: json_text(profile.get(name))


def fact_matches(condition: Mapping[str, Any], fact: Fact) -> bool:
    """True if the fact is of the named kind and its `where` holds."""
    return fact.kind == condition["fact"] and attributes_hold(condition.get("where"), known_of_fact(fact))


def canonical(condition: Mapping[str, Any] | None) -> str:
    """Canonical JSON: keys sorted, no spaces, letters as they are, dates as text."""
    return json.dumps(condition or {}, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat)
