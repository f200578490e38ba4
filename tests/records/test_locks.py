"""A file that one process at a time holds."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from smarketing.records.locks import taken

fcntl = pytest.importorskip("fcntl", reason="this system has no locks of files")


def test_what_somebody_holds_nobody_else_takes_until_it_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("wb") as one, path.open("wb") as other:
        assert (taken(one), taken(other), taken(other, "LOCK_SH")) == (True, False, False)
        assert taken(one, "LOCK_SH")
        assert (taken(other, "LOCK_SH"), taken(other)) == (True, False)
        assert taken(one, "LOCK_UN")
        assert taken(other)


def test_on_a_disk_without_locks_everybody_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(file: object, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", without)
    with (tmp_path / "lock").open("wb") as lock:
        assert taken(lock)
