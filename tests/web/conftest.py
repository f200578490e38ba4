"""The pages over the example company, and over a workspace without a fact."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.site import in_database, make_users, set_up_django

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace

COMPANY, EMPTY = "pages_of_the_company", "pages_of_nothing"
AS_OF = "2026-10-31"
Entered = Callable[[str], "Client"]


@pytest.fixture(scope="session")
def company(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The example company as a workspace, its facts in a database of its own."""
    from smarketing.actions.workspace import Workspace
    from smarketing.connectors.example.workspace import write_example

    set_up_django(database_url)
    example = write_example(tmp_path_factory.mktemp("company"))
    (example.folder / "data").mkdir()
    (example.folder / ".env").write_text(f"SMARKETING_AS_OF={AS_OF}\n", encoding="utf-8")
    workspace = Workspace(example.folder)
    with in_database(COMPANY):
        from smarketing.actions.refresh import refresh
        from smarketing.journal.parquet import scan_facts
        from smarketing.records.facts import store_facts

        store_facts(scan_facts(example.facts).collect())
        refresh(workspace)
        make_users()
    return workspace


@pytest.fixture(scope="module")
def site(company: Workspace) -> Iterator[Workspace]:
    """The pages show the example company; one user of each role may come in."""
    with in_database(COMPANY), shown(company):
        yield company


@pytest.fixture
def empty_site(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    """The pages of a workspace that has an agreement and not a fact."""
    from smarketing.actions.init import make_workspace

    set_up_django(database_url)
    agreement = Path(__file__).parents[2] / "examples" / "olist" / "agreement.yaml"
    workspace = make_workspace(tmp_path / "w", agreement=agreement)
    (workspace.folder / ".env").write_text("SMARKETING_AS_OF=2019-01-01\n", encoding="utf-8")
    with in_database(EMPTY):
        nothing_stays()
        make_users()
        with shown(workspace):
            yield workspace


def nothing_stays() -> None:
    """What no statement may do, only taking the triggers away can."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("fact", "fact_set_aside"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; TRUNCATE {table}; ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
        cursor.execute(
            "TRUNCATE person, personal_value, saved_view, turn, user_account, django_session, api_key, arrival, worker CASCADE; "
            "DROP SCHEMA IF EXISTS derived CASCADE"
        )


def shown(workspace: Workspace) -> Any:
    """Meanwhile this process holds the state of that workspace."""
    from contextlib import contextmanager

    from smarketing.web.held import Keeper, keep
    from smarketing.web.states import States, warm

    @contextmanager
    def hold() -> Iterator[None]:
        keeper = Keeper(States(workspace), warm=warm)
        keep(keeper)
        keeper.look()
        try:
            yield
        finally:
            keep(None)

    return hold()


@pytest.fixture
def entered() -> Entered:
    """A browser in which somebody of a role is signed in; of anonymous, nobody."""
    from django.test import Client

    from smarketing.records.people import User

    def enter(role: str, **options: Any) -> Client:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False, **options)
        if role != "anonymous":
            client.force_login(User.objects.get(role=role))
        return client

    return enter


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Refused requests are what these tests are about; nobody has to read of them."""
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security")]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    yield
    for logger in loggers:
        logger.setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def nobody_failed_to_sign_in() -> None:
    """Each test begins without the failures of the one before."""
    from smarketing.web.attempts import forget

    forget()
