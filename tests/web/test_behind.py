"""Every number of a page opens to as many rows as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.web.conftest import Entered

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
REPORTS = {"scoreboard": {}, "plan": {}, "funnel": {"by": "channel"}, "campaigns": {}, "reps": {}}


def numbers(report: Any) -> Iterator[tuple[float, str]]:
    """Each number of a report that can be opened, and the address behind it."""
    for row, questions in zip(report.rows, report.behind, strict=True):
        for path, question in questions.items():
            held = figure(row, path)
            if held is not None:
                yield held, f"/behind?{urlencode(question)}"


def figure(row: dict[str, Any], path: str) -> float | None:
    """The number at a figure path: counts, money and medians as they are, of a rate how many."""
    held: Any = row
    for word in path.split("."):
        if isinstance(held, list):
            held = held[int(word)] if word.isdecimal() else next(each for each in held if each["stage"] == word)
        else:
            held = held.get(word)
    if isinstance(held, dict) and "rate" in held and isinstance(held["rate"], dict):
        held = held["rate"]  # a bar
    if isinstance(held, dict):
        return held.get("n", held.get("amount"))
    return held


def opened(client: Client, address: str) -> float | None:
    return client.get(f"/api{address}").json()["number"]


@pytest.mark.parametrize("report", sorted(REPORTS))
def test_every_number_of_a_report_is_the_number_behind_it(report: str, entered: Entered) -> None:
    from smarketing.web.held import asked

    client = entered("leader")
    pairs = list(numbers(asked(report, **REPORTS[report])))
    assert len(pairs) >= 10
    wrong = [
        (held, address, found)
        for held, address in pairs[::5]
        if (found := opened(client, address)) != pytest.approx(held, abs=0.005)
    ]
    assert wrong == []


def test_the_page_shows_the_number_and_every_lead_is_a_link(entered: Entered) -> None:
    client = entered("leader")
    html = client.get("/behind?of=leads&by=channel&group=referral").content.decode()
    total = client.get("/api/behind?of=leads&by=channel&group=referral").json()["total"]
    assert f'<span id="total"><span class="number">{total}</span></span>' in html
    links = [unescape(href) for href in re.findall(r'<th scope="row"><a class="row-link" href="(/leads/[^"]+)"', html)]
    assert len(links) == 50
    assert client.get(links[0]).status_code == 200


def test_a_sum_is_shown_as_money(entered: Entered) -> None:
    client = entered("leader")
    address = "/behind?of=wins&sum=amount"
    held = client.get(f"/api{address}").json()
    html = client.get(address, headers={"Accept-Language": "en-GB"}).content.decode()
    assert held["figure"] == "sum"
    assert f"€{Decimal(str(held['number'])).quantize(Decimal(1)):,}" in html


@pytest.mark.parametrize("address", ["/behind", "/behind?of=nothing", "/behind?of=leads&colour=red", "/behind?of=wins&period=x"])
def test_a_question_that_nobody_can_answer_says_why(entered: Entered, address: str) -> None:
    response = entered("leader").get(address)
    assert response.status_code == 400
    assert "That cannot be read" in response.content.decode()


def test_equal_questions_have_equal_addresses() -> None:
    from smarketing.web.questions import question_url

    one, other = ({"of": "leads", "by": "channel", "group": "a&b=c"}, {"group": "a&b=c", "of": "leads", "by": "channel"})
    assert question_url(one) == question_url(other) == "/behind?of=leads&by=channel&group=a%26b%3Dc"
    assert question_url({}) == question_url(None) == ""


def test_a_clause_opens_in_the_agreement_and_a_receipt_with_its_lead(entered: Entered) -> None:
    from smarketing.web.held import asked
    from smarketing.web.questions import question_url

    client = entered("viewer")
    years = [asked("scoreboard", period=year) for year in ("2025", "2026")]
    clauses = {question_url(each["target"]) for year in years for each in year.behind}
    assert len({url.partition("#")[0] for url in clauses}) == 2, "two versions have promised"
    for address in sorted(clauses):
        page, _, place = address.partition("#")
        assert page.startswith("/agreement?version=")
        assert f'id="{place}"' in client.get(page).content.decode(), address
    receipt = question_url({"of": "points", "lead": "lead-0175", "axis": "fit"})
    assert receipt == "/leads/lead-0175#receipt-fit"
    assert 'id="receipt-fit"' in client.get("/leads/lead-0175").content.decode()


@pytest.mark.parametrize("part", ["promises", "grades", "reward", "working hours", "who buys"])
def test_every_part_of_the_agreement_has_its_place(entered: Entered, part: str) -> None:
    from smarketing.web.questions import question_url

    page, _, place = question_url({"of": "clauses", "version": "", "part": part}).partition("#")
    assert f'id="{place}"' in entered("viewer").get(page).content.decode()


def test_names_stand_in_the_place_of_codes(entered: Entered) -> None:
    client = entered("leader")
    html = client.get(
        "/behind?of=handoffs&period=2026-10&sourced=marketing", headers={"Accept-Language": "en-GB"}
    ).content.decode()
    assert "hand-offs sourced by marketing of October 2026" in html
    table = html[html.index("<table") : html.index("</table>")]
    assert "@" not in table
    assert "Anna Keller" in table
    assert re.search(r'href="/leads/lead-\d+" title="lead-\d+">[A-Z][a-z]+ ', table), "leads by their account"
    assert "webinar-" not in table
    exported = client.get("/behind?of=handoffs&period=2026-10&sourced=marketing&export=csv").content.decode()
    assert "anna@alderfinch.example" in exported, "the export has what the facts say"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/behind?of=handoffs&by=rep&group=anna@alderfinch.example", "hand-offs of Anna Keller"),
        ("/behind?of=leads&by=campaign&group=referral", "leads of the campaign “Customers refer”"),
        ("/behind?of=handoffs&period=2026-05-01..2026-06-01", "hand-offs of 1–31 May 2026"),
        ("/behind?of=wins&period=2026-Q3", "wins of Q3 2026"),
        ("/behind?of=steps&figure=forecast&commitment=revenue&period=2026-Q4", "The forecast of “revenue” for Q4 2026"),
    ],
)
def test_titles_are_said_as_the_reader_says_them(entered: Entered, address: str, said: str) -> None:
    html = entered("leader").get(address, headers={"Accept-Language": "en-GB"}).content.decode()
    assert said in unescape(re.sub(r"<[^>]+>", "", html[html.index("<h1") : html.index("</h1>")]))


def test_a_title_in_another_language_has_its_dates(entered: Entered) -> None:
    html = (
        entered("leader")
        .get("/behind?of=handoffs&period=2026-05-01..2026-06-01", headers={"Accept-Language": "de-DE"})
        .content.decode()
    )
    assert "1.–31. Mai 2026" in unescape(html)


def test_steps_end_with_the_number_and_open_what_they_stand_on(entered: Entered) -> None:
    client, address = entered("leader"), "/behind?of=steps&figure=gap&commitment=revenue&period=2026-Q4"
    html = client.get(address, headers={"Accept-Language": "en-GB"}).content.decode()
    number = client.get(f"/api{address}").json()["number"]
    assert f'id="figure">{"−" if number < 0 else ""}€{abs(number):,.0f}<' in html
    steps = html[html.index('class="reckoned"') :]
    opened = [unescape(url) for url in re.findall(r'href="(/behind[^"]+)"', steps)]
    assert len(opened) == 2
    assert all(client.get(url).status_code == 200 for url in opened)
