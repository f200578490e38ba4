"""How a lead is reached: numbers and addresses as links, and nothing else that a profile holds."""

from __future__ import annotations

from smarketing.web.reaching import profile_shown, ways_to


def test_a_number_is_dialled_as_it_is_meant_and_an_address_is_written_to():
    ways = ways_to({"email": "greta+b2b@gruen.example", "phone": "+49 (0)40 12 34-56", "mobile": "0171 2345678"})
    assert [(way.sign, way.text, way.url) for way in ways] == [
        ("phone", "+49 (0)40 12 34-56", "tel:+4940123456"),
        ("phone", "0171 2345678", "tel:01712345678"),
        ("mail", "greta+b2b@gruen.example", "mailto:greta+b2b@gruen.example"),
    ]


def test_what_is_neither_leads_nowhere():
    assert (
        ways_to({"email": "none", "phone": "112", "mobile": "ask Tom", "url": "https://gruen.example", "email_address": ""}) == []
    )
    assert ways_to({"email": "a@b.example?bcc=c@d.example"}) == []
    assert ways_to({"email": "a@b.example?subject=x"})[0].url == "mailto:a@b.example%3Fsubject%3Dx"


def test_a_number_that_is_told_twice_is_offered_once():
    assert len(ways_to({"phone": "040 123456", "phone_number": "040 123456"})) == 1


def test_a_profile_is_told_in_words():
    told = profile_shown({"email": "a@b.example", "employees": 40, "likes_tea": True})
    assert told == [("email", "a@b.example", "mailto:a@b.example"), ("employees", "40", ""), ("likes tea", "yes", "")]


def test_what_it_says_about_being_contacted_is_told_by_the_lines_beside_it_and_not_twice():
    """But for what is no word about it: nobody would read of that elsewhere."""
    words = {"email_consent": True, "Phone Consent": "no", "doNotCall": "yes", "consent": "mail and phone", "opted_out": 1}
    assert profile_shown(words) == []
    others = {"do_not_call": False, "email_consent": "ask Tom", "consent": "by fax", "content": "yes"}
    assert [name for name, _, _ in profile_shown(others)] == ["do not call", "email consent", "consent", "content"]
