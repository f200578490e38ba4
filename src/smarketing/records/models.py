"""The tables of the journal: the facts, the other tellings of the same facts, and the personal values apart from both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from smarketing.records.acts import Act, Turn  # noqa: F401 -- Django looks for every table of the app here
from smarketing.records.invitations import Invitation  # noqa: F401
from smarketing.records.keys import ApiKey  # noqa: F401
from smarketing.records.notices import Letter, Merged, Notice  # noqa: F401
from smarketing.records.people import SavedView, User  # noqa: F401
from smarketing.records.routing import Rotation, Routed  # noqa: F401
from smarketing.records.trail import Trail  # noqa: F401

if TYPE_CHECKING:
    Text = models.TextField[str, str]
else:
    Text = models.TextField

C = "C"
"""Ids and kinds are compared by code point, as everywhere in the journal."""


class JsonText(Text):
    """The text of a JSON object, kept as it is written.

    `json`, not `jsonb`: jsonb rewrites numbers (1e16 becomes 10000000000000000), and what a fact says would then depend on
    where it is kept.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """PostgreSQL checks the syntax and keeps the text."""
        return "json"


class Telling(models.Model):
    """What one fact says: the columns of the journal. `properties` is canonical JSON text, an empty text is null.

    `personal`: the salted digest of its personal values, which lie apart (see `PersonalValue`); null without any.
    """

    fact_id = models.TextField(db_collation=C)
    lead_id = models.TextField(db_collation=C)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.TextField(db_collation=C)
    campaign = models.TextField(null=True)
    channel = models.TextField(null=True)
    actor = models.TextField(null=True)
    opportunity_id = models.TextField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.TextField(null=True)
    properties = JsonText()
    source = models.TextField(null=True)
    personal = models.CharField(max_length=64, null=True)

    class Meta:
        """Two tables have these columns."""

        abstract = True


class Fact(Telling):
    """One fact: the first telling of its `fact_id` that came in. The database refuses to change or delete it.

    `id` is the order of arrival, which means nothing.
    """

    class Meta:
        """One row for each `fact_id`; a life is read by its lead."""

        db_table = "fact"
        constraints = (models.UniqueConstraint(fields=["fact_id"], name="fact_once"),)
        indexes = (models.Index(fields=["lead_id", "at", "fact_id"], name="fact_life"),)


class SetAside(Telling):
    """Another telling of a fact that is already there, as append-only as the facts.

    `same_content` false: a conflict, what it says is not what `Fact` says. True: the same, but recorded earlier, which
    decides the precedence among tellings. `digest`: the SHA-256 of what is said, in hexadecimal digits. Which telling stays
    is decided by the journal's rule over both tables, never by which came first.
    """

    same_content = models.BooleanField()
    digest = models.CharField(max_length=64)

    class Meta:
        """Each content once for each time it was recorded."""

        db_table = "fact_set_aside"
        constraints = (models.UniqueConstraint(fields=["fact_id", "digest", "recorded_at"], name="set_aside_once"),)


class Person(models.Model):
    """Somebody of whom personal values are known. `salt` goes into the digest of each of them; forgotten, none can be tried out."""

    lead_id = models.TextField(primary_key=True, db_collation=C)
    salt = models.BinaryField()

    class Meta:
        """One row for each lead that facts with personal values name."""

        db_table = "person"


class PersonalValue(models.Model):
    """One personal value of one telling of a fact: the only rows of the journal that may be changed or deleted.

    `personal` is the digest that the telling keeps, `value` the JSON text of the property `name`.
    """

    fact_id = models.TextField(db_collation=C)
    personal = models.CharField(max_length=64)
    name = models.TextField()
    lead_id = models.TextField(db_collation=C)
    value = models.TextField()

    class Meta:
        """Each value once; a person is forgotten by its lead."""

        db_table = "personal_value"
        constraints = (models.UniqueConstraint(fields=["fact_id", "personal", "name"], name="personal_value_once"),)
        indexes = (models.Index(fields=["lead_id"], name="personal_value_of_lead"),)


class Arrival(models.Model):
    """A telling of a fact from which what follows is not derived yet; the database writes a row with each of them.

    `telling` is its `id` among the facts, or among those set `aside`. A row without a telling: personal values of the lead changed.
    The row goes in the transaction that writes what follows, so facts and derived rows that are read together belong together.
    """

    lead_id = models.TextField(db_collation=C)
    fact_id = models.TextField(db_collation=C, null=True)
    telling = models.BigIntegerField(null=True)
    aside = models.BooleanField(default=False)
    arrived_at = models.DateTimeField()

    class Meta:
        """The telling is how a reader finds out that it is too early for it."""

        db_table = "arrival"
        indexes = (models.Index(fields=["telling"], name="arrival_of_telling"),)


class Worker(models.Model):
    """A worker that runs or ran: `seen_at` is the last sign of life, `stopped_at` says that it went in peace."""

    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        """The latest sign of life first."""

        db_table = "worker"
        ordering = ("-seen_at",)
