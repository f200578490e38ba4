"""A small company whose pages and API people work with, in a database of its own: many leads with sales, and people of every role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace

DATABASE = "pages_where_people_act"
AGREEMENT = Path(__file__).parents[2] / "examples" / "hart_vale" / "agreement.yaml"
LEADS = 60
SCHEMA = "/api/openapi.json"


@contextmanager
def desks(folder: Path, database_url: str) -> Iterator[Workspace]:
    """The pages show a company with `lead-0` to `lead-59` at sales (`lead-1` is Ben's); `anna@hart.example` and her colleagues may come in."""
    from smarketing.actions.init import make_workspace
    from smarketing.actions.refresh import refresh
    from smarketing.records.facts import store_facts
    from tests.records.acting import handed, make_people
    from tests.unit.journal.journals import fact, journal
    from tests.web.conftest import nothing_stays, shown
    from tests.web.site import in_database, set_up_django

    set_up_django(database_url)
    workspace = make_workspace(folder, agreement=AGREEMENT)
    (workspace.folder / ".env").write_text("SMARKETING_AS_OF=2026-01-10\n", encoding="utf-8")
    with in_database(DATABASE):
        nothing_stays()
        make_people()
        leads = [row for number in range(LEADS) for row in handed(f"lead-{number}", 1, employees=100, role="operations")]
        store_facts(journal(*leads, fact("to-ben", "lead-1", 2, "assigned", to="ben@hart.example")))
        refresh(workspace)
        with shown(workspace):
            yield workspace


def program(scope: str, name: str, email: str = "") -> Client:
    """A program with a key of this scope, in somebody's name."""
    from django.test import Client

    from smarketing.actions.keys import make_key

    token = make_key(name, scope=scope, user=email).token
    return Client(SERVER_NAME="localhost", raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})


def act(client: Any, lead_id: str, key: str | None, seen: str | None = None, **asked: Any) -> Any:
    """Send an act; the response."""
    headers = {"Idempotency-Key": key, "If-Match": seen}
    told = {name: value for name, value in headers.items() if value is not None}
    return client.post(f"/api/leads/{lead_id}/acts", asked, content_type="application/json", headers=told)
