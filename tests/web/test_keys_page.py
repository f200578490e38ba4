"""Keys of programs on their page: shown once, kept as a digest, with a scope, revoked at once, and when they were used last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Entered
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]


@pytest.fixture
def operations(entered: Entered) -> Client:
    """A browser in which somebody of operations has just signed in."""
    client = entered("anonymous")
    client.post("/login", {"email": "operations@alderfinch.example", "password": PASSWORD})
    return client


@pytest.fixture(autouse=True)
def no_key_stays(site: object) -> Iterator[None]:
    yield
    from smarketing.records.keys import ApiKey
    from smarketing.web.ingest.keyed import forget_keys

    ApiKey.objects.all().delete()
    forget_keys()


def made(client: Client, name: str = "website", scope: str = "read", user: str = "") -> str:
    """Make a key; its token."""
    page = client.post("/keys/make", {"name": name, "scope": scope, "user": user}).content.decode()
    found = re.search(r"smk_[\w-]{43}", page)
    assert found, page
    return found[0]


def status(client: Client, token: str, address: str = "/api/state") -> int:
    """What a program with this token is answered."""
    return int(client.get(address, headers={"Authorization": f"Bearer {token}"}).status_code)


def test_a_key_is_shown_once_and_kept_as_a_digest(operations: Client) -> None:
    from smarketing.records.keys import ApiKey

    token = made(operations)
    assert token not in operations.get("/keys").content.decode()
    assert token not in str(ApiKey.objects.values_list().get())


def test_what_it_may_is_said_in_the_table_as_in_the_form(operations: Client) -> None:
    made(operations, scope="facts:write")
    assert '<td data-label="May">send facts (facts:write)</td>' in operations.get("/keys").content.decode()


def test_it_opens_until_it_is_revoked_and_then_at_once_nothing(operations: Client, entered: Entered) -> None:
    program = entered("anonymous")
    token = made(operations)
    assert status(program, token) == 200
    found = re.search(r"/keys/\d+/revoke", operations.get("/keys").content.decode())
    assert found
    assert operations.post(found[0]).status_code == 302
    assert status(program, token) == 401


def test_its_scope_holds(operations: Client, entered: Entered) -> None:
    token = made(operations, scope="facts:write")
    assert status(entered("anonymous"), token) == 403


def test_when_it_was_used_last_stands_there(operations: Client, entered: Entered) -> None:
    from smarketing.records.keys import ApiKey

    token = made(operations)
    assert ">never<" in operations.get("/keys").content.decode()
    status(entered("anonymous"), token)
    assert ApiKey.objects.get().last_used_at is not None
    assert ">never<" not in operations.get("/keys").content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "crm", "scope": "acts:write"}, "needs a user"),
        ({"name": "crm", "scope": "facts:write", "user": "sales@alderfinch.example"}, "in nobody&#x27;s name"),
        ({"name": "crm", "scope": "everything"}, "Select a valid choice"),
        ({"name": "", "scope": "read"}, "required"),
        ({"name": "crm", "scope": "acts:write", "user": "nobody@alderfinch.example"}, "Select a valid choice"),
    ],
)
def test_what_is_no_key_is_refused(operations: Client, sent: dict[str, str], said: str) -> None:
    refused = operations.post("/keys/make", sent)
    assert refused.status_code == 400
    assert said in refused.content.decode()


def test_a_name_is_taken_once(operations: Client) -> None:
    made(operations)
    assert "already" in operations.post("/keys/make", {"name": "website", "scope": "read"}).content.decode()


def test_a_key_acts_in_somebody_s_name(operations: Client) -> None:
    from smarketing.records.keys import ApiKey

    made(operations, "crm", "acts:write", "sales@alderfinch.example")
    user = ApiKey.objects.get().user
    assert user is not None
    assert user.role == "sales"


def test_making_and_revoking_are_written_down(operations: Client) -> None:
    from smarketing.actions.keys import revoke_key
    from smarketing.actions.trail import entries

    made(operations)
    revoke_key("website", by="operations@alderfinch.example")
    told = [(row["by"], row["what"], row["about"]) for row in entries(about="website")[:2]]
    by = "operations@alderfinch.example"
    assert told == [(by, "revoked a key", "website"), (by, "made a key", "website")]


def test_a_session_that_is_a_while_old_makes_none(entered: Entered) -> None:
    refused = entered("operations").post("/keys/make", {"name": "website", "scope": "read"})
    assert refused.headers["Location"].startswith("/account/again?")
