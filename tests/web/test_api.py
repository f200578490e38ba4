"""The API: what it says is what it described, and everything it answers is described."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.web.conftest import Entered
from tests.web.routes import ADDRESSES

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
ROUTES = {
    route: address
    for route, address in ADDRESSES.items()
    if route.startswith("api:") and not route.startswith(("api:openapi", "api:api-root"))
}
WRITES = {"api:facts", "api:act", "api:undo"}
READS = {route: address for route, address in ROUTES.items() if route not in WRITES}


def described(entered: Entered) -> dict[str, Any]:
    told: dict[str, Any] = entered("viewer").get("/api/openapi.json").json()
    return told


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        for value in node.values():
            yield from references(value)
    if isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_description_is_whole(entered: Entered) -> None:
    document = described(entered)
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Smarketing"
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= schemas
    operations = [each for paths in document["paths"].values() for each in paths.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for each in operations:
        assert each["summary"]
        assert each["description"]
        needed = {"200", "400", "401", "403"} | (set() if each["operationId"].endswith("facts_take") else {"409"})
        assert needed <= {str(code) for code in each["responses"]}, each["operationId"]


def test_every_route_is_described(entered: Entered) -> None:
    described_paths = {
        path.replace("{lead_id}", "lead-0175").replace("{number}", "current").replace("{done}", "none")
        for path in described(entered)["paths"]
    }
    assert {address.partition("?")[0] for address in ROUTES.values()} == described_paths


def strict(shape: Any) -> Any:
    """A check of a value against a shape in which unknown keys are refused, as far as the shape names any."""
    from pydantic import TypeAdapter

    return TypeAdapter(shape)


@pytest.mark.parametrize("route", sorted(READS))
def test_what_is_answered_is_of_the_shape_that_is_described(route: str, entered: Entered) -> None:
    from smarketing.web.api import reads, status, work

    response = entered("leader").get(READS[route])
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    views = [view for router in (reads.router, status.router, work.router) for view in router.path_operations.values()]
    operations = {each.url_name: each for view in views for each in view.operations}
    shape = operations[route.removeprefix("api:")].response_models[200].model_fields["response"].annotation
    strict(shape).validate_python(response.json())


def test_a_key_for_reads_opens_every_read_that_a_viewer_sees() -> None:
    from smarketing.web.access import Role, Verdict, verdict
    from smarketing.web.ingest.keyed import ROUTES_OF

    seen = {route for route in READS if verdict(route, Role.viewer) is not Verdict.deny}
    assert len(seen) >= 12
    assert seen - ROUTES_OF["read"] == set()


def test_an_answer_of_another_shape_would_be_seen() -> None:
    from pydantic import ValidationError

    from smarketing.web.api.shapes import Funnel

    with pytest.raises(ValidationError):
        strict(Funnel).validate_python(
            {"report": "funnel", "period": None, "as_of": "x", "agreement": "y", "notes": [], "rows": [{"by": 1}]}
        )


def test_a_report_is_the_same_as_the_library_gives(entered: Entered) -> None:
    from smarketing.web.held import held

    client = entered("viewer")
    assert client.get("/api/funnel?by=channel&period=2026-Q1").json() == held().funnel(by="channel", period="2026-Q1").to_dict()
    assert client.get("/api/scoreboard?period=2026-05").json() == held().scoreboard("2026-05").to_dict()


def test_leads_are_filtered_and_paged(entered: Entered) -> None:
    client = entered("viewer")
    first = client.get("/api/leads?stage=customer&size=10").json()
    second = client.get("/api/leads?stage=customer&size=10&page=2").json()
    assert {row["stage"] for row in first["rows"]} == {"customer"}
    assert len(first["rows"]) == 10
    assert first["pages"] == -(-first["total"] // 10)
    ids = [row["lead_id"] for row in first["rows"] + second["rows"]]
    assert ids == sorted(set(ids))
    assert all(row["owner"] is None for row in client.get("/api/leads?owner=").json()["rows"])


def test_an_inbox_comes_in_pages_and_no_row_is_made_but_those_asked_for(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smarketing.web.inbox import mine

    made: list[str] = []
    rows_of = mine.inbox

    def counted(outcome: Any, rep: str, cases: Any, *, now: datetime) -> Any:
        found = rows_of(outcome, rep, cases, now=now)
        made.extend(row.lead_id for row in found)
        return found

    monkeypatch.setattr(mine, "inbox", counted)
    client = entered("leader")
    whole = client.get("/api/inbox?rep=anna@alderfinch.example").json()
    leads = [row["lead_id"] for row in whole["rows"]]
    assert (whole["total"], whole["page"], whole["pages"]) == (len(leads), 1, 1)
    assert sorted(made) == sorted(leads)
    made.clear()
    second = client.get("/api/inbox?rep=anna@alderfinch.example&size=5&page=2").json()
    assert [row["lead_id"] for row in second["rows"]] == leads[5:10] == made
    assert (second["total"], second["page"], second["pages"]) == (len(leads), 2, -(-len(leads) // 5))
    assert client.get("/api/inbox?rep=anna@alderfinch.example&size=5&page=999").json()["rows"][-1]["lead_id"] == leads[-1]
    assert client.get("/api/inbox?rep=anna@alderfinch.example&page=0").status_code == 422


def test_a_lead_is_explained_with_its_receipt(entered: Entered) -> None:
    told = entered("viewer").get("/api/leads/lead-0175").json()
    assert told["lead_id"] == "lead-0175"
    assert told["rows"]
    assert any("points" in str(row) for row in told["rows"])


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/funnel?period=nonsense", 400, "wrong"),
        ("/api/funnel?by=nonsense", 400, "wrong"),
        ("/api/behind", 422, "not_understood"),
        ("/api/leads?page=0", 422, "not_understood"),
        ("/api/leads?size=100000", 422, "not_understood"),
        ("/api/leads/nobody", 404, "not_found"),
        ("/api/agreements/none", 404, "not_found"),
        ("/api/nothing", 404, "not_found"),
    ],
)
def test_an_error_has_a_code_for_programs_and_a_sentence_for_people(
    entered: Entered, address: str, status: int, code: str
) -> None:
    response = entered("viewer").get(address)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["message"]


def test_nothing_is_changed_by_it(entered: Entered) -> None:
    for address in READS.values():
        assert entered("operations").post(address).status_code == 405


def test_versions_of_the_agreement(entered: Entered) -> None:
    client = entered("viewer")
    versions = client.get("/api/agreements").json()
    assert [each["in_force"] for each in versions] == [False, True]
    current = client.get("/api/agreements/current").json()
    assert current["id"] == versions[-1]["id"]
    assert client.get(f"/api/agreements/{versions[0]['id']}").json()["document"]["name"]


def test_its_page_of_documents_needs_nothing_from_elsewhere(entered: Entered) -> None:
    html = entered("viewer").get("/api/docs").content.decode()
    assert "/static/ninja/swagger-ui-bundle.js" in html
    assert "//" not in html.replace("://localhost", "").replace("<!--", "").split("<body")[0]
