"""Facts in, as they happen: rows of several messages in one transaction, and what became of each message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.journal.fact import COLUMNS
from smarketing.journal.sent.facts import Row, frame_of
from smarketing.records.facts import (
    COPY,
    KEPT,
    KNOW,
    LAY_APART,
    NAMES,
    SEAL,
    SET_ASIDE_ROWS,
    STAGE,
    TAKE_IN,
    Stored,
    arriving,
    lead_again,
)
from smarketing.records.personal import parted_values

COPY_ROWS = COPY.removesuffix(" (FORMAT csv)")
TAKEN = f"{TAKE_IN} RETURNING fact_id"
TYPES = {"at": "timestamptz", "recorded_at": "timestamptz", "amount": "numeric(18,2)", "properties": "json"}
SENT = ", ".join(f'"{name}" {TYPES.get(name, "text")}' for name in COLUMNS)
ARRIVING = f"json_to_recordset(%s::json) AS arriving ({SENT}, told text)"
# In the order of ids by code point, as everywhere where facts are taken in.
STRAIGHT = f"""
INSERT INTO fact ({NAMES}) SELECT {NAMES} FROM {ARRIVING} ORDER BY fact_id COLLATE "C"
ON CONFLICT (fact_id) DO NOTHING RETURNING fact_id
"""  # noqa: S608
NAMED = """
INSERT INTO person (lead_id, salt) SELECT lead_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
FROM json_array_elements_text(%s::json) AS named (lead_id) ORDER BY lead_id COLLATE "C" ON CONFLICT (lead_id) DO NOTHING
"""
STRAIGHT_AND_PERSONAL = f"""
WITH arriving AS MATERIALIZED (SELECT * FROM {ARRIVING}), sealed AS (
    SELECT arriving.*, encode(sha256(salt || convert_to(told, 'UTF8')), 'hex') AS personal
    FROM arriving LEFT JOIN person ON told IS NOT NULL AND person.lead_id = arriving.lead_id
), taken AS (
    INSERT INTO fact ({KEPT}) SELECT {KEPT} FROM sealed ORDER BY fact_id COLLATE "C"
    ON CONFLICT (fact_id) DO NOTHING RETURNING fact_id, lead_id, personal
), laid AS (
    INSERT INTO personal_value (fact_id, personal, name, lead_id, value)
    SELECT taken.fact_id, taken.personal, key, taken.lead_id, value::text
    FROM taken JOIN arriving ON arriving.fact_id = taken.fact_id, json_each(told::json) WHERE told IS NOT NULL
    ORDER BY taken.fact_id COLLATE "C", key ON CONFLICT (fact_id, personal, name) DO NOTHING
)
SELECT fact_id FROM taken
"""  # noqa: S608


class Arriving(msgspec.Struct, omit_defaults=True):
    """One fact on its way to the database: the columns of a fact, and its personal values as canonical JSON."""

    fact_id: str
    lead_id: str
    at: str
    recorded_at: str
    kind: str
    properties: msgspec.Raw
    campaign: str | None = None
    channel: str | None = None
    actor: str | None = None
    opportunity_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    source: str | None = None
    told: str | None = None


def store_messages(messages: Sequence[Sequence[Row]], *, recorded_at: datetime) -> list[Stored]:
    """Take the rows of all messages in, all or none; of each message what became of it, in the messages' order.

    The meaning is that of `store_facts`: the same fact in two messages is new in the first and known in the other. `recorded_at`
    is the instant of those that name none. When the call returns outside a transaction, the facts are durable.
    """
    rows = [row for message in messages for row in message]
    if not rows:
        return [Stored(0, 0, 0) for _ in messages]
    with transaction.atomic(), connection.cursor() as cursor:
        if len({row.fact_id for row in rows}) == len(rows):
            new, conflicts = _straight(cursor, [_sent(row, recorded_at.isoformat()) for row in rows])
        else:
            new, conflicts = _sorted_out(cursor, rows, recorded_at)
    return [_told(message, new, conflicts) for message in messages]


def _sent(row: Row, learned: str) -> Arriving:
    stays, told = parted_values(row.properties)
    return Arriving(
        row.fact_id, row.lead_id, row.at, row.recorded_at or learned, row.kind, msgspec.Raw(stays.encode()), row.campaign, row.channel,
        row.actor, row.opportunity_id, row.amount, row.currency, row.source, told or None,
    )  # fmt: skip


def _straight(cursor: CursorWrapper, sent: Sequence[Arriving]) -> tuple[set[str], Counter[str]]:
    """Take facts in of which each comes once: in one statement, and only what is known already is laid beside and compared.

    Gives the ids of the new ones, and how often each other one is in conflict.
    """
    named = sorted({one.lead_id for one in sent if one.told is not None})
    if named:
        cursor.execute(NAMED, [msgspec.json.encode(named).decode()])
    cursor.execute(STRAIGHT_AND_PERSONAL if named else STRAIGHT, [msgspec.json.encode(sent).decode()])
    new = {fact_id for (fact_id,) in cursor.fetchall()}
    known = [one for one in sent if one.fact_id not in new]
    if not known:
        return new, Counter()
    cursor.execute(STAGE)
    with connection.wrap_database_errors, cursor.copy(COPY_ROWS) as copy:
        for one in known:
            said = (getattr(one, name) for name in COLUMNS)
            copy.write_row(
                (*(bytes(value).decode() if isinstance(value, msgspec.Raw) else value for value in said), one.told, True)
            )
    return new, _set_aside(cursor, personal=any(one.told is not None for one in known))


def _sorted_out(cursor: CursorWrapper, rows: Sequence[Row], recorded_at: datetime) -> tuple[set[str], Counter[str]]:
    """The same of facts some of which come more than once."""
    cursor.execute(STAGE)
    arrived = arriving(frame_of(rows, recorded_at=recorded_at))
    personal = arrived["told"].null_count() < len(arrived)
    with connection.wrap_database_errors, cursor.copy(COPY_ROWS) as copy:
        for row in arrived.iter_rows():
            copy.write_row(row)
    if personal:
        cursor.execute(KNOW)
        cursor.execute(SEAL)
    cursor.execute(TAKEN)
    new = {fact_id for (fact_id,) in cursor.fetchall()}
    return new, _set_aside(cursor, personal=personal, sealed=True)


def _set_aside(cursor: CursorWrapper, *, personal: bool, sealed: bool = False) -> Counter[str]:
    """Keep what known facts say otherwise; how often each of them is in conflict."""
    if personal and not sealed:
        cursor.execute(SEAL)
    cursor.execute(SET_ASIDE_ROWS)
    conflicts = Counter(fact_id for fact_id, _ in cursor.fetchall())
    if personal:
        cursor.execute(LAY_APART)
        lead_again(cursor, known=True)
    return conflicts


def _told(message: Sequence[Row], new: set[str], conflicts: Counter[str]) -> Stored:
    """What became of one message; what is new or in conflict counts for the first that brought it."""
    brought = contested = 0
    for row in message:
        if row.fact_id in new:
            new.remove(row.fact_id)
            brought += 1
        elif conflicts[row.fact_id] > 0:
            conflicts[row.fact_id] -= 1
            contested += 1
    return Stored(brought, len(message) - brought - contested, contested)
