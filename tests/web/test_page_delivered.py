"""Marketing's home: every number opens to as many rows as it shows, empty days say so, and what waits is of now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smarketing.reports.feedback.delivered import delivered
from smarketing.web.held import held
from tests.web.pages import links, says, shown
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import Entered

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def mia(entered: Entered) -> Client:
    """A browser of marketing."""
    return entered("marketing")


def test_the_month_of_now_is_told_where_none_is_asked_for(mia):
    said = delivered(held(), period="2026-10")
    html = shown(mia, "/delivered")
    assert f">{said.handed.n}</a> leads worth" in html
    assert "October 2026" in html


def test_leads_that_were_accepted_first_and_sent_back_later_are_said_so(mia):
    said = delivered(held(), period="2026-10")
    both = said.accepted["n"] + said.sent_back.n - said.accepted["of"]
    assert both > 0
    assert f"back, {both} of them after accepting." in shown(mia, "/delivered?period=2026-10")


@pytest.mark.parametrize("period", ["2026-10", "2026-Q3"])
def test_each_number_opens_to_as_many_rows_as_it_shows(mia, period):
    found = links(shown(mia, f"/delivered?period={period}"))
    counts = [(url, says(text, title)) for url, text, title in found if "sum=" not in url and "share=" not in url]
    assert len(counts) > 30
    for url, number in counts:
        rows = shown(mia, url)
        assert number is not None
        assert f"{number:,.0f} " in rows, url


def test_reasons_are_told_with_how_many_of_them_are_in_doubt(mia):
    said = delivered(held(), period="2026")
    assert any(each.doubted.n for each in said.reasons)
    html = shown(mia, "/delivered?period=2026")
    for each in said.reasons:
        if each.doubted.n:
            assert "doubted=yes" in html
            assert f">{each.doubted.n}</a>" in html


def test_a_campaign_opens_what_happened_to_its_leads(mia):
    html = shown(mia, "/delivered?period=2026-10")
    first = delivered(held(), period="2026-10").campaigns[0].campaign
    assert f'href="/feed?campaign={first}"' in html
    assert mia.get(f"/feed?campaign={first}").status_code == 200


def test_what_waits_leads_to_where_it_is_done(mia):
    html = shown(mia, "/delivered")
    assert 'href="/check"' in html
    assert 'href="/check?held=1"' in html
    assert "became=waiting%2Cunattempted" in html


def test_days_in_which_nothing_was_delivered_say_so(mia):
    html = shown(mia, "/delivered?period=2020")
    assert "Nothing was delivered in 2020." in html
    assert "What waits now" in html


def test_what_is_no_period_is_refused(mia):
    assert mia.get("/delivered?period=nonsense").status_code == 400


@pytest.mark.parametrize("role", ["sales", "leader", "operations", "viewer"])
def test_everybody_sees_what_was_delivered(entered, role):
    assert entered(role).get("/delivered").status_code == 200


def test_there_is_nothing_inline(mia):
    assert inline(shown(mia, "/delivered")) == []
