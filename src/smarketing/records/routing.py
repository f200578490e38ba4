"""Who got which lead: each hand-off is routed once, by rows that a transaction locks."""

from __future__ import annotations

from django.db import models

C = "C"


class Routed(models.Model):
    """One hand-off that was to be routed: `round` 0, and one more each time it is routed anew after a breach.

    `rep`: who got it (an address), by the fact `fact_id`; null while it waits, and `why` says for what. `why` of one that was routed
    says by which rule. `asked_at`: when it was to be routed; `routed_at`: when it was.
    """

    lead_id = models.TextField(db_collation=C)
    cycle = models.IntegerField()
    round = models.IntegerField(default=0)
    rep = models.TextField(null=True)
    why = models.TextField(blank=True)
    fact_id = models.TextField(null=True)
    asked_at = models.DateTimeField()
    routed_at = models.DateTimeField(null=True)

    class Meta:
        """Nobody gets the same hand-off twice."""

        db_table = "routed"
        constraints = (models.UniqueConstraint(fields=["lead_id", "cycle", "round"], name="routed_once"),)
        indexes = (
            models.Index(fields=["asked_at"], condition=models.Q(rep=None), name="routed_waits"),
            models.Index(fields=["rep", "routed_at"], name="routed_to"),
        )


class Rotation(models.Model):
    """How often a rep's turn came: `turns` leads, the last one at `last_at`; `owed`: by weight, how many leads they should have more.

    Whoever picks a rep locks the rows first.
    """

    rep = models.TextField(primary_key=True)
    turns = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    owed = models.FloatField(default=0.0)

    class Meta:
        """One row for each rep."""

        db_table = "rotation"
