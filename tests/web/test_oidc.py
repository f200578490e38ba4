"""Signing in with the company's own provider, against a real one on this machine: it brings in whom we know, or asked in."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.web.conftest import Entered
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.usefixtures("site", "provided"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(authlib|oidc_provider_mock|flask|werkzeug).*"),
]
EMAIL = "grace@alderfinch.example"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider, at a free port."""
    with warnings.catch_warnings(record=True):  # of what it is made of
        import oidc_provider_mock
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provided(issuer: str, site: object) -> Iterator[None]:
    """The settings name it."""
    from django.test import override_settings

    from smarketing.web.accounts.settings import Provider, account_settings

    ours = account_settings(
        provider=Provider(issuer, "smarketing", "not so secret", "Alderfinch"), second_factor="optional", proxies=0
    )
    with override_settings(SOCIALACCOUNT_PROVIDERS=ours["SOCIALACCOUNT_PROVIDERS"]):
        yield


@pytest.fixture(autouse=True)
def nobody_new_stays(site: object) -> Iterator[None]:
    yield
    from allauth.socialaccount.models import SocialAccount

    from smarketing.records.invitations import Invitation
    from smarketing.records.people import User

    SocialAccount.objects.all().delete()
    Invitation.objects.all().delete()
    User.objects.filter(email=EMAIL).delete()


@pytest.fixture
def grace() -> Any:
    """Somebody who may come in, with a password."""
    from smarketing.records.people import User

    user = User(email=EMAIL, name="Grace", role="sales")
    user.set_password(PASSWORD)
    user.save()
    return user


def known_there(issuer: str, sub: str, **claims: object) -> None:
    """What the provider says of somebody."""
    asked = Request(f"{issuer}/users/{sub}", json.dumps(claims).encode(), {"Content-Type": "application/json"}, method="PUT")
    urlopen(asked).close()


def sent_there(client: Client, onward: str = "") -> str:
    """To where the browser is sent."""
    return client.get("/login/with/company", {"next": onward} if onward else {}).headers["Location"]


def brought_back(url: str, sub: str) -> str:
    """Somebody says at the provider who they are; the address that they are sent back to."""
    import http.client

    at = urlsplit(url)
    link = http.client.HTTPConnection(at.hostname or "", at.port or 80)
    link.request("POST", f"{at.path}?{at.query}", f"sub={sub}", {"Content-Type": "application/x-www-form-urlencoded"})
    answer = link.getresponse()
    answer.read()
    link.close()
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def sign_in(client: Client, sub: str, onward: str = "") -> Any:
    """The whole way."""
    return client.get(brought_back(sent_there(client, onward), sub))


@pytest.fixture
def stranger(entered: Entered) -> Client:
    return entered("anonymous")


def is_in(client: Client) -> bool:
    """Whether pages open."""
    return client.get("/leads").status_code == 200


def latest() -> dict[str, object]:
    """The latest entry of the trail."""
    from smarketing.actions.trail import entries

    return entries()[0]


def test_the_login_offers_it_as_a_link_with_a_challenge_and_a_state(stranger: Client, issuer: str) -> None:
    assert 'href="/login/with/company?next=%2Fleads"' in stranger.get("/login?next=/leads").content.decode()
    to = sent_there(stranger)
    asked = parse_qs(urlsplit(to).query)
    assert to.startswith(f"{issuer}/oauth2/authorize?")
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost/login/with/company/back"]
    assert len(asked["state"][0]) >= 16


@pytest.mark.parametrize(
    ("site_of_the_link", "to"), [("same-origin", "authorize"), ("none", "authorize"), ("cross-site", "/login")]
)
def test_a_link_on_another_page_signs_nobody_in(stranger: Client, issuer: str, site_of_the_link: str, to: str) -> None:
    answer = stranger.get("/login/with/company", headers={"Sec-Fetch-Site": site_of_the_link})
    assert to in answer.headers["Location"]
    assert answer.headers["Location"].startswith("/login") == (site_of_the_link == "cross-site")


def test_without_the_setting_nothing_is_offered_or_open(stranger: Client) -> None:
    from django.test import override_settings

    from smarketing.web.accounts.settings import account_settings

    ours = account_settings(provider=None, second_factor="optional", proxies=0)
    with override_settings(SOCIALACCOUNT_PROVIDERS=ours["SOCIALACCOUNT_PROVIDERS"]):
        assert "/login/with/" not in stranger.get("/login").content.decode()
        assert stranger.get("/login/with/company").status_code == 404


class TestWhoComesIn:
    """People we know, by an address that the provider has verified; whoever was asked in; nobody else."""

    def test_somebody_we_know_comes_in_and_goes_where_they_wanted(self, stranger: Client, issuer: str, grace: Any) -> None:
        known_there(issuer, "g-1", email="Grace@Alderfinch.example", email_verified=True)
        assert sign_in(stranger, "g-1", "/funnel").headers["Location"] == "/funnel"
        assert is_in(stranger)
        assert latest()["what"] == "signed in"
        grace.refresh_from_db()
        assert grace.check_password(PASSWORD), "the password stays what it was"

    @pytest.mark.parametrize("verified", [False, None, "true", "false", 1])
    def test_an_address_that_the_provider_has_not_verified_opens_nothing(
        self, stranger: Client, issuer: str, grace: Any, verified: object
    ) -> None:
        claims = {"email": EMAIL} | ({} if verified is None else {"email_verified": verified})
        known_there(issuer, "impostor", **claims)
        refused = sign_in(stranger, "impostor")
        assert refused.status_code == 403
        assert "has not verified your e-mail address" in refused.content.decode()
        assert not is_in(stranger)
        assert (latest()["what"], latest()["about"]) == ("failed to sign in", EMAIL)

    def test_without_that_check_an_impostor_would_come_in(
        self, stranger: Client, issuer: str, grace: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from smarketing.web.accounts import provided

        claims = provided._claims
        monkeypatch.setattr(provided, "_claims", lambda told: claims(told) | {"email_verified": True})
        known_there(issuer, "impostor-2", email=EMAIL, email_verified=False)
        assert sign_in(stranger, "impostor-2").status_code == 302
        assert is_in(stranger)

    def test_somebody_nobody_asked_in_stays_out_and_no_user_is_made(self, stranger: Client, issuer: str) -> None:
        from smarketing.records.people import User

        before = User.objects.count()
        known_there(issuer, "s-1", email="somebody@elsewhere.example", email_verified=True)
        refused = sign_in(stranger, "s-1")
        assert refused.status_code == 403
        assert "Nobody here has this address" in refused.content.decode()
        assert (is_in(stranger), User.objects.count()) == (False, before)

    def test_somebody_asked_in_becomes_a_user_of_that_role_without_a_password(self, stranger: Client, issuer: str) -> None:
        from smarketing.actions.invitations import invite, open_invitations
        from smarketing.records.people import User

        invite(EMAIL, role="marketing", name="Grace Hart")
        known_there(issuer, "g-2", email=EMAIL, email_verified=True)
        assert sign_in(stranger, "g-2").status_code == 302
        assert is_in(stranger)
        user = User.objects.get(email=EMAIL)
        assert (user.role, user.name, user.has_usable_password()) == ("marketing", "Grace Hart", False)
        assert open_invitations() == []

    def test_an_invitation_does_not_open_for_an_unverified_address(self, stranger: Client, issuer: str) -> None:
        from smarketing.actions.invitations import invite, open_invitations

        invite(EMAIL, role="operations")
        known_there(issuer, "g-3", email=EMAIL, email_verified=False)
        assert sign_in(stranger, "g-3").status_code == 403
        assert len(open_invitations()) == 1

    def test_somebody_suspended_stays_out(self, stranger: Client, issuer: str, grace: Any) -> None:
        known_there(issuer, "g-4", email=EMAIL, email_verified=True)
        assert sign_in(stranger, "g-4").status_code == 302
        stranger.post("/logout")
        grace.is_active = False
        grace.save()
        assert sign_in(stranger, "g-4").status_code == 403
        assert not is_in(stranger)

    def test_whoever_gets_an_address_after_somebody_else_does_not_become_them(
        self, stranger: Client, issuer: str, grace: Any
    ) -> None:
        known_there(issuer, "g-5", email=EMAIL, email_verified=True)
        known_there(issuer, "successor", email=EMAIL, email_verified=True)
        assert sign_in(stranger, "g-5").status_code == 302
        stranger.post("/logout")
        refused = sign_in(stranger, "successor")
        assert refused.status_code == 403
        assert "another identity" in refused.content.decode()

    def test_an_identity_stays_linked_when_its_address_changes_there(self, stranger: Client, issuer: str, grace: Any) -> None:
        known_there(issuer, "g-6", email=EMAIL, email_verified=True)
        assert sign_in(stranger, "g-6").status_code == 302
        stranger.post("/logout")
        known_there(issuer, "g-6", email="grace.hart@alderfinch.example", email_verified=True)
        assert sign_in(stranger, "g-6").status_code == 302
        assert stranger.get("/account").wsgi_request.user.email == EMAIL


class TestTheWayBack:
    """What comes back must be what was asked for, in this browser."""

    def test_a_state_of_another_browser_opens_nothing(self, stranger: Client, issuer: str, grace: Any, entered: Entered) -> None:
        known_there(issuer, "g-7", email=EMAIL, email_verified=True)
        back = brought_back(sent_there(stranger), "g-7")
        other = entered("anonymous")
        assert other.get(back).status_code == 401
        assert not is_in(other)
        assert stranger.get(back).status_code == 302

    def test_it_opens_once(self, stranger: Client, issuer: str, grace: Any) -> None:
        known_there(issuer, "g-8", email=EMAIL, email_verified=True)
        back = brought_back(sent_there(stranger), "g-8")
        assert stranger.get(back).status_code == 302
        stranger.post("/logout")
        assert stranger.get(back).status_code == 401
        assert not is_in(stranger)

    def test_who_breaks_it_off_is_told_so(self, stranger: Client) -> None:
        state = parse_qs(urlsplit(sent_there(stranger)).query)["state"][0]
        answer = stranger.get("/login/with/company/back", {"error": "access_denied", "state": state}, follow=True)
        assert "You are not signed in" in answer.content.decode()

    def test_two_people_at_once_are_nobody(
        self, stranger: Client, issuer: str, grace: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

        known_there(issuer, "g-9", email="other@alderfinch.example", email_verified=True)
        theirs = {"sub": "g-10", "email": EMAIL, "email_verified": True}
        monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda self, token: theirs)
        refused = sign_in(stranger, "g-9")
        assert "two people at once" in refused.content.decode()
        assert not is_in(stranger)

    def test_the_session_is_another_one_afterwards(self, stranger: Client, issuer: str, grace: Any) -> None:
        known_there(issuer, "g-11", email=EMAIL, email_verified=True)
        to = sent_there(stranger)
        before = stranger.session.session_key
        assert stranger.get(brought_back(to, "g-11")).status_code == 302
        assert stranger.session.session_key != before
