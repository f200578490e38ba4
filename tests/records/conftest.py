"""The records on the private PostgreSQL server of the tests, and workspaces over them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.connectors.example.workspace import Example


@pytest.fixture(scope="session")
def records(database_url: str) -> Iterator[None]:
    """The records, opened: Django knows the server, and the tables are there."""
    from smarketing.records.database import open_records
    from tests.web.site import set_up_django

    set_up_django(database_url)
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
        cursor.execute(
            "TRUNCATE person, personal_value, saved_view, act, turn, routed, rotation, user_account, api_key, arrival, worker, procrastinate_jobs CASCADE; DROP SCHEMA IF EXISTS derived CASCADE"
        )


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The example company as files, for tests that only read it."""
    from smarketing.connectors.example.workspace import write_example

    return write_example(tmp_path_factory.mktemp("company"))


@pytest.fixture
def workspace(empty_records: None, database_url: str, tmp_path: Path) -> Workspace:
    """A workspace with the example agreement and no fact, open on the tests' own server."""
    from smarketing.actions.init import make_workspace

    made = make_workspace(tmp_path / "w", today=date(2026, 3, 15))
    (made.folder / ".env").write_text(f"SMARKETING_DATABASE_URL={database_url}\nSMARKETING_AS_OF=2026-06-01\n", encoding="utf-8")
    return made
