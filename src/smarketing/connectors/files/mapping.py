"""The language of a mapping: which files, which facts a row of them tells, which of the small tables."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from smarketing.agreement.conditions import AttributeCondition
from smarketing.agreement.values import wrong
from smarketing.connectors.files.template import Template, column_template, parse_template
from smarketing.connectors.files.values import check_format
from smarketing.vocabulary.words import did_you_mean


def _zone(given: Any) -> Any:
    if isinstance(given, str) and given not in available_timezones():
        guess = did_you_mean(given, available_timezones())
        raise wrong("008", f'"{given}" is not a time zone; write for example Europe/Berlin.{guess}')
    return given


def _template(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        parse_template(given)
    except ValueError as error:
        raise wrong("008", f"{error}.") from error
    return given


def _format(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        check_format(given)
    except ValueError as error:
        raise wrong("008", f"{error}.") from error
    return given


def _short(given: Any) -> Any:
    """`lead_id: "{id}"` is short for `lead_id: {text: "{id}"}`."""
    if isinstance(given, dict) and len(given) == 1 and next(iter(given.values())) is None:
        raise wrong("008", f'put braces in quotes: "{{{next(iter(given))}}}"; without them YAML reads a mapping.')
    if isinstance(given, int | float) and not isinstance(given, bool):
        return {"text": str(given)}
    return {"text": given} if isinstance(given, str) else given


def _short_property(given: Any) -> Any:
    """`machine: true` and `points: 5` are constants of their own type; any text is a template."""
    if isinstance(given, bool | int | float):
        return {"text": str(given).lower(), "type": "boolean" if isinstance(given, bool) else "number"}
    return _short(given)


Zone = Annotated[str, BeforeValidator(_zone)]
TemplateText = Annotated[str, BeforeValidator(_template)]
TimeFormat = Annotated[str, BeforeValidator(_format)]


class Part(BaseModel):
    """Any part of a mapping: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Reading(Part):
    """What to read of a row: one `column` as it is, or a `text` with cells in braces."""

    column: str | None = None
    text: TemplateText | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.column is None) == (self.text is None):
            raise wrong("010", "a value is read from a column or a text; write one of the two.")
        return self

    @property
    def template(self) -> Template:
        """What to read, as a template."""
        return parse_template(self.text) if self.text is not None else column_template(self.column or "")


class TimeReading(Reading):
    """A time: ISO 8601, or in `format`; without an offset in `zone` (else the mapping's)."""

    format: TimeFormat | None = None
    zone: Zone | None = None


class NumberReading(Reading):
    """A number or amount: its `decimal` sign, the sign between `thousands`, and whether 0 means nothing was given."""

    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " ", "'"] | None = None
    zero_is_empty: bool = False

    @model_validator(mode="after")
    def _different_signs(self) -> Self:
        if self.decimal == self.thousands:
            raise wrong("008", f'"{self.decimal}" cannot be both the decimal sign and the one between thousands.')
        return self


class PropertyReading(NumberReading, TimeReading):
    """A property: text, or a number, boolean or time that is read as such."""

    type: Literal["text", "number", "boolean", "time"] = "text"

    FOR: ClassVar = {"format": "time", "zone": "time", "decimal": "number", "thousands": "number", "zero_is_empty": "number"}

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        for key, kind in self.FOR.items():
            if key in self.model_fields_set and self.type != kind:
                raise wrong("010", f'"{key}" is for a {kind}; write type: {kind} beside it.')
        return self


Text = Annotated[Reading, BeforeValidator(_short)]
Time = Annotated[TimeReading, BeforeValidator(_short)]
Number = Annotated[NumberReading, BeforeValidator(_short)]
Property = Annotated[PropertyReading, BeforeValidator(_short_property)]


class Lookup(Part):
    """Columns of another file, found where its `key` is `with`; they are called `NAME.column` then."""

    file: str
    key: str
    with_: Text = Field(alias="with")


class FactEntry(Part):
    """One fact that a row tells; a field that is left out or empty is not known."""

    kind: Text
    lead_id: Text
    at: Time
    fact_id: Text | None = None
    recorded_at: Time | None = None
    campaign: Text | None = None
    channel: Text | None = None
    actor: Text | None = None
    opportunity_id: Text | None = None
    amount: Number | None = None
    currency: Text | None = None
    source: Text | None = None
    properties: dict[str, Property] = {}
    where: AttributeCondition | None = None

    def readings(self) -> list[tuple[tuple[str, ...], Reading]]:
        """Every reading with its place."""
        fields = [((name,), value) for name, value in self if isinstance(value, Reading)]
        return fields + [(("properties", name), value) for name, value in self.properties.items()]


class Selection(Part):
    """Which files (by name, by header, or both) and which of their rows."""

    match: str | None = None
    columns: list[str] | None = Field(default=None, min_length=1)
    lookup: dict[str, Lookup] = {}
    where: AttributeCondition | None = None

    @model_validator(mode="after")
    def _selects(self) -> Self:
        if self.match is None and self.columns is None:
            raise wrong("005", 'which files? Write match: "*name*.csv", or columns: [a, b] that their header holds.')
        return self


class FileEntry(Selection):
    """The facts that the rows of some files tell."""

    facts: list[FactEntry] = Field(min_length=1)

    def readings(self) -> list[tuple[tuple[str | int, ...], Reading]]:
        """Every reading of every fact with its place."""
        return [(("facts", place, *path), reading) for place, fact in enumerate(self.facts) for path, reading in fact.readings()]

    def conditions(self) -> list[tuple[tuple[str | int, ...], AttributeCondition]]:
        """Every condition with its place."""
        own = [(("facts", place, "where"), fact.where) for place, fact in enumerate(self.facts)]
        return [(path, condition) for path, condition in [(("where",), self.where), *own] if condition]


class TableEntry(Selection):
    """The rows of one small table that the rows of some files tell; its fields are the table's columns."""

    def readings(self) -> list[tuple[tuple[str | int, ...], Reading]]:
        """Every field with its place: the name of the table's column."""
        fields = ((type(self).model_fields[name].alias or name, value) for name, value in self)
        return [((name,), value) for name, value in fields if isinstance(value, Reading)]

    def conditions(self) -> list[tuple[tuple[str | int, ...], AttributeCondition]]:
        """Every condition with its place."""
        return [(("where",), self.where)] if self.where else []


class CampaignsEntry(TableEntry):
    """Rows of `campaigns`."""

    campaign: Text
    name: Text | None = None
    channel: Text | None = None
    owner_team: Text | None = None
    starts: Time | None = None
    ends: Time | None = None


class SpendEntry(TableEntry):
    """Rows of `spend`."""

    campaign: Text
    day: Time
    amount: Number
    currency: Text | None = None


class RepsEntry(TableEntry):
    """Rows of `reps`."""

    rep: Text
    name: Text | None = None
    team: Text | None = None
    role: Text | None = None
    calendar: Text | None = None
    active_from: Time | None = None
    active_to: Time | None = None
    capacity: Number | None = None
    quota: Number | None = None


class AbsencesEntry(TableEntry):
    """Rows of `absences`."""

    rep: Text
    from_: Time = Field(alias="from")
    to: Time


class RatesEntry(TableEntry):
    """Rows of `rates`."""

    day: Time
    from_currency: Text
    to_currency: Text
    rate: Number


TABLE_KEYS = {
    "campaigns": ["campaign"],
    "spend": ["campaign", "day", "currency"],
    "reps": ["rep"],
    "absences": ["rep", "from"],
    "rates": ["day", "from_currency", "to_currency"],
}
"""What identifies a row of a small table: a later import of the same key replaces it."""


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, dict) else given


class Tables(Part):
    """The small tables, each from one entry or a list of them."""

    campaigns: Annotated[list[CampaignsEntry], BeforeValidator(_listed)] = []
    spend: Annotated[list[SpendEntry], BeforeValidator(_listed)] = []
    reps: Annotated[list[RepsEntry], BeforeValidator(_listed)] = []
    absences: Annotated[list[AbsencesEntry], BeforeValidator(_listed)] = []
    rates: Annotated[list[RatesEntry], BeforeValidator(_listed)] = []


class Mapping(Part):
    """A whole mapping."""

    zone: Zone = "UTC"
    files: list[FileEntry] = []
    tables: Tables = Tables()

    @model_validator(mode="after")
    def _maps_something(self) -> Self:
        if not self.files and not any(entries for _, entries in self.tables):
            raise wrong("005", "a mapping needs files: with the facts they tell, or tables:.")
        return self

    def entries(self) -> list[tuple[tuple[str | int, ...], FileEntry | TableEntry]]:
        """Every entry with its place in the document."""
        found: list[tuple[tuple[str | int, ...], FileEntry | TableEntry]] = []
        found += [(("files", place), entry) for place, entry in enumerate(self.files)]
        found += [(("tables", name, place), entry) for name, entries in self.tables for place, entry in enumerate(entries)]
        return found
