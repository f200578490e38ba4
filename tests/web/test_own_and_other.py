"""Where the matrix says `own`: one's own is found, somebody else's is not, whoever one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.routes import ADDRESSES
from tests.web.test_access import POSTED, SIGNED_IN

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]


def a_view(user: Any) -> str:
    from smarketing.records.people import SavedView

    return f"/views/{SavedView.objects.create(user=user, name='theirs', page='/leads').pk}/remove"


def a_session(user: Any) -> str:
    from allauth.usersessions.models import UserSession
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    made = UserSession.objects.create(user=user, session_key=store.session_key, ip="10.0.0.1", user_agent="elsewhere")
    return f"/account/sessions/{made.pk}/end"


def a_notice(user: Any) -> str:
    from smarketing.records.notices import Notice

    return f"/notices/{Notice.objects.create(user=user, key='k', kind='won', text='t', url='/', created_at=datetime.now(UTC)).pk}"


OBJECTS: dict[str, Callable[[Any], str]] = {"view-remove": a_view, "session-end": a_session, "notice": a_notice}
"""Routes to one thing that belongs to somebody → makes one of theirs, and says its address."""
OF_REPS = set(ADDRESSES) - set(OBJECTS)


def own_routes() -> set[str]:
    """Where the matrix says so of any role."""
    from smarketing.web.access import MATRIX, Verdict

    return {route for route, said in MATRIX.items() if Verdict.own in said.values()}


@pytest.fixture(autouse=True)
def nothing_stays(site: object) -> Iterator[None]:
    yield
    from allauth.usersessions.models import UserSession

    from smarketing.records.notices import Notice
    from smarketing.records.people import SavedView

    for table in (SavedView, Notice, UserSession):
        table.objects.all().delete()


@pytest.mark.parametrize("route", sorted(OBJECTS))
@pytest.mark.parametrize("role", SIGNED_IN)
def test_one_s_own_is_found_and_of_somebody_else_s_nobody_hears(route: str, role: str, entered: Entered) -> None:
    from smarketing.records.people import User

    other = next(each for each in SIGNED_IN if each != role)
    said = {}
    for whose in (role, other):
        client: Client = entered(role)
        ask = client.post if route in POSTED else client.get
        said[whose] = ask(OBJECTS[route](User.objects.get(role=whose))).status_code
    assert said == {role: 302, other: 404}


@pytest.mark.parametrize("whose", [*OBJECTS])
def test_whoever_is_not_signed_in_finds_none(whose: str, entered: Entered) -> None:
    from smarketing.records.people import User

    stranger = entered("anonymous")
    ask = stranger.post if whose in POSTED else stranger.get
    assert ask(OBJECTS[whose](User.objects.get(role="sales"))).headers["Location"].startswith("/login")


class TestFiguresOfReps:
    """Where rankings are for leaders, a rep asks for the own figures alone, on every route where the matrix says `own`."""

    @pytest.fixture
    def reps(self, site: Workspace) -> Iterator[list[str]]:
        """Two reps of the company; the first one may log in."""
        from smarketing.records.people import User
        from smarketing.web.held import keeper

        outcome = keeper().now.outcome
        assert outcome is not None
        names: list[str] = sorted(set(outcome.table("handoffs")["rep"].drop_nulls()))[:2]
        user = User.objects.create(email=names[0], name="A Rep", role="sales")
        yield names
        user.delete()

    @pytest.fixture
    def rep(self, reps: list[str], entered: Entered) -> Client:
        from smarketing.records.people import User

        client = entered("anonymous")
        client.force_login(User.objects.get(email=reps[0]))
        return client

    def asked(self, client: Client, rep: str) -> dict[str, int]:
        """Every such route, asked for one rep → the status."""
        said = {}
        for route in sorted(own_routes() & OF_REPS):
            address = ADDRESSES[route]
            ask = client.post if route in POSTED else client.get
            said[route] = ask(f"{address}{'&' if '?' in address else '?'}rep={rep}").status_code
        return said

    @pytest.fixture
    def closed(self, site: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same company, with rankings for leaders."""
        from dataclasses import replace

        from smarketing.web.held import Held, keeper

        now = keeper().now
        assert now.outcome is not None
        agreement = now.outcome.agreement.model_copy(update={"rankings": "leaders"})
        outcome = replace(now.outcome, agreement=agreement, versions=(agreement,))
        monkeypatch.setattr(keeper(), "now", Held(outcome, now.serial))

    def test_of_another_rep_nobody_hears(self, closed: None, reps: list[str], rep: Client) -> None:
        said = self.asked(rep, reps[1])
        assert len(said) >= 10
        assert said == dict.fromkeys(said, 403)

    def test_one_s_own_are_shown(self, closed: None, reps: list[str], rep: Client) -> None:
        assert 403 not in self.asked(rep, reps[0]).values()

    def test_with_open_rankings_they_would_be(self, reps: list[str], rep: Client) -> None:
        assert 403 not in self.asked(rep, reps[1]).values()


def test_every_such_route_is_walked_here() -> None:
    assert own_routes() <= OF_REPS | set(OBJECTS)
    assert {"session-end", "notice"} <= own_routes()
