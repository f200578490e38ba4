"""Every lead on one line, and the filters of a list of leads."""

from __future__ import annotations

import pytest

from smarketing.reports.leads import COLUMNS, WORDS_KEPT, leads, select_leads
from smarketing.vocabulary.errors import UsageError
from tests.unit.reports.lives import outcome_of

ENGAGEMENT = {
    "engagement": [{"name": "visit", "fact": "page_viewed", "points": 5}],
    "personas": [{"name": "olga", "fit": [{"when": {"size": {"at_least": 10}}, "points": 20}]}],
    "grades": {"A": 20},
}
TEXT = """
    ann  2026-01-05T09:00  page_viewed  campaign=fair  channel=event
    ann  2026-01-06T09:00  profile_changed  size=12  account=Acme  country=DE
    ann  2026-01-07T09:00  form_submitted
    ann  2026-01-07T10:00  assigned  to=rita
    ann  2026-01-08T10:00  rejected  reason=other
    ann  2026-01-09T10:00  form_submitted
    ann  2026-01-09T11:00  assigned  to=sam
    ann  2026-01-10T11:00  opportunity_won  amount=90
    bob  2026-01-05T09:00  email_delivered
    cyd  2026-01-05T09:00  form_submitted
    cyd  2026-01-06T09:00  disqualified
"""


def test_a_lead_is_one_line():
    of = outcome_of(TEXT, **ENGAGEMENT)
    table = leads(of)
    assert table.columns == COLUMNS
    ann, bob, cyd = table.to_dicts()
    told = {name: ann[name] for name in COLUMNS if not name.endswith("_at")}
    assert told == {
        "lead_id": "ann", "campaign": "fair", "channel": "event", "persona": "olga", "grade": "A", "fit": 20, "engagement": 5,
        "total": 25, "stage": "customer", "cycle": 2, "rep": "sam", "owner": "sam", "account": "Acme", "won_amount": 90,
    }  # fmt: skip
    assert ann["handed_at"].day == 7
    assert (bob["stage"], bob["first_touch_at"], bob["engagement"]) == ("visitor", None, 0)
    assert (cyd["stage"], cyd["cycle"]) == (None, 1), "a lead that was disqualified is nowhere"


def test_it_is_computed_once_and_a_workspace_may_keep_it():
    of = outcome_of(TEXT, **ENGAGEMENT)
    assert leads(of) is leads(of)
    kept = leads(of).head(1)
    of.tables["leads"] = kept
    again = outcome_of(TEXT, **ENGAGEMENT)
    again.tables["leads"] = kept
    assert leads(again) is kept


def test_without_receipts_nobody_says_how_many_points_there_are():
    of = outcome_of(TEXT, **ENGAGEMENT)
    del of.tables["score_changes"]
    assert leads(of)["engagement"].null_count() == 3


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["ann", "bob", "cyd"]),
        ({"stage": "customer"}, ["ann"]),
        ({"stage": ""}, ["cyd"]),
        ({"owner": ""}, ["bob", "cyd"]),
        ({"grade": "A", "owner": "sam"}, ["ann"]),
        ({"search": "ACM"}, ["ann"]),
        ({"search": "y"}, ["cyd"]),
        ({"search": "a.n"}, []),
        ({"country": "DE"}, ["ann"]),
        ({"country": ""}, ["bob", "cyd"]),
        ({"cycle": "2"}, ["ann"]),
    ],
)
def test_leads_are_selected(filters: dict[str, str], found: list[str]):
    assert select_leads(outcome_of(TEXT, **ENGAGEMENT), filters)["lead_id"].to_list() == found


def test_an_attribute_that_nobody_has_is_wrong_use():
    with pytest.raises(UsageError, match='no lead has an attribute "contry"'):
        select_leads(outcome_of(TEXT, **ENGAGEMENT), {"contry": "DE"})


PEOPLE = r"""
    ann  2026-01-05T09:00  profile_changed  name="Maria\u0020Berg"  email="Maria.Berg@dunkaro.example"
    bob  2026-01-05T09:00  profile_changed  first_name="Jurgen"  last_name="Berg-Muller"  account="Acme"
    cyd  2026-01-05T09:00  form_submitted  email="c+d@x.example"  company="Say\u0020\"Hi\"\u0020Ltd"  topic="maria"
    dan  2026-01-05T09:00  profile_changed  name="Dan"  role="maria"
    eve  2026-01-05T09:00  page_viewed  name="Maria"
    fay  2026-01-05T09:00  form_submitted  form_name="maria"  campaign_name="Berg"  Full-Name="Fay\u0020Fox"  accountName="Foxes"
"""


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("maria", ["ann"]), ("berg", ["ann", "bob"]), ("BERG maria", ["ann"]), ("maria.berg@", ["ann"]), ("jurgen berg", ["bob"]),
        ("MULLER acme", ["bob"]), ("c+d@x", ["cyd"]), ('"hi"', ["cyd"]), ("hi_ltd", []), ('hi\\"_ltd', []), ("dan", ["dan"]),
        ("dunkaro", ["ann"]), ("name", []), ("email", []), (".*", []), ("(", []), ("\\", []), ("x" * 5000, []), ("bob berg", ["bob"]),
        ("berg nobody", []), ("foxes fay", ["fay"]), ("fox", ["fay"]), ("campaign", []), ("d", ["ann", "cyd", "dan"]),
    ],
)  # fmt: skip
def test_a_search_finds_people_by_name_mail_and_company(search, found):
    assert select_leads(outcome_of(PEOPLE), {"search": search})["lead_id"].to_list() == found


def test_only_the_last_words_are_remembered():
    of = outcome_of(PEOPLE)
    for word in ("maria", *(f"word{number}" for number in range(WORDS_KEPT))):
        select_leads(of, {"search": word})
    kept = of.asked_so_far("leads by word")
    assert len(kept) == WORDS_KEPT
    assert "maria" not in kept
    assert select_leads(of, {"search": "maria"})["lead_id"].to_list() == ["ann"]
