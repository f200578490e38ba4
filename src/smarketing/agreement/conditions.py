"""Conditions on attributes (who somebody is, what a fact says) and on time (what has become true of a lead).

**Attributes.** Every key must hold; a value is an equality or a mapping of operators that must all hold. Both sides are seen
as JSON text, a text as it is. Where both read as numbers they compare as numbers (float64). Otherwise equality, `contains`
and `starts_with` compare texts without case (Unicode lower case); `between`, `at_least` and `at_most` compare texts only where
neither side reads as a number, else they do not hold. What is not known satisfies only `exists: false` and `not_in`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Annotated, Any

import polars as pl
from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, RootModel, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from smarketing.agreement.values import Clause, Kind, Points, Text, shown, wrong
from smarketing.agreement.version import canonical_json, json_text

Scalar = str | bool | int | float
NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$"
OPERATORS = ("in", "not_in", "between", "at_least", "at_most", "contains", "starts_with", "exists")


def _as_scalar(value: Any) -> Scalar:
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong("009", f"{value} is a number without an end, or none at all, and has no meaning here.")
    if isinstance(value, str | bool | int | float):
        return value
    raise wrong("006", f"A value here must be a text, a number, true or false; here it is {shown(value)}.")


ScalarValue = Annotated[
    Any,
    BeforeValidator(_as_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean"], "description": "A value to compare with."}),
]


class Test(Clause):
    """What is asked of one attribute: it equals `equals`, or all of the operators that are given hold."""

    __test__ = False  # not a class of tests

    equals: ScalarValue | None = Field(default=None, alias="=")
    in_: list[ScalarValue] | None = Field(default=None, alias="in", description="One of these values.")
    not_in: list[ScalarValue] | None = Field(default=None, description="None of these values; also holds where nothing is known.")
    between: list[ScalarValue] | None = Field(
        default=None, min_length=2, max_length=2, description="From the first to the second value, both included."
    )
    at_least: ScalarValue | None = Field(default=None, description="This value or more.")
    at_most: ScalarValue | None = Field(default=None, description="This value or less.")
    contains: ScalarValue | None = Field(default=None, description="This text occurs in it; capitals do not matter.")
    starts_with: ScalarValue | None = Field(default=None, description="It begins with this text; capitals do not matter.")
    exists: bool | None = Field(default=None, description="true: it is known; false: it is not.")

    @model_validator(mode="before")
    @classmethod
    def _equality(cls, raw: Any) -> Any:
        if isinstance(raw, Test):
            return raw
        if not isinstance(raw, dict):
            return {"=": _expected(raw)}
        if not raw:
            raise wrong("010", f"Nothing is asked here. Write a value, or one of {', '.join(OPERATORS)}.")
        return {("= " if key == "=" else key): _expected_of(value) for key, value in raw.items()}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """In the document a test is a value, or a mapping of operators."""
        schema = handler.resolve_ref_schema(handler(core))
        operators = schema | {"properties": {k: v for k, v in schema["properties"].items() if k != "="}, "minProperties": 1}
        title, text = operators.pop("title", "Test"), operators.pop("description", "")
        return {"title": title, "description": text, "anyOf": [{"type": ["string", "number", "boolean"]}, operators]}

    def asked(self) -> dict[str, Any]:
        """The operators that are given, by the names they have in the document (`=` is the equality)."""
        return {
            info.alias or name: getattr(self, name) for name, info in Test.model_fields.items() if getattr(self, name) is not None
        }

    @property
    def written(self) -> Any:
        """As it stands in the document."""
        asked = self.asked()
        return asked.get("=", asked)

    def expression(self, value: pl.Expr) -> pl.Expr:
        """Whether `value` (String, null = not known) passes; Boolean, never null."""
        return _every(OPERATIONS[name](value, operand) for name, operand in self.asked().items())


def _expected(raw: Any) -> Any:
    if isinstance(raw, list):
        raise wrong("006", "A list of values needs an operator; write {in: [...]} or {between: [from, to]}.")
    if raw is None:
        raise wrong("006", "There is no value here. To ask for what is not known, write {exists: false}.")
    return raw


def _expected_of(operand: Any) -> Any:
    if operand is None:
        raise wrong("006", "An operator here has no value behind it. To ask for what is not known, write {exists: false}.")
    return operand


class AttributeCondition(RootModel[dict[str, Test]]):
    """Every attribute named must pass its test; without any it always holds."""

    model_config = {"strict": True, "frozen": True}

    def names(self) -> set[str]:
        """The attributes it looks at."""
        return set(self.root)

    @property
    def written(self) -> dict[str, Any]:
        """As it stands in the document."""
        return {name: test.written for name, test in self.root.items()}

    @property
    def canonical(self) -> str:
        """The canonical JSON of the mapping: the name of a fit rule that has none."""
        return canonical_json(self.written)

    def expression(self, column: Callable[[str], pl.Expr]) -> pl.Expr:
        """Whether it holds: Boolean, never null.

        `column(name)` gives the attribute as a String expression: its JSON text (texts as they are), null where it is not
        known. An empty text is no value: whoever makes the column makes it null. A condition without any attribute is a
        literal, which `with_columns` and `filter` spread over all rows.
        """
        return _every(test.expression(column(name)) for name, test in self.root.items())


# --- the operators as expressions ------------------------------------------------------------------------------------------


def reads_as_number(text: str) -> bool:
    """Digits with an optional sign, decimals and exponent (small e); ASCII, no blanks."""
    return re.fullmatch(NUMBER[1:-1], text) is not None


def _every(expressions: Iterator[pl.Expr] | Any) -> pl.Expr:
    return reduce(lambda left, right: left & right, expressions, pl.lit(True))


def _is_number(value: pl.Expr) -> pl.Expr:
    return value.str.contains(NUMBER)


def _number(value: pl.Expr) -> pl.Expr:
    """The value as a number, null where it is none."""
    return pl.when(_is_number(value)).then(value).otherwise(None).cast(pl.Float64, strict=False)


def _lower(operand: Any) -> pl.Expr:
    return pl.lit(json_text(operand)).str.to_lowercase()


def _known(test: pl.Expr) -> pl.Expr:
    return test.fill_null(value=False)


def _equals(value: pl.Expr, operand: Any) -> pl.Expr:
    as_text = value.str.to_lowercase() == _lower(operand)
    if reads_as_number(text := json_text(operand)):
        return _known(pl.when(_is_number(value)).then(_number(value) == float(text)).otherwise(as_text))
    return _known(as_text)


def _in(value: pl.Expr, operand: list[Any]) -> pl.Expr:
    nothing = value.is_null() & pl.lit(value=False)  # a column of its own, also for an empty list
    return reduce(lambda left, right: left | right, (_equals(value, one) for one in operand), nothing)


def _not_in(value: pl.Expr, operand: list[Any]) -> pl.Expr:
    return ~_in(value, operand)


def _ordered(value: pl.Expr, operand: Any, compare: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pl.Expr:
    text = json_text(operand)
    if reads_as_number(text):
        return _known(compare(_number(value), pl.lit(float(text))))
    return _known(compare(value.str.to_lowercase(), _lower(operand)) & ~_is_number(value))


def _at_least(value: pl.Expr, operand: Any) -> pl.Expr:
    return _ordered(value, operand, lambda left, right: left >= right)


def _at_most(value: pl.Expr, operand: Any) -> pl.Expr:
    return _ordered(value, operand, lambda left, right: left <= right)


def _between(value: pl.Expr, operand: list[Any]) -> pl.Expr:
    return _at_least(value, operand[0]) & _at_most(value, operand[1])


def _contains(value: pl.Expr, operand: Any) -> pl.Expr:
    return _known(value.str.to_lowercase().str.contains(_lower(operand), literal=True))


def _starts_with(value: pl.Expr, operand: Any) -> pl.Expr:
    return _known(value.str.to_lowercase().str.starts_with(_lower(operand)))


def _exists(value: pl.Expr, operand: bool) -> pl.Expr:
    return value.is_not_null() if operand else value.is_null()


OPERATIONS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "=": _equals, "in": _in, "not_in": _not_in, "between": _between, "at_least": _at_least, "at_most": _at_most,
    "contains": _contains, "starts_with": _starts_with, "exists": _exists,
}  # fmt: skip


# --- conditions on time ----------------------------------------------------------------------------------------------------


class Score(Clause):
    """Balances that must be reached, all of those named at the same moment."""

    fit: Points | None = None
    engagement: Points | None = None
    total: Points | None = Field(default=None, description="Fit and engagement together.")

    @model_validator(mode="after")
    def _something(self) -> Score:
        if not self.thresholds():
            raise wrong("010", "A score needs at least one of fit, engagement and total.")
        return self

    def thresholds(self) -> dict[str, Any]:
        """The thresholds that are named: axis → points."""
        named = {"fit": self.fit, "engagement": self.engagement, "total": self.total}
        return {axis: points for axis, points in named.items() if points is not None}


class TimeCondition(Clause):
    """What must become true: exactly one of fact, score, persona, grade, any and all; `only_from` may stand beside it."""

    fact: Kind | None = Field(default=None, description="A fact of this kind happens.")
    where: AttributeCondition | None = Field(default=None, description="Beside fact: what its properties must be.")
    score: Score | None = Field(default=None, description="Points that must be reached.")
    persona: list[Text] | None = Field(default=None, min_length=1, description="One of these personas.")
    grade: list[Text] | None = Field(default=None, min_length=1, description="One of these grades.")
    any: list[TimeCondition] | None = Field(default=None, min_length=1, description="One of these conditions holds.")
    all: list[TimeCondition] | None = Field(default=None, min_length=1, description="All of these conditions hold.")
    only_from: Text | None = Field(default=None, description="Counts only for a lead that has reached this earlier stage.")

    @model_validator(mode="after")
    def _exactly_one(self) -> TimeCondition:
        given = [name for name in CONDITION_KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            what = f"here are {' and '.join(given)}" if given else "here is none"
            raise wrong(
                "010", f"A condition is exactly one of {', '.join(CONDITION_KINDS)}; {what}. Join several with any or all."
            )
        if self.where is not None and self.fact is None:
            raise wrong("010", '"where" belongs to a fact; there is none beside it.')
        return self

    def parts(self) -> Iterator[TimeCondition]:
        """This condition and every condition inside it."""
        yield self
        for inner in (*(self.any or ()), *(self.all or ())):
            yield from inner.parts()


CONDITION_KINDS = ("fact", "score", "persona", "grade", "any", "all")
