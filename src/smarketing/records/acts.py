"""What people do with leads: each act once, and whose turn a lead is, in rows that one update decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models

from smarketing.records.people import User

C = "C"


class Act(models.Model):
    """One thing that somebody did, on a page or by the API: `key` is the idempotency key that came with it.

    The same key again does nothing and is answered as before: `status` and `answer`. `digest`: of what was asked, in hexadecimal
    digits; the same key with another question is a mistake. `verb`: the kind of its fact, or what else was done; `lead_id` the lead
    as it was then; `facts` the ids of the facts it told. `serial` and `cycle` are those of the lead's turn after it; `reason`: the one
    that was given; `doubt`: what was said against it then. `undone_at`: its facts were retracted.
    """

    key = models.CharField(max_length=200, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="acts")
    verb = models.CharField(max_length=40)
    lead_id = models.TextField(db_collation=C)
    facts: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    status = models.IntegerField(default=0)
    answer: models.JSONField[dict[str, object], dict[str, object]] = models.JSONField(default=dict)
    doubt = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)
    serial = models.BigIntegerField(default=0)
    cycle = models.IntegerField(default=0)
    reason = models.TextField(blank=True)

    class Meta:
        """A lead's acts, in order of time."""

        db_table = "act"
        indexes = (
            models.Index(fields=["lead_id", "at"], name="act_of_lead"),
            models.Index(fields=["user", "at"], name="act_of_user"),
        )


class Turn(models.Model):
    """Whose turn a lead is: one row for each lead that somebody acted on here, which one conditional update changes.

    `cycle` is the cycle that it is about. `serial` grows with each act: who saw another one saw an older page. `decided`: the kind of
    the fact that decided the hand-off (accepted, rejected, recycled, disqualified), with who did it (`decided_by`, an address), when,
    and by which fact; null while nobody did. `checked`: the same of marketing's check (passed, held). `owner`: whom the lead was assigned to last, here.
    """

    lead_id = models.TextField(primary_key=True, db_collation=C)
    cycle = models.IntegerField(default=0)
    serial = models.BigIntegerField(default=0)
    decided = models.CharField(max_length=40, null=True)
    decided_by = models.TextField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_fact = models.TextField(null=True)
    checked = models.CharField(max_length=40, null=True)
    checked_by = models.TextField(null=True)
    checked_at = models.DateTimeField(null=True)
    checked_fact = models.TextField(null=True)
    owner = models.TextField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        """An owner's leads are found."""

        db_table = "turn"
        indexes = (models.Index(fields=["owner"], name="turn_of_owner"),)


class Move(NamedTuple):
    """What an act does to the turn of its lead; None leaves as it is. `cycle` is the one that the act is about."""

    lead_id: str
    cycle: int
    at: datetime
    by: str
    fact_id: str
    decided: str | None = None
    checked: str | None = None
    owner: str | None = None
    snoozed_until: datetime | None = None
    anybodys: bool = False


DECIDABLE = """
(t.cycle < excluded.cycle OR t.decided IS NULL OR (
    t.decided = 'accepted' AND excluded.decided <> 'accepted' AND (%(anybodys)s OR t.decided_by = excluded.decided_by)))
"""
"""Nobody decided in this cycle; or it was accepted, and whoever accepted it (or leads, or looks after all) gives it back."""
CHECKABLE = "(t.cycle < excluded.cycle OR t.checked IS NULL OR (t.checked = 'held' AND excluded.checked = 'passed'))"
"""Nobody checked in this cycle; or it was held back, and is let go now."""
DECIDED, CHECKED = (
    ("decided", "decided_by", "decided_at", "decided_fact"),
    ("checked", "checked_by", "checked_at", "checked_fact"),
)


def _kept(names: Sequence[str]) -> str:
    """Columns that an act sets, or that a new cycle empties, or that stay."""
    first = names[0]
    return ", ".join(
        f"{name} = CASE WHEN excluded.{first} IS NOT NULL OR excluded.cycle > t.cycle THEN excluded.{name} ELSE t.{name} END"
        for name in names
    )


TAKE = f"""
INSERT INTO turn AS t (lead_id, cycle, serial, {", ".join((*DECIDED, *CHECKED))}, owner, snoozed_until, changed_at)
VALUES (%(lead_id)s, %(cycle)s, 1, %(decided)s, %(decided_by)s, %(decided_at)s, %(decided_fact)s,
    %(checked)s, %(checked_by)s, %(checked_at)s, %(checked_fact)s, %(owner)s, %(snoozed_until)s, %(at)s)
ON CONFLICT (lead_id) DO UPDATE SET
    cycle = greatest(t.cycle, excluded.cycle), serial = t.serial + 1, {_kept(DECIDED)}, {_kept(CHECKED)},
    owner = coalesce(excluded.owner, t.owner), {_kept(["snoozed_until"])}, changed_at = excluded.changed_at
WHERE """  # noqa: S608
RETURNING = " RETURNING serial"


def take_turn(move: Move) -> int | None:
    """Change the lead's turn, in one statement that decides; the new serial, or None where somebody was faster and nothing changed."""
    conditions = [DECIDABLE] * bool(move.decided) + [CHECKABLE] * bool(move.checked)
    told = dict.fromkeys((*DECIDED, *CHECKED))
    for names, said in ((DECIDED, move.decided), (CHECKED, move.checked)):
        if said:
            told |= dict(zip(names, (said, move.by, move.at, move.fact_id), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(TAKE + (" AND ".join(conditions) or "TRUE") + RETURNING, {**move._asdict(), **told})
        row = cursor.fetchone()
    return int(row[0]) if row else None


FREE = """
UPDATE turn SET decided = %(kind)s, decided_by = %(by)s, decided_at = %(at)s, decided_fact = %(fact_id)s
WHERE lead_id = %(lead_id)s AND decided_fact = ANY(%(facts)s)
"""


def free_turn(
    lead_id: str, facts: Sequence[str], column: str = "decided", before: Sequence[Any] = (None, None, None, None)
) -> bool:
    """A decision (or check) made by one of these facts holds no more; what held `before` (kind, by, at, fact) does again."""
    said = dict(zip(("kind", "by", "at", "fact_id"), before, strict=True)) | {"lead_id": lead_id, "facts": list(facts)}
    with connection.cursor() as cursor:
        cursor.execute(FREE if column == "decided" else FREE.replace("decided", "checked"), said)
        return bool(cursor.rowcount)


def begin_act(*, key: str, user: User | None, verb: str, lead_id: str, at: datetime, digest: str) -> bool:
    """Write the row of an act; False where one of this key is there, also one that another transaction just finished."""
    row = [key, user.pk if user else None, verb, lead_id, at, digest]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO act (key, user_id, verb, lead_id, at, digest, facts, status, answer, doubt, serial, cycle, reason)"
            " VALUES (%s, %s, %s, %s, %s, %s, '[]', 0, '{}', '', 0, 0, '') ON CONFLICT (key) DO NOTHING",
            row,
        )
        return bool(cursor.rowcount)
