"""Files become facts on a page: every row is accounted for, and an empty workspace leads there."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

pytestmark = pytest.mark.postgres
MAPPING = """
zone: America/Sao_Paulo
files:
  - match: "*leads*.csv"
    where: {kind: {not_in: [test]}}
    facts:
      - {kind: form_submitted, fact_id: "form:{id}", lead_id: "{id}", at: {column: day, format: "%Y-%m-%d"}, channel: "{channel}"}
"""
LEADS = "id,day,channel,kind\na,2018-01-02,paid_search,real\nb,2018-01-03,=cmd(),real\nc,2018-01-04,email,test\nd,yesterday,=1+1,real\n"
PATIENCE_SECONDS = 60


def file(name: str, text: str) -> io.BytesIO:
    made = io.BytesIO(text.encode())
    made.name = name
    return made


def send(client: Any, *files: io.BytesIO, mapping: str | None = MAPPING, **more: Any) -> Any:
    """Send the form."""
    sent = {"given": list(files), **({"mapping": file("crm export.yaml", mapping)} if mapping else {}), **more}
    return client.post("/imports/new", sent)


def finished(client: Any, response: Any) -> str:
    """The page of the import, when it is over."""
    assert response.status_code == 302, response.content.decode()
    address = response.headers["Location"]
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        html: str = client.get(address, headers={"Accept-Language": "en-GB"}).content.decode()
        if 'hx-trigger="load' not in html:
            return html
        time.sleep(0.1)
    raise AssertionError("the import is not over")


def words(html: str) -> str:
    """The text of a page on one line."""
    import re

    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_empty_workspace_leads_to_the_first_import(empty_site: Workspace, entered: Entered) -> None:
    for address in ("/", "/funnel", "/leads", "/behind?of=leads", "/reps", "/campaigns"):
        response = entered("operations").get(address)
        assert response.status_code == 200
        assert 'href="/imports/new"' in response.content.decode(), address
    viewer = entered("viewer").get("/").content.decode()
    assert 'href="/imports/new"' not in viewer
    assert "can import the first files" in viewer
    refused = entered("viewer").get("/api/funnel")
    assert (refused.status_code, refused.json()["code"]) == (409, "empty")


def test_every_row_is_accounted_for_and_the_numbers_are_there(empty_site: Workspace, entered: Entered) -> None:
    client = entered("marketing")
    said = words(finished(client, send(client, file("our leads.csv", LEADS), keep="on")))
    assert "New facts 2" in said
    assert "our leads.csv 4 2 1 1" in said
    assert client.get("/api/funnel").json()["rows"][0]["leads"] == 2
    again = words(finished(client, send(client, file("our leads.csv", LEADS), mapping=None)))
    assert "New facts 0 Known already 2" in again
    assert [path.name for path in empty_site.mappings()] == ["crm export.yaml"]


def test_rejected_rows_come_back_with_the_reason(empty_site: Workspace, entered: Entered) -> None:
    client = entered("operations")
    response = send(client, file("leads.csv", LEADS))
    html = finished(client, response)
    assert "leads.rejected.csv" in html
    assert "yesterday" in html
    address = f"{response.headers['Location']}/rejects/0"
    harmless = client.get(address).content.decode("utf-8-sig").splitlines()
    assert harmless[0] == "id,day,channel,kind,line,reason"
    assert harmless[1].startswith("d,yesterday,'=1+1,real,5,")
    raw = b"".join(client.get(f"{address}?raw=1").streaming_content).decode()
    assert "d,yesterday,=1+1,real,5," in raw
    assert client.get(f"{response.headers['Location']}/rejects/1").status_code == 404
    assert entered("sales").get(address).status_code == 403


def test_a_try_keeps_nothing(empty_site: Workspace, entered: Entered) -> None:
    client = entered("leader")
    assert "Only tried" in finished(client, send(client, file("leads.csv", LEADS), dry_run="on", keep="on"))
    assert 'href="/imports/new"' in client.get("/").content.decode()
    assert client.get("/api/funnel").status_code == 409


def test_a_mapping_with_mistakes_says_where_they_are(empty_site: Workspace, entered: Entered) -> None:
    client = entered("operations")
    html = finished(client, send(client, file("leads.csv", LEADS), mapping="files:\n  - facts: 3\n"))
    assert "Nothing could be imported" in html
    assert "mapping.yaml:" in html
    assert str(empty_site.folder) not in html


def test_what_is_missing_is_said_in_the_form(empty_site: Workspace, entered: Entered) -> None:
    client = entered("operations")
    none, no_mapping = client.post("/imports/new", {}), send(client, file("leads.csv", LEADS), mapping=None)
    assert (none.status_code, no_mapping.status_code) == (400, 400)
    assert "Choose at least one file" in none.content.decode()
    assert "Choose what the rows mean" in no_mapping.content.decode()


@pytest.mark.parametrize("name", ["../../../escaped.csv", "..\\escaped leads.csv", ".hidden leads.csv", "/etc/leads.csv"])
def test_a_file_stays_in_its_folder_whatever_its_name(empty_site: Workspace, entered: Entered, name: str) -> None:
    client = entered("operations")
    before = {path for path in empty_site.folder.parent.rglob("*") if path.is_file() and "data" not in path.parts}
    finished(client, send(client, file(name, LEADS), file(name, LEADS)))
    after = {path for path in empty_site.folder.parent.rglob("*") if path.is_file() and "data" not in path.parts}
    assert after == before


def test_what_was_sent_is_not_kept_and_what_came_of_it_is(empty_site: Workspace, entered: Entered) -> None:
    client = entered("operations")
    response = send(client, file("leads.csv", LEADS))
    finished(client, response)
    time.sleep(0.2)
    folder = empty_site.data / "imports" / response.headers["Location"].rsplit("/", 1)[1]
    assert sorted(path.name for path in folder.iterdir()) == ["import.json", "leads.rejected.csv", "mapping.yaml"]
    assert response.headers["Location"] in client.get("/imports/new").content.decode()


def test_no_such_import(empty_site: Workspace, entered: Entered) -> None:
    assert entered("operations").get("/imports/none").status_code == 404


@pytest.mark.slow
def test_the_olist_files_and_their_mapping_give_their_funnel(empty_site: Workspace, entered: Entered, shared_data: Path) -> None:
    client = entered("operations")
    files = [path.open("rb") for path in sorted((shared_data / "olist_marketing_funnel").glob("*.csv"))]
    mapping = (Path(__file__).parents[2] / "examples" / "olist" / "mapping.yaml").read_text(encoding="utf-8")
    finished(client, send(client, *files, mapping=mapping))  # type: ignore[arg-type]
    for opened in files:
        opened.close()
    row = client.get("/api/funnel").json()["rows"][0]
    assert (row["leads"], row["won"]) == (8000, 842)
    assert "8,000" in client.get("/funnel", headers={"Accept-Language": "en-GB"}).content.decode()
