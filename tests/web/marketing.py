"""The example company in a database of its own, for what marketing does there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.web.conftest import COMPANY, shown
from tests.web.site import in_database

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace


@contextmanager
def company_of_its_own(company: Workspace, database: str) -> Iterator[Workspace]:
    """Meanwhile the pages show a copy of the company's database, which may be written to."""
    from django.db import connection, connections

    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')
        cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{COMPANY}"')
    connections.close_all()
    with in_database(database), shown(company):
        yield company
