"""What happened to the leads: as the report tells it, day by day, narrowed and paged by the address."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING

import pytest

from smarketing.reports.feedback.came import Content
from smarketing.reports.feedback.feed import feed
from smarketing.reports.handed.doubts import doubts
from smarketing.reports.person.consent import consents
from smarketing.web.held import held
from tests.web.pages import shown
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import Entered

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def mia(entered: Entered) -> Client:
    """A browser of marketing."""
    return entered("marketing")


def leads_in(html: str) -> list[str]:
    """The leads of the entries, in their order."""
    return re.findall(r'<div class="feed-said"><p>.*?href="/leads/([^"]+)"', html)


def test_the_latest_comes_first_fifty_on_a_page(mia):
    rows = feed(held(), {})
    assert leads_in(shown(mia, "/feed")) == rows["lead_id"].head(50).to_list()
    assert leads_in(shown(mia, "/feed?page=2")) == rows["lead_id"].slice(50, 50).to_list()


def test_a_page_beyond_the_last_is_the_last(mia):
    rows = feed(held(), {"what": "won"})
    last = rows.height - rows.height % 50 if rows.height % 50 else rows.height - 50
    assert leads_in(shown(mia, "/feed?what=won&page=999999")) == rows["lead_id"].slice(last).to_list()


@pytest.mark.parametrize(
    "query",
    ["campaign=search-rostering", "campaign=-", "what=rejected", "reason=not+a+fit", "what=won&period=2026-Q3", "lead=lead-1250"],
)
def test_the_address_narrows_it(mia, query):
    asked = dict(each.split("=") for each in query.replace("+", " ").split("&"))
    rows = feed(held(), asked)
    html = shown(mia, f"/feed?{query}")
    assert leads_in(html) == rows["lead_id"].head(50).to_list()
    assert f"{rows.height:,} thing" in html or rows.is_empty()


def test_an_entry_says_who_and_why_and_opens_its_fact(mia):
    row = feed(held(), {"what": "rejected"}).row(0, named=True)
    html = unescape(shown(mia, "/feed?what=rejected"))
    assert " rejected <a" in html
    assert f'<span class="feed-why">: {row["reason"]}</span>' in html
    assert f"fact={row['fact_id'].replace(':', '%3A')}" in html


def test_a_reason_that_something_speaks_against_says_what(mia):
    doubted = next(each for each in doubts(held()) if each["doubt"])
    html = unescape(shown(mia, f"/feed?lead={doubted['lead_id']}"))
    assert f"In doubt. {doubted['doubt']}" in html


def test_whether_it_may_be_contacted_stands_at_the_lead(mia):
    lead = next(lead for lead, consent in consents(held()).items() if consent.allowed and feed(held(), {"lead": lead}).height)
    assert "May be mailed" in shown(mia, f"/feed?lead={lead}")


def test_where_nothing_happened_the_page_says_what_to_do(mia):
    html = shown(mia, "/feed?campaign=nothing-like-that")
    assert "Nothing like that has happened" in html
    assert "Show everything" in html


def test_what_a_feed_does_not_tell_is_refused(mia):
    assert mia.get("/feed?what=nonsense").status_code == 400


def test_the_filters_speak_as_the_events_do(mia):
    html = shown(mia, "/feed?what=recycled")
    assert '<option value="recycled" selected>Given back for later</option>' in html
    assert "Recycled" not in html
    assert " back for later" in html


def test_who_called_or_wrote_chatted_with_nobody():
    from smarketing.web.told.feedback import content_words

    said = {
        kind: content_words(Content(kind, "", datetime(2026, 11, 1, tzinfo=UTC), "f1", times=2))
        for kind in ("called_us", "wrote_us")
    }
    assert said == {"called_us": "Called us, twice", "wrote_us": "Wrote to us, twice"}
    assert content_words(Content("chat_started", "", datetime(2026, 11, 1, tzinfo=UTC), "f1")) == "Chatted"


def test_filters_that_are_on_can_be_taken_off(mia):
    html = shown(mia, "/feed?what=rejected&campaign=search-rostering")
    assert 'href="/feed?campaign=search-rostering"' in html
    assert 'href="/feed?what=rejected"' in html


def test_there_is_nothing_inline(mia):
    assert inline(shown(mia, "/feed")) == []
