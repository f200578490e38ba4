"""The demo: a fictional company, as if its months had ended last Saturday; its scoreboard of this quarter is never empty."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from smarketing.actions.demo import demo_workspace, entries, fill
from smarketing.actions.init import make_workspace
from smarketing.actions.workspace import OpenWorkspace, Workspace
from smarketing.connectors.example.company import FIXED_LAST_DAY
from smarketing.vocabulary.errors import UsageError

SUNDAY = date(2026, 11, 22)


def last_day(workspace: Workspace) -> date:
    """The day at whose end the demo's clock stands still."""
    return date.fromisoformat(str(workspace.settings.as_of).partition("T")[0])


@pytest.mark.parametrize("days", range(15))
def test_the_company_ends_on_the_last_day_of_its_week_before_today(tmp_path: Path, days: int) -> None:
    today = SUNDAY + timedelta(days=days)
    workspace, new = demo_workspace(tmp_path / "demo", today=today, still=True)
    ends = last_day(workspace)
    assert new
    assert ends.weekday() == FIXED_LAST_DAY.weekday()
    assert timedelta(days=1) <= today - ends <= timedelta(days=7)


def test_a_workspace_of_your_own_is_not_touched(tmp_path: Path) -> None:
    make_workspace(tmp_path / "demo")
    with pytest.raises(UsageError, match="a workspace of your own"):
        demo_workspace(tmp_path / "demo", today=SUNDAY, still=True)


@pytest.mark.postgres
@pytest.mark.slow
def test_the_second_start_finds_it_ready_and_the_next_week_makes_it_anew(
    empty_records: None, database_url: str, tmp_path: Path
) -> None:
    from smarketing.actions.due import is_due
    from smarketing.actions.people import find_user
    from smarketing.actions.refresh import load_following
    from smarketing.records.models import Fact

    workspace, _ = demo_workspace(tmp_path / "demo", today=SUNDAY, still=True)
    said: list[str] = []
    fill(OpenWorkspace(workspace, database_url, lambda: None), said.append)
    again, new = demo_workspace(tmp_path / "demo", today=SUNDAY + timedelta(days=3), still=True)
    assert (again, new) == (workspace, False)
    assert not is_due(again)
    assert Fact.objects.count() > 150_000
    assert len(said) == 3

    outcome = load_following(again)
    assert outcome.as_of.date() == SUNDAY - timedelta(days=1)
    assert outcome.agreement.name == "Alder & Finch smarketing agreement"
    rows = outcome.scoreboard().rows
    assert {row["name"] for row in rows} >= {"qualified leads", "first response", "revenue"}
    assert all(row["n"] > 0 for row in rows if row["name"] in ("qualified leads", "revenue"))

    people = entries(again.folder)
    assert {entry.role for entry in people} == {"marketing", "sales", "operations", "leader", "viewer"}
    assert all(find_user(entry.email).check_password(entry.password) for entry in people[:1])
    reps = (again.folder / "tables" / "reps.csv").read_text(encoding="utf-8")
    assert any(entry.email in reps for entry in people), "nobody who works leads can log in"

    another, new = demo_workspace(tmp_path / "demo", today=SUNDAY + timedelta(days=7), still=True)
    assert new
    assert last_day(another) == SUNDAY + timedelta(days=6)
