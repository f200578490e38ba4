"""In and out, and how often one may fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
EMAIL = "leader@alderfinch.example"
WRONG = "That e-mail address and password do not belong together."


def sign_in(client: Client, email: str = EMAIL, password: str = PASSWORD, onward: str = "", address: str = "10.0.0.1") -> Any:
    """Send the form."""
    return client.post("/login", {"email": email, "password": password, "next": onward}, REMOTE_ADDR=address)


@pytest.fixture
def stranger(entered: Entered) -> Client:
    return entered("anonymous")


@pytest.fixture
def passing_user() -> Iterator[Any]:
    """Somebody who is gone after the test."""
    from smarketing.records.people import User

    user = User(email="passing@alderfinch.example", name="Passing By", role="viewer")
    user.set_password(PASSWORD)
    user.save()
    yield user
    user.delete()


def test_the_right_password_leads_to_the_scoreboard(stranger: Client) -> None:
    response = sign_in(stranger, email=" Leader@AlderFinch.Example ")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@alderfinch.example", PASSWORD)])
def test_what_was_wrong_is_not_said(stranger: Client, email: str, password: str) -> None:
    response = sign_in(stranger, email, password)
    assert response.status_code == 400
    assert WRONG in response.content.decode()


def test_whoever_may_come_no_more_does_not_come(stranger: Client, passing_user: Any) -> None:
    assert sign_in(stranger, passing_user.email).status_code == 302
    passing_user.is_active = False
    passing_user.save()
    assert stranger.get("/funnel").status_code == 302
    assert WRONG in sign_in(stranger, passing_user.email).content.decode()


@pytest.mark.parametrize(
    ("onward", "goes"),
    [
        ("/funnel?by=channel", "/funnel?by=channel"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("///elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///elsewhere.example", "/"),
        ("funnel", "/"),
        ("", "/"),
    ],
)
def test_onward_stays_on_this_site(stranger: Client, onward: str, goes: str) -> None:
    assert sign_in(stranger, onward=onward).headers["Location"] == goes
    assert stranger.get("/login", {"next": onward}).headers["Location"] == goes


def test_the_session_is_another_one_after_signing_in(stranger: Client) -> None:
    stranger.session.save()
    session = stranger.session
    session["kept"] = "before"
    session.save()
    stranger.cookies["smarketing-session"] = before = session.session_key
    sign_in(stranger)
    assert stranger.session.session_key != before
    assert stranger.cookies["smarketing-session"]["httponly"]
    assert stranger.cookies["smarketing-session"]["samesite"] == "Lax"


def test_signing_out_is_sent_not_linked(entered: Entered) -> None:
    client = entered("leader")
    assert client.get("/logout").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logout").headers["Location"] == "/login"
    assert client.get("/").status_code == 302


def test_forms_of_others_are_refused(entered: Entered) -> None:
    for client, address in (
        (entered("anonymous", enforce_csrf_checks=True), "/login"),
        (entered("leader", enforce_csrf_checks=True), "/logout"),
    ):
        refused = client.post(address, {"email": EMAIL, "password": PASSWORD})
        assert refused.status_code == 403
        assert "This form is too old" in refused.content.decode()


def test_our_own_form_is_taken(entered: Entered) -> None:
    client = entered("anonymous", enforce_csrf_checks=True)
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)', client.get("/login").content.decode())
    assert found
    sent = {"email": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
    assert client.post("/login", sent).status_code == 302


def test_the_password_of_the_first_start_opens_for_a_week_until_another_is_chosen(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from smarketing.actions import people
    from smarketing.records.people import User

    given = {"email": people.FIRST, "password": PASSWORD}
    people.add_user(people.FIRST, name="", role="operations", password=PASSWORD, by=people.FIRST_START)
    first = stranger.post("/login", given, follow=True).content.decode()
    assert "The password that was printed opens until" in first
    stranger.post("/logout")
    monkeypatch.setattr(people, "FIRST_OPENS", timedelta())
    over = stranger.post("/login", given)
    assert over.status_code == 400
    assert "That password was for the first days." in over.content.decode()
    people.set_password(people.FIRST, f"{PASSWORD} of my own")
    own = stranger.post("/login", given | {"password": f"{PASSWORD} of my own"}, follow=True).content.decode()
    assert "The password that was printed" not in own
    User.objects.filter(email=people.FIRST).delete()


class TestTooManyFailures:
    """Ten of an account from one address, fifty of an address, a hundred of an account, within a quarter of an hour."""

    def test_an_account_waits_even_for_the_right_password(self, stranger: Client) -> None:
        for _ in range(10):
            assert sign_in(stranger, password="wrong", address="10.0.9.9").status_code == 400
        refused = sign_in(stranger, address="10.0.9.9")
        assert refused.status_code == 429
        assert "Too many attempts. Try again in 15 minutes." in refused.content.decode()
        assert sign_in(stranger, "sales@alderfinch.example", address="10.0.9.9").status_code == 302

    def test_an_address_waits_whatever_the_account(self, stranger: Client) -> None:
        for number in range(50):
            assert sign_in(stranger, f"somebody{number}@elsewhere.example").status_code == 400
        assert sign_in(stranger).status_code == 429
        assert sign_in(stranger, address="10.0.0.2").status_code == 302

    def test_who_succeeds_begins_anew(self, stranger: Client) -> None:
        for _ in range(2):
            for _ in range(9):
                sign_in(stranger, password="wrong")
            assert sign_in(stranger).status_code == 302
            stranger.post("/logout")

    def test_after_the_time_it_is_allowed_again(self, stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        from smarketing.web import attempts

        for _ in range(10):
            sign_in(stranger, password="wrong")
        now = attempts.time.monotonic()
        monkeypatch.setattr("smarketing.web.attempts.time.monotonic", lambda: now + attempts.WITHIN_SECONDS + 1)
        assert sign_in(stranger).status_code == 302

    def test_not_everybody_is_remembered_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from smarketing.web import attempts

        monkeypatch.setattr(attempts, "REMEMBERED", 10)
        for number in range(50):
            attempts.failed(f"{number}@elsewhere.example", f"10.0.0.{number}")
        assert len(attempts._failures) == 10


class TestANewPassword:
    """Asks for the present one, and ends every other session."""

    def test_it_is_changed_and_the_others_are_out(self, stranger: Client, entered: Entered, passing_user: Any) -> None:
        here, there = stranger, entered("anonymous")
        for client in (here, there):
            sign_in(client, passing_user.email)
        new = "another horse entirely"
        changed = here.post("/password", {"present": PASSWORD, "wanted": new, "again": new})
        assert changed.headers["Location"] == "/"
        assert (here.get("/funnel").status_code, there.get("/funnel").status_code) == (200, 302)
        assert sign_in(there, passing_user.email, new).status_code == 302

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            (
                {"present": "wrong", "wanted": "another horse entirely", "again": "another horse entirely"},
                "not your present password",
            ),
            ({"present": PASSWORD, "wanted": "another horse entirely", "again": "another cow"}, "The two are not equal"),
            ({"present": PASSWORD, "wanted": "short", "again": "short"}, "too short"),
            ({"present": PASSWORD, "wanted": "passing@alderfinch", "again": "passing@alderfinch"}, "too similar"),
        ],
    )
    def test_a_wrong_or_weak_one_is_refused(self, stranger: Client, passing_user: Any, sent: dict[str, str], said: str) -> None:
        sign_in(stranger, passing_user.email)
        refused = stranger.post("/password", sent)
        assert refused.status_code == 400
        assert said in refused.content.decode()
        passing_user.refresh_from_db()
        assert passing_user.check_password(PASSWORD)
