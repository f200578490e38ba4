"""Every number of a page opens to as many rows as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
REPORTS = {"scoreboard": {}, "funnel": {"by": "channel"}, "campaigns": {}, "reps": {}}


def numbers(report: Any) -> Iterator[tuple[float, str]]:
    """Each number of a report that can be opened, and the address behind it."""
    from smarketing.web.questions import question_url

    for row, questions in zip(report.rows, report.behind, strict=True):
        for path, question in questions.items():
            held = figure(row, path)
            if held is not None:
                yield held, question_url(question)


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
