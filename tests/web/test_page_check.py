"""`/check`: who waits, what to know of them, and passing and holding, with scripts and without."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from smarketing.reports.feedback.checking import held_back, waiting
from smarketing.reports.feedback.similar import similar
from smarketing.web.held import held, keeper
from tests.web.marketing import company_of_its_own
from tests.web.pages import links, says, shown
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace
    from tests.web.conftest import Entered

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "inbox", "HTTP_HX_CURRENT_URL": "http://localhost/check?lead=whoever"}


@pytest.fixture(scope="module", autouse=True)
def copy(company: Workspace) -> Iterator[Workspace]:
    """The example company, whose agreement has a check, in a database of its own."""
    with company_of_its_own(company, "pages_of_the_check") as workspace:
        yield workspace


@pytest.fixture
def mia(entered: Entered) -> Client:
    """A browser of marketing."""
    return entered("marketing")


def leads_in(html: str) -> list[str]:
    """The leads of the list, in its order."""
    return re.findall(r'data-lead="([^"]+)"', html)


def beside(html: str) -> str:
    """The lead beside the list."""
    return re.findall(r'data-lead-beside="([^"]+)"', html)[0]


def seen(html: str) -> str:
    """The tag that the forms send."""
    return re.findall(r'name="seen" value="([^"]*)"', html)[0]


def do(client: Client, lead: str, pick: str, **more: str) -> Any:
    """One act, as htmx sends it from this page."""
    return client.post("/acts", {"lead": lead, "pick": pick, "key": uuid.uuid4().hex, **more}, **HTMX)


def text(answer: Any) -> str:
    """What was answered."""
    return unescape(answer.content.decode())


def test_those_wait_who_are_ripe_and_were_neither_passed_nor_held_the_longest_first(mia):
    html = shown(mia, "/check")
    assert leads_in(html) == waiting(held())["lead_id"].to_list()
    assert beside(html) == leads_in(html)[0]
    assert f"{waiting(held()).height} leads wait for a check before they go to sales" in html


def test_those_held_back_stand_in_a_tab_of_their_own_with_reason_and_who(mia):
    html = unescape(shown(mia, "/check?held=1"))
    rows = held_back(held())
    assert leads_in(html) == rows["lead_id"].to_list()
    first = rows.row(0, named=True)
    assert f"Held back: {first['reason']}" in html
    assert "Pass to sales" in html
    assert 'data-letter="h"' not in html


def test_what_sales_said_about_similar_leads_opens_to_them(mia):
    lead = waiting(held()).row(0, named=True)
    html = shown(mia, f"/check?lead={lead['lead_id']}")
    said = similar(held(), lead)
    assert said
    counts = [(url, says(words, title)) for url, words, title in links(html) if "became=" in url and "share=" not in url]
    assert len(counts) == sum(2 + len(each.reasons) for each in said)
    for url, number in counts:
        assert number is not None
        assert f"{number:,.0f} hand-off" in shown(mia, url), url


def test_the_receipt_is_told_in_five_lines_and_consent_beside_it(mia):
    lead = waiting(held())["lead_id"][2]
    html = shown(mia, f"/check?lead={lead}")
    points = re.search(r'<ul class="points-list">(.*?)</ul>', html, re.DOTALL)
    assert points is not None
    assert 1 <= points[1].count('class="points tone') <= 5
    assert "May it be contacted?" in html


def test_the_agreed_reasons_are_the_choices_with_a_digit_each(mia):
    html = unescape(shown(mia, "/check"))
    for number, reason in enumerate(("a student", "a customer already", "far too small"), 1):
        assert f'value="held:reason:{reason}"' in html
        assert f"<kbd>{number}</kbd>" in html


def test_whoever_may_not_check_looks_and_finds_no_button(entered):
    html = shown(entered("sales"), "/check")
    assert 'value="passed"' not in html
    assert "Waits for marketing" in html
    assert 'href="/check"' not in shown(entered("sales"), "/leads").split('aria-label="Pages"')[1].split("</nav>")[0]


def test_sales_does_not_pass_leads_to_itself(entered):
    lead = waiting(held())["lead_id"][0]
    assert do(entered("sales"), lead, "passed").status_code == 403
    assert do(entered("viewer"), lead, "passed").status_code == 403


def test_one_is_passed_and_the_next_one_is_beside_the_list_at_once(mia):
    html = shown(mia, "/check")
    first, second, *_ = leads_in(html)
    answer = do(mia, first, "passed", seen=seen(html))
    assert answer.status_code == 201
    assert 'id="inbox"' in text(answer)
    assert first not in leads_in(text(answer))
    assert beside(text(answer)) == second
    assert "Passed to sales" in text(answer)
    assert first not in leads_in(shown(mia, "/check"))


def test_one_is_held_with_a_reason_and_stands_among_the_held_at_once_by_whom(mia):
    lead = waiting(held())["lead_id"][-1]
    html = shown(mia, f"/check?lead={lead}")
    answer = do(mia, lead, "held:reason:far too small", seen=seen(html), note="Nine people.")
    assert answer.status_code == 201
    assert lead not in leads_in(text(answer))
    among = unescape(shown(mia, f"/check?held=1&lead={lead}"))
    assert leads_in(among)[0] == lead
    assert "Held back: far too small" in among
    assert "By Marketing Somebody" in among


def test_what_was_held_can_be_passed(mia):
    lead = held_back(held())["lead_id"][3]
    html = shown(mia, f"/check?held=1&lead={lead}")
    assert do(mia, lead, "passed", seen=seen(html)).status_code == 201
    assert lead not in leads_in(shown(mia, "/check?held=1"))


def test_taking_it_back_puts_the_lead_where_it_was(mia):
    html = shown(mia, "/check")
    lead, key = leads_in(html)[0], uuid.uuid4().hex
    assert mia.post("/acts", {"lead": lead, "pick": "passed", "key": key}, **HTMX).status_code == 201
    answer = mia.post(f"/acts/{key}/undo", {}, **HTMX)
    assert answer.status_code == 201
    assert leads_in(text(answer))[0] == beside(text(answer)) == lead


def test_two_who_check_at_once_are_told_who_was_faster(mia, entered):
    html = shown(mia, "/check")
    lead = leads_in(html)[0]
    assert do(entered("leader"), lead, "held:reason:a student").status_code == 201
    answer = do(mia, lead, "passed", seen="0.1m.open.open.e3b0c4")
    assert answer.status_code in (409, 412)
    assert "Not done" in text(answer)
    again = do(mia, lead, "held:reason:a student")
    assert again.status_code == 409
    assert "Leader Somebody" in text(again)


def test_without_scripts_the_page_comes_back(mia):
    lead = leads_in(shown(mia, "/check?held=1"))[5]
    answer = mia.post("/acts", {"lead": lead, "pick": "passed", "key": uuid.uuid4().hex, "next": "/check?held=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/check?held=1")


def test_the_list_is_sent_again_only_when_it_is_another_one(mia):
    first = mia.get("/check/list?lead=nobody")
    assert first.status_code == 200
    assert int(first.headers["X-Now"])
    same = mia.get("/check/list?lead=nobody", HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert same.status_code == 304
    lead = leads_in(first.content.decode())[0]
    do(mia, lead, "passed")
    assert mia.get("/check/list?lead=nobody", HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 200


def test_where_everybody_is_checked_the_page_says_so(mia):
    for lead in leads_in(shown(mia, "/check")):
        do(mia, lead, "passed")
    html = shown(mia, "/check")
    assert "Everybody is checked" in html
    assert "Nobody waits for a check." in html


def test_where_the_agreement_has_no_check_the_page_says_so_and_nothing_leads_there(mia, monkeypatch):
    agreement = held().agreement
    without = agreement.model_copy(update={"handoff": agreement.handoff.model_copy(update={"check": False})})
    monkeypatch.setattr(keeper().now.outcome, "agreement", without)
    html = shown(mia, "/check")
    assert "The agreement has no check: leads go to sales as soon as they are ripe." in html
    assert 'class="nav-item" href="/check"' not in html


def test_there_is_nothing_inline(mia):
    assert inline(shown(mia, "/check?held=1")) == []
