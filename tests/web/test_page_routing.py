"""What waits for a rep and why, who gets what, and who would have got the leads of another month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import Entered
from tests.web.pages import shown
from tests.web.routes import inline

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
AT = datetime(2026, 10, 30, 9, 0, tzinfo=UTC)
ANNA, BEN = "anna@alderfinch.example", "ben@alderfinch.example"


@pytest.fixture
def lives(site: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes in the workspace, though the pages hold the same state."""
    from smarketing.actions.workspace import Workspace as Place

    monkeypatch.setattr(Place, "stands_still", property(lambda self: False))


@pytest.fixture
def routed(site: Workspace) -> Iterator[list[str]]:
    """Three leads that were routed, and one that waits; the open leads they are."""
    from smarketing.records.routing import Rotation, Routed
    from smarketing.reports.routing.desks import open_handoffs
    from smarketing.web.held import held

    leads = open_handoffs(held())["lead_id"].to_list()[:4]
    for place, (lead, rep) in enumerate(zip(leads, (ANNA, BEN, ANNA, None), strict=True)):
        why = (
            f"It is the turn of {rep}." if rep else "Nobody can take it now: Ben Okafor has as many open leads as they can take."
        )
        Routed.objects.create(
            lead_id=lead, cycle=1, rep=rep, why=why, asked_at=AT, routed_at=AT + timedelta(minutes=place) if rep else None
        )
    Rotation.objects.create(rep=ANNA, turns=12, last_at=AT)
    yield leads
    Routed.objects.all().delete()
    Rotation.objects.all().delete()


def section(html: str, anchor: str) -> str:
    """One section of a page."""
    found = re.search(
        rf'<section class="section" aria-labelledby="{anchor}">(.*?)</section>\s*(?=<section class="section"|<details|</div>)',
        html,
        re.DOTALL,
    )
    return found[1] if found else ""


def rows(part: str) -> list[list[str]]:
    """The texts of a table's rows."""
    body = re.search(r"<tbody>(.*?)</tbody>", part, re.DOTALL)
    lines = re.findall(r"<tr.*?>(.*?)</tr>", body[1], re.DOTALL) if body else []
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", line, re.DOTALL)
        ]
        for line in lines
    ]


def names(*leads: str) -> list[str]:
    """What these leads are called."""
    from smarketing.reports.feedback.called import called
    from smarketing.web.held import held

    found = called(held(), leads)
    return [found[lead] for lead in leads]


class TestToday:
    def test_what_waits_is_told_with_the_reason_and_opens_to_the_lead(
        self, entered: Entered, routed: list[str], lives: None
    ) -> None:
        html = shown(entered("sales"), "/routing")
        assert '<a class="number" href="#waits">1</a> lead waits for a rep.' in html
        [row] = rows(section(html, "waits"))
        assert row[0] == routed[3]
        assert row[4] == "Nobody can take it now: Ben Okafor has as many open leads as they can take."
        assert f'href="/leads/{routed[3]}"' in section(html, "waits")

    def test_nothing_waits(self, entered: Entered, lives: None) -> None:
        html = shown(entered("sales"), "/routing")
        assert "No lead waits for a rep." in html
        assert section(html, "waits") == ""
        assert "gets a rep within seconds" in html

    def test_a_workspace_that_stands_still_says_so(self, entered: Entered) -> None:
        assert "This workspace stands still, so nothing is routed." in shown(entered("sales"), "/routing")

    def test_every_rep_stands_there_with_what_is_in_work_and_the_number_opens_to_it(
        self, entered: Entered, routed: list[str]
    ) -> None:
        client = entered("leader")
        html = shown(client, "/routing")
        listed = rows(section(html, "desks"))
        assert [row[0] for row in listed[:3]] == ["Anna Keller", "Ben Okafor", "Carla Brandt"]
        assert listed[6][0] == "Frida Lund only by account or preference"
        heads = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", section(html, "desks"), re.DOTALL)
        assert [re.sub(r"<[^>]+>", "", head).strip() for head in heads] == ["Rep", "Now", "In work", "", "Routed", "Last one"]
        assert [row[2] for row in listed[:3]] == ["8 of 22", "8 of 22", "6 of 22"]
        assert listed[0][1].startswith("not at work begins 2 Nov")
        assert listed[0][4] == "12"
        opened = shown(client, f"/routing?rep={ANNA}")
        assert len(rows(section(opened, "work"))) == 8
        assert [row[0] for row in rows(section(opened, "latest"))] == names(routed[2], routed[0])

    def test_a_bar_says_how_full_a_desk_is(self, entered: Entered) -> None:
        listed = section(shown(entered("leader"), "/routing"), "desks")
        wide = [re.findall(r'class="bar-fill"[^>]* width="([^"]+)%"', line) for line in listed.split("<tr>")[2:]]
        said = [re.fullmatch(r"(\d+)(?: of (\d+))?(?: full)?", row[2]) for row in rows(listed)]
        fills = [[f"{round(100 * int(each[1]) / int(each[2]), 2):g}"] if each[2] else [] for each in said if each]
        assert wide == fills
        assert ["36.36"] in wide  # 8 of 22
        assert ["80"] in wide  # 8 of 10
        assert [] in wide  # of somebody without a capacity

    def test_where_nobody_has_a_capacity_bars_compare_the_desks(self) -> None:
        from smarketing.reports.routing.desks import DeskNow
        from smarketing.web.views.routing import Desk, _with_bars

        def wholes(*capacities: int | None) -> list[int | None]:
            there = [DeskNow(f"rep{open}", "", None, True, "works", None, open + 1, held) for open, held in enumerate(capacities)]
            return [row.whole for row in _with_bars([Desk(desk, "", "", 0, None, "", "") for desk in there])]

        assert wholes(None, None, None) == [3, 3, 3]
        assert wholes(None, 5, 0) == [None, 5, 1]
        assert wholes() == []

    def test_what_was_routed_last_comes_first_with_why(self, entered: Entered, routed: list[str]) -> None:
        listed = rows(section(shown(entered("viewer"), "/routing"), "latest"))
        leads, reps = names(routed[2], routed[1], routed[0]), ("Anna Keller", "Ben Okafor", "Anna Keller")
        assert [tuple(row[:2]) for row in listed] == list(zip(leads, reps, strict=True))
        assert listed[1][3] == f"It is the turn of {BEN}."

    def test_the_rules_are_those_of_the_agreement(self, entered: Entered) -> None:
        html = section(shown(entered("marketing"), "/routing"), "rules")
        assert "The reps get leads in turn." in html
        assert "A lead that nobody answered in time goes to the next rep." in html
        assert "go to Diego Alvarez or Emma Walsh first." in html

    def test_hand_offs_of_long_ago_that_nobody_has_are_left_to_people_and_shown(self, entered: Entered) -> None:
        html = shown(entered("leader"), "/routing")
        assert len(rows(html[html.index('id="older"') :])) >= 5

    @pytest.mark.parametrize(
        "address", ["/routing", f"/routing?rep={ANNA}", "/routing/simulation", "/routing/simulation?period=2001"]
    )
    def test_nothing_is_inline(self, entered: Entered, address: str, routed: list[str]) -> None:
        assert inline(shown(entered("leader"), address)) == []


class TestWhoWouldHaveGotThem:
    def test_last_month_is_asked_where_nothing_else_is_and_the_numbers_open_to_as_many(self, entered: Entered) -> None:
        client = entered("leader")
        html = shown(client, "/routing/simulation")
        assert section(html, "shares") == section(shown(client, "/routing/simulation?period=2026-09"), "shares")
        every = rows(section(shown(client, "/routing/simulation?period=2026-09&all=yes"), "leads"))
        shares = rows(section(html, "shares"))
        assert sum(int(row[1]) for row in shares) == sum(int(row[3]) for row in shares) == len(every) > 30
        for place, column in ((1, 0), (3, 1), (5, 2)):
            urls = re.findall(r'<a class="number" href="([^"]+)"', section(html, "shares"))[column::3]
            for row, url in zip(shares, urls, strict=True):
                assert len(rows(section(shown(client, unescape(url).partition("#")[0]), "leads"))) == int(row[place])
        changed = re.search(r'href="([^"]+)#leads">(\d+)</a> would have gone', html)
        assert changed
        assert len(rows(section(shown(client, "/routing/simulation" + unescape(changed[1])), "leads"))) == int(changed[2]) > 0

    def test_the_choice_is_the_same_as_that_of_the_report(self, entered: Entered) -> None:
        from smarketing.reports.routing.simulation import simulation
        from smarketing.web.held import held

        told = simulation(held(), period="2026-10")
        listed = rows(section(shown(entered("leader"), "/routing/simulation?period=2026-10&all=yes"), "leads"))
        assert [(row[0], row[5]) for row in listed] == [(each.lead_id, each.why) for each in told.handoffs]

    def test_the_report_tells_what_the_page_shows(self, entered: Entered) -> None:
        from smarketing.web.held import held

        report = held().routing("2026-10")
        shares = rows(section(shown(entered("leader"), "/routing/simulation?period=2026-10"), "shares"))
        assert [(row["name"], row["then"], row["now"], row["same"]) for row in report.rows] == [
            (row[0], *(int(row[place]) for place in (1, 3, 5))) for row in shares
        ]
        told = report.to_dict()
        assert len(told["handoffs"]) == sum(row["now"] for row in told["rows"]) > told["others"] > 0
        assert all(row["difference"] == row["now"] - row["then"] for row in told["rows"])
        assert f"{told['others']} would have gone to somebody else" in report.to_table()
        assert held().routing().period.label == "2026-09", "as of the first instant of a month it is the one before"  # type: ignore[union-attr]
        assert [note.code for note in held().routing("2001").notes] == ["SMK-R080"]

    def test_a_period_without_anything_says_what_to_do(self, entered: Entered) -> None:
        assert "No hand-offs in this period" in shown(entered("leader"), "/routing/simulation?period=2001")


class TestRankingsForLeaders:
    @pytest.fixture(autouse=True)
    def leaders_only(self, site: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The agreement shows reps' figures to leaders; the one of sales is Anna."""
        from smarketing.records.people import User
        from smarketing.web.held import held

        monkeypatch.setattr(held(), "agreement", held().agreement.model_copy(update={"rankings": "leaders"}))
        User.objects.filter(role="sales").update(email=ANNA)
        yield
        User.objects.filter(email=ANNA).update(email="sales@alderfinch.example")

    def test_a_rep_sees_the_own_load_and_nobody_elses(self, entered: Entered, routed: list[str], lives: None) -> None:
        client = entered("sales")
        html = shown(client, "/routing")
        assert [row[0] for row in rows(section(html, "desks"))] == ["Anna Keller"]
        assert {row[1] for row in rows(section(html, "latest"))} == {"Anna Keller"}
        assert [row[4] for row in rows(section(html, "waits"))] == ["Nobody can take it now."]
        assert "Ben" not in html
        assert client.get(f"/routing?rep={BEN}").status_code == 403
        assert client.get(f"/routing?rep={ANNA}").status_code == 200

    def test_the_simulation_tells_of_oneself_alone(self, entered: Entered) -> None:
        html = shown(entered("sales"), "/routing/simulation?period=2026-10&all=yes")
        assert [row[0] for row in rows(section(html, "shares"))] == ["Anna Keller"]
        for name in ("Ben", "Carla", "Diego", "Emma", "Nils"):
            assert name not in html

    def test_marketing_sees_what_waits_and_leaders_see_everybody(self, entered: Entered, routed: list[str], lives: None) -> None:
        html = shown(entered("marketing"), "/routing")
        assert [row[0] for row in rows(section(html, "waits"))] == [routed[3]]
        assert rows(section(html, "desks")) == []
        everybody: list[Any] = rows(section(shown(entered("leader"), "/routing"), "desks"))
        assert len(everybody) == 10
