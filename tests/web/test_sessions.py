"""How long a session lasts, where else somebody is signed in, how often anything may be tried, and what of it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
EMAIL = "viewer@alderfinch.example"
HOUR = 3600


def signed_in(entered: Entered, email: str = EMAIL, **headers: str) -> Client:
    """A browser in which somebody has just signed in."""
    client = entered("anonymous", headers=headers)
    assert client.post("/login", {"email": email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client, **headers: str) -> bool:
    """Whether pages open."""
    return client.get("/leads", headers=headers).status_code == 200


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock of sessions on."""
    from smarketing.web.accounts import sessions

    real, moved = sessions.time.time, [0.0]
    monkeypatch.setattr("smarketing.web.accounts.sessions.time.time", lambda: real() + moved[0])

    def move(seconds: float) -> None:
        moved[0] += seconds

    return move


class TestTheEnd:
    """After half a day without a page, and after a week in any case."""

    def test_whoever_looks_at_pages_stays(self, entered: Entered, later: Any) -> None:
        client = signed_in(entered)
        for _ in range(6):
            later(11 * HOUR)
            assert is_in(client)

    def test_whoever_does_not_is_out(self, entered: Entered, later: Any) -> None:
        client = signed_in(entered)
        later(12 * HOUR + 1)
        assert not is_in(client)
        later(-12 * HOUR)
        assert not is_in(client), "it ended for good"

    def test_a_page_that_renews_itself_keeps_nobody_in(self, entered: Entered, later: Any) -> None:
        client = signed_in(entered)
        for _ in range(3):
            later(5 * HOUR)
            opened = client.get("/leads", headers={"HX-Request": "true"}).status_code
        assert opened == 204
        assert not is_in(client)

    def test_after_a_week_everybody_shows_again_who_they_are(self, entered: Entered, later: Any) -> None:
        client = signed_in(entered)
        for _ in range(16):
            later(10.4 * HOUR)
            opened = is_in(client)
        assert opened
        later(2 * HOUR)
        assert not is_in(client)

    def test_it_is_written_down(self, entered: Entered, later: Any) -> None:
        from smarketing.actions.trail import entries

        client = signed_in(entered)
        later(13 * HOUR)
        client.get("/")
        assert [row["what"] for row in entries(by=EMAIL)[:2]] == ["was signed out", "signed in"]


class TestWhereElse:
    """One sees where one is signed in, and ends it there."""

    def test_every_place_is_listed_with_what_it_is(self, entered: Entered) -> None:
        from allauth.usersessions.models import UserSession

        UserSession.objects.all().delete()
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        here = signed_in(entered)
        signed_in(entered, **{"User-Agent": agent})
        page = here.get("/account").content.decode()
        assert "signed in at 2 places" in page
        assert "Firefox on Linux" in page

    def test_one_of_them_is_ended(self, entered: Entered) -> None:
        from allauth.usersessions.models import UserSession

        UserSession.objects.all().delete()
        here, there = signed_in(entered), signed_in(entered)
        number = UserSession.objects.get(session_key=there.session.session_key).pk
        assert here.post(f"/account/sessions/{number}/end").status_code == 302
        assert (is_in(here), is_in(there)) == (True, False)

    def test_all_the_others_are_ended(self, entered: Entered) -> None:
        here, *others = (signed_in(entered) for _ in range(3))
        somebody = signed_in(entered, "sales@alderfinch.example")
        here.post("/account/sessions/end")
        assert [is_in(each) for each in (here, *others, somebody)] == [True, False, False, True]

    @pytest.mark.parametrize("role", ["viewer", "operations", "leader"])
    def test_somebody_else_s_session_is_nowhere_to_be_found(self, entered: Entered, role: str) -> None:
        from allauth.usersessions.models import UserSession

        theirs = signed_in(entered, "sales@alderfinch.example")
        number = UserSession.objects.get(session_key=theirs.session.session_key).pk
        me = signed_in(entered, f"{role}@alderfinch.example")
        assert me.post(f"/account/sessions/{number}/end").status_code == 404
        assert is_in(theirs)

    @pytest.mark.parametrize("where", ["/account/sessions/end", "/account/sessions/{}/end"])
    def test_a_session_that_is_a_while_old_ends_no_other(self, entered: Entered, where: str) -> None:
        from allauth.usersessions.models import UserSession

        there = signed_in(entered)
        address = where.format(UserSession.objects.get(session_key=there.session.session_key).pk)
        here = signed_in(entered)
        session = here.session
        session["account_authentication_methods"] = []
        session.save()
        asked = here.post(address).headers["Location"]
        assert asked.startswith("/account/again?next=")
        assert is_in(there)
        here.post(asked, {"password": PASSWORD, "next": address})
        assert (is_in(here), is_in(there)) == (True, False)

    def test_whoever_shows_again_who_they_are_goes_on_in_a_new_session(self, entered: Entered) -> None:
        from allauth.usersessions.models import UserSession

        UserSession.objects.all().delete()
        here, stolen = signed_in(entered), entered("anonymous")
        stolen.cookies["smarketing-session"] = before = here.session.session_key
        here.post("/account/again", {"password": "wrong", "next": "/account"})
        assert (here.session.session_key, is_in(stolen)) == (before, True)
        here.post("/account/again", {"password": PASSWORD, "next": "/account"})
        assert here.session.session_key != before
        assert (is_in(here), is_in(stolen)) == (True, False)
        assert "signed in here alone" in here.get("/account").content.decode()

    def test_this_one_is_left_by_signing_out_alone(self, entered: Entered) -> None:
        from allauth.usersessions.models import UserSession

        here = signed_in(entered)
        number = UserSession.objects.get(session_key=here.session.session_key).pk
        assert here.post(f"/account/sessions/{number}/end").status_code == 404


class TestHowOften:
    """429, and when to come again."""

    def test_the_login_says_when(self, entered: Entered) -> None:
        client = entered("anonymous")
        for _ in range(10):
            client.post("/login", {"email": EMAIL, "password": "wrong"})
        refused = client.post("/login", {"email": EMAIL, "password": PASSWORD})
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60

    def test_whoever_tries_from_elsewhere_keeps_nobody_out(self, entered: Entered) -> None:
        def login(address: str, password: str) -> int:
            return entered("anonymous").post("/login", {"email": EMAIL, "password": password}, REMOTE_ADDR=address).status_code

        assert [login("203.0.113.7", "wrong") for _ in range(11)] == [400] * 10 + [429]
        assert login("198.51.100.7", PASSWORD) == 302
        assert login("203.0.113.7", PASSWORD) == 429, "what happens elsewhere forgives nothing"

    def test_from_many_addresses_an_account_is_tried_so_often(self, entered: Entered) -> None:
        from smarketing.web import attempts

        client = entered("anonymous")
        for number in range(attempts.OF_AN_ACCOUNT):
            attempts.failed(EMAIL, f"203.0.113.{number}")
        assert client.post("/login", {"email": EMAIL, "password": PASSWORD}).status_code == 429
        assert client.post("/login", {"email": "sales@alderfinch.example", "password": PASSWORD}).status_code == 302

    @pytest.mark.parametrize(
        ("address", "most", "method"),
        [
            ("/invitation/guessed", 30, "get"),
            ("/account/again", 10, "post"),
            ("/password", 10, "post"),
            ("/login/code", 30, "post"),
        ],
    )
    def test_what_could_be_guessed_is_tried_so_often(self, entered: Entered, address: str, most: int, method: str) -> None:
        client = signed_in(entered)
        answers = [getattr(client, method)(address) for _ in range(most + 1)]
        assert [answer.status_code == 429 for answer in answers] == [False] * most + [True]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert is_in(client), "the rest goes on"

    def test_each_is_counted_alone(self, entered: Entered) -> None:
        first, second = signed_in(entered), signed_in(entered, "sales@alderfinch.example")
        for _ in range(11):
            first.post("/password")
        assert first.post("/password").status_code == 429
        assert second.post("/password").status_code == 400

    def test_the_api_answers_in_its_own_words(self, entered: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
        from smarketing.web import attempts

        monkeypatch.setattr(attempts, "OFTEN", attempts.Rate(3, 60))
        client = entered("leader")
        answers = [client.get("/api/state") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].json()["code"] == "too_many"
        assert int(answers[-1].headers["Retry-After"]) > 0

    def test_keys_that_nobody_has_are_tried_so_often_and_hold_up_no_good_one(
        self, entered: Entered, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from smarketing.actions.keys import make_key
        from smarketing.web import attempts

        monkeypatch.setattr(attempts, "UNKNOWN", attempts.Rate(3, 60))
        client, good = entered("anonymous"), make_key("a report", scope="read").token
        for address in ("/api/state", "/api/facts"):
            attempts.forget()
            send = client.get if address == "/api/state" else client.post
            answers = [send(address, headers={"Authorization": f"Bearer smk_{guess}"}) for guess in range(4)]
            assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
            assert answers[-1].json()["code"] == "too_many"
            assert client.get("/api/state", headers={"Authorization": f"Bearer {good}"}).status_code == 200

    def test_after_the_time_it_goes_on(self, entered: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
        from smarketing.web import attempts

        client = signed_in(entered)
        for _ in range(11):
            client.post("/password")
        now = attempts.time.monotonic()
        monkeypatch.setattr("smarketing.web.attempts.time.monotonic", lambda: now + attempts.WITHIN_SECONDS + 1)
        assert client.post("/password").status_code == 400


class TestFromWhere:
    """Behind proxies the browser's address is what the outermost of ours saw."""

    @pytest.mark.parametrize(
        ("proxies", "told", "address"),
        [
            (0, "6.6.6.6", "10.0.0.9"),
            (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
            (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
            (2, "203.0.113.7", "10.0.0.9"),
            (1, "", "10.0.0.9"),
            (1, "<script>", "10.0.0.9"),
            (1, "2001:db8::7", "2001:db8::7"),
        ],
    )
    def test_what_the_browser_writes_itself_is_not_believed(
        self, entered: Entered, proxies: int, told: str, address: str
    ) -> None:
        from django.test import override_settings

        from smarketing.actions.trail import entries

        client = entered("anonymous")
        with override_settings(PROXIES=proxies):
            client.post(
                "/login", {"email": EMAIL, "password": PASSWORD}, REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": told}
            )
        assert (entries()[0]["what"], entries()[0]["network"]) == ("signed in", address)


class TestWhatIsWrittenDown:
    """Signing in and out, failures, passwords, exports."""

    def test_the_way_of_somebody_through_the_pages(self, entered: Entered) -> None:
        from smarketing.actions.trail import entries

        client = entered("anonymous")
        client.post("/login", {"email": EMAIL, "password": "wrong"})
        client.post("/login", {"email": EMAIL, "password": PASSWORD})
        client.get("/leads?export=csv&raw=1")
        client.get("/leads")
        client.post("/logout")
        told = [(row["what"], row["network"]) for row in reversed(entries(by=EMAIL)[:4])]
        assert told == [(what, "127.0.0.1") for what in ("failed to sign in", "signed in", "exported", "signed out")]

    def test_an_export_says_what_was_taken_along(self, entered: Entered) -> None:
        from smarketing.actions.trail import entries

        client = signed_in(entered)
        client.get("/leads?export=xlsx&stage=mql")
        latest = entries(by=EMAIL)[0]
        assert latest["about"] == "leads"
        assert "form: xlsx" in str(latest["details"])
        assert "stage=mql" in str(latest["details"])

    def test_no_password_is_written_anywhere(self, entered: Entered) -> None:
        from smarketing.records.trail import Trail

        client = entered("anonymous")
        client.post("/login", {"email": EMAIL, "password": "a wrong secret of mine"})
        client.post("/login", {"email": "a wrong secret of mine", "password": PASSWORD})
        everything = str(list(Trail.objects.values_list()))
        assert PASSWORD not in everything
