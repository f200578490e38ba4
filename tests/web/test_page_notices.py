"""The page of notices, the bell beside it, what is news on an open page, homes, the wall and the daily mail."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.routes import inline

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
NOW = datetime(2026, 10, 30, 9, tzinfo=UTC)
SALES = "sales@alderfinch.example"


@pytest.fixture(autouse=True)
def nobody_was_told() -> Iterator[None]:
    """Each test begins without notices."""
    from smarketing.records.notices import Notice
    from smarketing.records.people import User

    Notice.objects.all().delete()
    yield
    Notice.objects.all().delete()
    User.objects.update(mails=True)


def told(key: str, **changed: Any) -> Any:
    """The rep is told something; the notice."""
    from smarketing.actions.notices import tell
    from smarketing.records.notices import Notice

    given: dict[str, Any] = {"kind": "assigned", "text": f"Lead {key} is yours", "url": f"/leads/{key}", "now": NOW} | changed
    tell(SALES, key=key, **given)
    return Notice.objects.get(key=key)


def text(html: bytes) -> str:
    """A page without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.decode())))


def test_an_empty_page_says_what_will_stand_there(entered: Entered) -> None:
    response = entered("sales").get("/notices")
    assert response.status_code == 200
    assert "Nothing so far" in text(response.content)
    assert inline(response.content.decode()) == []


def test_a_notice_of_many_wins_says_of_each_who_brought_and_who_closed_it(entered: Entered) -> None:
    from smarketing.web.consenting import consent_of_lead
    from smarketing.web.held import asked

    won = [row["lead_id"] for row in asked("scoreboard", period="2026-Q4").beside["wins"]]
    known = [lead for lead in won if consent_of_lead(lead).allowed][:2]
    leads = [known[number % 2] for number in range(7)]
    who = "Brought by the spring fair, worked by Anna Keller, closed by Sam Torres."
    for number, lead in enumerate(leads):
        about = {"lead_id": lead, "url": f"/leads/{lead}", "now": NOW + timedelta(minutes=number)}
        tell_sales(
            f"won:{number}", kind="won", text=f"Won: Deal {number}, €5,000. {who}", storm="won", storm_url="/#wins", **about
        )
    html = entered("sales").get("/notices").content.decode()
    told_in = re.findall(r'<li><a href="/leads/([^"]+)">(Won: Deal \d)', html)
    assert told_in == [(leads[number], f"Won: Deal {number}") for number in (6, 5, 4, 3, 2)]
    assert (html.count(who), html.count('class="consent ')) == (5, 5)
    assert "7 deals were won" in html
    assert "and 2 more" in html


def tell_sales(key: str, **given: Any) -> None:
    """The rep is told something, whatever it is merged with."""
    from smarketing.actions.notices import tell

    tell(SALES, key=key, **given)


def test_the_bell_has_the_number_and_the_page_the_notices(entered: Entered) -> None:
    client = entered("sales")
    told("lead-0175")
    told("lead-0176", kind="breach", text="First response was not kept <b>")
    page = client.get("/notices").content.decode()
    assert "2 notices are unread." in page
    assert "was not kept &lt;b&gt;" in page
    assert 'aria-label="Notices, 2 unread"' in client.get("/agreement").content.decode()
    assert 'aria-label="Notices"' in entered("marketing").get("/agreement").content.decode()


def test_a_notice_leads_to_where_it_matters_and_is_read_then(entered: Entered) -> None:
    client, notice = entered("sales"), told("lead-0175")
    response = client.get(f"/notices/{notice.pk}")
    assert (response.status_code, response.headers["Location"]) == (302, "/leads/lead-0175")
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert "You have read everything." in client.get("/notices").content.decode()


def test_nobody_opens_or_reads_the_notice_of_somebody_else(entered: Entered) -> None:
    notice = told("lead-0175")
    other = entered("leader")
    assert other.get(f"/notices/{notice.pk}").status_code == 404
    other.post("/notices/read")
    notice.refresh_from_db()
    assert notice.read_at is None
    assert "lead-0175" not in other.get("/notices").content.decode()


def test_everything_is_read_at_once(entered: Entered) -> None:
    client = entered("sales")
    told("lead-0175")
    told("lead-0176")
    assert client.post("/notices/read").headers["Location"] == "/notices"
    assert "You have read everything." in client.get("/notices").content.decode()
    assert client.get("/notices/read").status_code == 405


def test_the_bell_answers_only_when_its_number_changed(entered: Entered) -> None:
    client = entered("sales")
    assert client.get("/notices/bell?seen=0").status_code == 204
    told("lead-0175")
    response = client.get("/notices/bell?seen=0")
    assert response.status_code == 200
    assert response.content.decode().count('hx-swap-oob="true"') == 3
    assert "1 unread notice" in text(response.content)
    assert client.get("/notices/bell?seen=1").status_code == 204


def test_the_bell_is_cheap(entered: Entered, django_queries: Any) -> None:
    client = entered("sales")
    client.get("/notices/bell?seen=0")
    with django_queries() as asked:
        client.get("/notices/bell?seen=0")
    assert len(asked) <= 3, "session, user and the number"


@pytest.fixture
def django_queries() -> Any:
    """The queries of a block."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


def test_mail_is_switched_off_and_on(entered: Entered) -> None:
    from smarketing.records.people import User

    client = entered("sales")
    for said in ("no", "yes"):
        client.post("/notices/mails", {"mails": said})
        assert User.objects.get(email=SALES).mails is (said == "yes")


def test_an_open_page_hears_what_was_broken_and_won_meanwhile(entered: Entered) -> None:
    from smarketing.web.board.news import standing

    client, now = entered("viewer"), standing()
    assert now.broken > 2
    assert now.won > 1
    assert f"/news?broken={now.broken}&amp;won={now.won}" in client.get("/").content.decode()
    assert client.get(now.url).status_code == 204
    response = client.get(f"/news?broken={now.broken - 2}&won={now.won - 1}")
    said = "2 promises were just broken, and a deal was just won"
    assert said in response.content.decode()
    assert client.get(f"/news?broken={now.broken - 2}&won={now.won - 1}&said={said}").status_code == 204
    assert "A promise was just broken" in client.get(f"/news?broken={now.broken - 1}&won={now.won}").content.decode()


def test_a_part_that_asks_by_itself_is_no_place_to_come_back_to(entered: Entered) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/agreement?version=1"}
    response = entered("anonymous").get("/notices/bell?seen=0", headers=headers)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/login?next=%2Fagreement%3Fversion%3D1")


@pytest.mark.parametrize(
    ("role", "home"), [("sales", "/inbox"), ("marketing", "/delivered"), ("leader", "/"), ("operations", "/"), ("viewer", "/")]
)
def test_the_day_of_each_role_begins_at_home(entered: Entered, role: str, home: str) -> None:
    client = entered(role)
    assert client.get("/login").headers["Location"] == home
    page = client.get("/agreement").content.decode()
    assert page.count(f'class="wordmark" href="{home}"') == 2
    assert 'class="nav-item" href="/"' in page, "the scoreboard stays in the navigation"


def test_the_wall_says_what_matters_and_nothing_can_be_pressed(entered: Entered) -> None:
    response = entered("viewer").get("/tv")
    html = response.content.decode()
    assert inline(html) == []
    assert "<nav" not in html
    assert "<a " not in html
    assert "<button" not in html
    said = text(response.content)
    assert "revenue is" in said
    assert "Latest win:" in said
    assert "worked by" in said
    assert re.search(r"promised answers? (is|are) still due, the next (at )?\d|No promised answer is due\.", said)
    assert re.search(r"(None|\d) broken today\.", said)
    assert 'data-theme="dark"' in html
    part = entered("viewer").get("/tv/board").content.decode()
    assert part.startswith('<div id="wall"')
    assert "hx-trigger=" in part


def test_a_win_is_celebrated_aloud_while_it_is_fresh(site: Workspace) -> None:
    from smarketing.web.board.celebrated import wins
    from smarketing.web.board.wall import is_fresh
    from smarketing.web.held import asked, held

    (win, *_) = wins(held(), asked("scoreboard", period=None)).latest
    at = datetime.fromisoformat(win.won_at)
    assert is_fresh(win, at + timedelta(minutes=59))
    assert not is_fresh(win, at + timedelta(minutes=61))


def test_wins_tell_by_which_way_they_came(entered: Entered) -> None:
    from smarketing.web.board.celebrated import wins
    from smarketing.web.held import asked, held

    latest = wins(held(), asked("scoreboard", period=None)).latest
    longer = [win for win in latest if len(win.path) > 1]
    assert longer, "no win of the example came by more than one campaign"
    assert {win.sourced for win in latest} <= {"marketing", "sales", None}
    assert " → ".join(longer[0].path[:2]) in text(entered("viewer").get("/").content)


def test_the_daily_mail_is_previewed_in_both_forms(entered: Entered) -> None:
    client = entered("leader")
    for team in ("marketing", "sales"):
        page = client.get(f"/mail/daily?team={team}")
        assert page.status_code == 200
        assert f'src="/mail/daily?team={team}&amp;form=html"' in page.content.decode()
        (said,) = re.findall(rf"{team.capitalize()} keeps (\d+ of \d+) promises", text(page.content))
        assert re.search(rf"{team} keeps {said} promises", text(client.get("/").content), re.IGNORECASE), (
            "mail and scoreboard differ"
        )
        assert "Not sent: no time passes here." in page.content.decode()
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
        letter = client.get(f"/mail/daily?team={team}&form=html")
        assert "sandbox" in letter.headers["Content-Security-Policy"]
        assert letter.headers["X-Frame-Options"] == "SAMEORIGIN"
        pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', letter.content.decode())
        assert pictures
        assert all(b64decode(picture).startswith(b"\x89PNG") for picture in pictures)
    assert client.get("/mail/daily?team=everybody").status_code == 400


def test_the_page_around_the_daily_mail_waits_for_no_chart(entered: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.web.held import keeper

    def drawn(*_: Any) -> Any:
        raise AssertionError("a chart is drawn")

    monkeypatch.setattr("smarketing.actions.mail.morning._pictures", drawn)
    monkeypatch.setattr(keeper().now, "remember", lambda _name, make: make())
    client = entered("leader")
    assert client.get("/mail/daily?team=sales").status_code == 200
    assert client.get("/mail/daily?team=sales&form=html").status_code == 500, "control: the letter has them"


def test_the_mail_writes_the_figures_of_a_promise_with_as_many_places_as_the_scoreboard() -> None:
    from smarketing.actions.mail.morning import Names
    from smarketing.web.look.formats import of_unit

    names = Names({}, {}, "Europe/Berlin", "EUR", 2026)
    figures = (
        (17.5, "count"),
        (17.44, "count"),
        (17.0, "count"),
        (1240.0, "count"),
        (0.789, "share"),
        (0.6, "share"),
        (8738.0, "money"),
        (-2.5, "count"),
        (-0.05, "share"),
    )
    said = [names.figure(value, unit) for value, unit in figures]
    assert said == ["17.5", "17.4", "17", "1,240", "78.9%", "60.0%", "€8,738", "−2.5", "−5.0%"]
    assert said == [of_unit(value, unit, "EUR") for value, unit in figures]


def test_a_team_reads_its_own_mail_alone(entered: Entered) -> None:
    assert entered("sales").get("/mail/daily").status_code == 200
    assert entered("sales").get("/mail/daily?team=marketing").status_code == 403
    assert entered("marketing").get("/mail/daily?team=sales").status_code == 403
    assert entered("viewer").get("/mail/daily").status_code == 403
