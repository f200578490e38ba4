"""Who comes in where: every route as every role, for real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Entered
from tests.web.routes import ADDRESSES

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
POSTED = {"lead-act", "act-undo", "logout", "view-save", "view-remove", "api:facts", "api:act", "api:undo",
          "account_logout", "sessions-end", "session-end", "invite", "person-change", "invitation-take-back", "key-make", "key-revoke"}  # fmt: skip
AT_THE_DOOR = {"login", "logout", "account_login", "account_logout", "mfa_authenticate"}
"""These lead to the login by themselves."""
IN_DEVELOPMENT = {"design"}
SIGNED_IN = ["marketing", "sales", "leader", "operations", "viewer"]


def answer(client: object, route: str) -> tuple[int, str]:
    """Status and, where the browser is sent on, where to."""
    ask = getattr(client, "post" if route in POSTED else "get")
    response = ask(ADDRESSES[route])
    return response.status_code, response.headers.get("Location", "")


def is_let_in(route: str, status: int, onward: str) -> bool:
    """Whether the view was reached: a page, a 404 of the view itself, or its own redirect."""
    return status not in (401, 403) and not (onward.startswith("/login") and route not in AT_THE_DOOR)


def test_every_route_has_an_address_to_walk() -> None:
    from smarketing.web.access import MATRIX, routes

    assert set(ADDRESSES) == set(MATRIX) - IN_DEVELOPMENT == set(routes())


@pytest.mark.parametrize("role", [*SIGNED_IN, "anonymous"])
def test_everybody_gets_where_the_matrix_says_and_nowhere_else(role: str, entered: Entered) -> None:
    from smarketing.web.access import Role, Verdict, verdict

    wrong = {}
    for route in ADDRESSES:
        status, onward = answer(entered(role), route)
        if is_let_in(route, status, onward) is (verdict(route, Role(role)) is Verdict.deny):
            wrong[route] = (status, onward)
        assert status < 500 or route == "health-work", (route, status)  # 503: no worker is at work here
    assert wrong == {}


def test_who_is_not_signed_in_is_asked_to_and_comes_back(entered: Entered) -> None:
    stranger = entered("anonymous")
    assert answer(stranger, "funnel") == (302, "/login?next=%2Ffunnel")
    assert stranger.get("/api/funnel").json() == {"code": "not_signed_in", "message": "Sign in first."}
    assert (
        stranger.get("/funnel", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/funnel"}).headers[
            "HX-Redirect"
        ]
        == "/login?next=%2Ffunnel"
    )
    acted = stranger.post("/acts", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/inbox?lead=lead-1"})
    assert acted.headers["HX-Redirect"] == "/login?next=%2Finbox%3Flead%3Dlead-1", "back to the page, not to the act"
    assert stranger.post("/acts").headers["Location"] == "/login"


def test_a_refusal_says_who_may(entered: Entered) -> None:
    refused = entered("sales").get("/imports/new")
    assert refused.status_code == 403
    assert "marketing, leader, operations" in refused.content.decode()
    assert "This page is not for your role." in refused.content.decode()
    told = entered("sales").get("/api/status")
    assert told.status_code == 403
    assert told.json() == {"code": "forbidden", "message": "This is not for your role. It is open to: leader, operations."}


def test_an_address_without_an_entry_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.web.access import MATRIX, every_address_has_an_entry

    assert every_address_has_an_entry() == []
    monkeypatch.setitem(MATRIX, "forgotten", MATRIX.pop("funnel"))
    said = every_address_has_an_entry()
    MATRIX["funnel"] = MATRIX["forgotten"]
    assert [(each.id, '"funnel"' in each.msg or '"forgotten"' in each.msg) for each in said] == [
        ("smarketing.E001", True),
        ("smarketing.E002", True),
    ]


def test_an_address_without_an_entry_is_closed(entered: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.web.access import MATRIX

    monkeypatch.delitem(MATRIX, "funnel")
    assert entered("operations").get("/funnel").status_code == 403


def test_a_line_of_the_matrix_must_be_whole() -> None:
    from smarketing.web.access import read_matrix

    with pytest.raises(ValueError, match="zip"):
        read_matrix("route marketing sales\nhome allow")


class TestRankingsForLeaders:
    """Where the agreement says `rankings: leaders`, the figures of single reps are for leaders and the rep alone."""

    @pytest.fixture
    def closed(self, site: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
        """The same company with that agreement; a rep's address."""
        from dataclasses import replace

        from smarketing.web.held import Held, keeper

        now = keeper().now
        assert now.outcome is not None
        agreement = now.outcome.agreement.model_copy(update={"rankings": "leaders"})
        monkeypatch.setattr(keeper(), "now", Held(replace(now.outcome, agreement=agreement, versions=(agreement,)), now.serial))
        rep: str = now.outcome.table("handoffs")["rep"].drop_nulls()[0]
        return rep

    @pytest.mark.parametrize("address", ["/funnel?by=rep", "/behind?of=handoffs&by=rep&group={rep}", "/api/funnel?by=rep",
                                         "/api/behind?of=handoffs&by=rep&group={rep}", "/charts/funnel.json?by=rep",
                                         "/behind?of=leads&rep={rep}"])  # fmt: skip
    def test_others_cannot_ask_for_a_rep(self, closed: str, entered: Entered, address: str) -> None:
        asked = address.format(rep=closed)
        assert {role: entered(role).get(asked).status_code for role in SIGNED_IN} == {
            "marketing": 403, "sales": 403, "leader": 200, "operations": 200, "viewer": 403,
        }  # fmt: skip

    def test_a_rep_sees_the_own_row_and_opens_it(self, closed: str, entered: Entered) -> None:
        from smarketing.records.people import User

        user = User.objects.create(email=closed, name="A Rep", role="sales")
        client = entered("anonymous")
        client.force_login(user)
        try:
            assert [row["by"] for row in client.get("/api/reps").json()["rows"]] == [closed]
            assert client.get(f"/behind?of=handoffs&by=rep&group={closed}").status_code == 200
            steps = f"/behind?of=steps&figure=expected_won&by=rep&group={closed}"
            assert "elsewhere=" not in client.get(steps).content.decode()
            assert "elsewhere=" in entered("leader").get(steps).content.decode()
            assert client.get(f"/behind?of=handoffs&by=rep&group={closed}&elsewhere=yes").status_code == 403
            assert len(entered("leader").get("/api/reps").json()["rows"]) > 1
            assert entered("marketing").get("/api/reps").json()["rows"] == []
        finally:
            user.delete()

    def test_with_open_rankings_everybody_sees_everybody(self, entered: Entered) -> None:
        assert {role: entered(role).get("/funnel?by=rep").status_code for role in SIGNED_IN} == dict.fromkeys(SIGNED_IN, 200)
