"""Facts as JSON, one at a time: what is a fact becomes a row, what is none is named with its place, the reason and the mend.

The rules are those of `checks`: a fact that is plainly fine is not looked at a second time, any other one goes through them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import polars as pl

from smarketing.journal.checks import LONGEST_ID, SNAKE_CASE, failures
from smarketing.journal.columns import LARGEST_AMOUNT
from smarketing.journal.fact import COLUMNS, FACT_SCHEMA
from smarketing.journal.properties import ENCODE
from smarketing.vocabulary.words import did_you_mean

LARGEST_FACT = 32 * 1024
"""Bytes of one fact."""
MOST_FACTS = 10_000
"""Facts of one message."""
AHEAD = timedelta(minutes=5)
"""So much later than ours may a sender's clock be."""
NESTED = frozenset({dict, list})
USUAL = {(20, "-T::Z"): ".000000+00:00", (24, "-T::."): "000+00:00", (27, "-T::."): "+00:00"}
"""How most senders write a time in UTC: its length, every third sign from the eighth on, and what it ends with here instead of Z."""
CENT = Decimal("0.01")
KIND = re.compile(SNAKE_CASE.removesuffix("$") + r"\Z")
CURRENCY = re.compile(r"[A-Z]{3}\Z")
MENDS = {
    "SMK-J101": "give every fact a fact_id of the source, a lead_id and a kind",
    "SMK-J102": "write at as ISO 8601, such as 2026-03-02T10:15:00Z",
    "SMK-J103": "send a fact when it has happened, and check the sender's clock",
    "SMK-J104": "write the kind in small letters with underscores, such as page_viewed",
    "SMK-J105": 'write properties as an object, such as {"url": "/pricing"}',
    "SMK-J106": "write the inner values as properties of their own, such as address_city",
    "SMK-J107": "write the currency as ISO 4217, such as EUR",
    "SMK-J108": "leave the zero byte out",
    "SMK-J109": f"use ids of at most {LONGEST_ID} bytes",
    "SMK-J110": "compare the fact with the columns of the journal",
    "SMK-J111": "put what is no column into properties",
    "SMK-J112": f"keep a fact under {LARGEST_FACT // 1024} KB; a long text belongs elsewhere, its address here",
}
"""What to do about each reason."""


class NotJson(ValueError):
    """The whole message cannot be read: no facts can be told apart in it."""


class TooMany(NotJson):
    """A message of more facts than are allowed."""


class Row(NamedTuple):
    """One fact as it is kept: COLUMNS as texts (`amount` a Decimal), an empty text is None, `properties` as they were read."""

    fact_id: str
    lead_id: str
    at: str
    recorded_at: str | None
    kind: str
    campaign: str | None
    channel: str | None
    actor: str | None
    opportunity_id: str | None
    amount: Decimal | None
    currency: str | None
    properties: dict[str, Any]
    source: str | None


class Rejected(msgspec.Struct, frozen=True):
    """One that is no fact: its place in the message (from 0), its id where it has one, why, and what would be right."""

    index: int
    fact_id: str | None
    code: str
    reason: str
    mend: str


@dataclass(slots=True)
class Told:
    """What a message told: the rows in their order, with their places in it, and those that are none."""

    rows: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """One fact as senders write it."""

    fact_id: str | int | None = None
    lead_id: str | int | None = None
    at: str | None = None
    recorded_at: str | None = None
    kind: str | None = None
    campaign: str | int | None = None
    channel: str | None = None
    actor: str | None = None
    opportunity_id: str | int | None = None
    amount: Decimal | None = None
    currency: str | None = None
    properties: dict[str, Any] | None = None
    source: str | None = None


class Unreadable(ValueError):
    """A fact that is none before any rule is asked."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


PARTS = msgspec.json.Decoder(list[msgspec.Raw])
FACTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
SENT = msgspec.json.Decoder(Sent)


def read_facts(body: bytes, *, now: datetime) -> Told:
    """The facts of a message: one object, a list of them, or `{"facts": [...]}`. `now`: when it came.

    Raises NotJson where it is none of these, TooMany where it holds more than MOST_FACTS.
    """
    told, suspects = Told(), []
    latest = (now.astimezone(UTC) + AHEAD).isoformat(timespec="microseconds")
    no_zero = b"\\u0000" not in body
    for index, part in enumerate(parts_of(body)):
        try:
            row = read_fact(part)
        except Unreadable as wrong:
            told.rejected.append(Rejected(index, _id_of(part), wrong.code, wrong.reason, MENDS[wrong.code]))
            continue
        if no_zero and plainly_fine(row, latest):
            told.rows.append(row)
            told.places.append(index)
        else:
            suspects.append((index, row))
    if suspects:
        _judge(told, suspects, now + AHEAD)
    return told


def parts_of(body: bytes) -> Sequence[msgspec.Raw | bytes]:
    """The facts of a message, unread."""
    text = body.lstrip()
    try:
        if text.startswith(b"{"):
            names = FACTS.decode(body)
            parts: Sequence[msgspec.Raw | bytes] = PARTS.decode(names["facts"]) if set(names) == {"facts"} else [body]
        else:
            parts = PARTS.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise NotJson(f'this is no JSON object, no list of objects, and no {{"facts": [...]}}: {wrong}') from wrong
    if len(parts) > MOST_FACTS:
        raise TooMany(f"{len(parts):,} facts in one message; send at most {MOST_FACTS:,}")
    return parts


def read_fact(part: msgspec.Raw | bytes) -> Row:
    """One fact, each column read as what it should be. Raises Unreadable."""
    size = len(memoryview(part))
    if size > LARGEST_FACT:
        raise Unreadable("SMK-J112", f"the fact has {size:,} bytes; {LARGEST_FACT:,} are allowed")
    try:
        sent = SENT.decode(part)
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise _unreadable(str(wrong)) from wrong
    fact_id, lead_id, campaign, opportunity_id = sent.fact_id, sent.lead_id, sent.campaign, sent.opportunity_id
    return Row._make((
        fact_id if type(fact_id) is str else _text(fact_id) or "", lead_id if type(lead_id) is str else _text(lead_id) or "",
        _instant("at", sent.at) or "", _instant("recorded_at", sent.recorded_at) if sent.recorded_at else None, sent.kind or "",
        None if campaign is None else _text(campaign), sent.channel or None, sent.actor or None, None if opportunity_id is None else _text(opportunity_id),
        _amount(sent.amount), sent.currency or None, sent.properties or {}, sent.source or None,
    ))  # fmt: skip


def plainly_fine(row: Row, latest: str) -> bool:
    """Whether no rule needs to be asked of a fact without a zero byte; `latest` as ISO text."""
    fact_id, lead_id, currency = row.fact_id, row.lead_id, row.currency
    return (
        fact_id != ""
        and lead_id != ""
        and not (fact_id.isspace() or lead_id.isspace())
        and 4 * max(len(fact_id), len(lead_id)) <= LONGEST_ID  # a character has up to four bytes
        and "" < row.at <= latest
        and is_kind(row.kind)
        and (currency is None or CURRENCY.match(currency) is not None)
        and NESTED.isdisjoint(map(type, row.properties.values()))
    )


@lru_cache(maxsize=1_024)
def is_kind(text: str) -> bool:
    """Whether a kind is written as kinds are."""
    return KIND.match(text) is not None


def frame_of(rows: Sequence[Row], *, recorded_at: datetime | None = None) -> pl.DataFrame:
    """The rows as a frame of FACT_SCHEMA; `recorded_at` of those that say none."""
    plain = [row._replace(properties=ENCODE(row.properties)) for row in rows]  # type: ignore[arg-type]
    told = pl.DataFrame(plain, schema={**FACT_SCHEMA, "at": pl.String, "recorded_at": pl.String}, orient="row")
    instants = [
        pl.col(name).replace("", None).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC")
        for name in ("at", "recorded_at")
    ]
    learned = pl.lit(recorded_at, FACT_SCHEMA["recorded_at"])
    return told.with_columns(instants).with_columns(pl.col("recorded_at").fill_null(learned)).select(COLUMNS)


def _judge(told: Told, suspects: list[tuple[int, Row]], latest: datetime) -> None:
    """Let the rules say what of these is a fact."""
    found = failures(frame_of([row for _, row in suspects], recorded_at=latest), now=latest)
    wrong: dict[int, list[tuple[str, str]]] = {}
    for place, code, severity, reason in found.sort("row", "code").iter_rows():
        if severity == "error":
            wrong.setdefault(place, []).append((code, reason))
    for place, (index, row) in enumerate(suspects):
        if place not in wrong:
            told.rows.append(row)
            told.places.append(index)
            continue
        codes = list(dict.fromkeys(code for code, _ in wrong[place]))
        reasons, mends = "; ".join(reason for _, reason in wrong[place]), "; ".join(MENDS[code] for code in codes)
        told.rejected.append(Rejected(index, row.fact_id or None, codes[0], reasons, mends))
    told.rejected.sort(key=lambda one: one.index)


def _text(value: str | int | None) -> str | None:
    return str(value) if type(value) is int else value or None  # type: ignore[return-value]


def _instant(name: str, text: str | None) -> str | None:
    """ISO 8601 in UTC with microseconds; a time without a zone is in UTC, a date its 00:00."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        if text[-1] == "Z" and (rest := USUAL.get((len(text), text[7:20:3]))) is not None:
            return text[:-1] + rest
        if len(text) == 32 and text[7:20:3] == "-T::." and text[26:] == "+00:00":
            return text
        if read.tzinfo is not UTC:
            read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        return read.isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        raise Unreadable("SMK-J102", f'{name} "{text[:40]}" is no time') from None


def _amount(sent: Decimal | None) -> Decimal | None:
    """To the cent, half away from zero."""
    if sent is None:
        return None
    try:
        amount = sent.quantize(CENT, ROUND_HALF_UP)
        if abs(amount) < LARGEST_AMOUNT:
            return amount
    except InvalidOperation:
        pass
    raise Unreadable("SMK-J110", f"amount {str(sent)[:40]} is none; write 12.50, below 10,000,000,000,000,000")


def _unreadable(said: str) -> Unreadable:
    """What msgspec says, in the words of the journal."""
    unknown = re.search(r"unknown field `(.*?)`", said)
    if unknown:
        return Unreadable("SMK-J111", f'"{unknown[1]}" is no column of a fact.{did_you_mean(unknown[1], COLUMNS)}')
    typed = re.search(r"Expected `(.*?)`, got `(.*?)`(?: - at `\$\.(.*?)`)?", said)
    if typed and typed[3] == "properties":
        return Unreadable("SMK-J105", "properties are not a JSON object")
    if typed and typed[3]:
        return Unreadable("SMK-J110", f"{typed[3]} is of the type {typed[2]}, not {typed[1].replace(' | null', '')}")
    return Unreadable("SMK-J110", f"this is no fact: {said}")


def _id_of(part: msgspec.Raw | bytes) -> str | None:
    """The id of a fact that could not be read."""
    try:
        names = FACTS.decode(part)
        return _text(msgspec.json.decode(names["fact_id"], type=str | int)) if "fact_id" in names else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
