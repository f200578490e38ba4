"""The scoreboard and the plan say what their reports say, and every number opens to what it was made of."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
ENGLISH = {"Accept-Language": "en-GB"}
QUARTER, MONTH, TRIAL = "2026-Q4", "2026-10", "2025-Q3"


def seen(client: Client, address: str) -> str:
    response = client.get(address, headers=ENGLISH)
    assert response.status_code == 200, address
    return response.content.decode()


def answer(html: str) -> str:
    (found,) = re.findall(r'<p class="page-answer">(.*?)</p>', html, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found))


def links(html: str) -> list[tuple[str, str]]:
    """Each figure that leads behind it: as it is written, and where."""
    found = re.findall(r'<a class="number" href="(/behind[^"]+)"[^>]*>([^<]+)</a>', html)
    return [(text, unescape(href)) for href, text in found]


def scoreboard(period: str | None = None) -> Any:
    from smarketing.web.held import asked

    return asked("scoreboard", period=period)


def test_the_answer_counts_the_promises_as_they_stand_and_says_where_the_revenue_is(entered: Entered) -> None:
    rows = [row for row in scoreboard(QUARTER).rows if row["period_end"] > "2026-10-31"]
    kept = [row["status"] in ("met", "on_pace") for row in rows if row["team"] == "sales" and row["status"]]
    (money,) = (row for row in rows if row["name"] == "revenue")
    said = answer(seen(entered("viewer"), "/"))
    assert f"sales keeps {sum(kept)} of {len(kept)} promises" in said
    assert f"revenue is €{money['actual']:,.0f} of €{money['target']:,.0f}" in said
    gap = money["actual"] - money["expected_by_now"]
    assert f"€{abs(gap):,.0f} {'ahead of' if gap > 0 else 'behind'} where it should be by now" in said


def test_of_a_quarter_that_is_over_every_result_counts(entered: Entered) -> None:
    rows = [row for row in scoreboard("2026-Q3").rows if row["team"] == "marketing"]
    said = answer(seen(entered("viewer"), "/?period=2026-Q3"))
    assert f"Marketing kept {sum(row['status'] == 'met' for row in rows)} of {len(rows)} promises" in said
    assert "revenue was" in said
    assert "by now" not in said


@pytest.mark.parametrize("period", [QUARTER, MONTH, "2026-Q1"])
def test_every_number_opens_to_what_it_says(period: str, entered: Entered) -> None:
    client = entered("viewer")
    pairs = {href: text for text, href in links(seen(client, f"/?period={period}"))}
    assert len(pairs) >= 25
    for href, text in [*pairs.items()][::4]:
        held = client.get(f"/api{href}").json()
        digits = re.sub(r"[^\d.]", "", text)
        number = held["rows"][0]["amount"] if "of=facts" in href else held["number"]
        if text.endswith("%"):
            assert float(digits) == pytest.approx(100 * number, abs=0.051), href
        elif text[-1] in "KM":
            assert float(digits) == pytest.approx(float(number) / {"K": 1e3, "M": 1e6}[text[-1]], abs=0.051), href
        else:
            assert float(digits) == pytest.approx(float(number), abs=0.5), href


def test_each_commitment_stands_in_its_half_with_its_state_in_words(entered: Entered) -> None:
    html = seen(entered("viewer"), f"/?period={QUARTER}")
    halves = {side: html.partition(f'id="{side}"')[2] for side in ("marketing", "sales")}
    halves["marketing"] = halves["marketing"].partition('id="sales"')[0]
    for row in scoreboard(QUARTER).rows:
        if row["team"] in halves:
            assert f">{row['name']}</a>" in halves[row["team"]]
    assert halves["marketing"].count('class="promise"') == 3
    assert "expected by now" in html


def test_earlier_months_of_the_quarter_stand_small_under_the_current_one(entered: Entered) -> None:
    html = seen(entered("viewer"), "/?period=2026-Q3")
    assert html.count('class="results"') == 7
    assert re.search(r'<span class="of">Jul</span>\s*<a class="number" href="/behind[^"]*2026-07', html)
    assert 'class="results"' not in seen(entered("viewer"), f"/?period={MONTH}")


def test_the_reward_is_the_reports_and_says_which_promise_costs_it(entered: Entered) -> None:
    from smarketing.web.board.prize import prize
    from smarketing.web.held import held

    for period in ("2026-Q3", "2026-Q1", "2025-Q4"):
        report = scoreboard(period)
        found = prize(held(), report)
        assert found is not None
        told = report.beside["reward"]["today"]
        assert float(found.moments[0].earned["amount"]) == told["amount"]
        assert {half.team: half.met for half in found.moments[0].halves} == {side: told[side] for side in ("marketing", "sales")}
        assert all(bool(half.why) is not half.met for moment in found.moments for half in moment.halves)
    html = seen(entered("viewer"), "/?period=2026-Q3")
    assert "As it ended" in html
    assert "qualified leads missed in" in html


def test_what_costs_the_reward_is_linked_to_its_forecast_and_to_its_clause(
    entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smarketing.web.board import prize
    from smarketing.web.held import held

    monkeypatch.setattr(prize, "broken", lambda rows, side, kept, *, trial: rows)  # by the forecast every promise is kept
    found = prize.prize(held(), scoreboard("2026-Q4"))
    assert found is not None
    why = [each for moment in found.moments[1:] for half in moment.halves for each in half.why]
    assert why
    for each in why:
        forecast, clause = re.findall(r'href="([^"]+)"', each)
        assert forecast.startswith("/behind?of=steps")
        assert "figure=forecast" in forecast
        assert re.fullmatch(r"/agreement\?version=\w+#promise-[\w-]+", clause)
        assert entered("viewer").get(unescape(forecast)).status_code == 200


def test_a_trial_is_measured_and_not_rewarded(entered: Entered) -> None:
    html = seen(entered("viewer"), f"/?period={TRIAL}")
    assert "<span>on trial</span>" in html
    assert "nothing is paid" in html
    assert "on trial" not in seen(entered("viewer"), "/?period=2026-Q3")


def test_a_win_names_who_brought_worked_and_closed_it_and_leads_to_the_lead(entered: Entered) -> None:
    client, won = entered("viewer"), scoreboard(QUARTER).beside["wins"]
    html = seen(client, f"/?period={QUARTER}")
    assert f'href="/leads/{won[0]["lead_id"]}"' in html
    assert client.get(f"/leads/{won[0]['lead_id']}").status_code == 200
    assert f"{len(won)} win" in re.sub(r"<[^>]+>", "", html.partition('class="wins-all"')[2])
    assert client.get(f"/api/behind?of=wins&period={QUARTER}").json()["total"] == len(won)
    assert "@alderfinch" not in html.partition('class="wins"')[2].partition("</table>")[0]


def test_the_worth_of_each_day_is_the_worth_of_the_hand_offs_behind_it(entered: Entered) -> None:
    report, client = scoreboard("2026-Q3"), entered("viewer")
    from smarketing.web.questions import question_url

    line = [*zip(report.beside["waterfall"], report.behind_beside["waterfall"], strict=True)]
    assert len(line) == 92
    for row, about in line[9::20]:
        assert client.get(f"/api{question_url(about['delivered'])}").json()["number"] == row["delivered"]
    assert "part=waterfall" in seen(client, "/?period=2026-Q3")


def test_the_address_is_the_whole_state_of_the_page(entered: Entered) -> None:
    def lasting(html: str) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html.partition("<main")[2])

    one, other = entered("viewer"), entered("viewer")
    assert lasting(seen(one, f"/?period={MONTH}")) == lasting(seen(other, f"/?period={MONTH}"))
    assert lasting(seen(one, "/")) != lasting(seen(one, f"/?period={MONTH}"))
    assert "/?period=2026-09" in seen(one, f"/?period={MONTH}")
    assert "/plan?period=2026-10" in seen(one, f"/?period={MONTH}")


def test_a_period_that_has_not_begun_or_has_no_promises_says_so(entered: Entered) -> None:
    assert "Q1 2030 has not begun" in seen(entered("viewer"), "/?period=2030-Q1")
    assert "Nothing was promised for this period" in seen(entered("viewer"), "/?period=2019-Q1")
    assert 'class="board"' not in seen(entered("viewer"), "/?period=2019-Q1")


def test_the_plan_adds_up_what_the_report_says(entered: Entered) -> None:
    from smarketing.web.held import asked

    rows = asked("plan", period=QUARTER).rows
    html = seen(entered("viewer"), f"/plan?period={QUARTER}")
    needed, missing = (sum(row[name] for row in rows) for name in ("needed", "missing"))
    assert f"needs {needed:,} hand-offs" in answer(html)
    assert f"{missing:,} are missing" in answer(html)
    assert html.count('scope="row">All<') == 3
    assert len(links(html)) == 3 + 3 + 3 * 3 + 3 * len(rows), (
        "answer, totals, months, rows; where enough comes a word is the link"
    )
    for text, href in links(html):
        number = entered("viewer").get(f"/api{href}").json()["number"]
        assert text == "enough" or abs(number - float(text.replace(",", ""))) <= 0.5


def test_every_figure_of_a_promise_is_a_link(entered: Entered) -> None:
    html = seen(entered("viewer"), f"/?period={QUARTER}")
    for part in re.findall(r'<p class="promise-figures">.*?</p>|<dl class="hero-facts">.*?</dl>', html, re.DOTALL):
        assert '<span class="number"' not in part, part
    assert '<span class="number"' not in html[html.index('class="page-answer"') : html.index('class="page-as-of"')]
    clauses = re.findall(r'href="/agreement\?version=[0-9a-f]{12}#promise-[a-z-]+"', html)
    assert len(set(clauses)) == len({row["name"] for row in scoreboard(QUARTER).rows})


def test_what_a_figure_of_a_promise_opens_is_that_figure(entered: Entered) -> None:
    client = entered("viewer")
    found = re.findall(
        r'<a class="number" href="(/behind\?of=steps[^"]+)"(?: title="([^"]+)")?>([^<]+)<', seen(client, f"/?period={QUARTER}")
    )
    assert len(found) >= 12
    for href, title, text in found:
        shown, number = (title or text), client.get(f"/api{unescape(href)}").json()["number"]
        figure = float(re.sub(r"[^\d.]", "", shown)) / (100 if shown.endswith("%") else 1)
        assert abs(abs(number) - figure) <= (0.0006 if shown.endswith("%") else 0.51), (shown, number)


def test_a_plan_without_enough_data_says_what_it_takes(entered: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.vocabulary.errors import NotEnoughData

    def lack(*words: Any, **more: Any) -> None:
        raise NotEnoughData("A plan needs a goal.")

    monkeypatch.setattr("smarketing.web.views.scoreboard.asked", lack)
    html = seen(entered("viewer"), "/plan")
    assert "There is no plan for this period" in html
    assert "A plan needs a goal." in html


@pytest.mark.parametrize("address", ["/", "/plan", f"/?period={TRIAL}", "/?period=2030-Q1"])
def test_nothing_is_inline(address: str, entered: Entered) -> None:
    assert inline(seen(entered("viewer"), address)) == []


def test_a_promise_explains_itself() -> None:
    from smarketing.web.vocabulary import vocabulary

    assert "4 business hours" in vocabulary()["first response"]["means"]
    assert vocabulary()["first response"]["owner"] == "sales"


def test_a_revenue_that_one_team_promised_stands_in_the_middle_and_in_its_half(entered: Entered) -> None:
    from dataclasses import replace

    from smarketing.web.board.promises import board

    report = scoreboard(QUARTER)
    rows = [row | ({"team": "sales"} if row["name"] == "revenue" else {}) for row in report.rows]
    found = board(replace(report, rows=rows), "Europe/Berlin", "EUR")
    assert found.revenue is not None
    assert found.revenue in found.sales
    assert found.shared == ()


def test_of_nothing_there_is_no_answer() -> None:
    from smarketing.web.board.answer import answer as told
    from smarketing.web.board.promises import Board

    assert told(Board((), (), None, (), over=False), "EUR") == ""
