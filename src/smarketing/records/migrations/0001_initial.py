"""The facts and their other tellings; the database itself refuses to change or delete them."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from smarketing.records.models import JsonText

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on table "%" is refused: facts are append-only, a correction is another fact', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
# Statement triggers fire for TRUNCATE too, and before a row is looked for; ALWAYS keeps them on in a replica's session.
APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse every change of this table."""
    return migrations.RunSQL(APPEND_ONLY.format(table=table), f"DROP TRIGGER {table}_append_only ON {table}")


def telling() -> list[tuple[str, models.Field]]:  # type: ignore[type-arg]
    """The columns of a fact."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("fact_id", models.TextField(db_collation="C")),
        ("lead_id", models.TextField(db_collation="C")),
        ("at", models.DateTimeField()),
        ("recorded_at", models.DateTimeField()),
        ("kind", models.TextField(db_collation="C")),
        ("campaign", models.TextField(null=True)),
        ("channel", models.TextField(null=True)),
        ("actor", models.TextField(null=True)),
        ("opportunity_id", models.TextField(null=True)),
        ("amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
        ("currency", models.TextField(null=True)),
        ("properties", JsonText()),
        ("source", models.TextField(null=True)),
    ]


class Migration(migrations.Migration):
    """From nothing to the journal."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Fact",
            fields=telling(),
            options={
                "db_table": "fact",
                "indexes": [models.Index(fields=["lead_id", "at", "fact_id"], name="fact_life")],
                "constraints": [models.UniqueConstraint(fields=("fact_id",), name="fact_once")],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[*telling(), ("same_content", models.BooleanField()), ("digest", models.CharField(max_length=64))],
            options={
                "db_table": "fact_set_aside",
                "constraints": [models.UniqueConstraint(fields=("fact_id", "digest", "recorded_at"), name="set_aside_once")],
            },
        ),
        migrations.RunSQL(REFUSE, "DROP FUNCTION refuse_change()"),
        append_only("fact"),
        append_only("fact_set_aside"),
    ]
