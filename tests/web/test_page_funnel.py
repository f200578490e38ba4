"""The funnel's page: the report's numbers, each of them a link; filters in the address; groups, exports, notes."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Entered
from tests.web.pages import links, shown, wrong_numbers
from tests.web.routes import inline

if TYPE_CHECKING:
    from smarketing.reports.report import Report

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
QUARTER = "/funnel?period=2026-Q1"


def report(**asks: str) -> Report:
    """The report that the page tells."""
    from smarketing.web.held import asked

    return asked("funnel", **{"by": None, "period": None, "cohort": "first_touch"} | asks)


def test_everybody_is_one_funnel_of_every_stage(entered: Entered) -> None:
    html, row = shown(entered("viewer"), "/funnel"), report().rows[0]
    numbers = [text for _, text, _ in links(html)]
    for step in row["stages"]:
        assert f"{step['reached']:,}" in numbers
    said = re.sub(r"<[^>]+>", "", html[html.index('class="page-answer"') :])
    assert f"Of {row['leads']:,} leads {row['won']} were won" in said
    assert html.count('class="bar"') == len(row["stages"])
    for what in ("Spend", "Cost per won", "Half within", "Nine of ten within"):
        assert what in html


@pytest.mark.parametrize("address", ["/funnel", QUARTER, "/funnel?by=campaign", "/funnel?by=grade&period=2026-Q1&cohort=handoff"])
def test_every_number_opens_as_many_as_it_says(entered: Entered, address: str) -> None:
    client = entered("leader")
    assert wrong_numbers(client, shown(client, address), every=3) == []


def test_a_cost_is_a_link_to_the_spend(entered: Entered) -> None:
    client = entered("leader")
    html = shown(client, "/funnel?by=campaign")
    spend = [url for url, text, _ in links(html) if url.startswith("/behind?of=spend") and text != "€0"]
    assert len(spend) >= 10
    assert wrong_numbers(client, html, every=7) == []


@pytest.mark.parametrize("address", ["/funnel", "/funnel?by=campaign"])
def test_what_a_won_lead_cost_opens_the_spend_and_the_wins(entered: Entered, address: str) -> None:
    client = entered("leader")
    html = shown(client, address)
    cost = [url for url, _, _ in links(html) if "figure=cost_per_won" in url]
    assert len(cost) >= (1 if address == "/funnel" else 5)
    steps = [url for url, _, _ in links(shown(client, cost[0]))]
    assert [url.partition("&")[0] for url in steps] == ["/behind?of=spend", "/behind?of=leads"]
    assert "one divided by the other" in shown(client, cost[0])


@pytest.mark.parametrize("by", ["campaign", "channel", "persona", "grade", "rep", "industry"])
def test_it_is_cut_by_what_both_teams_know(entered: Entered, by: str) -> None:
    html = shown(entered("leader"), f"/funnel?by={by}")
    assert f'<option value="{by}" selected>' in html
    assert html.count('<th scope="row">') == len(report(by=by).rows)
    assert f"/charts/funnel.json?by={by}" in html


def test_groups_have_the_names_that_people_use(entered: Entered) -> None:
    client = entered("leader")
    assert "Webinar: rosters and the law" in shown(client, "/funnel?by=campaign")
    assert "Nils Petersen" in shown(client, "/funnel?by=rep")
    assert "Operations Olga" in shown(client, "/funnel?by=persona")
    assert "No campaign" in shown(client, "/funnel?by=campaign")


def test_the_chart_has_the_same_names(entered: Entered) -> None:
    spec = entered("leader").get("/charts/funnel.json?by=campaign&part=funnel").content.decode()
    assert "Webinar: rosters and the law" in spec
    assert "webinar-labour-law" in spec  # in the addresses behind
    assert "MQL" in spec


@pytest.mark.parametrize("part", ["nothing", "won", "../x"])
def test_a_chart_that_is_not_there_is_not_found(entered: Entered, part: str) -> None:
    client = entered("leader")
    assert client.get("/charts/funnel.json", {"part": part}).status_code == 404
    assert client.get("/charts/funnel.json", {"part": "funnel"}).status_code == 200


def test_a_chart_is_written_for_its_reader(entered: Entered) -> None:
    client = entered("leader")
    british, german = (
        client.get("/charts/funnel.json", headers={"Accept-Language": each}).content.decode() for each in ("en-GB", "de")
    )
    leads = report().rows[0]["leads"]
    assert f"{leads:,}" in british
    assert f"{leads:,}".replace(",", ".") in german


def test_the_filters_stand_in_the_address_and_give_the_same_page_again(entered: Entered) -> None:
    address = "/funnel?by=grade&cohort=handoff&period=2026-Q1&sort=-won_rate"
    html = shown(entered("leader"), address)
    for chosen in ('<option value="grade" selected>', '<option value="handoff" selected>', "Q1 2026"):
        assert chosen in html
    assert '<input type="hidden" name="period" value="2026-Q1">' in html
    assert 'aria-sort="descending"' in html
    told = [(url, text) for url, text, _ in links(html)]
    assert [(url, text) for url, text, _ in links(shown(entered("viewer"), address))] == told
    assert all("period=2026-Q1" in url and "cohort=handoff" in url for url, _ in told if "of=leads" in url)


def test_the_export_is_the_whole_report_in_the_order_of_the_page(entered: Entered) -> None:
    response = entered("leader").get("/funnel?by=campaign&sort=-won_amount&export=csv&raw=1")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    amounts = [row["won_amount"]["amount"] for row in report(by="campaign").rows]
    assert [float(row["won_amount"]) for row in rows] == sorted(amounts, reverse=True)
    assert {"mql_reached", "mql_time_from_previous_p90_days", "spend", "cost_per_won"} <= set(rows[0])
    assert entered("leader").get("/funnel?export=xlsx").content[:2] == b"PK"


def test_what_has_to_be_known_first_stands_above_the_numbers(entered: Entered) -> None:
    html, notes = shown(entered("leader"), "/funnel"), report().notes
    assert notes
    assert "Before you use these numbers" in html
    assert "SMK-R" not in html
    assert html.index("Before you use these numbers") < html.index("Step by step")


def test_a_period_without_a_lead_says_what_to_do(entered: Entered) -> None:
    html = shown(entered("leader"), "/funnel?period=2001")
    assert "No leads in this period" in html
    assert "No leads in this period" in shown(entered("leader"), "/funnel?period=2001&by=channel")


@pytest.mark.parametrize("address", ["/funnel?by=shoe_size", "/funnel?cohort=moon", "/funnel?period=soon"])
def test_what_cannot_be_asked_says_why(entered: Entered, address: str) -> None:
    response = entered("leader").get(address)
    assert response.status_code == 400
    assert "That cannot be read" in response.content.decode()


def test_nothing_of_it_is_inline(entered: Entered) -> None:
    client = entered("leader")
    assert [inline(shown(client, address)) for address in ("/funnel", "/funnel?by=channel")] == [[], []]
