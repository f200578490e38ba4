"""Users and their saved views; personal values apart from the facts."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """From the journal alone to the people it is about and the people who read it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0001_initial")]
    run_before: ClassVar[list[tuple[str, str]]] = [
        (app, "0001_initial")  # they name the user, and take it for granted that the first migration of its app makes it
        for app in ("account", "mfa", "socialaccount", "usersessions")
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
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
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "user_account",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("lead_id", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("salt", models.BinaryField()),
            ],
            options={
                "db_table": "person",
            },
        ),
        migrations.AddField(
            model_name="fact",
            name="personal",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="setaside",
            name="personal",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.CreateModel(
            name="PersonalValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact_id", models.TextField(db_collation="C")),
                ("personal", models.CharField(max_length=64)),
                ("name", models.TextField()),
                ("lead_id", models.TextField(db_collation="C")),
                ("value", models.TextField()),
            ],
            options={
                "db_table": "personal_value",
                "indexes": [models.Index(fields=["lead_id"], name="personal_value_of_lead")],
                "constraints": [models.UniqueConstraint(fields=("fact_id", "personal", "name"), name="personal_value_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("page", models.CharField(max_length=100)),
                ("query", models.TextField(blank=True)),
                ("shared", models.BooleanField(default=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="saved_views", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "saved_view",
                "ordering": ("name",),
                "constraints": [models.UniqueConstraint(fields=("user", "page", "name"), name="saved_view_once")],
            },
        ),
    ]
