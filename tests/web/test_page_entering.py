"""`/leads/new`: what is entered by hand becomes facts, once for each form; who may be there already is shown before."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from smarketing.web.held import keeper
from tests.web.marketing import company_of_its_own
from tests.web.pages import shown
from tests.web.routes import inline

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace
    from tests.web.conftest import Entered

MARIA = {
    "name": "Maria Berg",
    "email": "Maria.Berg@dunkaro.example",
    "phone": "+49 (0)30 123 45 67",
    "company": "Dunkaro Clinics",
    "way": "event",
    "campaign": "",
    "may_mail": "yes",
    "may_call": "no",
    "note": "Asked for the price of ten seats.",
}


@pytest.fixture(scope="module", autouse=True)
def copy(company: Workspace) -> Iterator[Workspace]:
    """The example company in a database of its own."""
    with company_of_its_own(company, "pages_of_entering") as workspace:
        yield workspace


@pytest.fixture
def mia(entered: Entered) -> Client:
    """A browser of marketing."""
    return entered("marketing")


def enter(client: Client, *, key: str = "", htmx: bool = False, **changes: str) -> Any:
    """A form that is sent; `htmx`: by the part that looks for who may be there already."""
    headers: dict[str, Any] = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "likes"} if htmx else {}
    return client.post("/leads/new", {**MARIA, "key": key or uuid.uuid4().hex, **changes}, **headers)


def entered_lead(answer: Any) -> str:
    """The id of the lead that was entered."""
    assert answer.status_code == 302, unescape(answer.content.decode())
    return str(re.fullmatch(r"/leads/new\?entered=(app-[0-9a-f]{12})", answer.headers["Location"])[1])  # type: ignore[index]


def facts_of(lead: str) -> list[dict[str, Any]]:
    """The facts of a lead in the database, in order, with their personal values."""
    from smarketing.records.facts import load_facts

    return [row for row in load_facts().sort("fact_id").to_dicts() if row["lead_id"] == lead]


def follow(workspace: Workspace) -> None:
    """What follows from the facts is derived, and shown."""
    from smarketing.actions.refresh import refresh

    refresh(workspace, workspace.now() + timedelta(minutes=1))
    assert keeper().look()


def text(answer: Any) -> str:
    """What was answered."""
    return unescape(answer.content.decode())


def test_what_is_told_becomes_facts_by_whoever_told_it(mia):
    lead = entered_lead(enter(mia, campaign="fair-logistics"))
    profile, touch, note = facts_of(lead)
    assert [one["kind"] for one in (profile, touch, note)] == ["profile_changed", "event_attended", "commented"]
    assert profile["properties"] == (
        '{"account":"Dunkaro Clinics","email":"Maria.Berg@dunkaro.example","email_consent":true,"email_domain":"dunkaro.example",'
        '"name":"Maria Berg","phone":"+49 (0)30 123 45 67","phone_consent":false}'
    )
    assert (profile["actor"], touch["actor"]) == ("marketing@alderfinch.example", None)
    assert (touch["campaign"], touch["channel"]) == ("fair-logistics", "event")
    assert {one["source"] for one in (profile, touch, note)} == {"app"}
    assert '"text":"Asked for the price of ten seats."' in note["properties"]


def test_in_the_list_a_person_is_called_by_name_with_the_company_below(mia, copy):
    lead = entered_lead(enter(mia, name="Jana <Novak>", company="Novak & Sons", anyway="1"))
    follow(copy)
    page = mia.get("/leads?q=novak").content.decode()
    row = re.search(rf'href="/leads/{lead}" title="{lead}">(.*?)</th>', page, re.DOTALL)
    assert row is not None
    assert "Jana &lt;Novak&gt;</a>" in row[1]
    assert row[1].endswith('<span class="beneath">Novak &amp; Sons</span>')
    assert "may be mailed" in row[1]


def test_a_form_is_entered_once_however_often_it_is_sent(mia):
    from smarketing.records.acts import Act

    key = uuid.uuid4().hex
    first, again = (entered_lead(enter(mia, key=key, anyway="1")) for _ in range(2))
    assert first == again
    assert len(facts_of(first)) == 3
    assert Act.objects.filter(key=key, verb="lead_entered").count() == 1


def test_the_same_form_with_something_else_in_it_is_refused(mia):
    key = uuid.uuid4().hex
    entered_lead(enter(mia, key=key, anyway="1"))
    answer = enter(mia, key=key, anyway="1", name="Somebody Else")
    assert answer.status_code == 422
    assert "Not done: this form was sent before, with something else; choose once more." in text(answer)


def test_who_did_nothing_yet_has_no_touch_and_no_campaign(mia):
    lead = entered_lead(enter(mia, way="found", note="", anyway="1"))
    assert [one["kind"] for one in facts_of(lead)] == ["profile_changed"]
    answer = enter(mia, way="found", campaign="fair-logistics", anyway="1")
    assert answer.status_code == 400
    assert "no campaign brought them" in text(answer)


@pytest.mark.parametrize(("way", "kind"), [("called", "called_us"), ("wrote", "wrote_us")])
def test_who_called_or_wrote_is_kept_as_that_and_it_is_a_touch(mia, copy, way, kind):
    from smarketing.vocabulary.kinds import is_touch

    lead = entered_lead(enter(mia, way=way, note="", campaign="fair-logistics", anyway="1"))
    touch = facts_of(lead)[1]
    assert (touch["kind"], touch["channel"], touch["campaign"], touch["actor"]) == (kind, "direct", "fair-logistics", None)
    assert is_touch(kind)
    follow(copy)
    assert {"called": "Called us", "wrote": "Wrote to us"}[way] in shown(mia, f"/leads/{lead}")


def test_who_was_not_asked_neither_agreed_nor_objected(mia):
    lead = entered_lead(enter(mia, may_mail="", may_call="", anyway="1"))
    assert "consent" not in facts_of(lead)[0]["properties"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"email": "maria at dunkaro"}, "Enter a valid email address."),
        ({"phone": "call me"}, "Write digits, such as +49 30 1234567."),
        ({"phone": "12 34"}, "a number has 7 or more"),
        ({"email": "", "phone": "", "company": ""}, "A name alone is nobody"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(mia, changes, said):
    from smarketing.records.acts import Act

    before = Act.objects.count()
    answer = enter(mia, **changes)
    assert answer.status_code == 400
    assert said in text(answer)
    assert Act.objects.count() == before


@pytest.fixture(scope="module")
def known(copy: Workspace) -> str:
    """A lead of the name of Nadia Novak, who is there already."""
    from django.test import Client

    from smarketing.records.people import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(role="marketing"))
    nadia = {"name": "Nadia Novak", "email": "nadia@novak.example", "phone": "+48 22 7654321", "company": "Novak Logistics"}
    lead = entered_lead(enter(client, **nadia))
    follow(copy)
    return lead


OTHER = {"name": "Somebody Else", "email": "other@else.example", "phone": "", "company": "Else"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"email": "NADIA@novak.example"}, "has the same mail address"),
        ({"phone": "022 765-4321"}, "has the same phone number"),
        ({"name": "Novak, Nadia", "company": "Novak Logistic"}, "has nearly the same name"),
    ],
)
def test_who_may_be_there_already_is_shown_before_anything_is_kept_and_never_in_the_way(mia, known, changes, why):
    answer = enter(mia, **{**OTHER, **changes})
    assert answer.status_code == 200
    html = text(answer)
    assert why in html
    assert f'href="/leads/{known}">It is the same person' in html
    assert "Enter it all the same" in html
    assert mia.get(f"/leads/{known}").status_code == 200
    assert entered_lead(enter(mia, **{**OTHER, **changes}, anyway="1")) != known


def test_who_is_like_nobody_is_entered_at_once(mia, known):
    assert entered_lead(enter(mia, **OTHER)) != known


def test_whom_it_may_be_is_said_while_the_form_is_filled_in(mia, known):
    html = text(enter(mia, htmx=True, **{**OTHER, "email": "nadia@novak.example"}))
    assert "Nadia Novak" in html
    assert "<form" not in html
    assert text(enter(mia, htmx=True, **OTHER)).strip() == ""


def test_what_was_said_about_being_contacted_stands_on_the_lead_page(mia, known):
    page = shown(mia, f"/leads/{known}")
    assert "Do not call, may be mailed" in page
    for by, said in (("mail", "Yes, consent given on"), ("phone", "No, consent refused on")):
        line = re.findall(rf'<dt>Contact by {by}</dt><dd class="[^"]+"><a href="[^"]+">([^<]+)</a></dd>', page)
        assert len(line) == 1
        assert line[0].startswith(said)
    assert "onsent</dt>" not in page, "what was told of it is said once"


def test_a_number_and_an_address_on_the_lead_page_are_links(mia, known):
    page = shown(mia, f"/leads/{known}")
    assert 'href="tel:+' in page
    assert 'href="mailto:' in page


def test_whoever_looks_only_enters_nobody(entered):
    assert entered("viewer").get("/leads/new").status_code == 403
    for role in ("sales", "leader", "operations"):
        assert entered(role).get("/leads/new").status_code == 200


def test_there_is_nothing_inline(mia, known):
    assert inline(shown(mia, "/leads/new")) == []
    assert inline(text(enter(mia, **{**OTHER, "email": "nadia@novak.example"}))) == []


@pytest.mark.parametrize("role", ["viewer", "sales"])
@pytest.mark.parametrize("search", ["nadia", "NOVAK Nadia", "nadia@novak.example", "@novak", "novak logistics"])
def test_the_list_of_leads_finds_whom_somebody_remembers(copy, known, search, role):
    html = signed_in(role).get("/leads", {"q": search}).content.decode()
    assert f'href="/leads/{known}"' in html
    assert html.count('class="row-link"') <= 5, "the others are called otherwise"


def test_capitals_beyond_ascii_are_found_too(mia, copy):
    lead = entered_lead(enter(mia, name="Jürgen Öztürk", email="j.o@oz.example", phone="", company="Öz & Söhne"))
    follow(copy)
    for search in ("ÖZTÜRK", "jürgen", "öz & SÖHNE"):
        assert f'href="/leads/{lead}"' in mia.get("/leads", {"q": search}).content.decode(), search
    assert f'href="/leads/{lead}"' not in mia.get("/leads", {"q": "Ozturk Nobody"}).content.decode()


def signed_in(role: str) -> Client:
    """A browser of somebody of a role."""
    from django.test import Client

    from smarketing.records.people import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(role=role))
    return client
