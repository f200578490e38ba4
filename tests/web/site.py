"""A Django for the tests that need one: it can be set up once in a process, so the records and the pages share it.

Each test room has a database of its own on the tests' server; `in_database` brings Django to one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECRET = "a secret of the tests, which signs nothing that matters"
PASSWORD = "correct horse battery"
ROLES = ("marketing", "sales", "leader", "operations", "viewer")


def set_up_django(database_url: str) -> None:
    """Everything that the pages need, unless it is there already."""
    from django.conf import settings

    if settings.configured:
        return
    import django

    from smarketing.web.settings import web_settings

    statics = Path(tempfile.mkdtemp(prefix="smk-static"))
    ours = web_settings(database_url=database_url, secret=SECRET, url="http://localhost:8000", static_root=statics)
    ours["STORAGES"]["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    ours["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.configure(**ours)
    django.setup()


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """Meanwhile Django uses this database of its server; it is made and brought up to date where it is not there."""
    from django.db import connection, connections

    from smarketing.records.database import bring_up_to_date

    settings = connections.settings["default"]
    before = settings["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connections.close_all()
    settings["NAME"] = connection.settings_dict["NAME"] = name
    try:
        bring_up_to_date()
        yield
    finally:
        connections.close_all()
        settings["NAME"] = connection.settings_dict["NAME"] = before


def make_users() -> dict[str, Any]:
    """One user of each role, by role."""
    from django.contrib.auth.hashers import make_password

    from smarketing.records.people import User

    hashed = make_password(PASSWORD)
    made = [
        User(email=f"{role}@alderfinch.example", name=f"{role.capitalize()} Somebody", role=role, password=hashed)
        for role in ROLES
    ]
    for user in made:
        user.save()
    return {user.role: user for user in made}
