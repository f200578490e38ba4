"""Whether a lead may be contacted stands wherever a lead is named: one walk over every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from docs.places import PLACES
from tests.web.conftest import Entered

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
NOW = datetime(2026, 10, 30, 9, tzinfo=UTC)
HOUSE = "alderfinch.example"
ANNA = f"anna@{HOUSE}"
ROWS, VOID = ("tr", "li", "header"), ("area", "br", "hr", "img", "input", "link", "meta", "source", "wbr")
"""What one lead stands in, the nearest around its name; and what has no end."""
UNITS = ("leads", "handoffs", "clocks", "wins", "credits", "facts")
MORE = {
    "inbox": f"/inbox?rep={ANNA}", "in work": f"/routing?rep={ANNA}", "simulation": "/routing/simulation?all=yes",
    "week": "/?period=2026-Q3", **{f"behind {unit}": f"/behind?of={unit}" for unit in UNITS},
}  # fmt: skip
"""Pages beside those of the documentation that name leads."""
NAMING = {
    "scoreboard",
    "routing",
    "in work",
    "simulation",
    "notices",
    "leads",
    "what-happened",
    "inbox",
    "check",
    *(f"behind {unit}" for unit in UNITS),
}
"""On these at least one row says something."""


@dataclass
class Row:
    """A part of a page that names leads: its `leads`, its `text`, and the words of its marks."""

    tag: str
    leads: set[str] = field(default_factory=set)
    marks: list[str] = field(default_factory=list)
    text: str = ""


class Naming(HTMLParser):
    """Every part of a page that names a lead; a number of a lead (an address with a #) is no name."""

    def __init__(self, home: str = "") -> None:
        super().__init__()
        self.home, self.open, self.found = home, [Row("page")], list[Row]()
        self.elements: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        told = {name: value or "" for name, value in attrs}
        css = told.get("class", "").split()
        is_row = tag in ROWS
        if is_row:
            self.open.append(Row(tag))
        if lead := told.get("data-lead") or self._lead_of(told.get("href", "")):
            self.open[-1].leads.add(lead)
        if told.get("role") == "img" and any(marks for _, _, marks in self.elements):
            self.open[-1].marks.append(told["aria-label"])
        if tag not in VOID:
            self.elements.append((tag, is_row, "contact-mark" in css or "consent" in css))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A drawing's line."""

    def handle_data(self, data: str) -> None:
        """Called for each text."""
        self.open[-1].text += data
        if data.strip() and any(marks for _, _, marks in self.elements):
            self.open[-1].marks.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        """Called at each end."""
        if tag not in [name for name, _, _ in self.elements]:
            return
        while self.elements:
            name, is_row, _ = self.elements.pop()
            if is_row and self.open[-1].leads:
                self.found.append(self.open[-1])
            if is_row:
                self.open.pop()
            if name == tag:
                return

    def _lead_of(self, href: str) -> str:
        path = href.removeprefix(self.home)
        if notice := re.fullmatch(r"/notices/(\d+)", path):
            return told_about(int(notice[1]))
        found = re.fullmatch(r"/leads/([^?#]+)", path)
        return unquote(found[1]) if found and found[1] != "new" else ""


def told_about(number: int) -> str:
    """The lead of a notice."""
    from smarketing.records.notices import Notice

    return str(Notice.objects.get(pk=number).lead_id)


def named(html: str, home: str = "") -> list[Row]:
    """The parts of a page that name one lead each; where a name stands in no row, the page is its row."""
    reader = Naming(home)
    reader.feed(html)
    return reader.found + [row for row in reader.open if row.leads]


def expected(lead_id: str) -> list[str]:
    """The words of a lead's mark; none where nobody knows."""
    from smarketing.reports.person.consent import UNKNOWN, words_of
    from smarketing.web.consenting import consent_of_lead

    consent = consent_of_lead(lead_id)
    return [] if consent == UNKNOWN else [words_of(consent)]


def silent(rows: list[Row]) -> list[tuple[str, str]]:
    """The rows that do not say of their lead what is known, or that say what nobody knows: the lead, and the row."""
    return [
        (lead, " ".join(row.text.split())[:120])
        for row in rows
        for lead in row.leads
        if set(row.marks) - {"Consent not known"} != set(expected(lead))
    ]


@pytest.fixture
def full(site: Workspace) -> Iterator[None]:
    """Leads that wait for a rep and that were routed, and people who were told of leads of which something is known."""
    from smarketing.actions.notices import tell
    from smarketing.records.notices import Notice
    from smarketing.records.routing import Routed
    from smarketing.reports.routing.desks import open_handoffs
    from smarketing.web.held import held

    leads = [lead for lead in open_handoffs(held())["lead_id"] if expected(lead)][:4]
    for place, (lead, rep) in enumerate(zip(leads, (ANNA, ANNA, None, None), strict=True)):
        at = NOW + timedelta(minutes=place) if rep else None
        Routed.objects.create(lead_id=lead, cycle=1, rep=rep, why="It is their turn.", asked_at=NOW, routed_at=at)
        about: dict[str, Any] = {
            "text": "A lead for you",
            "url": f"/leads/{lead}",
            "lead_id": lead,
            "now": NOW,
            "kind": "assigned",
        }
        tell(f"leader@{HOUSE}", key=lead, **about)
    yield
    Routed.objects.all().delete()
    Notice.objects.all().delete()


ROLES = {"anna": "sales", None: "anonymous"}
EVERY = {
    **{name: (place.address, ROLES.get(place.login, place.login)) for name, place in PLACES.items() if place.status == 200},
    **{name: (address, "leader") for name, address in MORE.items()},
}


def walked(entered: Entered, name: str) -> list[Row]:
    """The rows of a page of the example company."""
    address, role = EVERY[name]
    answer = entered(str(role)).get(address, headers={"Accept-Language": "en-GB"}, follow=True)
    return named(answer.content.decode())


@pytest.mark.usefixtures("full")
def test_every_page_that_names_a_lead_says_whether_it_may_be_contacted(entered: Entered) -> None:
    found = {name: walked(entered, name) for name in EVERY}
    assert {name: wrong for name, rows in found.items() if (wrong := silent(rows))} == {}
    assert {name for name, rows in found.items() if any(row.marks for row in rows)} >= NAMING


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("name", ["scoreboard", "behind clocks", "inbox", "what-happened"])
def test_a_page_without_the_marks_is_found(entered: Entered, name: str) -> None:
    address, role = EVERY[name]
    html = entered(str(role)).get(address).content.decode()
    bare = html.replace("contact-mark", "mark-of-nothing").replace('class="consent ', 'class="nothing ')
    assert (silent(named(html)), bool(silent(named(bare)))) == ([], True)


def test_a_lead_is_known_by_every_id_that_it_goes_by() -> None:
    from smarketing.reports.person.consent import consents
    from smarketing.web.consenting import consent_of_lead
    from smarketing.web.held import held
    from smarketing.web.templatetags.contact import contact_of

    known = consents(held())
    pairs = [(one, own) for one, own in held().united.select("id", "lead_id").iter_rows() if one != own and own in known]
    assert pairs
    assert [consent_of_lead(one) for one, _ in pairs] == [known[own] for _, own in pairs]
    assert contact_of(pairs[0][0]) == contact_of(pairs[0][1]) != ""


def test_the_win_on_the_wall_says_it(entered: Entered) -> None:
    from smarketing.web.board.celebrated import wins
    from smarketing.web.held import asked, held

    html = entered("viewer").get("/tv").content.decode()
    win = wins(held(), asked("scoreboard", period=None)).latest[0]
    told = re.search(r'<aside class="wall-win.*?</strong>', html, re.DOTALL)
    assert told is not None
    assert re.findall(r'aria-label="([^"]+)"', told[0]) == expected(win.lead_id)


def test_the_daily_mail_says_it_too(site: Workspace) -> None:
    from smarketing.actions.mail.daily import since_last_working_day
    from smarketing.actions.mail.hours import working_hours
    from smarketing.actions.mail.morning import compose
    from smarketing.web.held import held

    home, now = "http://pages.example", held().as_of
    period = since_last_working_day(working_hours(site, now), now)
    said = []
    for team in ("marketing", "sales"):
        letter = compose(held(), team, period=period, home=home, drawn=False)
        told = [(word, row.text) for row in named(letter.html, home) for lead in row.leads for word in expected(lead)]
        assert [word for word, text in told if word not in text or word not in letter.text] == []
        said += told
    assert len(said) >= 2
