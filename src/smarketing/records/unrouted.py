"""Hand-offs that are to be routed, what is known of them, and the rows that decide: each in one statement, so of one instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from smarketing.derivations.routing.book import EMPTY, Line
from smarketing.records.acts import Move, take_turn
from smarketing.vocabulary.periods import micros

OPEN = """
h.rejected_at IS NULL AND h.recycled_at IS NULL AND h.disqualified_at IS NULL AND h.cycle = l.cycle
AND coalesce(h.won_amount, 0) = 0 AND (l.won_at IS NULL OR l.won_at < h.handed_at)
"""
"""A hand-off in work: its cycle goes on, and nothing was won in it."""
UNTOUCHED = f"""
{OPEN} AND h.accepted_at IS NULL AND h.first_attempt_at IS NULL
AND NOT EXISTS (SELECT FROM arrival a WHERE a.lead_id = h.lead_id)
"""
"""Nobody took it on; and no fact of the lead waits that could say otherwise."""
UNOWNED = f"""
SELECT h.lead_id, h.cycle, 0, h.owner, l.account, h.handed_at, ARRAY[]::text[], r.lead_id IS NOT NULL
FROM derived.handoffs h JOIN derived.leads l ON l.lead_id = h.lead_id
LEFT JOIN routed r ON r.lead_id = h.lead_id AND r.cycle = h.cycle AND r.round = 0
WHERE h.handed_at >= %(since)s AND h.handed_at <= %(now)s AND h.assigned_at IS NULL AND r.rep IS NULL AND {UNTOUCHED}
"""  # noqa: S608
BREACHED = f"""
SELECT h.lead_id, h.cycle, b.breaches::int, h.owner, l.account, b.due_at,
    ARRAY(SELECT rep FROM routed o WHERE o.lead_id = h.lead_id AND o.cycle = h.cycle AND o.rep IS NOT NULL ORDER BY o.round),
    EXISTS (SELECT FROM routed w WHERE w.lead_id = h.lead_id AND w.cycle = h.cycle AND w.round = b.breaches)
FROM (
    SELECT c.lead_id, c.cycle, max(c.due_at) AS due_at,
        (SELECT count(*) FROM derived.clocks every WHERE every.lead_id = c.lead_id AND every.cycle = c.cycle
            AND every.state = 'breached' AND every.commitment = ANY(%(promises)s)) AS breaches
    FROM derived.clocks c
    WHERE c.due_at >= %(since)s AND c.due_at < %(now)s AND c.state = 'breached' AND c.commitment = ANY(%(promises)s)
    GROUP BY c.lead_id, c.cycle
) b
JOIN derived.handoffs h ON h.lead_id = b.lead_id AND h.cycle = b.cycle
JOIN derived.leads l ON l.lead_id = h.lead_id
WHERE h.owner IS NOT NULL AND h.assigned_at IS NOT NULL AND {UNTOUCHED}
AND NOT EXISTS (SELECT FROM routed d WHERE d.lead_id = h.lead_id AND d.cycle = h.cycle AND d.round >= b.breaches AND d.rep IS NOT NULL)
"""  # noqa: S608
ORDER = " ORDER BY 6, 1"
LOADS = f"""
SELECT lower(rep), sum(number)::int FROM (
    SELECT h.owner AS rep, count(*) AS number FROM derived.handoffs h JOIN derived.leads l ON l.lead_id = h.lead_id
    WHERE h.owner IS NOT NULL AND {OPEN} GROUP BY h.owner
    UNION ALL
    SELECT r.rep, count(*) FROM routed r
    WHERE r.rep IS NOT NULL AND r.routed_at > %(since)s AND EXISTS (SELECT FROM arrival a WHERE a.lead_id = r.lead_id)
    GROUP BY r.rep
) every GROUP BY lower(rep)
"""  # noqa: S608
OWNERS = """
SELECT DISTINCT ON (account) account, owner FROM (
    SELECT l.account, l.owner, l.handed_at AS at FROM derived.leads l
    WHERE l.account = ANY(%(accounts)s) AND l.owner IS NOT NULL AND l.handed_at IS NOT NULL
    UNION ALL
    SELECT l.account, r.rep, r.routed_at FROM routed r JOIN derived.leads l ON l.lead_id = r.lead_id
    WHERE l.account = ANY(%(accounts)s) AND r.rep IS NOT NULL AND r.routed_at > %(since)s
) every ORDER BY account, at DESC
"""
JUST_NOW = timedelta(days=1)
"""What was routed before that is derived long since."""
KEEP = """
INSERT INTO routed (lead_id, cycle, round, rep, why, fact_id, asked_at, routed_at)
VALUES (%(lead_id)s, %(cycle)s, %(round)s, %(rep)s, %(why)s, %(fact_id)s, %(at)s, %(routed_at)s)
ON CONFLICT (lead_id, cycle, round) DO UPDATE
SET rep = excluded.rep, why = excluded.why, fact_id = excluded.fact_id, routed_at = excluded.routed_at
WHERE routed.rep IS NULL AND (excluded.rep IS NOT NULL OR routed.why <> excluded.why)
"""


class Unrouted(NamedTuple):
    """A hand-off that wants a rep. `round`: 0, or how many promises of a response were broken.

    `owner`: who has it, or had the lead before; `since`: the hand-off, or the due time that passed; `had`: to whom it was routed
    already; `waits`: it was tried, and nobody could take it.
    """

    lead_id: str
    cycle: int
    round: int
    owner: str | None
    account: str | None
    since: datetime
    had: tuple[str, ...]
    waits: bool


def unowned(now: datetime, *, since: datetime) -> list[Unrouted]:
    """Hand-offs since then that nobody was given, nobody tried to reach and nobody decided; the oldest first."""
    return _unrouted(UNOWNED + ORDER, {"now": now, "since": since})


def breached(now: datetime, *, since: datetime, promises: Collection[str]) -> list[Unrouted]:
    """Hand-offs that somebody has and nobody answered, whose time for a response passed since then, and that were not routed anew for it."""
    return _unrouted(BREACHED + ORDER, {"now": now, "since": since, "promises": sorted(promises)}) if promises else []


def _unrouted(statement: str, asked: dict[str, Any]) -> list[Unrouted]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return [Unrouted(*row)._replace(had=tuple(row[6])) for row in cursor.fetchall()]


def loads(now: datetime) -> dict[str, int]:
    """How many hand-offs each rep (in small letters) has in work, those included that were routed a moment ago."""
    with connection.cursor() as cursor:
        cursor.execute(LOADS, {"since": now - JUST_NOW})
        return dict(cursor.fetchall())


def account_owners(accounts: Iterable[str], now: datetime) -> dict[str, str]:
    """Who has each of these accounts: the owner of its lead that was handed over last."""
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, {"accounts": wanted, "since": now - JUST_NOW})
        return dict(cursor.fetchall())


def turns_so_far() -> dict[str, Line]:
    """The book of turns, without the open leads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rep, turns, last_at, owed FROM rotation")
        return {rep: Line(turns, micros(last) if last else -1, owed) for rep, turns, last, owed in cursor.fetchall()}


def lock_turns(reps: Iterable[str]) -> dict[str, Line]:
    """The book of turns; nobody else picks a rep until the transaction ends. Each of these reps has a row then."""
    wanted = sorted(set(reps))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rotation (rep, turns, owed) SELECT unnest(%s::text[]), 0, 0 ON CONFLICT (rep) DO NOTHING", [wanted]
        )
        cursor.execute("SELECT rep FROM rotation ORDER BY rep FOR UPDATE")
    return turns_so_far()


def keep_turns(before: Mapping[str, Line], after: Mapping[str, Line]) -> None:
    """Write what changed in the book."""
    rows = [
        (line.turns, line.last, line.owed, rep)
        for rep, line in sorted(after.items())
        if line._replace(open=0) != before.get(rep, EMPTY)._replace(open=0)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE rotation SET turns = %s, last_at = 'epoch'::timestamptz + %s * interval '1 microsecond', owed = %s WHERE rep = %s",
            rows,
        )


def keep_routed(one: Unrouted, *, rep: str | None, why: str, fact_id: str | None, at: datetime) -> bool:
    """Write to whom a hand-off was routed, or why it waits; False where that is known, or somebody else was faster."""
    row: dict[str, Any] = {
        "lead_id": one.lead_id,
        "cycle": one.cycle,
        "round": one.round,
        "rep": rep,
        "why": why,
        "fact_id": fact_id,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, row | {"routed_at": at if rep else None})
        return bool(cursor.rowcount)


def keep_owner(one: Unrouted, *, rep: str, fact_id: str, at: datetime) -> None:
    """Whose turn the lead is says the same."""
    take_turn(Move(one.lead_id, one.cycle, at, "", fact_id, owner=rep))


def waits_no_more(still: Sequence[Unrouted]) -> None:
    """Rows that wait go, but for these: somebody else took the lead, or it is over."""
    keys: list[Any] = [[one.lead_id for one in still], [one.cycle for one in still], [one.round for one in still]]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM routed WHERE rep IS NULL AND (lead_id, cycle, round) NOT IN"
            " (SELECT * FROM unnest(%s::text[], %s::int[], %s::int[]))",
            keys,
        )
