"""`/inbox`: whom a rep calls next; and the acts that are done from it, on pages with and without scripts."""

from __future__ import annotations

import html
import re
import threading
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import COMPANY, shown
from tests.web.site import PASSWORD, in_database

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace

DESKS = "pages_of_the_desks"
ANNA, BEN = "anna@alderfinch.example", "ben@alderfinch.example"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "inbox", "HTTP_HX_CURRENT_URL": "http://localhost/inbox"}


@pytest.fixture(scope="module")
def desks(company: Workspace) -> Iterator[Workspace]:
    """The example company in a database of its own, as things are done here; two reps more may log in."""
    from django.contrib.auth.hashers import make_password
    from django.db import connection, connections

    from smarketing.records.people import User

    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{DESKS}"')
        cursor.execute(f'CREATE DATABASE "{DESKS}" TEMPLATE "{COMPANY}"')
    connections.close_all()
    with in_database(DESKS), shown(company):
        for email, name in ((ANNA, "Anna Keller"), (BEN, "Ben Okafor")):
            User.objects.create(email=email, name=name, role="sales", password=make_password(PASSWORD))
        yield company


def signed_in(email: str) -> Client:
    """A browser in which somebody is signed in."""
    from django.test import Client

    from smarketing.records.people import User

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(User.objects.get(email=email))
    return client


@pytest.fixture
def anna(desks: Workspace) -> Client:
    """Anna's browser."""
    return signed_in(ANNA)


@pytest.fixture
def ben(desks: Workspace) -> Client:
    """Ben's browser."""
    return signed_in(BEN)


def leads_in(page: str) -> list[str]:
    """The leads of a list, in its order."""
    return re.findall(r'data-lead="([^"]+)"', page)


def seen(page: str) -> str:
    """The tag that the forms of a page send."""
    return re.findall(r'name="seen" value="([^"]*)"', page)[0]


def do(client: Client, lead: str, pick: str, **more: str) -> Any:
    """One act, as htmx sends it."""
    return client.post("/acts", {"lead": lead, "pick": pick, "key": uuid.uuid4().hex, **more}, **HTMX)


def text(response: Any) -> str:
    """What was answered."""
    return response.content.decode()


def of_rep(rep: str, place: int = -1) -> str:
    """A lead of a rep, as the state that is held has it."""
    from smarketing.reports.inbox.cases import cases_of
    from smarketing.web.held import held

    return cases_of(held(), rep)[place].lead_id


def test_the_inbox_holds_the_rep_s_open_hand_offs_in_the_order_of_the_report(anna: Client):
    from smarketing.reports.inbox.cases import cases_of
    from smarketing.reports.inbox.rows import inbox
    from smarketing.web.held import held

    page = text(anna.get("/inbox"))
    wanted = inbox(held(), ANNA, cases_of(held(), ANNA), now=held().as_of)
    assert leads_in(page) == [row.lead_id for row in wanted]
    assert len(wanted) > 1
    assert f'data-lead-beside="{wanted[0].lead_id}"' in page


def test_a_lead_that_is_chosen_stands_beside_the_list(anna: Client):
    lead = leads_in(text(anna.get("/inbox")))[1]
    page = text(anna.get(f"/inbox?lead={lead}"))
    assert f'data-lead-beside="{lead}"' in page
    part = text(anna.get(f"/inbox?lead={lead}", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="inbox-lead"))
    assert f'data-lead-beside="{lead}"' in part
    assert "<html" not in part


def test_the_lead_says_what_to_say_what_interests_it_and_where_the_time_went(anna: Client):
    page = text(anna.get("/inbox?lead=lead-3955"))
    assert "Try it with one team." in page
    assert "Interfaces" in page
    assert "until it was somebody&#x27;s" in page
    assert "/leads/lead-3955#receipt" in page
    assert "Attempt 2 of 5" in page


def test_whom_to_call_stands_there_with_the_number_to_call(anna: Client):
    import polars as pl

    from smarketing.records.facts import store_facts
    from smarketing.web.held import held

    lead = of_rep(ANNA, 1)
    assert "lead-reach" not in text(anna.get(f"/inbox?lead={lead}"))
    told = {"fact_id": "crm:reach", "lead_id": lead, "at": held().as_of, "kind": "profile_changed"}
    frame = held().facts.head(0).collect()
    row = pl.DataFrame({**told, "recorded_at": held().as_of, "source": "crm", "properties": '{"phone": "+49 40 123456"}'})
    store_facts(pl.concat([frame, row.select(pl.all()).cast({name: frame.schema[name] for name in row.columns})], how="diagonal"))
    do(anna, lead, "obstacle_noted", obstacle="too expensive")
    page = text(anna.get(f"/inbox?lead={lead}"))
    assert 'href="tel:+4940123456"' in page


def test_an_accepted_lead_is_accepted_at_once_and_once(anna: Client):
    lead = of_rep(ANNA, 0)
    key = uuid.uuid4().hex
    tag = seen(text(anna.get(f"/inbox?lead={lead}")))
    first = do(anna, lead, "accepted", key=key, seen=tag)
    assert first.status_code == 201
    assert f'data-lead-beside="{lead}"' in text(first)
    assert 'value="accepted"' not in text(first)
    assert do(anna, lead, "accepted", key=key, seen=tag).status_code == 200
    again = do(anna, lead, "accepted")
    assert again.status_code == 409
    assert "accepted it" in text(again)


def test_a_rejected_lead_leaves_and_undo_brings_it_back(anna: Client):
    lead = of_rep(ANNA, 1)
    key = uuid.uuid4().hex
    gone = do(anna, lead, "rejected:reason:duplicate", key=key)
    assert gone.status_code == 201
    assert lead not in leads_in(text(gone))
    assert f"/acts/{key}/undo" in text(gone)
    back = anna.post(f"/acts/{key}/undo", {"lead": lead}, **HTMX)
    assert back.status_code == 201
    assert lead in leads_in(text(back))
    again = anna.post(f"/acts/undo-{key}/undo", {"lead": lead}, **HTMX)
    assert again.status_code == 422
    assert "Not done: this was a taking back itself; do anew what it took back." in text(again)


def not_done(response: Any) -> str:
    """Why an act was not done, as the page says it."""
    found = re.findall(r"<p>Not done: ([^<]+)</p>", html.unescape(text(response)))
    assert len(found) == 1
    return str(found[0])


def test_what_was_not_done_is_said_to_a_person_with_its_place_why_and_what_would_be(anna: Client, ben: Client):
    lead, key = of_rep(ANNA, 6), uuid.uuid4().hex
    wrong: dict[str, tuple[str, dict[str, str]]] = {
        "Reason: it is missing; fill it in.": ("rejected", {}),
        "Reason: \"ugly\" is not among the reasons that were agreed; choose one of not a fit, wrong contact data, duplicate, competitor.": (
            "rejected:reason:ugly", {}),
        "Comment: it is missing; fill it in.": ("commented", {"text": " "}),
        "Comment: it has 4,001 characters; use at most 4,000.": ("commented", {"text": "a" * 4001}),
        "Address of the file: this is no web address; write one that begins with https://.": ("attached", {"url": "www"}),
        "Until when: this is not in the year ahead; choose a time from now on, at most a year away.": ("snoozed", {"until": "2020-01-01"}),
        "To whom: \"x@y.example\" is nobody in sales who is there today; name somebody else by their address.": ("assigned:to:x@y.example", {}),
    }  # fmt: skip
    assert {not_done(do(anna, lead, pick, **more)) for pick, more in wrong.values()} == set(wrong)
    assert (
        not_done(do(anna, of_rep(BEN, 1), "call_made"))
        == "This lead belongs to Ben Okafor; ask them, or have it passed on to you."
    )
    assert not_done(do(anna, "nobody", "accepted")) == 'There is no lead "nobody"; look for it in the list of leads.'
    assert (
        not_done(do(anna, lead, "call_made", seen="nonsense"))
        == "the lead has changed. Look at it as it is now, and choose anew."
    )
    assert do(anna, lead, "accepted", key=key).status_code == 201
    assert not_done(do(anna, lead, "call_made", key=key)) == "this form was sent before, with something else; choose once more."
    assert not_done(do(anna, lead, "accepted")) == "you accepted it just now. Take that back first."
    assert (
        not_done(do(signed_in("leader@alderfinch.example"), lead, "accepted"))
        == "Anna Keller accepted it just now. Ask them, or take another lead."
    )
    assert do(ben, lead, "commented", text="I know them").status_code == 201
    assert not_done(anna.post(f"/acts/{key}/undo", {}, **HTMX)) == "Ben Okafor left a comment since; ask them, or act anew."
    assert (
        not_done(ben.post(f"/acts/{key}/undo", {}, **HTMX))
        == "This was done by somebody else; ask them to take it back, or act anew."
    )


def test_a_logged_call_counts_at_once(anna: Client):
    lead = of_rep(ANNA, 2)
    said = text(do(anna, lead, "call_made:outcome:no answer", note="nobody there"))
    assert "Call logged" in said
    assert "Attempt 2 of 5" in said


def test_what_is_put_aside_goes_to_the_end(anna: Client):
    lead = of_rep(ANNA, 3)
    page = text(do(anna, lead, "snoozed:until:2026-11-20T09:00:00+01:00"))
    assert leads_in(page)[-1] == lead
    assert "Put aside" in page
    assert "Until 20 Nov 2026, 09:00." in page


def test_who_is_passed_a_lead_has_it_at_once(anna: Client, ben: Client):
    lead = of_rep(ANNA, 4)
    passed = text(do(anna, lead, f"assigned:to:{BEN}"))
    assert lead not in leads_in(passed)
    assert "Passed on to Ben Okafor: " in passed
    assert lead in leads_in(text(ben.get("/inbox")))


def test_whoever_is_away_is_said_to_be_before_a_lead_is_passed_to_them(
    anna: Client, desks: Workspace, monkeypatch: pytest.MonkeyPatch
):
    from dataclasses import replace

    from smarketing.vocabulary.periods import micros
    from smarketing.web.inbox import panels

    assert "away until" not in text(anna.get("/inbox")), "nobody is away on that day"
    office, now = panels.office_now(desks, desks.agreements()[-1], desks.now()), micros(desks.now())
    two_days = ((now - 1, now + 48 * 3_600_000_000),)
    away = replace(office, desks=tuple(replace(desk, away=two_days if desk.rep == BEN else ()) for desk in office.desks))
    monkeypatch.setattr(panels, "office_now", lambda *asked: away)
    page = text(anna.get("/inbox"))
    assert page.count("away until") == 1
    assert re.search(r"Ben Okafor</span><span[^>]*>away until 2 Nov 2026, ", page)
    assert do(anna, of_rep(ANNA, 5), f"assigned:to:{BEN}").status_code == 201, "it is said and forbids nothing"


def test_an_older_page_is_told_what_changed(anna: Client, ben: Client, desks: Workspace):
    lead = of_rep(BEN, 0)
    tag = seen(text(ben.get(f"/inbox?lead={lead}")))
    assert do(signed_in("leader@alderfinch.example"), lead, "call_made:outcome:voicemail").status_code == 201
    older = do(ben, lead, "accepted", seen=tag)
    assert older.status_code == 412
    assert "Leader Somebody logged a call" in text(older)
    fresh = seen(text(older))
    assert fresh != tag


def test_what_makes_no_sense_is_refused_in_words(ben: Client):
    refused = do(ben, of_rep(BEN, 1), "rejected:reason:bad karma")
    assert refused.status_code == 422
    assert "bad karma" in text(refused)


def test_the_list_is_the_same_until_something_happens(ben: Client):
    first = ben.get("/inbox/list")
    tag = first["ETag"]
    assert int(first["X-Now"]) > 0
    assert ben.get("/inbox/list", HTTP_IF_NONE_MATCH=tag).status_code == 304
    do(ben, of_rep(BEN, 2), "call_made:outcome:voicemail")
    assert ben.get("/inbox/list", HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_without_scripts_a_form_comes_back_to_its_page(ben: Client):
    lead = of_rep(BEN, 3)
    sent = {"lead": lead, "pick": "obstacle_noted", "obstacle": "the old contract runs", "key": uuid.uuid4().hex}
    answer = ben.post("/acts", {**sent, "next": f"/inbox?lead={lead}"})
    assert (answer.status_code, answer["Location"]) == (302, f"/inbox?lead={lead}")
    page = text(ben.get(answer["Location"]))
    assert "Obstacle noted" in page
    assert "the old contract runs" in page
    for nowhere in ("/acts", "/acts/some-key/undo"):  # forms in an answer to an act name these
        assert ben.post("/acts", {**sent, "key": uuid.uuid4().hex, "next": nowhere}).headers["Location"].startswith("/leads/")
    elsewhere = ben.post("/acts", {**sent, "key": uuid.uuid4().hex, "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == f"/leads/{lead}"


def test_a_leader_looks_into_any_inbox_and_others_into_none(desks: Workspace):
    leader = signed_in("leader@alderfinch.example")
    assert leads_in(text(leader.get(f"/inbox?rep={ANNA}"))) != []
    assert "Anna Keller’s" in text(leader.get(f"/inbox?rep={ANNA}"))
    for role in ("marketing", "viewer"):
        assert signed_in(f"{role}@alderfinch.example").get("/inbox").status_code == 403
    assert signed_in("viewer@alderfinch.example").post("/acts", {}).status_code == 403


def test_a_rep_without_leads_is_told_what_comes(desks: Workspace):
    page = text(signed_in("sales@alderfinch.example").get("/inbox"))
    assert "No lead waits for you" in page
    assert leads_in(page) == []


def test_what_speaks_against_a_reason_is_marked_before_it_is_chosen(ben: Client):
    lead = of_rep(BEN, 0)
    reasons = re.findall(r'id="(doubt-[a-z]+-\d+)"', text(ben.get(f"/inbox?lead={lead}")))
    assert reasons
    asked = [
        (of, re.findall(r'id="([^"]+)"[^>]*>([^<]+)<', text(ben.get(f"/acts/doubts?of={of}&lead={lead}"))))
        for of in ("reject", "back", "out", "call")
    ]
    marked = dict(mark for _, marks in asked for mark in marks)
    assert {*marked} <= {*reasons}
    assert doubted(lead) == sorted(marked.values())


def doubted(lead: str) -> list[str]:
    """The sentences against all reasons, as the door would say them."""
    from smarketing.actions.acts.doubts import doubts_before
    from smarketing.web.states import place

    found = doubts_before(place(), lead, now=place().now())
    return sorted(html.escape(why, quote=True) for said in found.values() for why in said.values())


def first_part(page: str) -> list[str]:
    """The leads of the first part of a list."""
    return leads_in(page.partition("</section>")[0])


def test_of_a_long_inbox_the_first_are_listed_and_the_chosen_one(desks: Workspace, monkeypatch: pytest.MonkeyPatch):
    address = f"/inbox/list?rep={BEN}"
    every = first_part(text(signed_in(BEN).get(address)))
    assert len(every) > 4
    monkeypatch.setattr("smarketing.web.inbox.shown.MOST", 3)
    page = text(signed_in(BEN).get(f"{address}&lead={every[4]}"))
    assert first_part(page) == [*every[:3], every[4]]
    assert f'<span class="of">{len(every)}</span>' in page, "counted are all"
    assert f"And {len(every) - 4} more" in page


def test_whether_a_lead_may_be_contacted_stands_in_its_row(anna: Client):
    from smarketing.web.consenting import consent_of_lead, mark_of

    rows = {lead: row for row in text(anna.get("/inbox/list")).split("<li>") for lead in leads_in(row)[:1]}
    said = {lead: mark_of(consent_of_lead(lead)) for lead in rows}
    assert {"good", "quiet"} <= {mark.tone for mark in said.values()}, "control: some said yes, some said nothing"
    for lead, row in rows.items():
        assert (said[lead].text in row) == (said[lead].tone != "quiet"), lead


def test_whoever_has_a_lead_now_has_it_since_it_came_to_them(anna: Client):
    def since(who: str, lead: str) -> str:
        said = re.search(rf"{who} has it since ([^,]+),", text(anna.get(f"/leads/{lead}")))
        return said[1] if said else ""

    told = {lead: since("Anna Keller", lead) for lead in leads_in(text(anna.get("/inbox")))}
    lead, before = next((lead, at) for lead, at in told.items() if at)
    assert do(anna, lead, f"assigned:to:{BEN}").status_code == 201
    assert since("Anna Keller", lead) == ""
    assert since("Ben Okafor", lead) not in ("", before)


def test_a_lead_that_somebody_took_without_being_assigned_waits_for_no_routing(desks: Workspace):
    from datetime import UTC, datetime, timedelta
    from types import SimpleNamespace

    from smarketing.web.inbox.words import waits

    handed = datetime(2026, 10, 5, 9, tzinfo=UTC)

    def told(**changes: Any) -> list[tuple[str, str]]:
        row = {"handed_at": handed, "assigned_at": None, "first_attempt_at": None, "owner": None, **changes}
        case: Any = SimpleNamespace(row=row, qualified_at=handed, facts=[])
        return waits(case, handed + timedelta(hours=3))

    assert told() == [("Routing", "3 h so far: nobody has it yet")]
    assert told(owner=ANNA, first_attempt_at=handed + timedelta(minutes=25)) == [
        ("Routing", "nobody was assigned"), ("A person", "25 min until the first attempt"),
    ]  # fmt: skip
    assert told(owner=ANNA, assigned_at=handed + timedelta(hours=1))[1] == ("A person", "2 h so far: no attempt yet")


def test_the_hours_until_marketing_passed_the_check_are_not_the_systems(desks: Workspace):
    from datetime import UTC, datetime, timedelta
    from types import SimpleNamespace

    from smarketing.web.inbox.words import waits

    handed = datetime(2026, 10, 5, 9, tzinfo=UTC)
    row = {"handed_at": handed, "assigned_at": handed, "first_attempt_at": None, "owner": ANNA}

    def first(*facts: dict[str, Any]) -> tuple[str, str]:
        case: Any = SimpleNamespace(row=row, qualified_at=handed - timedelta(hours=2), facts=facts)
        return waits(case, handed)[0]

    assert first() == ("The system", "2 h from qualified to handed over")
    assert first({"kind": "passed", "at": handed}) == ("Marketing", "2 h until it passed the check")
    assert first({"kind": "passed", "at": handed - timedelta(days=9)})[0] == "The system"  # of an earlier hand-off


def test_each_of_twenty_five_colleagues_has_a_key_of_their_own(anna: Client):
    from smarketing.records.people import User

    made = [
        User.objects.create(email=f"rep{number}@alderfinch.example", name=f"Rep {number:02}", role="sales")
        for number in range(15)
    ]
    page = anna.get("/inbox").content.decode()
    panel = re.search(r'<div class="menu-panel act-panel"[^>]* id="act-pass".*?</form>', page, re.DOTALL)
    User.objects.filter(pk__in=[user.pk for user in made]).delete()
    assert panel is not None
    keys = re.findall(r'data-pick(?:="(.)" aria-keyshortcuts="\1")?><kbd>(.)</kbd>', panel[0])
    assert len(keys) == panel[0].count("data-pick") >= 25
    assert [key for key, _ in keys] == [shown for _, shown in keys] == list("1234567890abcdefhilmnoqrstuvwxyz")[: len(keys)]


def test_a_name_that_changes_is_read_anew_when_it_is_written_and_not_before(desks: Workspace):
    from django.db import connection, transaction

    from smarketing.records.people import User
    from smarketing.web.people import name_of

    def asked_meanwhile() -> None:
        found.append(name_of("rita@alderfinch.example"))
        connection.close()

    rita, found = User.objects.create(email="rita@alderfinch.example", name="Rita Rode", role="sales"), list[str]()
    with transaction.atomic():
        rita.name = "Rita Roth"
        rita.save(update_fields=["name"])
        other = threading.Thread(target=asked_meanwhile)
        other.start()
        other.join()
    now = name_of("rita@alderfinch.example")
    rita.delete()
    assert (found, now, name_of("rita@alderfinch.example")) == (["Rita Rode"], "Rita Roth", "rita@alderfinch.example")


def test_without_keys_left_a_choice_has_none():
    from smarketing.web.inbox.panels import Choice, Panel
    from smarketing.web.templatetags.acting import keyed

    panel = Panel("pass", "p", "Pass on", "handoff", [Choice(str(number), f"assigned:to:{number}") for number in range(40)])
    keys = [key for key, _ in keyed(panel)]
    there = [key for key in keys if key]
    assert len(keys) == 40
    assert len(set(there)) == len(there) == 32
    assert keys[32:] == [""] * 8
    assert not {"g", "j", "k", "p"} & set(there)
