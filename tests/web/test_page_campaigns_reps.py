"""Campaigns and reps: the answer first, verdicts in words and shapes, goals as bars, every number a link, one's own row alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.pages import links, says, shown, wrong_numbers
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace
    from smarketing.reports.report import Report

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
ADDRESSES = ["/campaigns", "/campaigns?period=2026-Q1", "/reps", "/reps?period=2026-Q1"]


def report(name: str, period: str | None = None) -> Report:
    """The report that a page tells."""
    from smarketing.web.held import asked

    return asked(name, period=period)


def answer(html: str) -> str:
    """The sentence under the title, as it is read."""
    said = re.search(r'<p class="page-answer">(.*?)</p>', html, re.DOTALL)
    assert said is not None
    return re.sub(r"<[^>]+>", "", said[1])


def names(html: str) -> list[str]:
    """What stands at the head of each row."""
    heads = re.findall(r'<th scope="row">(.*?)</th>', html, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", re.sub(r'<span class="avatar".*?</span>', "", head)).strip() for head in heads]


class TestEveryPage:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_every_number_opens_as_many_as_it_says(self, entered: Entered, address: str) -> None:
        client = entered("leader")
        assert wrong_numbers(client, shown(client, address), every=4) == []

    @pytest.mark.parametrize("address", [*ADDRESSES, "/funnel", "/funnel?by=campaign", "/funnel?by=rep&period=2026-Q1"])
    def test_every_number_of_the_answer_is_a_link(self, entered: Entered, address: str) -> None:
        html = shown(entered("leader"), address)
        said = html[html.index('class="page-answer"') : html.index('class="page-as-of"')]
        assert not re.search(r"\d", re.sub(r"<a .*?</a>|“.*?”|<[^>]+>", "", said)), said
        assert len(re.findall(r'<a class="number" href="/behind', said)) >= 2

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_what_is_expected_opens_the_steps_to_it(self, entered: Entered, address: str) -> None:
        client = entered("leader")
        found = [(url, text) for url, text, _ in links(shown(client, address)) if "figure=expected_won" in url]
        assert len(found) >= 10
        for url, text in found[::6]:
            assert client.get(f"/api{url}").json()["number"] == pytest.approx(float(text), abs=0.051)
            steps = shown(client, url)
            assert "Expected: all of these wins together" in steps
            told = [(own, held) for own, said, title in links(steps) if (held := says(said, title)) is not None][::3]
            assert told
            assert [own for own, held in told if client.get(f"/api{own}").json()["number"] != held] == []

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_nothing_is_inline(self, entered: Entered, address: str) -> None:
        assert inline(shown(entered("leader"), address)) == []

    @pytest.mark.parametrize("page", ["campaigns", "reps"])
    def test_a_period_without_anything_says_what_to_do(self, entered: Entered, page: str) -> None:
        html = shown(entered("leader"), f"/{page}?period=2001")
        assert "in this period" in html
        assert f'href="/{page}"' in html

    @pytest.mark.parametrize("page", ["campaigns", "reps"])
    def test_verdicts_have_a_word_and_a_shape(self, entered: Entered, page: str) -> None:
        html = shown(entered("leader"), f"/{page}")
        shapes = re.findall(r'<span class="status tone-\w+">(<svg|<span)', html)
        assert len(shapes) >= 5
        assert set(shapes) == {"<svg"}


class TestCampaigns:
    def test_the_answer_names_who_won_the_most_and_who_less_than_expected(self, entered: Entered) -> None:
        html = shown(entered("viewer"), "/campaigns")
        assert "Webinar: rosters and the law” won the most: €" in answer(html)
        assert "Win an espresso machine” and" in answer(html)
        assert "less than their leads should" in answer(html)

    def test_they_stand_best_first_with_all_their_figures(self, entered: Entered) -> None:
        from smarketing.web.told.names import name_of

        html, rows = shown(entered("leader"), "/campaigns"), report("campaigns").rows
        assert names(html)[: len(rows)] == [name_of(row["by"], "campaign").text.replace("'", "&#x27;") for row in rows]
        for head in (
            "Leads",
            "SQL",
            "Opportunity",
            "Won",
            "Amount",
            "Against expected",
            "First attempt",
            "Rejected",
            "MQL to SQL, goal 30%",
        ):
            assert head in html
        first = rows[0]
        assert f"{first['won']['n']} of {first['won']['of']}" in html
        assert f"{first['expected_won']:.1f}</a> expected" in html
        assert html.count('class="goal-bar') == sum(goal["rate"]["of"] > 0 for row in rows for goal in row["goals"])

    def test_they_are_sorted_by_the_address(self, entered: Entered) -> None:
        html, rows = shown(entered("leader"), "/campaigns?sort=-rejected"), report("campaigns").rows
        assert names(html)[0] == "Win an espresso machine"
        assert len(names(html)) == len(rows)
        assert 'aria-sort="descending"' in html

    def test_the_export_has_every_figure_in_the_order_of_the_page(self, entered: Entered) -> None:
        response = entered("leader").get("/campaigns?sort=-leads&export=csv&raw=1")
        rows = list(csv.DictReader(io.StringIO(response.content.decode())))
        assert [int(row["leads"]) for row in rows] == sorted((row["leads"] for row in report("campaigns").rows), reverse=True)
        assert {"won", "won_low", "expected_won", "verdict", "mql_sql_met", "name"} <= set(rows[0])
        assert entered("leader").get("/campaigns?export=xlsx").content[:2] == b"PK"

    def test_the_chart_keeps_its_place(self, entered: Entered) -> None:
        html = shown(entered("leader"), "/campaigns?period=2026-Q1")
        assert "/charts/campaigns.json?part=won&amp;period=2026-Q1" in html
        assert re.search(r'class="chart-room" width="1" height="\d{3}"', html)


class TestReps:
    def test_inside_sales_sales_owners_and_closers_stand_apart_by_name(self, entered: Entered) -> None:
        html = shown(entered("viewer"), "/reps")
        for title in ("Inside sales", "Sales", "Taken over", "Closed by"):
            assert re.search(rf"<h2[^>]*>{title}</h2>", html), title
        inside = html[html.index('id="inside-sales"') : html.index('id="sales"')]
        assert "Nils Petersen" in inside
        assert "Gustav Meyer" not in inside
        assert not re.search(r">[^<]*@alderfinch", html.replace("viewer@alderfinch.example", ""))

    def test_the_answer_names_the_best_and_who_is_later_than_promised(self, entered: Entered) -> None:
        html = shown(entered("leader"), "/reps")
        assert "Gustav Meyer won the most: €" in answer(html)
        assert re.search(r"Nils Petersen takes 1\d h \d+ min of working time", answer(html))
        assert "4 h are promised" in answer(html)
        assert re.search(r'href="/agreement\?version=\w+#promise-[\w-]+">4 h</a> are promised', html)

    def test_each_list_is_exported_by_itself(self, entered: Entered) -> None:
        client, held = entered("leader"), report("reps")
        for name, rows in {"owners": held.beside["owners"], "closers": held.beside["closers"]}.items():
            text = client.get(f"/reps?export=csv&raw=1&table={name}").content.decode()
            assert [row["by"] for row in csv.DictReader(io.StringIO(text))] == [row["by"] for row in rows]
        inside = client.get("/reps?export=csv&raw=1&table=inside-sales").content.decode()
        assert {row["role"] for row in csv.DictReader(io.StringIO(inside))} == {"inside_sales"}

    def test_hand_offs_that_name_nobody_are_there_on_demand(self, entered: Entered) -> None:
        html = shown(entered("leader"), "/reps")
        assert "<summary>Hand-offs that name nobody</summary>" in html


class TestRankingsForLeaders:
    """Where the agreement says so, a rep sees the own row and nobody else's, in tables, lists, charts and exports."""

    @pytest.fixture
    def closed(self, site: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        from dataclasses import replace

        from smarketing.web.held import Held, keeper

        now = keeper().now
        assert now.outcome is not None
        agreement = now.outcome.agreement.model_copy(update={"rankings": "leaders"})
        monkeypatch.setattr(keeper(), "now", Held(replace(now.outcome, agreement=agreement, versions=(agreement,)), now.serial))

    @pytest.fixture
    def gustav(self, closed: None, entered: Entered) -> Iterator[Client]:
        from smarketing.records.people import User

        user = User.objects.create(email="gustav@alderfinch.example", name="Gustav Meyer", role="sales")
        client = entered("anonymous")
        client.force_login(user)
        yield client
        user.delete()

    def test_a_rep_sees_the_own_rows_alone(self, gustav: Client) -> None:
        html = shown(gustav, "/reps")
        assert set(names(html)) == {"Gustav Meyer"}
        assert "You won 5 of 18 hand-offs" in answer(html)
        assert "to leaders, and to each rep their own" in html
        for other in ("Jack", "Nils", "Helen", "jack@", "nils@"):
            assert other not in html

    @pytest.mark.parametrize("address", ["/api/reps", "/reps?export=csv", "/reps?export=csv&table=owners", "/charts/reps.json", "/charts/reps.json?part=owners"])  # fmt: skip
    def test_nor_does_an_export_or_a_chart_or_the_api_tell(self, gustav: Client, address: str) -> None:
        told = gustav.get(address).content.decode()
        assert "gustav@" in told or "Gustav" in told
        for other in ("jack@", "nils@", "helen@", "Jack", "Nils", "Helen"):
            assert other not in told

    @pytest.mark.parametrize("by", ["rep", "owner", "closer"])
    def test_what_is_behind_opens_for_oneself_only(self, gustav: Client, by: str) -> None:
        assert gustav.get(f"/behind?of=handoffs&by={by}&group=gustav@alderfinch.example").status_code == 200
        assert gustav.get(f"/behind?of=handoffs&by={by}&group=jack@alderfinch.example").status_code == 403

    def test_the_own_numbers_open(self, gustav: Client) -> None:
        told = [url for url, _, _ in links(shown(gustav, "/reps"))]
        assert len(told) >= 10
        assert {gustav.get(url).status_code for url in told[::3]} == {200}

    def test_the_funnel_is_not_offered_by_rep(self, gustav: Client, entered: Entered) -> None:
        assert '<option value="rep"' not in shown(gustav, "/funnel")
        assert '<option value="rep"' in shown(entered("leader"), "/funnel")

    def test_somebody_without_hand_offs_is_told_where_to_look(self, closed: None, entered: Entered) -> None:
        html = shown(entered("marketing"), "/reps")
        assert names(html) == []
        assert "Open the scoreboard" in html
        assert len(names(shown(entered("leader"), "/reps"))) > 10


class TestKnownByTheirWinsOnly:
    """A journal in which a rep is named only where somebody won: no rate, no verdict, and it says so."""

    @staticmethod
    def row(by: str | None, n: int, of: int, amount: float) -> dict[str, Any]:
        from smarketing.reports.figures import rate

        nothing = {"sql": rate(0, 0), "opportunity": rate(0, 0), "goals": [], "median_response_minutes": None}
        money = {"amount": amount, "currency": "EUR"}
        who = {"name": None, "role": None, "verdict": "above", "expected_won": 1.0}
        return {"by": by, "handoffs": of, "won": rate(n, of), "won_amount": money, **nothing, **who}

    @pytest.fixture
    def html(self, monkeypatch: pytest.MonkeyPatch, entered: Entered) -> str:
        from smarketing.web.views import reps

        rows = [self.row("a" * 30 + "1", 30, 30, 10.0), self.row("b2", 25, 25, 99.0), self.row(None, 0, 500, 0.0)]
        held = report("reps")
        beside = {"owners": [], "closers": []}
        made = type(held)("reps", None, held.as_of, held.agreement, rows, held.notes, beside=beside, behind=[{}] * 3)
        monkeypatch.setattr(reps, "asked", lambda name, **asks: made)
        return shown(entered("leader"), "/reps")

    def test_only_what_was_won_is_compared(self, html: str) -> None:
        assert "Reps are known from the deals they won, and from nothing else" in answer(html)
        assert "above expected" not in html
        assert "data-chart" not in html
        assert "100.0%" not in html

    def test_an_id_without_a_name_is_short_and_most_money_is_first(self, html: str) -> None:
        assert names(html) == ["b2", "aaaaaaaa…"]
        assert f'title="{"a" * 30}1"' in html
