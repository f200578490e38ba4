"""The Django app of the records."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class RecordsConfig(AppConfig):
    """Facts in PostgreSQL; every new connection is first asked whether what it acknowledges is durable."""

    name = "smarketing.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Called once by Django, when all apps are there."""
        from smarketing.records.durability import refuse_unsafe

        connection_created.connect(refuse_unsafe, dispatch_uid="smarketing.records.durability")
