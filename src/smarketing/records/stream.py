"""Facts in, as they happen: rows of several messages in one transaction, and what became of each message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

import msgspec
from django.db import IntegrityError, connection, transaction
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
from smarketing.records.personal import Parted, parted_values
from smarketing.records.standings import AS_USUAL, NEAR

COPY_ROWS = COPY.removesuffix(" (FORMAT csv)")
TAKEN = f"{TAKE_IN} RETURNING fact_id"
BETWEEN, AROUND = "\x01", "\x02"
"""What stands between the values of a line and around one that needs it: hardly a text holds these, and JSON never does."""
AS_LINES = f"FROM STDIN (FORMAT csv, DELIMITER '{BETWEEN}', QUOTE '{AROUND}', ESCAPE '{AROUND}')"
LINES, BESIDE = f"COPY fact ({KEPT}) {AS_LINES}", f"COPY arriving ({NAMES}, told) {AS_LINES}"
KNOWN = f"{NEAR}; SELECT fact_id FROM fact WHERE fact_id = ANY(%s); {AS_USUAL}"  # noqa: S608
NAMED = """
INSERT INTO person (lead_id, salt) SELECT lead_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
FROM json_array_elements_text(%s::json) AS named (lead_id) ORDER BY lead_id COLLATE "C" ON CONFLICT (lead_id) DO NOTHING
"""
SEALED = """
SELECT fact_id, encode(sha256(salt || convert_to(told, 'UTF8')), 'hex')
FROM json_to_recordset(%s::json) AS telling (fact_id text, lead_id text, told text) JOIN person USING (lead_id)
"""
COME_LATER = """
UPDATE arriving SET recorded_at = fact.recorded_at + interval '1 microsecond' FROM fact
WHERE fact.fact_id = arriving.fact_id AND arriving.recorded_at = %s
AND fact.recorded_at > arriving.recorded_at AND fact.recorded_at < arriving.recorded_at + interval '1 minute'
"""
"""Two transactions that run beside each other end in any order: what is known by now came before what is compared with it."""
LAID = """
INSERT INTO personal_value (fact_id, personal, name, lead_id, value)
SELECT fact_id, personal, key, lead_id, value::text
FROM json_to_recordset(%s::json) AS telling (fact_id text, lead_id text, told text, personal text), json_each(told::json)
ORDER BY fact_id COLLATE "C", key ON CONFLICT (fact_id, personal, name) DO NOTHING
"""


class Personal(msgspec.Struct):
    """The personal values of one fact as canonical JSON, and the digest that its row keeps of them."""

    fact_id: str
    lead_id: str
    told: str
    personal: str | None = None


def store_messages(messages: Sequence[Sequence[Row]], *, recorded_at: datetime) -> list[Stored]:
    """Take the rows of all messages in, all or none; of each message what became of it, in the messages' order.

    The meaning is that of `store_facts`: the same fact in two messages is new in the first and known in the other. `recorded_at`
    is the instant of those that name none. When the call returns outside a transaction, the facts are durable.
    """
    rows = [row for message in messages for row in message]
    if not rows:
        return [Stored(0, 0, 0) for _ in messages]
    rows.sort(key=itemgetter(0))  # by code point, as everywhere where facts are taken in
    once = len({row.fact_id for row in rows}) == len(rows)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            new, conflicts = (_straight if once else _sorted_out)(cursor, rows, recorded_at)
    except IntegrityError:
        if not once:
            raise
        with transaction.atomic(), connection.cursor() as cursor:  # somebody else was taking the same fact in at this moment
            new, conflicts = _sorted_out(cursor, rows, recorded_at)
    return [_told(message, new, conflicts) for message in messages]


def _straight(cursor: CursorWrapper, rows: Sequence[Row], recorded_at: datetime) -> tuple[set[str], Counter[str]]:
    """Take facts in of which each comes once: what is new goes straight to its table, what is known is laid beside and compared.

    Gives the ids of the new ones, and how often each other one is in conflict. Raises IntegrityError where one that was new
    a moment ago is known by now.
    """
    told = [(row, parted_values(row.properties)) for row in rows]
    named = [Personal(row.fact_id, row.lead_id, part.personal) for row, part in told if part.personal]
    known = _known(cursor, [row.fact_id for row in rows], named)
    fresh = [each for each in told if each[0].fact_id not in known] if known else told
    if fresh:
        _copied(cursor, fresh, [one for one in named if one.fact_id not in known], recorded_at.isoformat())
    new = {row.fact_id for row, _ in fresh}
    if not known:
        return new, Counter()
    return new, _laid_beside(cursor, [each for each in told if each[0].fact_id in known], recorded_at)


def _known(cursor: CursorWrapper, ids: list[str], named: Sequence[Personal]) -> set[str]:
    """The ids that are known. Each of `named` gets its digest, in the same journey; whoever has no salt yet gets one."""
    if not named:
        cursor.execute(KNOWN, [ids])
        cursor.nextset()
        return {fact_id for (fact_id,) in cursor.fetchall()}
    leads = msgspec.json.encode(sorted({one.lead_id for one in named})).decode()
    cursor.execute(f"{KNOWN}; {NAMED}; {SEALED}", [ids, leads, msgspec.json.encode(named).decode()])
    cursor.nextset()
    known = {fact_id for (fact_id,) in cursor.fetchall()}
    for _ in range(3):
        cursor.nextset()
    digests = dict(cursor.fetchall())
    for one in named:
        one.personal = digests[one.fact_id]
    return known


def _copied(cursor: CursorWrapper, fresh: Sequence[tuple[Row, Parted]], named: Sequence[Personal], learned: str) -> None:
    """New facts into their table, their personal values apart."""
    digests = {one.fact_id: one.personal for one in named}
    with connection.wrap_database_errors, cursor.copy(LINES) as copy:
        copy.write("".join([line_of(row, part.stays, learned, digests.get(row.fact_id)) for row, part in fresh]))
    if named:
        cursor.execute(LAID, [msgspec.json.encode(named).decode()])


def line_of(row: Row, stays: str, learned: str, personal: str | None) -> str:
    """One fact as a COPY of LINES reads it, `stays` its properties: null is nothing, and no value is an empty text."""
    fact_id, lead_id, at, recorded_at, kind, campaign, channel, actor, opportunity_id, amount, currency, _, source = row
    line = (
        f"{fact_id}\x01{lead_id}\x01{at}\x01{recorded_at or learned}\x01{kind}\x01{campaign or ''}\x01{channel or ''}\x01{actor or ''}"
        f"\x01{opportunity_id or ''}\x01{'' if amount is None else amount}\x01{currency or ''}\x01{stays}\x01{source or ''}"
        f"\x01{personal or ''}\n"
    )
    if line.count(BETWEEN) == len(COLUMNS) and line.count("\n") == 1 and AROUND not in line and "\r" not in line:
        return line
    values = (*row[:3], recorded_at or learned, *row[4:11], stays, source, personal)
    return BETWEEN.join("" if value is None else _quoted(str(value)) for value in values) + "\n"


def _quoted(text: str) -> str:
    return AROUND + text.replace(AROUND, AROUND + AROUND) + AROUND


def _laid_beside(cursor: CursorWrapper, told: Sequence[tuple[Row, Parted]], recorded_at: datetime) -> Counter[str]:
    """Compare known facts with what is known of them; how often each of them is in conflict."""
    cursor.execute(f"{NEAR}; {STAGE}")
    learned = recorded_at.isoformat()
    with connection.wrap_database_errors, cursor.copy(BESIDE) as copy:
        copy.write("".join([line_of(row, part.stays, learned, part.personal or None) for row, part in told]))
    personal = any(part.personal for _, part in told)
    if personal:
        cursor.execute(SEAL)
    conflicts = _set_aside(cursor, recorded_at, personal=personal)
    cursor.execute(AS_USUAL)  # whoever is in the middle of a transaction goes on as before
    return conflicts


def _sorted_out(cursor: CursorWrapper, rows: Sequence[Row], recorded_at: datetime) -> tuple[set[str], Counter[str]]:
    """The same of facts some of which come more than once, or from somebody else at this moment."""
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
    return new, _set_aside(cursor, recorded_at, personal=personal)


def _set_aside(cursor: CursorWrapper, recorded_at: datetime, *, personal: bool) -> Counter[str]:
    """Keep what known facts say otherwise; how often each of them is in conflict."""
    cursor.execute(COME_LATER, [recorded_at])
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
