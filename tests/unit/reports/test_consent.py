"""Who may be contacted: the last word about a channel holds, a mark stands as long as it is set, silence is no yes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from smarketing.journal.fact import FACT_SCHEMA
from smarketing.journal.properties import ENCODE
from smarketing.reports.following import Following
from smarketing.reports.person.consent import UNKNOWN, consent_in, consent_of, consents, take_over

DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


def told(*said: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A life: one fact a day, each with its kind and properties."""
    return [
        {"fact_id": f"f{day}", "at": DAY + timedelta(days=day), "kind": kind, "properties": ENCODE(properties)}
        for day, (kind, properties) in enumerate(said)
    ]


def profile(**attributes: Any) -> tuple[str, dict[str, Any]]:
    return "profile_changed", attributes


def may(*said: tuple[str, dict[str, Any]]) -> tuple[bool | None, bool | None]:
    """Whether the lead may be mailed and called; None: nobody knows."""
    mail, phone = consent_of(told(*said))
    return mail and mail.may, phone and phone.may


def test_who_said_nothing_neither_agreed_nor_objected() -> None:
    assert may(("page_viewed", {"url": "/consent"}), profile(role="coo")) == (None, None)
    assert consent_of([]) == UNKNOWN


def test_of_subscribed_and_unsubscribed_the_last_one_holds_and_it_is_about_mail() -> None:
    assert may(("subscribed", {})) == (True, None)
    assert may(("subscribed", {}), ("unsubscribed", {})) == (False, None)
    assert may(("unsubscribed", {}), ("subscribed", {})) == (True, None)


def test_the_order_of_the_rows_says_nothing_that_of_the_facts_does() -> None:
    life = told(("subscribed", {}), ("unsubscribed", {}), ("subscribed", {}))
    assert consent_of(life) == consent_of(life[::-1]) == consent_of([life[2], life[0], life[1]])


def test_a_word_says_when_and_by_which_fact() -> None:
    word = consent_of(told(("subscribed", {}), ("unsubscribed", {}))).mail
    assert word is not None
    assert (word.said, word.at, word.fact_id) == ("unsubscribed", DAY + timedelta(days=1), "f1")


@pytest.mark.parametrize("name", ["do_not_call", "Do Not Call", "doNotCall", "DO-NOT-CALL"])
@pytest.mark.parametrize("value", [True, "true", "Yes", 1, "1"])
def test_a_mark_is_read_in_any_spelling(name: str, value: object) -> None:
    assert may(profile(**{name: value})) == (None, False)


def test_a_mark_stands_as_long_as_it_is_set() -> None:
    assert may(profile(do_not_contact=True), profile(consent=True), ("subscribed", {})) == (False, False)
    assert may(profile(consent=True), profile(do_not_contact=True), profile(do_not_contact=False)) == (True, True)
    assert may(profile(consent=True), profile(do_not_contact=True), profile(do_not_contact=None)) == (True, True)


def test_that_a_no_is_not_set_is_no_yes() -> None:
    assert may(profile(do_not_call=False, opted_out=False, HasOptedOutOfEmail=False)) == (None, None)


def test_other_words_give_way_to_later_ones() -> None:
    assert may(profile(HasOptedOutOfEmail=True)) == (False, None)
    assert may(profile(opted_out=True)) == (False, False)
    assert may(profile(opted_out=True), ("subscribed", {})) == (True, False)
    assert may(("subscribed", {}), profile(email_consent="no")) == (False, None)
    assert may(profile(consent=False), profile(consent=True)) == (True, True)


def test_a_word_said_again_is_the_last_one() -> None:
    assert may(profile(email_consent=True), ("unsubscribed", {}), profile(email_consent=True)) == (True, None)


def test_a_list_of_channels_is_a_yes_to_those_it_names_and_a_no_to_the_other() -> None:
    assert may(profile(consent="mail, phone")) == (True, True)
    assert may(profile(consent="email")) == (True, False)
    assert may(profile(consent="none")) == (False, False)
    assert may(profile(opt_out="phone")) == (None, False)


def test_what_is_no_word_says_nothing() -> None:
    assert may(profile(consent="see the contract")) == (None, None)
    assert may(profile(consent="")) == (None, None)


def test_a_form_may_ask() -> None:
    assert may(("form_submitted", {"form": "demo", "consent": True})) == (True, True)
    assert may(("call_made", {"consent": True})) == (None, None)


def test_what_is_forbidden_and_what_is_allowed_is_named() -> None:
    consent = consent_of(told(("subscribed", {}), profile(do_not_call=True)))
    assert (consent.allowed, consent.forbidden) == (("mail",), ("phone",))


def test_all_leads_of_an_outcome_are_the_same_as_each_alone() -> None:
    lives = {
        "anna": told(("subscribed", {}), profile(do_not_call=True)),
        "ben": told(("subscribed", {}), ("unsubscribed", {})),
        "dora": told(("subscribed", {}), profile(notes="no mail on Mondays"), ("unsubscribed", {}), ("subscribed", {})),
        "cleo": told(("page_viewed", {"url": "/"}), profile(role="coo")),
    }
    rows = [{**fact, "lead_id": lead, "fact_id": f"{lead}{fact['fact_id']}"} for lead, life in lives.items() for fact in life]
    facts = pl.DataFrame(rows, schema={name: FACT_SCHEMA[name] for name in ("fact_id", "at", "kind", "properties", "lead_id")})
    outcome = Following(agreement=None, as_of=DAY, tables={}, facts=facts.sample(fraction=1.0, shuffle=True, seed=5).lazy())  # type: ignore[arg-type]
    alone = {lead: consent_of([row for row in rows if row["lead_id"] == lead]) for lead in lives}
    every = consents(outcome)
    assert dict(every) == {lead: alone[lead] for lead in ("anna", "ben", "dora")}
    assert len(every) == 3
    assert consent_in(outcome, "cleo") == UNKNOWN


def test_what_stays_is_taken_over_and_what_changed_is_read_anew() -> None:
    before = {
        "stays": told(("subscribed", {})),
        "stays too": told(profile(do_not_call=True)),
        "changes": told(("subscribed", {})),
        "was other": told(profile(opted_out=True)),
        "goes": told(("subscribed", {})),
    }
    after = before | {
        "changes": told(("subscribed", {}), ("unsubscribed", {})),
        "was other": told(profile(opted_out=True), ("subscribed", {})),
        "comes": told(("subscribed", {}), profile(do_not_call=True)),
    }
    del after["goes"]
    old, new = journal_of(before), journal_of(after)
    known = consents(old)
    take_over(old, new, {"changes", "was other", "goes", "comes"})
    assert dict(consents(new)) == dict(consents(journal_of(after)))
    assert consents(new).others["stays too"] is known.others["stays too"]


def journal_of(lives: dict[str, list[dict[str, Any]]]) -> Following:
    """An outcome of these lives."""
    rows = [{**fact, "lead_id": lead, "fact_id": f"{lead}{fact['fact_id']}"} for lead, life in lives.items() for fact in life]
    facts = pl.DataFrame(rows, schema={name: FACT_SCHEMA[name] for name in ("fact_id", "at", "kind", "properties", "lead_id")})
    return Following(agreement=None, as_of=DAY, tables={}, facts=facts.lazy())  # type: ignore[arg-type]
