"""The page of a lead: the story, the receipt and the hand-offs that the report tells, and nothing else."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from smarketing.reports.leads import leads
from smarketing.web.held import held
from smarketing.web.lives import dossier_of, life, machine_facts_of
from smarketing.web.story.chapters import anchors, chapters
from smarketing.web.story.receipt import receipts
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import Entered

pytestmark = pytest.mark.usefixtures("site")
LEAD = "lead-0175"


@pytest.fixture
def mia(entered: Entered) -> Client:
    """A browser of marketing."""
    return entered("marketing")


def html_of(client: Client, url: str) -> str:
    """A page that is there."""
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def busiest() -> str:
    """The lead with the most facts."""
    facts = held().facts.group_by("lead_id").len().sort("len", "lead_id", descending=True).collect()
    return str(facts["lead_id"][0])


def entries_of(lead: str) -> list[Any]:
    """Every entry of the story, those inside others too."""
    story, known = life(lead), dossier_of(lead)
    told = chapters(story, machine_facts_of(known), anchors(story))
    return [one for chapter in told for entry in chapter.entries for one in (entry.inside or [entry])]


def test_the_score_is_the_sum_of_its_receipts(mia):
    html, story = html_of(mia, f"/leads/{LEAD}"), life(LEAD)
    row = leads(held()).filter(pl.col("lead_id") == LEAD).row(0, named=True)
    total = re.search(r'id="score" href="#receipt"><span class="number">([^<]+)<', html)
    assert total
    assert float(total[1]) == float(story.now["fit"] + story.now["engagement"]) == float(row["total"])
    for receipt in receipts(story, {}):
        lines = [*receipt.earlier, *receipt.lines]
        assert sum(line["points"] for line in lines) == receipt.total
        assert lines[-1]["balance"] == receipt.total
        assert receipt.counts == len(lines)


def test_every_line_of_the_receipt_names_its_rule_its_fact_and_its_version(mia):
    story = life(LEAD)
    places = anchors(story)
    lines = [line for receipt in receipts(story, places) for line in (*receipt.earlier, *receipt.lines)]
    assert len(lines) == sum(event.what in ("fit", "engagement") for event in story.events)
    html = html_of(mia, f"/leads/{LEAD}")
    for line in lines:
        assert line["version"] in ("version 1", "version 2")
        assert line["rule"]
        assert f'href="{line["href"]}"' in html
        assert f'id="{line["href"][1:]}"' in html


def test_points_that_go_away_name_the_fact_they_were_of():
    lines = [line for receipt in receipts(life(LEAD), {}) for line in (*receipt.earlier, *receipt.lines)]
    faded = [line for line in lines if line["faded"]]
    assert faded
    assert all(line["points"] < 0 and ", on " in line["rule"] and "fades" in line["text"] for line in faded)


def test_every_fact_is_told_once():
    lead = busiest()
    told = sorted(f"#{entry.anchor}" for entry in entries_of(lead) if entry.anchor)
    assert told == sorted(anchors(life(lead)).values())


def test_acts_of_machines_are_told_and_marked(mia):
    lead = busiest()
    known = dossier_of(lead)
    machines = machine_facts_of(known)
    assert machines
    assert sum(entry.machine for entry in entries_of(lead)) == len(machines)
    assert not {row["fact_id"] for row in machines} & set(known.facts)
    assert "count nothing" in html_of(mia, f"/leads/{lead}")


def test_chapters_are_stages_of_cycles_the_latest_first(mia):
    story, known = life(LEAD), dossier_of(LEAD)
    told = chapters(story, machine_facts_of(known), anchors(story))
    assert [(chapter.cycle, chapter.title) for chapter in told] == [
        (2, "Subscriber"),
        (1, "MQL"),
        (1, "Subscriber"),
        (1, "Visitor"),
    ]
    assert told[0].notes[0] == "This cycle began with: recycled by Ben Okafor, reason: no answer."
    assert told[0].open
    assert [chapter.begin_at for chapter in told] == sorted((chapter.begin_at for chapter in told), reverse=True)


def test_the_story_writes_amounts_as_the_rest_of_the_page(mia):
    won = held().table("handoffs").filter(pl.col("won_amount") > 0, pl.col("worth") > 0).row(0, named=True)
    html = unescape(html_of(mia, f"/leads/{won['lead_id']}?whole=1"))
    assert f"worth €{won['worth']:,.0f}" in html
    assert not re.findall(r"[\d.,]+ EUR", html)


def test_a_very_long_life_is_told_in_part_and_nothing_is_out_of_reach(mia, monkeypatch):
    lead = busiest()
    entire = html_of(mia, f"/leads/{lead}?whole=1")
    assert "tell the whole life" not in entire
    monkeypatch.setattr("smarketing.web.story.chapters.LATEST", 20)
    monkeypatch.setattr("smarketing.web.story.receipt.EARLIER", 0)
    monkeypatch.setattr("smarketing.web.story.receipt.SHOWN", 1)
    html = html_of(mia, f"/leads/{lead}")
    shown, there = ({*re.findall(r'id="(fact-\d+)"', each)} for each in (html, entire))
    assert 0 < len(shown) < len(there) == len(life(lead).events and anchors(life(lead)))
    counts = [
        int(number) for number in re.findall(r'<span class="number">(\d+)</span> earlier facts?: tell the whole life', html)
    ]
    assert sum(counts) + len(shown) == len(there)
    assert "more before these" in html
    away = re.findall(r'href="(?:\?whole=1)?#(fact-\d+)"', html)
    assert {*away} <= there
    assert {*re.findall(r'href="#(fact-\d+)"', html)} <= shown
    assert {*re.findall(r'id="(fact-\d+)"', html_of(mia, f"/leads/{lead}?whole=1"))} == there


def test_a_long_life_shows_its_latest_part_and_folds_the_rest(mia):
    html = html_of(mia, f"/leads/{busiest()}")
    assert '<details class="chapter" open>' in html
    assert '<details class="chapter">' in html


def test_each_hand_off_has_its_clocks_with_rule_and_state(mia):
    html, known = unescape(html_of(mia, f"/leads/{LEAD}")), dossier_of(LEAD)
    clocks = held().table("clocks").filter(pl.col("lead_id") == LEAD)
    told = [(clock.commitment, clock.due_at, clock.kept_at, clock.state) for each in known.handovers for clock in each.clocks]
    assert sorted(told) == sorted(clocks.select("commitment", "due_at", "kept_at", "state").iter_rows())
    assert [clock.rule for clock in known.handovers[0].clocks] == [
        "a first attempt within 1 business day",
        "4 attempts within 10 business days",
        "a verdict within 10 business days",
    ]
    for each in known.handovers:
        assert all(clock.rule[1:] in html for clock in each.clocks)


def test_the_wait_is_split_in_the_check_routing_and_people(mia):
    handover = dossier_of(LEAD).handovers[0]
    entries = held().table("stage_entries").filter((pl.col("lead_id") == LEAD) & (pl.col("stage") == "mql"))
    qualified, row = entries["entered_at"][0], handover.row
    whole = (row["first_attempt_at"] - qualified).total_seconds() / 60
    waits = handover.waits
    assert None not in (waits.check, waits.routing, waits.human)
    assert (waits.check or 0) + (waits.routing or 0) + (waits.human or 0) == pytest.approx(whole)
    html = html_of(mia, f"/leads/{LEAD}")
    assert waits.system is None
    assert "until it passed the check" in html
    assert "The system" not in html


def test_the_profile_is_the_one_known_last(mia):
    html = html_of(mia, f"/leads/{LEAD}")
    known = dossier_of(LEAD)
    assert known.profile["employees"] == 89
    assert known.profile["account"] == "Belnimor Clinics"
    assert "<h1>Belnimor Clinics</h1>" in html


def test_people_and_personas_are_called_by_their_names(mia):
    html = html_of(mia, f"/leads/{LEAD}")
    assert "Ben Okafor" in html
    assert "ben@alderfinch.example" not in html
    assert "people_paula" not in html


def test_the_chart_is_that_of_this_lead(mia):
    html = html_of(mia, f"/leads/{LEAD}")
    assert f'data-chart="/charts/score.json?lead={LEAD}"' in html
    spec = mia.get(f"/charts/score.json?lead={LEAD}").json()
    assert "How did the score come about?" in spec["description"]
    assert mia.get("/charts/score.json?lead=nobody").status_code == 404


def test_every_id_of_a_person_opens_the_one_life(mia):
    one = held().united.filter(pl.col("id") != pl.col("lead_id")).row(0, named=True)
    whole, other = html_of(mia, f"/leads/{one['lead_id']}"), html_of(mia, f"/leads/{one['id']}")
    assert f'href="/leads/{one["id"]}"' in whole
    assert "this is their one life" in other
    assert "this is their one life" not in whole


def test_an_id_of_nobody_is_answered_with_the_nearest(mia):
    answer = mia.get("/leads/lead-01755")
    assert answer.status_code == 404
    assert "Did you mean" in answer.content.decode()
    assert 'href="/leads/lead-0175"' in answer.content.decode()


def test_a_lead_that_left_a_form_and_nothing_else_has_a_page(mia):
    few = held().facts.group_by("lead_id").len().sort("len", "lead_id").collect()["lead_id"][0]
    html_of(mia, f"/leads/{few}")


def test_nothing_is_inline(mia):
    assert inline(html_of(mia, f"/leads/{LEAD}")) == []
    assert inline(mia.get("/leads/nobody").content.decode()) == []


def won_after_waiting() -> dict[str, Any]:
    """A hand-off with everything that a card shows."""
    found = held().handoffs.filter(
        pl.col("sourced") == "marketing", pl.col("won_amount") > 0, pl.col("worth") > 0, pl.col("first_attempt_at").is_not_null()
    )
    return found.sort("handed_at").row(0, named=True)


def test_the_figures_of_a_hand_off_open_to_what_they_are_made_of(mia):
    row = won_after_waiting()
    html = html_of(mia, f"/leads/{row['lead_id']}")
    opened = {part: re.search(rf'href="(/behind\?of={part}[^"]*)"', html) for part in ("steps", "wins", "facts")}
    opened["handoffs"] = re.search(r'href="(/behind\?of=handoffs[^"]*median=[^"]*)"', html)
    assert all(opened.values())
    numbers = {part: mia.get(f"/api{unescape(found[1])}").json()["number"] for part, found in opened.items()}
    assert numbers["steps"] == float(row["worth"])
    assert numbers["wins"] == float(row["won_amount"])
    assert numbers["handoffs"] == pytest.approx(row["business_minutes_to_first_attempt"])
    waits = re.findall(r'href="(/behind\?of=facts[^"]*wait=\w+)"[^>]*>([^<]+)<', html)
    assert len(waits) >= 3
    for url, shown in waits:
        answer = mia.get(f"/api{unescape(url)}").json()
        assert answer["rows"]
        if shown.endswith("min") and "h" not in shown:
            assert abs(answer["number"] - float(shown.split()[0])) <= 0.5


def test_the_phase_of_the_buying_cycle_is_said_with_what_to_say(mia):
    story = life(LEAD)
    assert story.phase is not None
    html = html_of(mia, f"/leads/{LEAD}")
    card = unescape(re.sub(r"<[^>]+>", " ", html[html.index('id="phase"') : html.index('id="profile"')]))
    assert f"phase {story.phase.place} of {story.phase.of}" in card
    assert story.phase.name.casefold() in card.casefold()
    assert story.phase.say in card
    assert "longer than the" in card if story.phase.longer else "expected until" in card


def test_a_lead_without_a_phase_has_no_card(mia):
    lead = next(lead for lead in leads(held()).filter(pl.col("persona").is_null())["lead_id"].head(5) if life(lead).phase is None)
    assert 'id="phase"' not in html_of(mia, f"/leads/{lead}")
