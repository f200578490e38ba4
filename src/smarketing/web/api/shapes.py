"""What the API's answers look like, for the OpenAPI description; the figures are those of `report.to_dict()`."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class Open(Schema):
    """A shape that may have further keys: what a report adds is passed on."""

    model_config = ConfigDict(extra="allow")


class Mistake(Schema):
    """What went wrong: `code` is for programs, `message` for people."""

    code: str
    message: str


class Rate(Schema):
    """`n` of `of`, with its 90% Wilson interval; of nothing there is no rate."""

    n: int
    of: int
    rate: float | None
    low: float | None
    high: float | None


class Money(Schema):
    """An amount with two decimals."""

    amount: float
    currency: str


class Time(Schema):
    """`n` elapsed times, in days."""

    n: int
    median_days: float | None
    p90_days: float | None


def _by_its_key(schema: dict[str, Any]) -> None:
    """`from` is a word of the language, not of the answer."""
    schema["properties"] = {name.rstrip("_"): told for name, told in schema["properties"].items()}
    schema["required"] = [name.rstrip("_") for name in schema["required"]]


class Span(Schema):
    """A period: instants, the end not included."""

    model_config = ConfigDict(json_schema_extra=_by_its_key)

    from_: str = Field(alias="from")
    to: str


class Note(Schema):
    """What has to be known before a number is used."""

    code: str
    text: str


class Step(Open):
    """One stage of a funnel row."""

    stage: str
    reached: int
    from_previous: Rate | None = None
    from_lead: Rate | None = None
    time_from_previous: Time | None = None


class FunnelRow(Open):
    """One group of leads, from lead to won; `by` is null without a breakdown."""

    by: str | None
    leads: int
    stages: list[Step]
    won: int
    won_rate: Rate
    won_amount: Money
    spend: Money | None
    cost_per_won: Money | None


class Commitment(Open):
    """One commitment in one period."""

    name: str
    period_start: str
    period_end: str
    team: str
    unit: str
    target: float
    actual: float | None
    n: int
    expected_by_now: float | None
    forecast_low: float | None
    forecast: float | None
    forecast_high: float | None
    status: str | None
    trial: bool


class Judged(Open):
    """A campaign or a rep, against what their mix of leads lets expect."""

    by: str | None
    sql: Rate | None = None
    opportunity: Rate | None = None
    won: Rate
    won_amount: Money | None = None
    expected_won: float | None = None
    verdict: str
    goals: list[dict[str, Any]] = Field(default=[])
    median_response_minutes: float | None = None


class Given(Schema):
    """What a model gives: shares of wins, added up, and their money."""

    conversions: float
    amount: float
    currency: str


class Spread(Schema):
    """The least and the most that a model gives, in money."""

    low: float
    high: float


class Return(Schema):
    """What came ÷ what was spent: by the signed model (null: none), and at both ends of the spread."""

    signed: float | None
    low: float
    high: float


class Credited(Open):
    """A campaign or channel: the wins it touched, what each model gives to it, what it cost; `by` is null where nobody is named."""

    by: str | None
    wins: int
    models: dict[str, Given]
    spread: Spread
    spend: Money | None
    return_on_spend: Return | None


class Needed(Open):
    """Leads of a grade in a month: needed for the goal, expected, missing."""

    month: str
    grade: str | None
    needed: float | None
    expected: float | None
    missing: float | None


class Report(Open):
    """What every report says about itself."""

    report: str
    period: Span | None
    as_of: str
    agreement: str
    notes: list[Note]


class Funnel(Report):
    """Where leads are lost."""

    rows: list[FunnelRow]


class Scoreboard(Report):
    """The commitments of a period, with the waterfall, the reward and the wins beside them."""

    rows: list[Commitment]


class Leaderboard(Report):
    """Campaigns or reps, best first."""

    rows: list[Judged]


class Attribution(Report):
    """Who brought the money: the models side by side; `by` is campaign or channel, `model` the signed one."""

    by: str
    model: str | None
    rows: list[Credited]


class Plan(Report):
    """The revenue goal turned round into leads."""

    rows: list[Needed]


class Lead(Open):
    """One lead on one line."""

    lead_id: str


class Leads(Schema):
    """One page of leads."""

    total: int
    page: int
    pages: int
    rows: list[Lead]


class Behind(Schema):
    """The rows behind a number; `unit` says what they are, `figure` how the number comes from them: count, sum, share, median, span or last."""

    title: str
    unit: str
    figure: str
    column: str
    number: float | None
    total: int
    page: int
    pages: int
    rows: list[dict[str, Any]]


class Life(Open):
    """One lead's life in order of time."""


class Version(Open):
    """One version of the agreement; `state` is "before", "in force" or "to come", `in_force_until` its last day."""

    id: str
    name: str
    in_force_from: str
    in_force_until: str | None
    trial_until: str | None
    in_force: bool
    state: str


class Agreement(Version):
    """A version with its document as data."""

    document: dict[str, Any]


class State(Schema):
    """What the server holds: `serial` grows with each refresh."""

    serial: int
    as_of: str | None
    agreement: str | None
    leads: int


class SentFact(Schema):
    """One fact as it is sent: the columns of the journal."""

    fact_id: str
    lead_id: str
    at: str
    kind: str
    recorded_at: str | None = None
    campaign: str | None = None
    channel: str | None = None
    actor: str | None = None
    opportunity_id: str | None = None
    amount: float | str | None = None
    currency: str | None = None
    properties: dict[str, str | float | bool | None] | None = None
    source: str | None = None


class RejectedFact(Schema):
    """One that is no fact: its place in the message (from 0), why, and what would be right."""

    index: int
    fact_id: str | None
    code: str
    reason: str
    mend: str


class Taken(Schema):
    """What became of a message: `new` facts, those `known` already, `conflicts` (a known id with other content), and no facts."""

    new: int
    known: int
    conflicts: int
    rejected: list[RejectedFact]


class Alarm(Schema):
    """Something that somebody has to do something about."""

    code: str
    said: str
    mend: str


class Status(Open):
    """Who works, what waits, how fresh what the pages show is; `status` is "ok" or "alarm"."""

    status: str
    alarms: list[Alarm]
    worker: dict[str, Any]
    queue: dict[str, Any]
    state: dict[str, Any]
    versions: dict[str, str]
    agreements: list[str]


class InboxRow(Open):
    """One lead of an inbox: the next `step`, the `clock` that runs out next, and the lead's `etag`."""

    lead_id: str
    cycle: int
    owner: str | None
    grade: str | None
    worth: float | None
    handed_at: str
    step: dict[str, Any]
    clock: dict[str, Any] | None
    etag: str | None


class Inbox(Schema):
    """One page of whom a rep calls next, as of `now`."""

    rep: str
    now: str
    total: int
    page: int
    pages: int
    rows: list[InboxRow]


class ReceiptLine(Schema):
    """One line of a receipt: `points` that a rule gave or took by a fact, and the `balance` of its axis after that moment."""

    at: str
    axis: str
    rule: str
    fact_id: str
    points: float
    balance: float
    persona: str | None


class Receipt(Schema):
    """The lines that add up to a score."""

    lead_id: str
    fit: float
    engagement: float
    total: float
    grade: str | None
    lines: list[ReceiptLine]


class Clock(Schema):
    """A promise about a hand-off: `state` is open, kept, late, breached or void."""

    commitment: str
    due_at: str
    kept_at: str | None
    state: str


class Handoff(Open):
    """One cycle of a lead that was handed over."""

    lead_id: str
    cycle: int
    handed_at: str
    rep: str | None
    owner: str | None
    grade: str | None
    clocks: list[Clock]


class Handoffs(Schema):
    """One page of hand-offs."""

    total: int
    page: int
    pages: int
    rows: list[Handoff]


class ActAsked(Schema):
    """What to do with a lead; which of the others belong to a verb says the reference."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal[
        "accepted", "rejected", "recycled", "disqualified", "call_made", "email_sent", "message_sent", "meeting_booked",
        "meeting_held", "obstacle_noted", "snoozed", "assigned", "commented", "attached", "passed", "held",
    ]  # fmt: skip
    reason: str | None = None
    outcome: str | None = None
    note: str | None = None
    to: str | None = None
    until: str | None = None
    obstacle: str | None = None
    text: str | None = None
    url: str | None = None
    name: str | None = None


class Act(Schema):
    """An act that was done: the facts it told, the lead's `etag` after it, what speaks against it (`doubt`), and until when it can be
    taken back."""

    key: str
    verb: str
    lead_id: str
    by: str
    at: str
    fact_ids: list[str]
    etag: str
    doubt: str | None
    mentions: list[str]
    undo_until: str | None


class TakenByOther(Mistake):
    """Somebody was faster: `by` (an address) did `verb` at `at`."""

    by: str
    name: str
    verb: str
    at: str


class Stale(Mistake):
    """The lead is not any more as it was seen: `changed` in sentences, and the `etag` of now."""

    changed: list[str]
    etag: str


class NotAsked(Mistake):
    """What was asked makes no sense: where, why, and what would."""

    place: str | None = None
    reason: str | None = None
    mend: str | None = None
