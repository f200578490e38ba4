"""Acknowledged means durable: a database that may forget what it has committed is refused."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from smarketing.vocabulary.errors import OutsideError

SAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply")}
"""What each setting must be; `remote_apply` waits for even more than `on`."""


def refuse_unsafe(*, connection: BaseDatabaseWrapper, **signal: Any) -> None:
    """Close the new connection and raise OutsideError, naming every setting, unless a commit on it is durable."""
    unsafe = unsafe_settings(connection)
    if unsafe:
        connection.close()
        said = ", ".join(f"{name} is {value}" for name, value in unsafe.items())
        raise OutsideError(f"the database may lose what it has acknowledged: {said}. Set {' and '.join(unsafe)} to on")


def unsafe_settings(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The settings under which an acknowledged commit can be lost, with their values in this session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["current_setting(%s)"] * len(SAFE)), list(SAFE))
        values = dict(zip(SAFE, cursor.fetchone() or (), strict=True))
    return {name: value for name, value in values.items() if value not in SAFE[name]}
