"""Attribution: which campaigns made the money, by every model; each amount opens to the credits it is the sum of."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html import unescape

import pytest

from tests.web.conftest import Entered
from tests.web.pages import links, shown, wrong_numbers
from tests.web.routes import inline
from tests.web.test_behind import numbers

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
ADDRESSES = ["/attribution", "/attribution?by=channel", "/attribution?period=2026-Q1"]


def answer(html: str) -> str:
    said = re.search(r'<p class="page-answer">(.*?)</p>', html, re.DOTALL)
    assert said is not None
    return unescape(re.sub(r"<[^>]+>", "", said[1]))


def names(html: str, table: str) -> list[str]:
    """What stands at the head of each row of a table."""
    whole = html[html.index(f'<div id="{table}"') :]
    whole = whole[: whole.index("</table>")]
    return [
        unescape(re.sub(r"<[^>]+>", "", head)).strip() for head in re.findall(r'<th scope="row">(.*?)</th>', whole, re.DOTALL)
    ]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_amount_opens_the_credits_that_add_up_to_it(entered: Entered, address: str) -> None:
    client = entered("leader")
    html = shown(client, address)
    assert wrong_numbers(client, html, every=7) == []
    assert inline(html) == []
    credits = [url for url, _, _ in links(html) if url.startswith("/behind?of=credits")]
    assert len(credits) >= 40
    assert {client.get(unescape(url)).status_code for url in credits[::9]} == {200}


def test_every_number_of_the_report_is_the_number_behind_it(entered: Entered) -> None:
    from smarketing.web.held import asked

    client, report = entered("leader"), asked("attribution", by="channel")
    kept = [{path: one for path, one in each.items() if "return" not in path} for each in report.behind]
    pairs = list(numbers(replace(report, behind=kept)))
    assert len(pairs) >= 100
    told = [(held, url, client.get(f"/api{url}").json()["number"]) for held, url in pairs[::6]]
    assert [each for each in told if each[2] != pytest.approx(each[0], abs=0.005)] == []


def test_the_answer_names_who_brought_the_most_and_every_number_of_it_is_a_link(entered: Entered) -> None:
    html = shown(entered("viewer"), "/attribution")
    assert re.match(
        r"“.+” brought the most: €[\d,]+ by the position model that was signed, from −?€[\d,]+ to €[\d,]+ by all seven\.",
        answer(html),
    )
    said = html[html.index('class="page-answer"') : html.index('class="page-as-of"')]
    assert not re.search(r"\d", re.sub(r"<a .*?</a>|“.*?”|<[^>]+>", "", said)), said


def test_all_models_stand_side_by_side_and_the_signed_one_is_named(entered: Entered) -> None:
    html = shown(entered("marketing"), "/attribution")
    for head in (
        "First touch",
        "Last touch",
        "Linear",
        "Position, signed",
        "Time decay",
        "Markov",
        "Shapley",
        "Least",
        "Most",
        "Return, signed",
    ):
        assert head in html, head
    assert len(names(html, "attribution")) == len(names(html, "returns")) >= 10


def test_each_table_is_sorted_by_itself(entered: Entered) -> None:
    client = entered("leader")
    html, plain = shown(client, "/attribution?sort=-spend"), shown(client, "/attribution")
    assert names(html, "attribution") == names(plain, "attribution")
    assert names(html, "returns") != names(plain, "returns")
    part = client.get("/attribution?sort=-spend", headers={"HX-Request": "true", "HX-Target": "returns"}).content.decode()
    assert part.lstrip().startswith('<div id="returns"')
    assert names(part, "returns") == names(html, "returns")


def test_the_export_has_every_figure(entered: Entered) -> None:
    response = entered("leader").get("/attribution?by=channel&export=csv&raw=1")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert len(rows) >= 5
    assert {"by", "wins", "markov", "markov_conversions", "spread_low", "spend"} <= set(rows[0])


def test_a_period_without_anything_says_what_to_do(entered: Entered) -> None:
    html = shown(entered("leader"), "/attribution?period=2001")
    assert "No wins in this period" in html
    assert 'href="/attribution"' in html


def test_another_cut_is_refused_in_words(entered: Entered) -> None:
    assert entered("leader").get("/attribution?by=rep").status_code == 400
    refused = entered("leader").get("/api/attribution?by=rep")
    assert (refused.status_code, refused.json()["code"]) == (400, "wrong")
    assert 'not "rep"' in refused.json()["message"]


def test_the_api_gives_the_report(entered: Entered) -> None:
    from smarketing.web.held import asked

    told = entered("viewer").get("/api/attribution?by=channel&period=2026-Q1").json()
    assert told == asked("attribution", by="channel", period="2026-Q1").to_dict()
    assert (told["report"], told["by"], told["model"]) == ("attribution", "channel", "position")


@pytest.mark.parametrize("by", ["campaign", "channel"])
def test_the_chart_keeps_its_place_and_calls_campaigns_by_their_names(entered: Entered, by: str) -> None:
    client = entered("leader")
    html = shown(client, f"/attribution?by={by}&period=2026-Q1")
    assert f"/charts/attribution.json?by={by}&amp;part=attribution&amp;period=2026-Q1" in html
    assert re.search(r'class="chart-room" width="1" height="\d{3}"', html)
    spec = client.get(f"/charts/attribution.json?part=attribution&by={by}&period=2026-Q1").content.decode()
    assert "/behind?of=credits" in spec
    assert ("Webinar: rosters and the law" in spec) == (by == "campaign")
