"""Facts in, as they happen: rows of several messages in one transaction, and what became of each message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.journal.sent.facts import Row, frame_of
from smarketing.records.facts import COPY, KNOW, LAY_APART, SEAL, SET_ASIDE_ROWS, STAGE, TAKE_IN, Stored, arriving, lead_again
from smarketing.records.personal import parted_values

COPY_ROWS = COPY.removesuffix(" (FORMAT csv)")
TAKEN = f"{TAKE_IN} RETURNING fact_id"


def store_messages(messages: Sequence[Sequence[Row]], *, recorded_at: datetime) -> list[Stored]:
    """Take the rows of all messages in, all or none; of each message what became of it, in the messages' order.

    The meaning is that of `store_facts`: the same fact in two messages is new in the first and known in the other. `recorded_at`
    is the instant of those that name none. When the call returns outside a transaction, the facts are durable.
    """
    rows = [row for message in messages for row in message]
    if not rows:
        return [Stored(0, 0, 0) for _ in messages]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGE)
        personal = _copy(cursor, rows, recorded_at)
        if personal:
            cursor.execute(KNOW)
            cursor.execute(SEAL)
        cursor.execute(TAKEN)
        new = {fact_id for (fact_id,) in cursor.fetchall()}
        conflicts: Counter[str] = Counter()
        if len(new) < len(rows):
            cursor.execute(SET_ASIDE_ROWS)
            conflicts = Counter(fact_id for fact_id, _ in cursor.fetchall())
        if personal:
            cursor.execute(LAY_APART)
            lead_again(cursor, known=len(new) < len(rows))
    return [_told(message, new, conflicts) for message in messages]


def _copy(cursor: CursorWrapper, rows: Sequence[Row], recorded_at: datetime) -> bool:
    """Copy the rows to the transaction's own table; whether personal values are among them."""
    times = Counter(row.fact_id for row in rows)
    learned, personal = recorded_at.isoformat(), False
    with connection.wrap_database_errors, cursor.copy(COPY_ROWS) as copy:
        for row in rows:
            if times[row.fact_id] > 1:
                continue
            stays, told = parted_values(row.properties)
            personal = personal or bool(told)
            copy.write_row((*row[:3], row.recorded_at or learned, *row[4:11], stays, row.source, told or None, True))
        for again in _again([row for row in rows if times[row.fact_id] > 1], recorded_at):
            personal = personal or again[-2] is not None
            copy.write_row(again)
    return personal


def _again(rows: Sequence[Row], recorded_at: datetime) -> Iterator[tuple[Any, ...]]:
    """The rows of facts that were told more than once, as the journal's rule orders them."""
    if rows:
        yield from arriving(frame_of(rows, recorded_at=recorded_at)).iter_rows()


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
