"""What people do with leads: each act once, and whose turn a lead is, in rows that one update decides."""

from __future__ import annotations

from django.db import models

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
