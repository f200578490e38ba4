"""A small company whose leads are routed: its reps, a clock that the tests set, and leads that ask for a demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from smarketing.actions.workspace import Workspace

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGREEMENT = """\
name: The smallest agreement that routes
currency: EUR
timezone: UTC
in_force: {{from: 2026-01-01}}
stages:
  - {{name: visitor, owner: marketing}}
  - {{name: mql, owner: marketing, when: {{fact: form_submitted}}}}
  - {{name: sal, owner: sales, when: {{fact: accepted}}}}
  - {{name: customer, owner: sales, when: {{fact: opportunity_won}}}}
handoff: {{at: mql{route}}}
commitments:
  - {{name: first response, by: sales, respond_within: 4h, share: 90%, per: month}}
  - {{name: second look, by: sales, respond_within: 8h, share: 90%, per: month}}
  - {{name: verdict, by: sales, decide_within: 2h, share: 90%, per: month}}
"""
REPS = """\
rep,name,role,capacity,active_from,active_to
anna@hart.example,Anna Keller,inside_sales,,,
ben@hart.example,Ben Okafor,inside_sales,,,
carla@hart.example,Carla Brandt,inside_sales,,,
"""
NAMES = ("anna", "ben", "carla")


@dataclass
class Company:
    """The workspace, the instant it is there, and how many facts were sent."""

    workspace: Workspace
    instants: list[datetime] = field(default_factory=lambda: [MONDAY])
    sent: int = 0

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.instants[-1]

    def later(self, **passed: float) -> None:
        """So much time passes."""
        self.instants.append(self.now + timedelta(**passed))
        self.follow()

    def tell(
        self, *facts: tuple[str, str] | tuple[str, str, dict[str, Any]], actor: str | None = None, at: datetime | None = None
    ) -> None:
        """These things (lead, kind, properties) happen now, and what follows from them is derived."""
        from smarketing.records.facts import store_facts

        rows = []
        for lead, kind, *said in facts:
            self.sent += 1
            row = {
                "fact_id": f"t:{self.sent:06}",
                "lead_id": lead,
                "at": at or self.now,
                "recorded_at": self.now,
                "kind": kind,
                "actor": actor,
            }
            rows.append(row | {"properties": _json(said[0] if said else {}), "source": "web"})
        store_facts(_frame(rows))
        self.follow()

    def asks(self, *leads: str, **profile: Any) -> None:
        """These leads ask for a demo: they are handed over."""
        told = [(lead, "profile_changed", profile) for lead in leads] if profile else []
        self.tell(*told, *((lead, "form_submitted") for lead in leads))

    def follow(self) -> None:
        """What follows is brought up to date."""
        from smarketing.actions.live.follow import follow_and_wait

        follow_and_wait(self.workspace)

    def route(self) -> list[tuple[str, str]]:
        """Route, derive what follows from that; who got whom, by the first part of the address."""
        from smarketing.actions.routing.waiting import route_waiting

        given = route_waiting(self.workspace, self.now)
        self.follow()
        return [(one.lead_id, one.rep.partition("@")[0]) for one in given]

    def table(self, name: str, text: str) -> None:
        """A small table is written anew."""
        (self.workspace.small_tables() / f"{name}.csv").write_text(text, encoding="utf-8")
        self.follow()

    def owners(self) -> dict[str, str | None]:
        """Who has each lead, as it is derived."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT lead_id, owner FROM derived.handoffs ORDER BY lead_id, cycle")
            return {lead: owner.partition("@")[0] if owner else None for lead, owner in cursor.fetchall()}

    def waits(self) -> list[tuple[str, str]]:
        """What waits, and why."""
        from smarketing.actions.routing.waiting import waiting

        return [(one.lead_id, one.why) for one in waiting()]


def _json(said: dict[str, Any]) -> str:
    from smarketing.journal.properties import ENCODE

    return ENCODE(said)


def _frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    from smarketing.journal.fact import FACT_SCHEMA

    return pl.DataFrame([{name: row.get(name) for name in FACT_SCHEMA} for row in rows], schema=FACT_SCHEMA)


def company(folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, *, route: str = "by: round_robin") -> Company:
    """A company in a folder, whose agreement says how leads are routed ("": it says nothing of it)."""
    from smarketing.actions.init import make_workspace

    text = folder / "agreement.yaml"
    text.write_text(AGREEMENT.format(route=f", route: {{{route}}}" if route else ""), encoding="utf-8")
    made = make_workspace(folder / "w", agreement=text)
    (made.folder / ".env").write_text(f"SMARKETING_DATABASE_URL={database_url}\n", encoding="utf-8")
    found = Company(Workspace(made.folder))
    monkeypatch.setattr(Workspace, "now", lambda self: found.now)
    (made.small_tables() / "reps.csv").write_text(REPS, encoding="utf-8")
    return found
