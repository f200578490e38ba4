"""What people do with leads, who is given which, what they are told, and the trail of it all."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

APPEND_ONLY = """
CREATE FUNCTION refuse_another_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on table "%" is refused: what was done stays written', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER trail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_another_past();
ALTER TABLE trail ENABLE ALWAYS TRIGGER trail_append_only;
"""
NOT_ANY_MORE = "DROP TRIGGER trail_append_only ON trail; DROP FUNCTION refuse_another_past()"


class Migration(migrations.Migration):
    """From a place to look at to a place to work in."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0003_live")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Rotation",
            fields=[
                ("rep", models.TextField(primary_key=True, serialize=False)),
                ("turns", models.BigIntegerField(default=0)),
                ("last_at", models.DateTimeField(null=True)),
                ("owed", models.FloatField(default=0.0)),
            ],
            options={
                "db_table": "rotation",
            },
        ),
        migrations.AddField(
            model_name="apikey",
            name="last_used_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="keys", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="mails",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scope",
            field=models.CharField(
                choices=[("facts:write", "Facts Write"), ("read", "Read"), ("acts:write", "Acts Write")], max_length=40
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("marketing", "Marketing"),
                            ("sales", "Sales"),
                            ("leader", "Leader"),
                            ("operations", "Operations"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "invitation",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("to", models.TextField()),
                ("subject", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("trouble", models.TextField(blank=True)),
                ("message", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "letter",
                "ordering": ("created_at", "id"),
                "indexes": [models.Index(condition=models.Q(("sent_at", None)), fields=["next_at"], name="letter_waits")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("url", models.TextField()),
                ("lead_id", models.TextField(blank=True)),
                ("storm", models.CharField(blank=True, max_length=200)),
                ("number", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mail_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "notice",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Merged",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="merged", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="merged", to="records.notice"),
                ),
            ],
            options={
                "db_table": "notice_merged",
            },
        ),
        migrations.CreateModel(
            name="Routed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lead_id", models.TextField(db_collation="C")),
                ("cycle", models.IntegerField()),
                ("round", models.IntegerField(default=0)),
                ("rep", models.TextField(null=True)),
                ("why", models.TextField(blank=True)),
                ("fact_id", models.TextField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("routed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "routed",
                "indexes": [
                    models.Index(condition=models.Q(("rep", None)), fields=["asked_at"], name="routed_waits"),
                    models.Index(fields=["rep", "routed_at"], name="routed_to"),
                ],
                "constraints": [models.UniqueConstraint(fields=("lead_id", "cycle", "round"), name="routed_once")],
            },
        ),
        migrations.CreateModel(
            name="Trail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("what", models.CharField(max_length=60)),
                ("about", models.TextField(blank=True)),
                ("details", models.JSONField(default=dict)),
                ("network", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "db_table": "trail",
                "ordering": ("-at", "-id"),
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="trail_latest"),
                    models.Index(fields=["by", "-at"], name="trail_by"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("lead_id", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("cycle", models.IntegerField(default=0)),
                ("serial", models.BigIntegerField(default=0)),
                ("decided", models.CharField(max_length=40, null=True)),
                ("decided_by", models.TextField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_fact", models.TextField(null=True)),
                ("checked", models.CharField(max_length=40, null=True)),
                ("checked_by", models.TextField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("checked_fact", models.TextField(null=True)),
                ("owner", models.TextField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "turn",
                "indexes": [models.Index(fields=["owner"], name="turn_of_owner")],
            },
        ),
        migrations.CreateModel(
            name="Act",
            fields=[
                ("key", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("verb", models.CharField(max_length=40)),
                ("lead_id", models.TextField(db_collation="C")),
                ("facts", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("status", models.IntegerField(default=0)),
                ("answer", models.JSONField(default=dict)),
                ("doubt", models.TextField(blank=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("serial", models.BigIntegerField(default=0)),
                ("cycle", models.IntegerField(default=0)),
                ("reason", models.TextField(blank=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="acts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "act",
                "indexes": [
                    models.Index(fields=["lead_id", "at"], name="act_of_lead"),
                    models.Index(fields=["user", "at"], name="act_of_user"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["user", "-created_at"], name="notice_of_user"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("mail_at__isnull", False), ("mailed_at", None)), fields=["mail_at"], name="notice_to_mail"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="notice_unread"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="notice_once"),
        ),
        migrations.AddConstraint(
            model_name="merged",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="merged_once"),
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_ANY_MORE),
    ]
