"""The records on the private PostgreSQL server of the tests, and workspaces over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.connectors.example.workspace import Example
    from tests.records.acting import Desk

HART_VALE = Path(__file__).parents[2] / "examples" / "hart_vale" / "agreement.yaml"


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


@pytest.fixture
def desk_clock(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """A workspace with the agreement of Hart & Vale, whose time passes as the test says: the last instant of the list is now."""
    from smarketing.actions.workspace import Workspace
    from tests.unit.journal.journals import day

    settings = workspace.folder / ".env"
    settings.write_text(settings.read_text(encoding="utf-8").replace("SMARKETING_AS_OF", "#SMARKETING_AS_OF"), encoding="utf-8")
    (workspace.folder / "agreement" / "agreement.yaml").write_text(HART_VALE.read_text(encoding="utf-8"), encoding="utf-8")
    instants = [day(10)]
    monkeypatch.setattr(Workspace, "now", lambda self: instants[-1])
    return instants


@pytest.fixture
def desk_company(desk_clock: list[datetime], workspace: Workspace) -> Workspace:
    """Three leads are with sales; `owned` is Ben's, `two` has grade A, `early` is with marketing yet."""
    from smarketing.actions.workspace import Workspace
    from tests.records.acting import handed, told
    from tests.unit.journal.journals import fact

    fresh = Workspace(workspace.folder)
    told(
        *handed("one"), *handed("two", role="operations", employees=100, industry="logistics", country="DE"), *handed("owned"),
        fact("a", "owned", 1, "assigned", to="ben@hart.example"), fact("e", "early", 1, "page_viewed"), workspace=fresh,
    )  # fmt: skip
    return fresh


@pytest.fixture
def at_desk(desk_company: Workspace) -> Callable[[str], Desk]:
    """Somebody at work, by name."""
    from tests.records.acting import Desk, make_people

    people = make_people()
    return lambda name: Desk(desk_company, people[name])
