"""The page of the agreement: what both teams promised each other, since when, in sentences; two versions side by side."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Entered
from tests.web.routes import inline

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.web.versions import Version

pytestmark = [pytest.mark.postgres]
SIGNED = Path("src/smarketing/connectors/example/agreements/2-signed.yaml")


def said(html: str) -> str:
    """The words of a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def known() -> list[Version]:
    from smarketing.web.versions import versions

    return versions()


@pytest.fixture
def html(site: Workspace, entered: Entered) -> str:
    return entered("viewer").get("/agreement").content.decode()


def test_the_answer_says_since_when_who_signed_and_how_much(html: str) -> None:
    words = said(html)
    assert "In force since 1 November 2025" in words
    assert "8 promises: 3 of marketing, 4 of sales and 1 of both." in words
    assert "signed by mia@alderfinch.example and sam@alderfinch.example" in words


def test_every_promise_is_a_sentence_and_leads_to_the_scoreboard(html: str, entered: Entered) -> None:
    words = said(html)
    for sentence in (
        "Each month, marketing hands over at least 36 MQLs of grade A or B.",
        "Each month, sales makes a first attempt within 4 business hours for at least 80% of the hand-offs.",
        "Each quarter, both teams together win at least €280,000.",
    ):
        assert sentence in words
    board = entered("viewer").get("/").content.decode()
    for of in known()[-1].agreement.commitments:
        place = f"promise-{of.name.replace(' ', '-')}"
        assert f'href="/#{place}"' in html
        assert f'id="{place}"' in board


def test_every_part_of_the_language_is_read_out(html: str) -> None:
    words = said(html)
    for sentence in (
        "Those whose role is operations or coo.",
        "Employees is between 50 and 500 +20",
        "Only the 3 latest count. After 30 days 50% is left and after 90 days nothing is left.",
        "One of these is enough: 20 fit points and 40 engagement points Form submitted (form is demo) Trial started",
        "Marketing checks every lead that becomes an MQL; it is handed over when marketing passes it on.",
        "A lead that sales hands back is a subscriber again, and marketing looks after it.",
        "not a fit (doubted at grade A, never refused)",
        "B from 20 €400",
        "Each quarter, €8,000 are set aside for both teams",
        "Of the SQLs of each rep, at least 30% become customers.",
        "Both teams meet every Monday at 10:00.",
        "Monday to Friday 08:30–12:30 and 13:30–17:30",
    ):
        assert sentence in words


def test_figures_are_written_as_the_reader_writes_them(site: Workspace, entered: Entered) -> None:
    words = said(entered("viewer").get("/agreement", headers={"Accept-Language": "de-DE"}).content.decode())
    assert "at least 280.000\N{NO-BREAK SPACE}€" in words or "at least 280.000 €" in words


def test_every_link_within_the_page_leads_somewhere(html: str) -> None:
    places = re.findall(r'\bid="([^"]+)"', html)
    assert [each for each in set(places) if places.count(each) > 1] == []
    inner = {unescape(each) for each in re.findall(r'href="(?:/agreement)?#([^"]+)"', html)}
    assert inner - {"main"} <= set(places)
    assert {"part-promises", "part-words", "part-versions", "marketing-qualified-lead", "promise-revenue"} <= set(places)


def test_every_word_that_a_page_explains_has_its_place_here(html: str) -> None:
    from smarketing.web.vocabulary import vocabulary

    anchors = {entry["url"].partition("#")[2] for entry in vocabulary().values()}
    assert len(anchors) > 20
    assert [anchor for anchor in sorted(anchors) if f'id="{anchor}"' not in html] == []


def test_words_are_found_by_what_a_team_calls_them(site: Workspace, entered: Entered) -> None:
    client = entered("sales")
    found = said(client.get("/agreement?q=WARM").content.decode().partition('id="found-words"')[2])
    assert "Marketing qualified lead" in found
    assert "Sales accepted lead" not in found
    nothing = said(client.get("/agreement?q=zebra").content.decode())
    assert "No word says “zebra”." in nothing


def test_versions_stand_in_order_and_an_older_one_can_be_read(site: Workspace, entered: Entered) -> None:
    before, now = known()
    assert (before.state, now.state) == ("before", "in force")
    assert before.until is not None
    assert (now.since - before.until).days == 1
    html = entered("viewer").get(f"/agreement?version={before.short}").content.decode()
    words = said(html)
    assert "This version is not in force" in words
    assert "It was in force from 1 May 2025 to 31 October 2025" in words
    assert "It was on trial until 1 November 2025: measured, not rewarded." in words
    assert "at least 25 MQLs of grade A or B" in words
    assert 'href="/?period=2025-Q4#promise-qualified-leads"' in html


def in_british(sentence: str) -> str:
    """The sentence with its days and amounts as somebody in Britain writes them."""
    dated = re.sub(r"\d{4}-\d\d-\d\d", lambda day: f"{date.fromisoformat(day[0]):%-d %B %Y}", sentence)
    return re.sub(r"([\d,]+) EUR", r"€\1", dated)


def test_two_versions_are_compared_in_the_sentences_of_the_library(site: Workspace, entered: Entered) -> None:
    from smarketing.agreement.difference import difference

    before, now = known()
    address = f"/agreement?version={now.short}&against={before.short}"
    words = said(entered("viewer").get(address).content.decode())
    sentences = difference(before.agreement, now.agreement)
    assert f"{len(sentences)} changes" in words
    assert [sentence for sentence in sentences if in_british(sentence) not in words] == []
    assert "It is in force from 1 November 2025 instead of 1 May 2025." in words
    assert "An MQL of grade A is now worth €900 instead of €700." in words
    same = said(entered("viewer").get(f"/agreement?version={now.short}&against={now.short}").content.decode())
    assert "Both versions say the same." in same


def test_a_currency_without_a_figure_is_no_amount(site: Workspace) -> None:
    from smarketing.web.agreed.compared import changes

    before, now = known()
    named = now.agreement.model_copy(update={"name": "Growth, EUR 2,000.50 EUR"})
    told = {each["title"]: each["sentences"] for each in changes(now._replace(agreement=named), before)}
    assert any("Growth, EUR €2,000.50" in sentence for sentence in told["Frame"])


def test_the_document_of_a_version_comes_as_it_was_written(site: Workspace, entered: Entered) -> None:
    response = entered("viewer").get("/agreement?export=yaml")
    assert response.headers["Content-Type"].startswith("application/yaml")
    assert response.headers["Content-Disposition"] == 'attachment; filename="agreement-2025-11-01.yaml"'
    files = {path.read_text(encoding="utf-8") for path in (site.folder / "agreement").iterdir()}
    assert response.content.decode() in files


def test_a_document_whose_file_is_gone_is_still_the_same_version(tmp_path: Path) -> None:
    from smarketing.actions.agreement_files import document_of
    from smarketing.agreement.checks import load_agreement

    version = load_agreement(SIGNED)
    text = document_of(tmp_path / "nowhere", version)
    assert load_agreement(tmp_path / "agreement.yaml", text=text).id == version.id


@pytest.mark.parametrize("address", ["/agreement?version=nothing", "/agreement?against=x", "/agreement?export=csv"])
def test_what_is_not_there_is_said(site: Workspace, entered: Entered, address: str) -> None:
    response = entered("viewer").get(address)
    assert response.status_code == 400
    assert "That cannot be read" in response.content.decode()


def test_nothing_inline_and_nothing_from_elsewhere(site: Workspace, entered: Entered) -> None:
    before, now = known()
    client = entered("viewer")
    for query in ("", f"?version={before.short}", f"?version={now.short}&against={before.short}"):
        assert inline(client.get(f"/agreement{query}").content.decode()) == []


def test_a_workspace_without_a_fact_shows_what_was_agreed(empty_site: Workspace, entered: Entered) -> None:
    words = said(entered("viewer").get("/agreement").content.decode())
    assert "In force since" in words
    assert "There is one version so far." in words


def test_a_version_to_come_is_listed_before_it_begins(empty_site: Workspace, entered: Entered) -> None:
    first = next((empty_site.folder / "agreement").iterdir())
    text = re.sub(r"in_force: \{from: [0-9-]+", "in_force: {from: 2030-01-01", first.read_text(encoding="utf-8"))
    (first.parent / "next.yaml").write_text(text, encoding="utf-8")
    assert [each.state for each in known()] == ["in force", "to come"]
    client = entered("viewer")
    words = said(client.get(f"/agreement?version={known()[-1].short}").content.decode())
    assert "It begins on 1 Jan 2030" in words
    assert "How it stands" not in words
    assert [each["in_force"] for each in client.get("/api/agreements").json()] == [True, False]
