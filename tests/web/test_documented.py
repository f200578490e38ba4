"""What can be asked for over HTTP is documented: addresses, what they ask, roles, statuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.conftest import Entered

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
DOCS = Path(__file__).parents[2] / "docs"
API, PAGES = DOCS / "reference" / "http-api.md", DOCS / "how-to" / "use-the-pages.md"


def rows(page: Path) -> dict[str, str]:
    """The first cell of each row of a page's tables, where it is code → the whole row."""
    text = page.read_text(encoding="utf-8")
    return {found[1]: found[0] for found in re.finditer(r"^\| `([^`]+)` \|.*$", text, re.MULTILINE)}


def test_every_read_is_documented_with_all_that_it_asks(entered: Entered) -> None:
    told = rows(API)
    described = entered("viewer").get("/api/openapi.json").json()["paths"]
    assert described.keys() == {address for address in told if address.startswith("/api/")}
    for address, operations in described.items():
        (operation,) = operations.values()
        asked = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
        assert asked <= set(re.findall(r"`(\w+)`", told[address]))


def test_the_columns_of_a_lead_are_documented(entered: Entered) -> None:
    row = entered("viewer").get("/api/leads?size=1").json()["rows"][0]
    marked = set(re.findall(r"`(\w+)`", API.read_text(encoding="utf-8")))
    assert sorted(set(row) - marked) == []


def test_every_role_and_every_page_has_its_row() -> None:
    from smarketing.records.people import Role
    from smarketing.web.pages import PAGES as OF_THE_BAR

    text = PAGES.read_text(encoding="utf-8")
    assert [role for role in Role.values if f"| `{role}` |" not in text] == []
    assert [page.title for page in OF_THE_BAR if page.question not in text] == []


def test_every_example_address_answers(entered: Entered) -> None:
    client = entered("leader")
    blocks = re.findall(r"^```\n(.*?)^```$", PAGES.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    addresses = [line for block in blocks for line in block.splitlines() if line.startswith("/")]
    assert len(addresses) >= 5
    assert {client.get(address).status_code for address in addresses} == {200}
