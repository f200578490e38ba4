"""The language of the agreement: one model for each part, with the keys of the document as attributes.

`from`, `in` and `for` are words of Python, so their attributes end in `_`. Percentages are fractions (`50%` → 0.5), points
and money decimals of whole hundredths. What is left out is None, an empty list or the default named at the field.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from smarketing.agreement.calendars import Calendar, Zone
from smarketing.agreement.conditions import AttributeCondition, TimeCondition
from smarketing.agreement.values import (
    COMMITMENT_KINDS,
    LOWEST_GRADE,
    Amount,
    Clause,
    Count,
    Currency,
    Date,
    Elapsed,
    Kind,
    Percentage,
    Period,
    Points,
    Prose,
    Share,
    Side,
    Span,
    StageName,
    Team,
    Text,
    TimeOfDay,
    as_amount,
    as_number,
    shown,
    wrong,
)
from smarketing.agreement.version import canonical_json, version_id
from smarketing.vocabulary.durations import Duration


class InForce(Clause):
    """From when the version holds (00:00 in the agreement's zone), and until when it is on trial."""

    from_: Date = Field(alias="from", description="The first day on which this version judges facts.")
    trial_until: Date | None = Field(default=None, description="Measured but not rewarded until this day.")


class Signatories(Clause):
    """Who signs for each team: e-mail addresses or names."""

    marketing: list[Text] = Field(default=[])
    sales: list[Text] = Field(default=[])


class Term(Clause):
    """One word of the common vocabulary."""

    term: Text
    short: Text | None = Field(default=None, description="Its abbreviation, like MQL.")
    stage: Text | None = Field(default=None, description="The stage whose rule makes it true.")
    means: Prose
    also_called: dict[Team, list[Text]] = Field(default={}, description="What each team calls it besides.")


class FitRule(Clause):
    """Points for who somebody is."""

    name: Text | None = None
    when: AttributeCondition = Field(default=AttributeCondition({}), description="Who gets them; left out: everybody.")
    points: Points

    @property
    def label(self) -> str:
        """Its name or, without one, the canonical JSON of its condition (`{}` where it has none)."""
        return self.name or self.when.canonical


class Phase(Clause):
    """A phase of a buying cycle: how long it usually lasts, what to say and to offer in it."""

    phase: Text
    lasts: Span | None = Field(default=None, description="What is expected; longer is shown.")
    when: TimeCondition | None = Field(default=None, description="When it begins; left out: at the first fact.")
    say: Prose | None = None
    offer: list[Text] = Field(default=[])


class Persona(Clause):
    """A kind of buyer; the persona with the most points decides a lead's fit."""

    name: Text
    means: Prose | None = None
    when: AttributeCondition | None = Field(default=None, description="Who may be one; left out: everybody.")
    fit: list[FitRule] = Field(default=[])
    buying_cycle: list[Phase] = Field(default=[])


class Fade(Clause):
    """After this time only this share of the points is left."""

    after: Elapsed
    to: Share


class EngagementRule(Clause):
    """Points for what somebody does."""

    name: Text
    fact: Kind
    where: AttributeCondition | None = None
    points: Points
    at_most: Count | None = Field(default=None, description="Only so many of the most recent facts count; left out: all.")
    fades: list[Fade] = Field(default=[], description="When the points fade; left out: never.")


class Stage(Clause):
    """A step from the first visit to the customer; reaching a later one implies the earlier ones."""

    name: StageName
    owner: Team = Field(description="The team that looks after leads at this stage.")
    when: TimeCondition | None = Field(default=None, description="When it is entered; left out: at the begin.")


class Preference(Clause):
    """Leads like these go to these reps."""

    when: AttributeCondition
    to: Annotated[list[Text], Field(min_length=1)]


class Route(Clause):
    """Who gets a lead that is handed over."""

    by: Literal["round_robin", "weighted", "least_loaded"] = "round_robin"
    weights: dict[Text, Amount] = Field(default={}, description="For weighted: how much of the whole each rep gets.")
    account_owner_first: bool = Field(default=False, description="Whoever has the lead's account also gets the lead.")
    after_breach: Literal["none", "reassign"] = Field(
        default="none", description="What happens when nobody responded in time: nothing, or the next rep gets the lead."
    )
    prefer: list[Preference] = Field(default=[])


class Connect(Clause):
    """A fact that shows that the lead was reached; a bare kind is the same without `where`."""

    fact: Kind
    where: AttributeCondition | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, raw: Any) -> Any:
        return {"fact": raw} if isinstance(raw, str) else raw

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _or_text(handler.resolve_ref_schema(handler(core)))


class Reason(Clause):
    """A reason to choose from; `doubt_if` is said to the one who chooses it, and never blocks."""

    reason: Text
    doubt_if: TimeCondition | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, raw: Any) -> Any:
        return {"reason": raw} if isinstance(raw, str) else raw

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _or_text(handler.resolve_ref_schema(handler(core)))


def _or_text(schema: JsonSchemaValue) -> JsonSchemaValue:
    """In the document it may also be just a text."""
    title, text = schema.pop("title", ""), schema.pop("description", "")
    return {"title": title, "description": text, "anyOf": [{"type": "string"}, dict(schema)]}


class Reasons(Clause):
    """The reasons that may be given, by the fact that carries them; left out: any text."""

    rejected: list[Reason] = Field(default=[])
    recycled: list[Reason] = Field(default=[])
    disqualified: list[Reason] = Field(default=[])
    held: list[Reason] = Field(default=[])
    opportunity_lost: list[Reason] = Field(default=[])


class Handoff(Clause):
    """Where marketing hands over to sales, and how."""

    at: Text = Field(description="The stage at whose entry the lead is handed over.")
    check: bool = Field(default=False, description="true: marketing checks first; the hand-off is then the passed fact.")
    return_to: Text | None = Field(default=None, description="Where a lead is after a hand-back; left out: one before.")
    route: Route = Field(
        default=Route(),
        description="Who gets a lead; left out: nobody gets one by itself, whoever assigns it tells so with a fact.",
    )
    attempts: list[Kind] | None = Field(default=None, description="Kinds that count as an attempt; left out: every sales act.")
    connects: list[Connect] = Field(default=[], description="Facts that show that the lead was reached; left out: none.")
    reasons: Reasons = Reasons()

    @property
    def routes(self) -> bool:
        """Whether leads get their reps by themselves: the agreement says how."""
        return "route" in self.model_fields_set


class Commitment(Clause):
    """A promise of one team (or both) for each period; exactly one of the eight kinds."""

    name: Text
    by: Side
    deliver: Text | None = Field(default=None, description="Hand over leads at this stage; with at_least and grades.")
    grades: list[Text] | None = Field(default=None, description="Beside deliver or worth: only these grades count.")
    at_least: Amount | None = Field(default=None, description="Beside deliver: how many.")
    worth: Amount | None = Field(default=None, description="Hand over leads worth this much, in the agreement's currency.")
    accepted: Share | None = Field(default=None, description="This share of the decided hand-offs is accepted.")
    respond_within: Span | None = Field(default=None, description="First attempt within this time; with share.")
    decide_within: Span | None = Field(
        default=None, description="Accepted, rejected, recycled or disqualified in time; with share."
    )
    attempts: Count | None = Field(default=None, description="So many attempts, or a connect; with within and share.")
    within: Span | None = Field(default=None, description="Beside attempts: in this time.")
    pursue: Amount | None = Field(default=None, description="So many hand-offs get an attempt.")
    revenue: Amount | None = Field(default=None, description="Win this much, in the agreement's currency.")
    share: Share | None = Field(default=None, description="The share of clocks that must be kept; left out: 100%.")
    per: Period

    @property
    def kind(self) -> str:
        """Which of the eight kinds it is."""
        return next(kind for kind in COMMITMENT_KINDS if getattr(self, kind) is not None)

    @property
    def due(self) -> Duration | None:
        """The time allowed by a kind that has a clock, else None."""
        return self.respond_within or self.decide_within or (self.within if self.attempts else None)

    @property
    def target(self) -> Decimal:
        """What is promised: a count, money, or a share as a fraction."""
        if self.due:
            return Decimal(1) if self.share is None else self.share
        return next(value for value in (self.at_least, self.worth, self.accepted, self.pursue, self.revenue) if value is not None)


class Band(NamedTuple):
    """What a lead of a grade is worth from an engagement on (None: from any)."""

    engagement: Decimal | None
    amount: Decimal


def _bands(value: Any) -> tuple[Band, ...]:
    """`900`, or `{0: 600, 40: 900}`; the lowest bound first."""
    if not isinstance(value, dict):
        return (Band(None, as_amount(value)),)
    if not value:
        raise wrong("010", "A table of worth needs at least one line, like {0: 600, 40: 900}.")
    return tuple(sorted(Band(_bound(key), as_amount(amount)) for key, amount in value.items()))


def _bound(key: Any) -> Decimal:
    try:
        bound = Decimal(key) if isinstance(key, str) else as_number(key)
        return bound if bound.is_finite() else Decimal("no number")
    except ArithmeticError:
        raise wrong("006", f"{shown(key)} is not an engagement from which on a worth holds; write {{0: 600, 40: 900}}.") from None


_WORTH_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {
            "type": "object",
            "patternProperties": {r"^-?[0-9.]+$": {"type": "number", "minimum": 0}},
            "additionalProperties": False,
        },
    ],
    "description": "An amount, or amounts by the engagement from which on they hold: {0: 600, 40: 900}.",
}
Bands = Annotated[tuple[Band, ...], PlainValidator(_bands), WithJsonSchema(_WORTH_SCHEMA)]


class Reward(Clause):
    """The money both teams share when promises are kept."""

    pool: Amount
    per: Period
    for_: list[Text] | None = Field(default=None, alias="for", description="Commitments; left out: revenue alone.")
    both_met: Percentage = Field(description="The share of the pool when both teams kept theirs.")
    one_missed: Percentage
    none_met: Percentage


class Effort(Clause):
    """What sales work costs."""

    minutes_per_attempt: Annotated[Amount, Field(description="Minutes of one attempt.")]


class Holdout(Clause):
    """A small random share handed over all the same, so that the threshold can be judged."""

    share: Share
    of: Literal["below_threshold"] = "below_threshold"


class Interest(Clause):
    """A fact that shows an interest in a topic."""

    fact: Kind
    where: AttributeCondition | None = None


class Weekly(Clause):
    """When the weekly meeting takes place."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    at: TimeOfDay


class Meetings(Clause):
    """When both teams meet."""

    weekly: Weekly | None = None
    renewal: Literal["monthly", "quarterly"] | None = Field(
        default=None, description="How often the agreement is confirmed or amended."
    )
    interlock: Literal["monthly", "quarterly"] | None = Field(
        default=None, description="How often campaigns and reps are reviewed."
    )


class Goal(Clause):
    """A bar that flags campaigns or reps: at least this share goes from one stage to another."""

    from_: Text = Field(alias="from")
    to: Text
    at_least: Share
    by: Literal["campaign", "rep"]


class Attribution(Clause):
    """Who gets the credit for money won."""

    model: Literal["first", "last", "linear", "position", "time_decay", "markov", "shapley"]
    lookback: Elapsed | None = Field(default=None, description="How far back a touch counts; left out: without limit.")
    position: Annotated[list[Share], Field(min_length=3, max_length=3)] = Field(
        default=[Decimal("0.4"), Decimal("0.2"), Decimal("0.4")],
        description="First, all between together, last; together 100%.",
        json_schema_extra={"default": ["40%", "20%", "40%"]},
    )
    half_life: Elapsed = Field(
        default=Duration(7, "day"),
        description="For time_decay: a touch so much older counts half.",
        json_schema_extra={"default": "7d"},
    )
    scope: Literal["lead", "account"] = Field(
        default="lead", description="Whose touches: those of the opportunity's leads, or of their whole account."
    )


def _highest_first(grades: dict[str, Decimal]) -> dict[str, Decimal]:
    """Grades in the order in which they are tried.

    The order of keys does not change an agreement's id, so it must not change its meaning either: a version that comes back
    from its canonical form, with sorted keys, gives the same grades.
    """
    return dict(sorted(grades.items(), key=lambda grade: (-grade[1], grade[0])))


Grades = Annotated[dict[str, Points], AfterValidator(_highest_first)]


class Agreement(Clause):
    """What both teams signed: one version of it."""

    name: Text
    currency: Currency
    timezone: Zone
    in_force: InForce
    signatories: Signatories = Signatories()
    calendars: dict[str, Calendar] = Field(default={}, description="Working hours; default is that of everybody without another.")
    vocabulary: list[Term] = Field(default=[])
    personas: list[Persona] = Field(default=[], description="Who buys: first by points, then by order.")
    engagement: list[EngagementRule] = Field(default=[], description="Points for what a lead does.")
    grades: Grades = Field(default={}, description="Grade to the fit from which on it holds; below the last: D. Highest first.")
    stages: Annotated[list[Stage], Field(min_length=1, description="In order, from the first visit to the customer.")]
    handoff: Handoff
    commitments: list[Commitment] = Field(default=[])
    worth: dict[str, Bands] | None = Field(default=None, description="What a hand-off of each grade is worth.")
    reward: Reward | None = None
    effort: Effort | None = None
    holdout: Holdout | None = None
    interests: dict[str, list[Interest]] = Field(default={}, description="Topic to the facts that show an interest in it.")
    meetings: Meetings | None = None
    rankings: Literal["open", "leaders"] = Field(
        default="open", description="Who sees reps' figures: both teams, or leaders only."
    )
    goals: list[Goal] = Field(default=[])
    attribution: Attribution | None = None

    _written: dict[str, Any] = PrivateAttr(default_factory=dict)
    _id: str = PrivateAttr(default="")

    @model_validator(mode="wrap")
    @classmethod
    def _keep_as_written(cls, raw: Any, build: ModelWrapValidatorHandler[Self]) -> Self:
        agreement = build(raw)
        if isinstance(raw, dict):
            agreement._written = raw
        return agreement

    @property
    def written(self) -> dict[str, Any]:
        """The document as plain data, as it was written (dates are text)."""
        return self._written

    @property
    def canonical(self) -> str:
        """The canonical form that the id is made from."""
        return canonical_json(self._written)

    @property
    def id(self) -> str:
        """The version id: SHA-256 of the canonical form."""
        self._id = self._id or version_id(self._written)
        return self._id

    @property
    def stage_names(self) -> list[str]:
        """All stages, in order."""
        return [stage.name for stage in self.stages]

    @property
    def stages_after_handoff(self) -> list[str]:
        """The stages after `handoff.at`, in order: each is a column of the hand-offs."""
        return self.stage_names[self.stage_names.index(self.handoff.at) + 1 :]

    @property
    def return_to(self) -> str | None:
        """Where a lead is after a hand-back; None when nothing comes before the hand-off."""
        before = self.stage_names[: self.stage_names.index(self.handoff.at)]
        return self.handoff.return_to or (before[-1] if before else None)

    def grade_of(self, fit: Decimal) -> str:
        """The grade of a fit: the highest threshold reached, else D."""
        return next((grade for grade, threshold in self.grades.items() if fit >= threshold), LOWEST_GRADE)

    def worth_of(self, grade: str, engagement: Decimal) -> Decimal | None:
        """What a hand-off is worth: that of the highest engagement reached; 0 for a grade without one; None without `worth`."""
        if self.worth is None:
            return None
        bands = [band for band in self.worth.get(grade, ()) if band.engagement is None or engagement >= band.engagement]
        return bands[-1].amount if bands else Decimal(0)


def json_schema() -> dict[str, Any]:
    """The language as JSON Schema (2020-12), for editors that complete and check while one types."""
    schema = Agreement.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Smarketing agreement"}
