"""Conditions on attributes: the Polars expression against a plain reading of the rules, on many values."""

import itertools
import json
import re

import polars as pl
import pytest
from pydantic import ValidationError

from smarketing.agreement.conditions import AttributeCondition, TimeCondition

VALUES = [
    None, "5", "05", "007", "7", "7.0", "+7", "-7", "1e3", "1E3", "1000", "1e+3", "1e-07", "1e999", " 5", "5 ", "5.", ".5", "0.5",
    "5,0", "1_000", "0x1F", "NaN", "inf", "true", "True", "false", "null", "Logistics", "LOGISTICS", "logistic", "İstanbul", "istanbul",
    "STRASSE", "straße", "ΟΔΟΣ", "οδος", "é", "É", "a.b", "axb", "5\n", "٥", "-0", "0", "0.0", "123456789012345678901", "🎉",
]  # fmt: skip
OPERANDS = [
    5, 7, 7.0, 0.5, -7, 1000, 1e22, 0, -0.0, "7", "007", "1E3", "1e3", True, False, "true", "TRUE", "logistics", "Logistics", "STRASSE", "É",
    "ΟΔΟΣ", "istanbul", "a.b", ".", "5.", " 5", "s", "0x1F", 123456789012345678901, "٥", "\n", "🎉", 10**400,
]  # fmt: skip
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


def as_text(operand):
    return operand if isinstance(operand, str) else json.dumps(operand)


def number(text):
    return float(text) if NUMBER.fullmatch(text) else None


def equal(value, operand):
    left, right = number(value), number(as_text(operand))
    return left == right if left is not None and right is not None else value.lower() == as_text(operand).lower()


def at_least(value, operand):
    left, right = number(value), number(as_text(operand))
    if (left is None) != (right is None):
        return False
    return left >= right if left is not None else value.lower() >= as_text(operand).lower()


def at_most(value, operand):
    left, right = number(value), number(as_text(operand))
    if (left is None) != (right is None):
        return False
    return left <= right if left is not None else value.lower() <= as_text(operand).lower()


OPERATORS = {
    "in": lambda value, operand: any(equal(value, one) for one in operand),
    "not_in": lambda value, operand: not any(equal(value, one) for one in operand),
    "between": lambda value, operand: at_least(value, operand[0]) and at_most(value, operand[1]),
    "at_least": at_least,
    "at_most": at_most,
    "contains": lambda value, operand: as_text(operand).lower() in value.lower(),
    "starts_with": lambda value, operand: value.lower().startswith(as_text(operand).lower()),
}


def holds(test, value):
    """What the rules say, read one after another."""
    if not isinstance(test, dict):
        return value is not None and equal(value, test)
    for operator, operand in test.items():
        if operator == "exists":
            if operand != (value is not None):
                return False
        elif value is None:
            if operator != "not_in":
                return False
        elif not OPERATORS[operator](value, operand):
            return False
    return True


def evaluated(raw, values=VALUES):
    condition = AttributeCondition.model_validate({"x": raw})
    frame = pl.DataFrame({"x": values}, schema={"x": pl.String})
    return frame.select(condition.expression(pl.col).alias("holds"))["holds"]


SINGLE = [operand for operand in OPERANDS if not (isinstance(operand, int) and operand > 10**300)]
PAIRS = list(itertools.product([0, 7, "7", "a", "Logistics", True], [5, 1000.0, "z", "10", False]))


@pytest.mark.parametrize("operand", SINGLE, ids=repr)
@pytest.mark.parametrize("operator", ["=", "at_least", "at_most", "contains", "starts_with", "in", "not_in"])
def test_an_operator_is_read_as_the_rules_say(operator, operand):
    raw = operand if operator == "=" else {operator: [operand, "zzz"] if operator.endswith("in") else operand}
    result = evaluated(raw)
    assert result.null_count() == 0
    wrong = [(value, found) for value, found in zip(VALUES, result, strict=True) if found != holds(raw, value)]
    assert wrong == []


@pytest.mark.parametrize("pair", PAIRS, ids=repr)
def test_between_includes_both_ends(pair):
    raw = {"between": list(pair)}
    assert evaluated(raw).to_list() == [holds(raw, value) for value in VALUES]


@pytest.mark.parametrize(
    "raw",
    [{"exists": True}, {"exists": False}, {"not_in": []}, {"in": []}, {"exists": False, "not_in": ["a"]}, {"at_least": 1, "at_most": 10},
     {"contains": "a", "not_in": ["a.b"]}, {"exists": True, "not_in": [7]}, {"starts_with": "", "exists": True}],
    ids=str,
)  # fmt: skip
def test_all_operators_of_a_value_must_hold(raw):
    result = evaluated(raw)
    assert result.dtype == pl.Boolean
    assert result.to_list() == [holds(raw, value) for value in VALUES]


def test_every_attribute_must_hold():
    condition = AttributeCondition.model_validate({"country": {"in": ["DE", "AT"]}, "employees": {"at_least": 50}})
    frame = pl.DataFrame({"country": ["de", "AT", "CH", None, "DE"], "employees": ["50", "49", "90", "90", None]})
    assert frame.select(condition.expression(pl.col)).to_series().to_list() == [True, False, False, False, False]
    assert condition.names() == {"country", "employees"}


def test_without_an_attribute_it_always_holds():
    frame = pl.DataFrame({"x": ["a", None]})
    result = frame.with_columns(AttributeCondition.model_validate({}).expression(pl.col).alias("holds"))["holds"]
    assert result.to_list() == [True, True]


def test_the_columns_are_named_by_the_caller():
    condition = AttributeCondition.model_validate({"country": "DE"})
    frame = pl.DataFrame({"profile_country": ["de"]})
    assert frame.select(condition.expression(lambda name: pl.col(f"profile_{name}"))).item() is True


def test_the_canonical_form_is_that_of_the_document():
    raw = {"industry": "logistics", "country": {"in": ["DE", "AT"]}, "employees": {"between": [50, 500]}, "a": 1.5, "b": True}
    expected = '{"a":1.5,"b":true,"country":{"in":["DE","AT"]},"employees":{"between":[50,500]},"industry":"logistics"}'
    assert AttributeCondition.model_validate(raw).canonical == expected
    assert AttributeCondition.model_validate({"ä": "Ö"}).canonical == '{"ä":"Ö"}'


@pytest.mark.parametrize(
    "raw", [{"fact": "accepted", "grade": ["A"]}, {}, {"only_from": "mql"}, {"grade": ["A"], "where": {"a": 1}}]
)
def test_a_condition_on_time_is_exactly_one(raw):
    with pytest.raises(ValidationError):
        TimeCondition.model_validate(raw)


def test_the_parts_of_a_condition():
    raw = {"any": [{"fact": "accepted"}, {"all": [{"grade": ["A"]}, {"score": {"fit": 2}}]}]}
    parts = list(TimeCondition.model_validate(raw).parts())
    assert [(bool(p.any), p.fact, bool(p.all), p.grade, bool(p.score)) for p in parts] == [
        (True, None, False, None, False),
        (False, "accepted", False, None, False),
        (False, None, True, None, False),
        (False, None, False, ["A"], False),
        (False, None, False, None, True),
    ]
