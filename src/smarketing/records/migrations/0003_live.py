"""Keys of programs, what waits to be followed, the workers; and how the lives that are tied to a fact are found."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

# A row for each telling that came in, written by the database itself: whoever commits a fact has committed that it waits. Since when
# it waits is the one time of day that is read here; nothing follows from it but an alarm.
QUEUE = """
CREATE FUNCTION note_arrival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO arrival (lead_id, fact_id, telling, aside, arrived_at)
    SELECT lead_id, fact_id, id, TG_ARGV[0]::boolean, clock_timestamp() FROM arrived;
    RETURN NULL;
END $$;
CREATE TRIGGER fact_arrived AFTER INSERT ON fact
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION note_arrival('false');
CREATE TRIGGER fact_set_aside_arrived AFTER INSERT ON fact_set_aside
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION note_arrival('true');
CREATE FUNCTION note_lead(text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO arrival (lead_id, aside, arrived_at) VALUES ($1, false, clock_timestamp())
$$;
CREATE FUNCTION note_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_lead(lead_id) FROM (SELECT DISTINCT lead_id FROM gone) AS leads;
    RETURN NULL;
END $$;
CREATE TRIGGER personal_value_deleted AFTER DELETE ON personal_value
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_forgetting();
CREATE TRIGGER personal_value_changed AFTER UPDATE ON personal_value
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_forgetting();
"""
NO_QUEUE = """
DROP TRIGGER fact_arrived ON fact; DROP TRIGGER fact_set_aside_arrived ON fact_set_aside; DROP FUNCTION note_arrival();
DROP TRIGGER personal_value_deleted ON personal_value; DROP TRIGGER personal_value_changed ON personal_value;
DROP FUNCTION note_forgetting(); DROP FUNCTION note_lead(text)
"""
# By hash where a text may be longer than an index holds.
TIES = """
CREATE INDEX fact_links ON fact USING hash ((properties ->> 'with')) WHERE kind IN ('linked', 'unlinked');
CREATE INDEX fact_retractions ON fact USING hash ((properties ->> 'fact_id')) WHERE kind = 'retracted';
CREATE INDEX fact_ends ON fact USING hash (opportunity_id)
    WHERE opportunity_id IS NOT NULL AND kind IN ('opportunity_won', 'opportunity_lost');
CREATE INDEX set_aside_links ON fact_set_aside USING hash ((properties ->> 'with')) WHERE kind IN ('linked', 'unlinked');
CREATE INDEX set_aside_retractions ON fact_set_aside USING hash ((properties ->> 'fact_id')) WHERE kind = 'retracted';
CREATE INDEX set_aside_ends ON fact_set_aside USING hash (opportunity_id)
    WHERE opportunity_id IS NOT NULL AND kind IN ('opportunity_won', 'opportunity_lost');
CREATE INDEX set_aside_life ON fact_set_aside (lead_id);
"""
NO_TIES = """
DROP INDEX fact_links, fact_retractions, fact_ends;
DROP INDEX set_aside_links, set_aside_retractions, set_aside_ends, set_aside_life
"""


def number() -> models.BigAutoField:  # type: ignore[type-arg]
    """The key of a row."""
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """From a journal that is read as a whole to one that is followed as it grows."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0002_people")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", number()),
                ("name", models.CharField(max_length=100, unique=True)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("scope", models.CharField(choices=[("facts:write", "Facts Write")], max_length=40)),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "api_key", "ordering": ("name",)},
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", number()),
                ("host", models.CharField(max_length=200)),
                ("pid", models.IntegerField()),
                ("version", models.CharField(max_length=40)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "worker", "ordering": ("-seen_at",)},
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", number()),
                ("lead_id", models.TextField(db_collation="C")),
                ("fact_id", models.TextField(db_collation="C", null=True)),
                ("telling", models.BigIntegerField(null=True)),
                ("aside", models.BooleanField(default=False)),
                ("arrived_at", models.DateTimeField()),
            ],
            options={"db_table": "arrival", "indexes": [models.Index(fields=["telling"], name="arrival_of_telling")]},
        ),
        migrations.RunSQL(QUEUE, NO_QUEUE),
        migrations.RunSQL(TIES, NO_TIES),
    ]
