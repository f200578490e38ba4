"""The page of leads: what it shows is what the report says, and every filter is in the address."""

from __future__ import annotations

import csv
import io
import re
from html import escape, unescape
from typing import TYPE_CHECKING

import polars as pl
import pytest

from smarketing.reports.leads import leads, select_leads
from smarketing.web.held import held
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import Entered

pytestmark = pytest.mark.usefixtures("site")
BEN = "ben@alderfinch.example"


@pytest.fixture
def mia(entered: Entered) -> Client:
    """A browser of marketing."""
    return entered("marketing")


def html_of(client: Client, url: str) -> str:
    """A page that is there."""
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(html: str) -> list[str]:
    """The leads in the order of the rows."""
    return re.findall(r'class="row-link" href="/leads/([^"]+)"', html)


def rows_of(client: Client, url: str) -> list[dict[str, str]]:
    """The export of the page."""
    return list(csv.DictReader(io.StringIO(client.get(url).content.decode("utf-8-sig"))))


def test_the_latest_hand_offs_come_first(mia):
    latest = leads(held()).sort("handed_at", descending=True, nulls_last=True)["handed_at"].head(50).to_list()
    there = dict(leads(held()).select("lead_id", "handed_at").iter_rows())
    assert [there[lead] for lead in shown(html_of(mia, "/leads"))] == latest


def test_a_lead_is_called_as_everywhere_and_its_id_is_in_the_title(mia):
    from smarketing.reports.feedback.called import called

    rows = dict(re.findall(r'class="row-link" href="/leads/([^"]+)"(.*?</a>)', html_of(mia, "/leads")))
    names = called(held(), rows)
    assert rows == {lead: f' title="{lead}">{escape(name)}</a>' for lead, name in names.items()}
    assert not any(name == lead for lead, name in names.items()), "control: all of them are called something"
    assert "Account</" not in html_of(mia, "/leads")
    assert {"lead_id", "account"} <= rows_of(mia, "/leads?stage=sql&export=csv")[0].keys()


def test_a_row_opens_its_lead_and_the_score_its_receipt(mia):
    html = html_of(mia, "/leads")
    lead = shown(html)[0]
    assert f'href="/leads/{lead}#receipt"' in html
    assert mia.get(f"/leads/{lead}").status_code == 200


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("stage=mql", {"stage": "mql"}),
        (f"owner={BEN}&grade=A", {"owner": BEN, "grade": "A"}),
        ("campaign=referral&persona=it_ingo", {"campaign": "referral", "persona": "it_ingo"}),
        ("owner=-&stage=mql", {"owner": "", "stage": "mql"}),
        ("stage=-", {"stage": ""}),
        ("q=Works", {"search": "works"}),
        ("stage=&owner=&q=", {}),
    ],
)
def test_the_address_filters(mia, query, filters):
    wanted = select_leads(held(), filters)
    assert 0 < wanted.height
    exported = rows_of(mia, f"/leads?{query}&export=csv")
    assert {row["lead_id"] for row in exported} == set(wanted["lead_id"])
    assert f"of {wanted.height:,}</p>" in plain(html_of(mia, f"/leads?{query}"))


def plain(html: str) -> str:
    """Without the marks around figures."""
    return re.sub(r"</?span[^>]*>", "", html)


def test_each_stage_says_how_many_leads_its_link_opens(mia):
    html = html_of(mia, f"/leads?owner={BEN}")
    tabs = re.findall(r'<a class="tab" href="([^"]+)"[^>]*>([^<]+) <span class="tab-count">([^<]+)</span>', html)
    assert [title for _, title, _ in tabs][:4] == ["All", "Visitor", "Subscriber", "MQL"]
    for url, _, count in tabs:
        number = int(count.replace(",", ""))
        opened = html_of(mia, url.replace("&amp;", "&"))
        assert (f"of {number:,}</p>" in plain(opened)) if number else ("No lead is like that" in opened)


def test_stages_are_sorted_in_the_order_of_the_way(mia):
    stages = [row["stage"] for row in rows_of(mia, "/leads?sort=stage&export=csv") if row["stage"]]
    way = held().agreement.stage_names
    assert stages == sorted(stages, key=way.index)


def test_people_campaigns_personas_and_stages_are_called_by_their_names(mia):
    html = html_of(mia, f"/leads?owner={BEN}&stage=mql")
    assert "Ben Okafor" in html
    assert ">MQL<" in html
    assert "operations_olga</" not in html


def test_each_filter_that_is_on_can_be_taken_off_alone(mia):
    html = html_of(mia, "/leads?stage=mql&grade=A&q=works")
    removed = [url.replace("&amp;", "&") for url in re.findall(r'class="chip-remove" href="([^"]+)"', html)]
    assert removed == ["/leads?stage=mql&grade=A", "/leads?grade=A&q=works", "/leads?stage=mql&q=works"]


def test_an_order_outlives_a_new_filter(mia):
    html = html_of(mia, "/leads?sort=-total&stage=mql")
    assert '<input type="hidden" name="sort" value="-total">' in html
    assert '<input type="hidden" name="stage" value="mql">' in html


def test_pages_hold_every_lead_once(mia):
    query = "stage=mql&sort=total"
    pages = [html_of(mia, f"/leads?{query}&page={number}") for number in (1, 2, 3)]
    found = [lead for html in pages for lead in shown(html)]
    assert sorted(found) == sorted(select_leads(held(), {"stage": "mql"})["lead_id"])


def test_a_search_that_finds_nobody_says_what_to_do(mia):
    html = html_of(mia, "/leads?q=nobody+is+called+that")
    assert "No lead is like that" in html
    assert 'href="/leads"' in html


def test_an_id_that_was_united_leads_to_its_life(mia):
    one = held().united.filter(pl.col("id") != pl.col("lead_id")).row(0, named=True)
    assert f'href="/leads/{one["lead_id"]}"' in html_of(mia, f"/leads?q={one['id']}")


def test_a_view_is_saved_and_opened_again(mia):
    from smarketing.records.people import SavedView

    mia.post("/views?page=/leads&query=stage%3Dmql%26owner%3D-", {"name": "Nobody's"})
    html = html_of(mia, "/leads")
    SavedView.objects.all().delete()
    assert 'href="/leads?owner=-&amp;stage=mql"' in html


def test_nothing_is_inline(mia):
    assert inline(html_of(mia, "/leads?stage=mql&q=a")) == []


@pytest.mark.parametrize("address", ["/leads", "/leads?stage=mql&grade=A"])
def test_the_numbers_of_the_answer_open_to_so_many_leads(entered: Entered, address: str) -> None:
    html = entered("viewer").get(address, headers={"Accept-Language": "en-GB"}).content.decode()
    said = html[html.index('class="page-answer"') : html.index('class="page-as-of"')]
    numbers = re.findall(r'<a class="number" href="([^"]+)">([\d,]+)</a>', said)
    assert len(numbers) == 2
    for url, shown in numbers:
        there = (
            entered("viewer")
            .get(address if url == "#leads" else unescape(url), headers={"Accept-Language": "en-GB"})
            .content.decode()
        )
        assert f"of {shown}" in re.sub(r"<[^>]+>", "", there), (url, shown)
