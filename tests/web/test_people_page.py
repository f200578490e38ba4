"""People are asked in, given another role, suspended and let in again; whoever comes by an invitation chooses the password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.site import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
NEW = "grace@alderfinch.example"
OPERATIONS = "operations@alderfinch.example"
CHOSEN = "a horse of another colour"


@pytest.fixture
def operations(entered: Entered) -> Client:
    """A browser in which somebody of operations has just signed in."""
    client = entered("anonymous")
    client.post("/login", {"email": OPERATIONS, "password": PASSWORD})
    return client


@pytest.fixture
def stranger(entered: Entered) -> Client:
    return entered("anonymous")


@pytest.fixture(autouse=True)
def nobody_new_stays(site: object) -> Iterator[None]:
    yield
    from smarketing.records.invitations import Invitation
    from smarketing.records.people import User

    Invitation.objects.all().delete()
    User.objects.filter(email__in=[NEW, "second@alderfinch.example"]).delete()
    User.objects.filter(email=OPERATIONS).update(role="operations", is_active=True)


def invited(client: Client, role: str = "sales", email: str = NEW) -> str:
    """Ask somebody in; the path of the link that is shown."""
    page = client.post("/people/invite", {"email": email, "name": "Grace Hart", "role": role}).content.decode()
    found = re.search(r"http://localhost(/invitation/[\w-]+)", page)
    assert found, page
    return found[1]


def come(client: Client, link: str, password: str = CHOSEN) -> Any:
    """Choose a password."""
    return client.post(link, {"name": "Grace Hart", "wanted": password, "again": password})


def number_of(email: str) -> int:
    """The number of a person's page."""
    from smarketing.records.people import User

    return int(User.objects.get(email=email).pk)


def noted(what: str) -> list[tuple[object, ...]]:
    """Who did that to whom, the latest first."""
    from smarketing.actions.trail import entries

    return [(row["by"], row["about"], row["details"]) for row in entries(what=what)]


class TestAnInvitation:
    """A link for one address, which opens once and not for ever."""

    def test_whoever_comes_by_it_chooses_a_password_and_is_in(self, operations: Client, stranger: Client) -> None:
        link = invited(operations, "leader")
        assert NEW in stranger.get(link).content.decode()
        assert come(stranger, link).headers["Location"] == "/first-day"
        page = stranger.get("/first-day", follow=True).content.decode()
        assert "Welcome, Grace" in page
        assert "leader" in page
        assert noted("accepted an invitation")[0] == (NEW, NEW, "role: leader")
        assert noted("invited")[0] == (OPERATIONS, NEW, "role: leader")
        stranger.post("/logout")
        assert stranger.post("/login", {"email": NEW, "password": CHOSEN}).status_code == 302

    def test_it_opens_once(self, operations: Client, stranger: Client, entered: Entered) -> None:
        link = invited(operations)
        come(stranger, link)
        other = entered("anonymous")
        assert other.get(link).status_code == 404
        assert come(other, link, "the horse of somebody else").status_code == 404
        assert other.post("/login", {"email": NEW, "password": "the horse of somebody else"}).status_code == 400

    def test_the_token_is_kept_nowhere(self, operations: Client) -> None:
        from smarketing.records.invitations import Invitation

        token = invited(operations).rpartition("/")[2]
        kept = Invitation.objects.values_list().get(email=NEW)
        assert len(token) >= 43
        assert token not in str(kept)
        assert token not in operations.get("/people").content.decode()

    def test_after_a_week_it_opens_nothing(self, operations: Client, stranger: Client) -> None:
        from smarketing.records.invitations import Invitation

        link = invited(operations)
        Invitation.objects.filter(email=NEW).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        assert stranger.get(link).status_code == 404
        assert come(stranger, link).status_code == 404

    def test_taken_back_it_opens_nothing(self, operations: Client, stranger: Client) -> None:
        link = invited(operations)
        found = re.search(r"/people/invitations/\d+/take-back", operations.get("/people").content.decode())
        assert found
        assert operations.post(found[0]).status_code == 302
        assert come(stranger, link).status_code == 404
        assert operations.post(found[0]).status_code == 404
        assert noted("took an invitation back")[0] == (OPERATIONS, NEW, "")

    def test_another_one_takes_its_place(self, operations: Client, stranger: Client) -> None:
        first, second = invited(operations, "operations"), invited(operations, "viewer")
        assert stranger.get(first).status_code == 404
        come(stranger, second)
        assert stranger.get("/people").status_code == 403

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("short", "too short"),
            ("password1234", "too common"),
            ("grace@alderfinch", "too similar"),
            ("Alderfinch 2026!!", "easy to guess"),
        ],
    )
    def test_a_weak_password_is_refused_and_the_link_still_opens(
        self, operations: Client, stranger: Client, password: str, said: str
    ) -> None:
        link = invited(operations)
        refused = come(stranger, link, password)
        assert refused.status_code == 400
        assert said in refused.content.decode()
        assert come(stranger, link).status_code == 302

    def test_two_that_differ_are_refused(self, operations: Client, stranger: Client) -> None:
        refused = stranger.post(invited(operations), {"name": "G", "wanted": CHOSEN, "again": f"{CHOSEN}!"})
        assert "The two are not equal" in refused.content.decode()

    def test_somebody_who_is_here_is_not_asked_in(self, operations: Client) -> None:
        refused = operations.post("/people/invite", {"email": "Sales@Alderfinch.example", "role": "operations"})
        assert refused.status_code == 400
        assert "has a user already" in refused.content.decode()

    def test_whoever_sits_there_the_one_who_was_asked_in_comes_in(self, operations: Client) -> None:
        link = invited(operations, "viewer")
        come(operations, link)
        assert operations.get("/people").status_code == 403

    def test_the_session_is_another_one_afterwards(self, operations: Client, stranger: Client) -> None:
        link = invited(operations)
        stranger.get(link)
        session = stranger.session
        session["kept"] = "before"
        session.save()
        stranger.cookies["smarketing-session"] = before = session.session_key
        come(stranger, link)
        assert stranger.session.session_key != before

    def test_two_at_once_make_one_user(self, operations: Client) -> None:
        from threading import Thread

        from django.db import connections

        from smarketing.actions.invitations import accept
        from smarketing.records.people import User
        from smarketing.vocabulary.errors import UsageError

        token, went = invited(operations).rpartition("/")[2], []

        def go(password: str) -> None:
            try:
                accept(token, name="Grace", password=password)
                went.append(password)
            except UsageError:
                pass
            finally:
                connections.close_all()

        threads = [Thread(target=go, args=(f"{CHOSEN} {number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(went) == 1
        assert User.objects.get(email=NEW).check_password(went[0])

    def test_where_letters_are_sent_it_is_mailed(self, operations: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        from smarketing.records.notices import Letter
        from smarketing.web.views import people

        before = Letter.objects.count()
        invited(operations)
        assert Letter.objects.count() == before, "no mail server is set"
        monkeypatch.setattr(people, "_mails", lambda: True)
        link = invited(operations)
        letter = Letter.objects.get(to=NEW)
        assert letter.subject == "Operations Somebody invites you to Smarketing"
        assert letter.message is not None
        assert link.encode() in bytes(letter.message).replace(b"=\r\n", b"")
        letter.delete()


class TestAPerson:
    """What operations can do with somebody who is here."""

    @pytest.fixture
    def grace(self, operations: Client, stranger: Client) -> Client:
        """Somebody of sales, signed in."""
        come(stranger, invited(operations))
        return stranger

    def change(self, client: Client, email: str, do: str, **more: str) -> Any:
        """Send one of the forms."""
        return client.post(f"/people/{number_of(email)}/change", {"do": do, **more})

    def test_another_role_holds_from_the_next_page_on(self, operations: Client, grace: Client) -> None:
        assert grace.get("/imports/new").status_code == 403
        assert self.change(operations, NEW, "role", role="marketing").status_code == 302
        assert grace.get("/imports/new").status_code == 200
        assert noted("changed a role")[0] == (OPERATIONS, NEW, "role: marketing, before: sales")

    def test_suspended_they_are_out_at_once_and_let_in_again_they_come_back(self, operations: Client, grace: Client) -> None:
        assert grace.get("/leads").status_code == 200
        self.change(operations, NEW, "off")
        assert grace.get("/leads").status_code == 302
        assert grace.post("/login", {"email": NEW, "password": CHOSEN}).status_code == 400
        self.change(operations, NEW, "on")
        assert grace.get("/leads").status_code == 302, "no session of before lives on"
        assert grace.post("/login", {"email": NEW, "password": CHOSEN}).status_code == 302
        assert (noted("suspended")[0], noted("let in again")[0]) == ((OPERATIONS, NEW, ""), (OPERATIONS, NEW, ""))

    def test_they_are_signed_out_everywhere(self, operations: Client, grace: Client, entered: Entered) -> None:
        other = entered("anonymous")
        other.post("/login", {"email": NEW, "password": CHOSEN})
        assert (grace.get("/leads").status_code, other.get("/leads").status_code) == (200, 200)
        assert self.change(operations, NEW, "out").status_code == 302
        assert (grace.get("/leads").status_code, other.get("/leads").status_code) == (302, 302)
        assert operations.get("/people").status_code == 200
        assert noted("signed somebody out")[0] == (OPERATIONS, NEW, "places: 2")
        assert grace.post("/login", {"email": NEW, "password": CHOSEN}).status_code == 302

    def test_a_link_lets_them_choose_another_password_and_ends_their_sessions(
        self, operations: Client, grace: Client, entered: Entered
    ) -> None:
        page = self.change(operations, NEW, "password").content.decode()
        found = re.search(r"http://localhost(/invitation/[\w-]+)", page)
        assert found
        other = entered("anonymous")
        assert come(other, found[1], "and yet another horse").status_code == 302
        assert (other.get("/leads").status_code, grace.get("/leads").status_code) == (200, 302)
        assert other.get("/imports/new").status_code == 403, "the role stays"

    def test_a_link_of_somebody_suspended_opens_nothing(self, operations: Client, grace: Client, entered: Entered) -> None:
        page = self.change(operations, NEW, "password").content.decode()
        link = page[page.index("/invitation/") :].partition("<")[0]
        self.change(operations, NEW, "off")
        refused = come(entered("anonymous"), link, "and yet another horse")
        assert "may not log in any more" in refused.content.decode()

    @pytest.mark.parametrize(("do", "more"), [("off", {}), ("role", {"role": "viewer"})])
    def test_the_last_one_of_operations_stays(self, operations: Client, do: str, more: dict[str, str]) -> None:
        refused = self.change(operations, OPERATIONS, do, **more)
        assert refused.status_code == 400
        assert "is the last one of operations" in refused.content.decode()
        assert operations.get("/people").status_code == 200

    def test_with_a_second_one_the_first_may_go(self, operations: Client, stranger: Client) -> None:
        come(stranger, invited(operations, "operations", "second@alderfinch.example"))
        assert self.change(stranger, OPERATIONS, "role", role="viewer").status_code == 302
        assert operations.get("/people").status_code == 403

    def test_of_two_who_remove_each_other_one_stays(self, operations: Client, stranger: Client) -> None:
        from threading import Barrier, Thread

        from django.db import connections

        from smarketing.actions.people import change_role
        from smarketing.records.people import User
        from smarketing.vocabulary.errors import UsageError

        come(stranger, invited(operations, "operations", "second@alderfinch.example"))
        together, refused = Barrier(2), []

        def remove(email: str) -> None:
            together.wait()
            try:
                change_role(email, "viewer")
            except UsageError as last:
                refused.append(str(last))
            finally:
                connections.close_all()

        threads = [Thread(target=remove, args=(email,)) for email in (OPERATIONS, "second@alderfinch.example")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        assert User.objects.filter(role="operations", is_active=True).count() == 1

    @pytest.mark.parametrize("sent", [{"do": "nothing"}, {}])
    def test_what_is_no_change_is_nothing(self, operations: Client, sent: dict[str, str]) -> None:
        assert operations.post(f"/people/{number_of(OPERATIONS)}/change", sent).status_code == 404

    def test_a_role_that_is_none_is_refused(self, operations: Client) -> None:
        assert self.change(operations, "sales@alderfinch.example", "role", role="king").status_code == 400

    def test_a_session_that_is_a_while_old_changes_nobody(self, entered: Entered) -> None:
        refused = entered("operations").post("/people/invite", {"email": NEW, "role": "operations"})
        assert refused.headers["Location"].startswith("/account/again?next=")
        from smarketing.actions.invitations import open_invitations

        assert open_invitations() == []

    def test_shown_again_who_one_is_what_was_sent_is_done(self, entered: Entered) -> None:
        client = entered("operations")
        to = client.post("/people/invite", {"email": NEW, "name": "G", "role": "viewer"}).headers["Location"]
        done = client.post(to, {"password": PASSWORD, "next": "/people/invite"})
        assert "/invitation/" in done.content.decode()


class TestTheCommands:
    """What the command line does is written down too."""

    def test_by_whom(self, site: object) -> None:
        from smarketing.actions.invitations import invite
        from smarketing.actions.people import add_user, let_in

        add_user("second@alderfinch.example", name="", role="viewer", password=CHOSEN)
        let_in("second@alderfinch.example", active=False)
        invite(NEW, role="viewer")
        assert [noted(what)[0][0] for what in ("added a user", "suspended", "invited")] == ["command line"] * 3
