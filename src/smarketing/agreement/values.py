"""The small values of the language: texts, names, numbers, percentages, durations, dates, times of day.

Each is a type for a field of a model; a wrong value becomes a `PydanticCustomError` whose type is the number of the problem
(see `documents.SHAPE_CODES`) and whose text is the sentence that the reader of the problem sees.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from smarketing.vocabulary.durations import Duration, parse_duration

NAME_PATTERN = "[a-z][a-z0-9_]*"
PERCENT_PATTERN = r"[0-9]+(\.[0-9]+)? ?%"
ELAPSED_PATTERN = "[0-9]+ ?[mhdw]"
DURATION_PATTERN = f"({ELAPSED_PATTERN}|[0-9]+ business (minute|hour|day)s?)"
TIME_PATTERN = "([01][0-9]|2[0-3]):[0-5][0-9]"
LOWEST_GRADE = "D"
"""The grade of a lead below every threshold; it needs no line in `grades`."""
PARTS_OF_KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "deliver": (("at_least",), ("grades",)),
    "worth": ((), ("grades",)),
    "accepted": ((), ()),
    "respond_within": ((), ("share",)),
    "decide_within": ((), ("share",)),
    "attempts": (("within",), ("share",)),
    "pursue": ((), ()),
    "revenue": ((), ()),
}
"""The eight kinds of commitment: the parts that each needs, and those that it may have besides."""
COMMITMENT_KINDS = tuple(PARTS_OF_KINDS)
LARGEST = Decimal(10) ** 12
"""Points and money beyond this are a slip of the hand, and sums of them would leave decimal(18,2)."""


def _or_nothing_in_schema(schema: dict[str, Any]) -> None:
    """What may be left out may also stand there with nothing behind it."""
    for name, part in schema.get("properties", {}).items():
        nullable = {"type": "null"}
        if name not in schema.get("required", ()) and nullable not in part.get("anyOf", ()):
            said = {key: part.pop(key) for key in ("title", "description", "default") if key in part}
            schema["properties"][name] = {"anyOf": [part, nullable], **said}


class Clause(BaseModel):
    """A part of the agreement: strict about types, closed against unknown keys, unchangeable.

    A key that may be left out and has nothing behind it (`engagement:`) is left out.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, validate_default=False, json_schema_extra=_or_nothing_in_schema
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_left_out(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        optional = {info.alias or name for name, info in cls.model_fields.items() if not info.is_required()}
        return {key: value for key, value in raw.items() if value is not None or key not in optional}


def wrong(code: str, message: str) -> PydanticCustomError:
    """A problem with a value, said in a sentence; `code` is the number after the prefix."""
    return PydanticCustomError(code, "{message}", {"message": message})  # type: ignore[arg-type, unused-ignore]


def shown(value: Any) -> str:
    """A value in a message: texts in quotes, YAML's words as they are written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "empty" if value is None else f'"{value}"' if isinstance(value, str) else str(value)


def as_text(value: Any) -> str:
    """A text, or a problem that says what stands there instead."""
    if isinstance(value, str):
        return value
    raise wrong("006", f'This must be a text; here it is {shown(value)}. Put it in quotes: "{value}".')


def as_number(value: Any) -> Decimal:
    """A number as it is written; a text in quotes is none, and neither is true."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        hint = ", without quotes" if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9.]+", value) else ""
        raise wrong("006", f"This must be a number{hint}; here it is {shown(value)}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong("009", f"{value} is a number without an end, or none at all, and has no meaning here.")
    return Decimal(str(value))


def as_whole(value: Any) -> Any:
    """`3.0` is the whole number 3; anything else stays as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_hundredths(value: Any) -> Decimal:
    """A number of whole hundredths: points and money."""
    number = as_number(value)
    if abs(number) >= LARGEST:
        raise wrong("009", f"{shown(value)} is too large for points or money.")
    if number != number.quantize(Decimal("0.01")):
        raise wrong("009", f"{shown(value)} has too many decimals: points and money are whole hundredths, like 2.5 or 0.25.")
    return number


def as_amount(value: Any) -> Decimal:
    """Money or a count that cannot be below 0."""
    number = as_hundredths(value)
    if number < 0:
        raise wrong("009", f"{shown(value)} is below 0; this cannot be negative.")
    return number


def as_share(value: Any) -> Decimal:
    """`50%` → 0.5; nothing beyond 100%."""
    share = as_percentage(value)
    if share > 1:
        raise wrong("009", f'"{value}" is more than 100%.')
    return share


def as_percentage(value: Any) -> Decimal:
    """`120%` → 1.2."""
    if not isinstance(value, str) or not re.fullmatch(PERCENT_PATTERN, value):
        raise wrong("008", f"{shown(value)} is not a percentage; write it like 50% or 12.5%.")
    return Decimal(value.rstrip("% ")).scaleb(-2)


def as_duration(value: Any) -> Duration:
    """`30d`, `4 business hours`; see `vocabulary.durations`."""
    if isinstance(value, Duration):
        return value
    try:
        return parse_duration(value if isinstance(value, str) else "")
    except ValueError:
        example = "write 30m, 24h, 30d, 2w, 4 business hours or 10 business days"
        raise wrong("008", f"{shown(value)} is not a duration; {example}.") from None


def as_span(value: Any) -> Duration:
    """A duration that is more than nothing."""
    duration = as_duration(value)
    if duration.amount == 0:
        raise wrong("009", f'"{value}" is no time at all; it must be more than 0.')
    return duration


def as_elapsed(value: Any) -> Duration:
    """Elapsed time only: points do not wait for office hours."""
    duration = as_duration(value)
    if duration.business:
        raise wrong("008", f'"{value}" is business time; here only elapsed time is possible: write it like 30d or 24h.')
    return duration


def as_date(value: Any) -> datetime.date:
    """`2026-01-31`."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    text = value if isinstance(value, str) else ""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise wrong("008", f"{shown(value)} is not a date; write year-month-day, like 2026-01-31.") from None


def as_time_of_day(value: Any) -> str:
    """`10:00`, kept as text."""
    if not isinstance(value, str) or not re.fullmatch(TIME_PATTERN, value):
        raise wrong("008", f'{shown(value)} is not a time of day; write it like "09:30".')
    return value


def _not_blank(text: str) -> str:
    if not text.strip() or text != text.strip():
        raise wrong("008", f'"{text}" is empty, or begins or ends with a blank.')
    return text


def _matching(pattern: str, sentence: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise wrong("008", f'"{text}" {sentence}')
        return text

    return check


def _pattern(pattern: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "description": description})


Text = Annotated[str, BeforeValidator(as_text), AfterValidator(_not_blank), Field(description="A text, not empty.")]
Prose = Annotated[str, BeforeValidator(as_text), Field(description="A text for people; it may be empty.")]
Kind = Annotated[
    Text,
    AfterValidator(
        _matching(NAME_PATTERN, "cannot be a kind of fact: those are small letters, digits and _, like form_submitted.")
    ),
    _pattern(NAME_PATTERN, "A kind of fact, like form_submitted: small letters, digits and _."),
]
StageName = Annotated[
    Text,
    AfterValidator(_matching(NAME_PATTERN, "cannot be the name of a stage: only small letters, digits and _, like sales_ready.")),
    _pattern(NAME_PATTERN, "The name of a stage, like mql: small letters, digits and _."),
]
Currency = Annotated[
    Text,
    AfterValidator(_matching("[A-Z]{3}", "is not a currency; write the three capital letters of ISO 4217, like EUR.")),
    _pattern("[A-Z]{3}", "Three capital letters of ISO 4217, like EUR."),
]
Points = Annotated[Decimal, PlainValidator(as_hundredths), WithJsonSchema({"type": "number", "multipleOf": 0.01})]
Amount = Annotated[Decimal, PlainValidator(as_amount), WithJsonSchema({"type": "number", "minimum": 0, "multipleOf": 0.01})]
Share = Annotated[Decimal, PlainValidator(as_share), _pattern(PERCENT_PATTERN, "A percentage up to 100%, like 70% or 12.5%.")]
Percentage = Annotated[Decimal, PlainValidator(as_percentage), _pattern(PERCENT_PATTERN, "A percentage, like 50%.")]
Elapsed = Annotated[Duration, PlainValidator(as_elapsed), _pattern(ELAPSED_PATTERN, "Elapsed time: 30m, 24h, 30d or 2w.")]
Span = Annotated[
    Duration,
    PlainValidator(as_span),
    _pattern(DURATION_PATTERN, "Elapsed time (24h, 30d) or business time (4 business hours, 2 business days)."),
]
Date = Annotated[datetime.date, PlainValidator(as_date), WithJsonSchema({"type": "string", "format": "date"})]
TimeOfDay = Annotated[str, PlainValidator(as_time_of_day), _pattern(TIME_PATTERN, 'A time of day in quotes, like "10:00".')]
Count = Annotated[int, Field(ge=1), BeforeValidator(as_whole)]
Period = Literal["week", "month", "quarter", "year"]
Team = Literal["marketing", "sales"]
Side = Literal["marketing", "sales", "both"]
