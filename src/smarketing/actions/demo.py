"""The demo: a workspace of the fictional company, as if its eighteen months had ended last Saturday.

It lives: its last week comes in while somebody looks (see `demo_life`). Or it stands still at the end of its last day, for those who want the same
numbers every time.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from smarketing.actions.clock import Clock, write_clock
from smarketing.actions.demo_life import AHEAD, begins_at, parted
from smarketing.actions.init import make_workspace
from smarketing.actions.people import Entry, demo_users, new_password
from smarketing.actions.settings import FILE
from smarketing.actions.workspace import AGREEMENT, DATA, OpenWorkspace, Workspace, is_workspace
from smarketing.vocabulary.errors import UsageError

MARK = "demo.json"
HOUSE = "alderfinch.example"
PEOPLE = (
    ("mia", "Mia Lindqvist", "marketing"),
    ("sam", "Sam Torres", "sales"),
    ("anna", "Anna Keller", "sales"),
    ("otto", "Otto Brandt", "operations"),
    ("clara", "Clara Whitfield", "leader"),
    ("vera", "Vera Haas", "viewer"),
)
"""Who can log in: both heads, a rep, revenue operations, the chief revenue officer, and somebody who only looks."""
SETTINGS = """# Nothing happens after the company's last day, so its clock stands still there. Left out, it is now.
SMARKETING_AS_OF={last_day}T23:59:59
"""
Say = Callable[[str], None]


def demo_workspace(folder: Path, *, today: date, still: bool = False) -> tuple[Workspace, bool]:
    """The workspace of the demo in this folder, and whether it is new: the facts are then still to be taken in (`fill`).

    The company is moved by whole weeks so that its last day is the last one before `today` that it can be. Where the folder holds
    it already it stays as it is; a demo of other weeks, or one that lives where it is to stand `still` (or the other way round),
    is made anew. Raises UsageError for a workspace that is no demo.
    """
    last_day = _last_day(today)
    if is_workspace(folder):
        mark = _mark(folder)
        if mark is None:
            raise UsageError(f"{folder} is a workspace of your own; name another folder for the demo")
        if mark.get("last_day") == last_day.isoformat() and mark.get("filled") and mark.get("still") == still:
            return Workspace(folder.resolve()), False
        _clear(folder)
    return _make(folder, last_day, still=still), True


def fill(opened: OpenWorkspace, say: Say) -> None:
    """Write the company, take its facts into the open workspace, let its people log in, and derive what follows."""
    from smarketing.actions.preparing import prepare_attribution
    from smarketing.actions.refresh import refresh
    from smarketing.connectors.example.workspace import write_example
    from smarketing.records.facts import store_facts

    folder = opened.workspace.folder
    mark = _mark(folder) or {}
    say("Writing eighteen months of a company ...")
    company = write_example(folder, last_day=date.fromisoformat(str(mark["last_day"])))
    say("Taking in its facts ...")
    stored = store_facts(_known(opened.workspace, pl.read_parquet(company.facts), mark))
    say(f"{stored.new:,} facts. Working out what follows ...")
    refresh(opened.workspace)
    prepare_attribution(company.facts, folder / "agreement")
    demo_users(entries(folder))
    _write_mark(folder, mark | {"filled": True})


def _known(workspace: Workspace, facts: pl.DataFrame, mark: dict[str, object]) -> pl.DataFrame:
    """The facts that are there when the demo opens: all, or those before its last week, whose own are laid aside."""
    if mark.get("still"):
        return facts
    known, ahead = parted(facts, _begin(date.fromisoformat(str(mark["last_day"]))))
    ahead.write_parquet(workspace.data / AHEAD)
    return known


def _begin(last_day: date) -> datetime:
    from smarketing.connectors.example.company import ZONE

    return begins_at(last_day, str(ZONE))


def entries(folder: Path) -> list[Entry]:
    """Who can log in to this demo; they share a password that is this demo's own."""
    mark = _mark(folder) or {}
    return [Entry(f"{login}@{HOUSE}", name, role, str(mark["password"])) for login, name, role in PEOPLE]


def _last_day(today: date) -> date:
    """The last day that is the company's own last one moved by whole weeks, and over."""
    from smarketing.connectors.example.company import FIXED_LAST_DAY

    weeks = (today - timedelta(days=1) - FIXED_LAST_DAY).days // 7
    return FIXED_LAST_DAY + timedelta(weeks=weeks)


def _make(folder: Path, last_day: date, *, still: bool) -> Workspace:
    workspace = make_workspace(folder)
    for path in (folder / AGREEMENT).iterdir():
        path.unlink()
    (folder / FILE).write_text(SETTINGS.format(last_day=last_day) if still else "", encoding="utf-8")
    if not still:
        write_clock(workspace.data, Clock(_begin(last_day), datetime.now(UTC), 0.0))
    _write_mark(folder, {"last_day": last_day.isoformat(), "password": new_password(), "filled": False, "still": still})
    return workspace


def _clear(folder: Path) -> None:
    """Take away the demo of other weeks. Facts are append-only, so moved ones need a database of their own."""
    from smarketing.actions.serving import served_by_us

    workspace = Workspace(folder.resolve())
    with served_by_us(workspace):
        _, leave = workspace.start_database()  # one that a killed demo left running would go on without its files
        leave()
        for name in (AGREEMENT, DATA):
            shutil.rmtree(folder / name)


def _mark(folder: Path) -> dict[str, object] | None:
    """What makes a workspace a demo."""
    path = folder / DATA / MARK
    if not path.is_file():
        return None
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write_mark(folder: Path, mark: dict[str, object]) -> None:
    path = folder / DATA / MARK
    partial = path.with_name(f".{MARK}.{secrets.token_hex(4)}")
    partial.write_text(json.dumps(mark, indent=2), encoding="utf-8")
    partial.replace(path)
