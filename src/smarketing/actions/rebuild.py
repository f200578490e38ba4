"""Rebuild: everything that follows derived from nothing but the facts, and a digest of each table to compare by."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

import polars as pl

from smarketing.actions.refresh import LIVES, load_following, refresh
from smarketing.actions.workspace import Workspace
from smarketing.derivations.tables.across import COMMITMENTS
from smarketing.records.derived import State, load_derived
from smarketing.vocabulary.errors import OutsideError


class Rebuilt(NamedTuple):
    """One table as it is now: how many rows, and the SHA-256 of its sorted dump (CSV, UTF-8)."""

    table: str
    rows: int
    digest: str


def rebuild(workspace: Workspace, as_of: datetime | None = None) -> tuple[State, list[Rebuilt]]:
    """Derive everything anew from the facts in the database, and say what is there now.

    Two rebuilds of the same facts under the same agreements as of the same instant give the same digests. The workspace is open.
    """
    refresh(workspace, as_of)
    found = load_derived()
    if found is None:
        raise OutsideError("what was just written to the database is not there")
    state, tables = found
    tables = {name: frame for name, frame in tables.items() if name != LIVES} | {
        COMMITMENTS: load_following(workspace).table(COMMITMENTS)
    }
    return state, [Rebuilt(name, frame.height, digest(frame)) for name, frame in sorted(tables.items())]


def digest(frame: pl.DataFrame) -> str:
    """The SHA-256 of the rows, sorted by all columns, as CSV."""
    dump = frame.sort(frame.columns, nulls_last=False).write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ", null_value="\\N")
    return hashlib.sha256(dump.encode()).hexdigest()
