"""The second factor: set up with an app, asked for from then on, demanded of roles, taken away by operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.codes import code_of
from tests.web.conftest import Entered
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
EMAIL = "ada@alderfinch.example"


@pytest.fixture(autouse=True)
def codes_are_new(site: object) -> None:
    """Each test begins as if no code had been used."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def ada(site: object) -> Iterator[Any]:
    """Somebody with a password alone."""
    from smarketing.records.people import User

    user = User(email=EMAIL, name="Ada", role="sales")
    user.set_password(PASSWORD)
    user.save()
    yield user
    user.delete()


@pytest.fixture
def browser(entered: Entered, ada: Any) -> Client:
    """Hers."""
    return entered("anonymous")


def sign_in(client: Client, onward: str = "") -> str:
    """The first step; where it leads."""
    return str(client.post("/login", {"email": EMAIL, "password": PASSWORD, "next": onward}).headers["Location"])


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set a second factor up; the secret and the recovery codes."""
    page = client.get("/account/second-factor").content.decode()
    found = re.search(r'<code class="id">([A-Z2-7]{32})</code>', page)
    assert found, page
    shown = client.post("/account/second-factor", {"code": code_of(found[1])}, follow=True).content.decode()
    return found[1], re.findall(r'<code class="id">([0-9]{8})</code>', shown)


def is_in(client: Client) -> bool:
    """Whether pages open."""
    return client.get("/leads").status_code == 200


class TestSignInWithACode:
    """Once it is set up, the password alone opens nothing."""

    @pytest.fixture
    def secret(self, browser: Client) -> str:
        sign_in(browser)
        secret, _ = set_up(browser)
        browser.post("/logout")
        from django.core.cache import cache

        cache.clear()
        return secret

    def test_the_password_alone_opens_nothing(self, browser: Client, secret: str) -> None:
        assert sign_in(browser, "/funnel") == "/login/code"
        assert not is_in(browser)

    def test_the_code_of_the_app_opens_and_leads_where_one_wanted(self, browser: Client, secret: str) -> None:
        sign_in(browser, "/funnel")
        assert browser.post("/login/code", {"code": code_of(secret)}).headers["Location"] == "/funnel"
        assert is_in(browser)

    def test_a_wrong_code_opens_nothing_and_is_noted(self, browser: Client, secret: str) -> None:
        from smarketing.actions.trail import entries

        sign_in(browser)
        right = code_of(secret)
        refused = browser.post("/login/code", {"code": f"{(int(right) + 1) % 1_000_000:06}"})
        assert "Incorrect code" in refused.content.decode()
        assert not is_in(browser)
        assert next((row["what"], row["about"], row["details"]) for row in entries(by=EMAIL)) == (
            "failed to sign in", EMAIL, "because: wrong code",
        )  # fmt: skip

    def test_a_code_opens_once_even_while_it_is_right(self, browser: Client, secret: str, entered: Entered) -> None:
        code = code_of(secret)
        sign_in(browser)
        assert browser.post("/login/code", {"code": code}).status_code == 302
        other = entered("anonymous")
        sign_in(other)
        assert "Incorrect code" in other.post("/login/code", {"code": code}).content.decode()

    def test_a_blank_in_it_makes_no_new_code_of_it(self, browser: Client, secret: str) -> None:
        code = code_of(secret)
        for typed, opens in ((f"{code[:3]} {code[3:]}", True), (code, False), (f" {code}", False)):
            sign_in(browser)
            browser.post("/login/code", {"code": typed})
            assert is_in(browser) is opens, typed
            browser.post("/logout")

    def test_the_codes_just_before_and_after_are_right_and_older_ones_are_not(self, browser: Client, secret: str) -> None:
        for steps, opens in ((-2, False), (2, False), (-1, True)):
            sign_in(browser)
            browser.post("/login/code", {"code": code_of(secret, steps=steps)})
            assert is_in(browser) is opens, steps

    def test_ten_wrong_codes_are_enough(self, browser: Client, secret: str) -> None:
        sign_in(browser)
        for _ in range(10):
            browser.post("/login/code", {"code": "000000"})
        assert "Too many failed login attempts" in browser.post("/login/code", {"code": code_of(secret)}).content.decode()
        assert not is_in(browser)

    def test_a_quarter_of_an_hour_after_the_password_it_begins_anew(
        self, browser: Client, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from allauth.account.internal import stagekit

        sign_in(browser)
        later = stagekit.time.time() + 15 * 60 + 1
        monkeypatch.setattr(stagekit.time, "time", lambda: later)
        assert browser.post("/login/code", {"code": code_of(secret)}).headers["Location"] == "/login"

    def test_the_session_is_another_one_after_each_step(self, browser: Client, secret: str) -> None:
        browser.get("/login")
        sign_in(browser)
        between = browser.session.session_key
        browser.post("/login/code", {"code": code_of(secret)})
        assert browser.session.session_key != between

    def test_the_secret_lies_encrypted(self, secret: str) -> None:
        from allauth.mfa.models import Authenticator

        kept = str(Authenticator.objects.get(user__email=EMAIL, type="totp").data)
        assert secret not in kept
        assert len(kept) > len(secret)

    def test_without_its_key_a_kept_secret_fits_no_code(self, browser: Client, secret: str) -> None:
        from django.test import override_settings

        with override_settings(SECRET_KEY="another secret of the tests, with enough characters"):
            sign_in(browser)
            assert "Incorrect code" in browser.post("/login/code", {"code": code_of(secret)}).content.decode()


class TestRecoveryCodes:
    """Ten, shown once, each good for one time."""

    def test_each_opens_once(self, browser: Client) -> None:
        sign_in(browser)
        _, codes = set_up(browser)
        assert len(codes) == len(set(codes)) == 10
        for code, opens in ((codes[3], True), (codes[3], False), (codes[4], True)):
            browser.post("/logout")
            sign_in(browser)
            browser.post("/login/code", {"code": code})
            assert is_in(browser) is opens

    def test_they_are_shown_once(self, browser: Client) -> None:
        sign_in(browser)
        _, codes = set_up(browser)
        again = browser.get("/account/recovery-codes").content.decode()
        assert "shown once already" in again
        assert codes[0] not in again

    def test_new_ones_take_the_place_of_the_old(self, browser: Client) -> None:
        sign_in(browser)
        _, old = set_up(browser)
        shown = browser.post("/account/recovery-codes/new", follow=True).content.decode()
        new = re.findall(r'<code class="id">([0-9]{8})</code>', shown)
        assert len(new) == 10
        assert not set(new) & set(old)
        browser.post("/logout")
        sign_in(browser)
        assert "Incorrect code" in browser.post("/login/code", {"code": old[0]}).content.decode()


class TestWhoeverNeedsOne:
    """`SMARKETING_MFA` demands it of everybody or of roles."""

    @pytest.mark.parametrize("said", ["required", "sales,leader"])
    def test_they_set_one_up_before_anything_else(self, browser: Client, said: str) -> None:
        from django.test import override_settings

        with override_settings(SECOND_FACTOR=said):
            assert sign_in(browser) == "/inbox"
            for page in ("/", "/leads", "/account", "/password"):
                assert browser.get(page).headers["Location"] == "/account/second-factor", page
            assert browser.get("/leads", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/second-factor"
            assert (browser.get("/api/leads").status_code, browser.get("/api/leads").json()["code"]) == (403, "second_factor")
            set_up(browser)
            assert is_in(browser)
            assert browser.get("/api/leads").status_code == 200

    def test_others_are_not_asked(self, browser: Client) -> None:
        from django.test import override_settings

        for said in ("optional", "off", "operations"):
            with override_settings(SECOND_FACTOR=said):
                sign_in(browser)
                assert is_in(browser), said
                browser.post("/logout")

    def test_they_cannot_switch_it_off(self, browser: Client) -> None:
        from django.test import override_settings

        from smarketing.web.accounts.demanded import has_second_factor

        with override_settings(SECOND_FACTOR="required"):
            sign_in(browser)
            set_up(browser)
            assert "cannot deactivate" in browser.post("/account/second-factor/off").content.decode()
        user = browser.get("/account").wsgi_request.user
        assert has_second_factor(user)
        browser.post("/account/second-factor/off")
        assert not has_second_factor(user)

    def test_where_it_is_off_nobody_is_asked_for_one_they_have(self, browser: Client) -> None:
        from django.test import override_settings

        sign_in(browser)
        set_up(browser)
        browser.post("/logout")
        with override_settings(SECOND_FACTOR="off"):
            assert sign_in(browser) == "/inbox"
        browser.post("/logout")
        assert sign_in(browser) == "/login/code"


class TestBeforeAChange:
    """What protects an account changes only after somebody showed again who they are."""

    @pytest.mark.parametrize("page", ["/account/second-factor", "/account/second-factor/off", "/account/recovery-codes"])
    def test_a_session_that_is_a_while_old_is_asked_again(self, browser: Client, page: str) -> None:
        sign_in(browser)
        if page != "/account/second-factor":
            set_up(browser)
        session = browser.session
        for each in session["account_authentication_methods"]:
            each["at"] -= 15 * 60 + 1
        session.save()
        assert browser.get(page).headers["Location"].startswith("/account/again?next=")
        assert browser.post("/account/again", {"password": "wrong", "next": page}).status_code == 200
        assert browser.get(page).status_code == 302
        assert browser.post("/account/again", {"password": PASSWORD, "next": page}).headers["Location"] == page
        assert browser.get(page).status_code == 200

    def test_a_session_that_was_never_asked_is_asked(self, entered: Entered) -> None:
        assert entered("sales").get("/account/second-factor").headers["Location"].startswith("/account/again?")


class TestOperationsTakeItAway:
    """A lost phone."""

    def test_sessions_end_and_the_password_is_enough_again(self, browser: Client) -> None:
        from smarketing.actions.people import forget_factors
        from smarketing.actions.trail import entries

        sign_in(browser)
        set_up(browser)
        forget_factors(EMAIL, by="operations@alderfinch.example", network="10.9.8.7")
        assert not is_in(browser)
        assert sign_in(browser) == "/inbox"
        assert is_in(browser)
        noted = entries(by="operations@alderfinch.example", what="took second factors away")
        assert [(row["about"], row["network"]) for row in noted] == [(EMAIL, "10.9.8.7")]
