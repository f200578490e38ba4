"""What looks unusual and is no error: keys with nothing behind them, names instead of addresses, numbers in another writing."""

import json

import pytest

from smarketing.agreement.checks import check_agreement, load_agreement
from smarketing.agreement.models import Agreement, json_schema
from tests.unit.agreement.documents import SMALL, changed

LEAST = """\
name: Least
currency: EUR
timezone: Europe/Berlin
in_force: {from: 2026-01-01}
stages: [{name: visitor, owner: marketing}, {name: mql, owner: marketing}]
handoff: {at: mql}
"""
OPTIONAL = [name for name, field in Agreement.model_fields.items() if not field.is_required()]


def loaded(text):
    agreement, problems = check_agreement("a.yaml", text=text)
    assert agreement is not None, [str(p) for p in problems]
    return agreement


def content(agreement):
    return {name: getattr(agreement, name) for name in Agreement.model_fields}


@pytest.mark.parametrize("section", OPTIONAL)
def test_a_section_with_nothing_behind_it_is_left_out(section):
    assert content(loaded(f"{LEAST}{section}:\n")) == content(loaded(LEAST))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{from: 2026-01-01}", "{from: 2026-01-01, trial_until: }"),
        ("{hours:", "{timezone: , holidays: , hours:"),
        ("{hours:", "{holidays: {country: , region: null, also: ~}, hours:"),
        ("{term: M", "{also_called: , term: M"),
        ("when: {role: coo}", "buying_cycle:\n    when: {role: coo}"),
        ("- {when: {emp", "- {name: null, when: {emp"),
        ("at_most: 5}", "at_most: 5, fades: null}"),
        ("- {name: visitor, owner: marketing}", "- {name: visitor, owner: marketing, when: }"),
        ("{fact: accepted}", "{fact: accepted, where: , any: , only_from: }"),
        ("  at: mql\n", "  at: mql\n  check:\n  route:\n  reasons:\n"),
        ("  at: mql\n", "  at: mql\n  route: {by: , weights: , account_owner_first: , after_breach: , prefer: }\n"),
        ("  at: mql\n", "  at: mql\n  reasons: {rejected: , recycled: }\n"),
        ("{name: first response,", "{deliver: , at_least: null, grades: ~, worth: , within: , name: first response,"),
    ],
)
def test_a_key_with_nothing_behind_it_is_left_out(old, new):
    assert content(loaded(changed(old, new))) == content(loaded(SMALL))


def test_a_persona_without_rules_and_a_handoff_without_lists():
    text = changed("    fit:\n", "    fit:\n  - name: ben\n    fit:\n", changed("  connects: [", "  connects:\n  reasons: #["))
    assert loaded(text).handoff.connects == []
    assert loaded(text).personas[0].fit == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Small", "name:"),
        ("name: Small", "name: Small\nqqqq:"),
        ("{role: coo}", "{role: }"),
        ("{role: coo}", "{role: {in: }}"),
        ("{role: coo}", "{role: {exists: , not_in: [x]}}"),
        ("{fact: accepted}", "{fact: }"),
        ("within: 14d", "within: "),
        ("{A: 30, B: 20}", "{A: 30, B: }"),
    ],
)
def test_what_is_needed_has_something_behind_it(old, new):
    assert check_agreement("a.yaml", text=changed(old, new))[0] is None


def test_an_editor_accepts_a_key_with_nothing_behind_it():
    properties = json_schema()["properties"]
    assert [name for name in OPTIONAL if {"type": "null"} not in properties[name]["anyOf"]] == []
    assert "anyOf" not in properties["name"]
    json.dumps(properties)


def test_the_id_is_that_of_what_is_written():
    assert load_agreement("a", text=f"{LEAST}engagement:\n").id != load_agreement("a", text=LEAST).id


def test_people_go_by_any_name():
    route = "  route: {by: weighted, weights: {Anna Berg: 2, r2: 1}, prefer: [{when: {country: AT}, to: [Anna Berg]}]}\n"
    text = changed("  at: mql\n", f"  at: mql\n{route}", changed("in_force:", "signatories: {sales: [Sam]}\nin_force:"))
    agreement = loaded(text)
    assert check_agreement("a.yaml", text=text)[1] == []
    assert (agreement.signatories.sales, list(agreement.handoff.route.weights)) == (["Sam"], ["Anna Berg", "r2"])
    assert agreement.handoff.route.prefer[0].to == ["Anna Berg"]


@pytest.mark.parametrize(
    ("rule", "label"), [("points: 15", "{}"), ("when: , points: 15", "{}"), ("name: all, points: 15", "all")]
)
def test_a_fit_rule_without_a_condition_holds_always(rule, label):
    found = loaded(changed("when: {industry: logistics}, points: 15", rule)).personas[0].fit[1]
    assert (found.label, found.when.names(), found.when.written) == (label, set(), {})


def test_numbers_in_another_writing():
    agreement = loaded(changed("points: 20, at_most: 3", "points: 0x1F, at_most: 0o17"))
    assert (agreement.engagement[0].points, agreement.engagement[0].at_most) == (31, 15)
    assert agreement.id == load_agreement("a", text=changed("points: 20, at_most: 3", "points: 31, at_most: 15")).id


def test_a_character_may_be_escaped_as_a_pair():
    agreement = loaded(changed("name: Small", 'name: "Small \\ud83d\\ude00"'))
    assert agreement.name == "Small \U0001f600"
    assert agreement.id == load_agreement("a", text=changed("name: Small", "name: Small \U0001f600")).id


def test_half_a_character_given_as_data_has_an_id():
    assert len(Agreement.model_validate({**loaded(LEAST).written, "name": "half \ud83d"}).id) == 64


def test_a_whole_number_may_have_a_decimal_point():
    text = changed("attempts: 5,", "attempts: 5.0,", changed("at_most: 3", "at_most: 3.0"))
    agreement = loaded(text)
    assert check_agreement("a.yaml", text=text)[1] == []
    counts = (agreement.engagement[0].at_most, agreement.commitments[2].attempts)
    assert (counts, [type(count) for count in counts]) == ((3, 5), [int, int])
    assert agreement.written["commitments"][2]["attempts"] == 5.0


def test_a_text_for_people_may_be_empty():
    phase = 'means: ""\n    buying_cycle: [{phase: awareness, say: ""}]\n    when: {role: coo}'
    agreement = loaded(changed("when: {role: coo}", phase, changed("means: Ready for a call.", 'means: ""')))
    assert (agreement.vocabulary[0].means, agreement.personas[0].means, agreement.personas[0].buying_cycle[0].say) == ("", "", "")


@pytest.mark.parametrize(
    ("country", "region", "year"),
    [("DE", "Bayern", 2026), ("DE", "BY", 2026), ("DE", "Augsburg", 2026), ("DEU", "Berlin", 2026), ("Germany", "BE", 2026),
     ("CH", "Zürich", 2026), ("GB", "Scotland", 2026)],
)  # fmt: skip
def test_holidays_of_every_name_that_their_library_knows(country, region, year):
    holidays = f"holidays: {{country: {country}, region: {region}}}, "
    assert loaded(changed("default: {", f"default: {{{holidays}")).calendars["default"].holidays.days(year)
