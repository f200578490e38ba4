"""The period picker, saved views, the vocabulary, charts: the parts that every page has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.web.conftest import Entered

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
AS_OF = datetime(2026, 5, 31, 23, 0, tzinfo=UTC)


def picker(query: str, default: str | None = "quarter", zone: str = "UTC") -> Any:
    from django.test import RequestFactory

    from smarketing.web.periods import period_picker

    return period_picker(RequestFactory().get(f"/funnel?{query}"), zone=zone, as_of=AS_OF, default=default)


@pytest.mark.parametrize(
    ("query", "chosen", "label", "days"),
    [
        ("", "2026-Q2", "Q2 2026", ("2026-04-01", "2026-06-30")),
        ("period=2026-05", "2026-05", "May 2026", ("2026-05-01", "2026-05-31")),
        ("period=2025", "2025", "2025", ("2025-01-01", "2025-12-31")),
        ("from=2026-05-04&to=2026-05-10", "2026-05-04..2026-05-11", "4–10 May 2026", ("2026-05-04", "2026-05-10")),
        ("from=2026-05-04&to=2026-05-04", "2026-05-04..2026-05-05", "4 May 2026", ("2026-05-04", "2026-05-04")),
    ],
)
def test_a_period_is_chosen_by_its_name_or_its_days(query: str, chosen: str, label: str, days: tuple[str, str]) -> None:
    found = picker(query)
    assert (found.chosen, found.label, (found.first_day, found.last_day)) == (chosen, label, days)


def test_what_may_be_wanted_next_keeps_the_rest_of_the_address() -> None:
    found = picker("by=channel&page=3&from=2026-05-04&to=2026-05-10")
    texts = {choice.label: choice.text for choice in found.choices}
    assert texts == {
        "This month": "2026-05", "Last month": "2026-04", "This quarter": "2026-Q2", "Last quarter": "2026-Q1",
        "This year": "2026", "Last year": "2025",
    }  # fmt: skip
    assert found.choices[0].url == "/funnel?by=channel&period=2026-05"
    assert found.kept == [("by", "channel")]


def test_today_is_today_in_the_agreements_zone() -> None:
    assert picker("", default="month", zone="Asia/Tokyo").chosen == "2026-06"


def test_all_time_may_be_chosen_where_it_is_offered() -> None:
    assert picker("period=all", default=None).chosen is None
    assert picker("", default=None).choices[0].label == "All time"


@pytest.mark.parametrize("query", ["period=nonsense", "from=x&to=y", "from=2026-05-10&to=2026-05-01", "period=99999"])
def test_a_period_that_is_none_is_said(query: str, entered: Entered) -> None:
    assert entered("viewer").get(f"/funnel?{query}").status_code == 400


def test_a_view_is_kept_found_and_removed(entered: Entered) -> None:
    mine, other = entered("marketing"), entered("sales")
    kept = mine.post("/views?page=/leads&query=stage%3Dmql%26page%3D3%26owner%3D", {"name": " Fresh MQLs ", "shared": "on"})
    assert kept.headers["Location"] == "/leads?stage=mql"

    def seen(client: Any) -> dict[str, Any]:
        from django.test import RequestFactory

        from smarketing.web.views.saved import views_of

        request = RequestFactory().get("/leads?stage=mql")
        request.user = client
        return views_of(request)

    from smarketing.records.people import User

    (row,) = seen(User.objects.get(role="sales"))["views"]
    assert (row["name"], row["url"], row["remove"]) == ("Fresh MQLs", "/leads?stage=mql", "")
    (own,) = seen(User.objects.get(role="marketing"))["views"]
    assert seen(User.objects.get(role="marketing"))["view"] == "Fresh MQLs"
    assert other.post(own["remove"]).status_code == 404
    assert mine.post(own["remove"]).headers["Location"] == "/leads"
    assert seen(User.objects.get(role="sales"))["views"] == []


@pytest.mark.parametrize("page", ["//elsewhere.example", "https://elsewhere.example", "/nowhere", "", "leads", "javascript:1"])
def test_a_view_is_of_a_page_of_this_site(page: str, entered: Entered) -> None:
    assert entered("marketing").post("/views", {"name": "x"}, query_params={"page": page}).status_code == 404


def test_a_term_is_found_by_each_of_its_names(entered: Entered) -> None:
    from smarketing.web.vocabulary import vocabulary

    words = vocabulary()
    assert words["mql"] is words["marketing qualified lead"]
    assert words["mql"]["also_called"] == {"sales": ["warm lead"]}
    assert words["mql"]["rule"].startswith("Reached by: ")
    assert words["mql"]["owner"] == "marketing"
    assert words["customer"]["rule"]
    assert words["fit"]["url"] == "/agreement#fit"


def test_a_chart_is_a_document_whose_marks_lead_behind_them(entered: Entered) -> None:
    chart = entered("viewer").get("/charts/funnel.json?by=channel").json()
    assert chart["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    assert "/behind?of=leads" in str(chart)
    assert entered("viewer").get("/charts/nothing.json").status_code == 404
    assert entered("viewer").get("/charts/funnel.json?theme=neon").status_code == 404
    assert entered("viewer").get("/charts/scoreboard.json?part=waterfall").status_code == 200


def test_health_tells_strangers_no_number_of_the_company(entered: Entered) -> None:
    assert set(entered("anonymous").get("/health").json()) == {"status", "serial"}


def test_a_mistake_of_ours_is_a_page_that_shows_nothing_of_it(entered: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.web import held

    def broken(*words: Any, **more: Any) -> None:
        raise RuntimeError("the secret of the database")

    monkeypatch.setattr("smarketing.web.views.funnel.asked", broken)
    response = entered("viewer").get("/funnel")
    assert response.status_code == 500
    assert "not yours" in response.content.decode()
    assert "secret" not in response.content.decode()
    assert held.held()
