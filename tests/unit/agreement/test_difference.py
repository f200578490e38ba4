"""The difference of two agreements in sentences."""

import copy
import json
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from smarketing.agreement.changes.phrases import points
from smarketing.agreement.checks import load_agreement
from smarketing.agreement.difference import SAME, difference
from smarketing.agreement.models import Agreement
from tests.unit.agreement.documents import SMALL, changed

EXAMPLES = Path(__file__).parents[3] / "examples"
WHOLE = EXAMPLES / "hart_vale" / "agreement.yaml"

SMALL_CASES = [
    ("engagement: 40", "engagement: 45", "An MQL now needs 45 engagement points instead of 40."),
    ("fit: 25, engagement: 40", "fit: 30, total: 60", "An MQL now needs 30 fit points instead of 25."),
    ("fit: 25, engagement: 40", "engagement: 40", "An MQL no longer needs 25 fit points."),
    ("fit: 25, engagement: 40", "fit: 25, engagement: 40, total: 80", "An MQL now also needs 80 points in total."),
    (", {fact: form_submitted, where: {form: demo}}", "", "A lead is no longer an MQL by: form submitted (form is demo)."),
    ("form: demo}}]", "form: demo}}, {fact: chat_started}]", "A lead is now an MQL also by: chat started."),
    ("{fact: accepted}", "{fact: accepted, only_from: mql}",
     "What makes a lead an SAL is now: accepted, for a lead that was an MQL before. Before, it was: accepted."),
    ("name: sal, owner: sales", "name: sal, owner: marketing", "An SAL is now looked after by marketing instead of sales."),
    ("points: 20, at_most: 3", "points: 25, at_most: 3", 'The rule "download" now gives 25 engagement points instead of 20.'),
    ("at_most: 3", "at_most: 1", 'The rule "download" now counts only the most recent time instead of only the 3 most recent times.'),
    ("fades: [{after: 30d", "fades: [{after: 20d",
     'The rule "download" now fades to 50% after 20 days and to 0% after 90 days; before, it faded to 50% after 30 days and to 0% after 90 days.'),
    ("{contains: /pricing}", "{starts_with: /p}", 'The rule "pricing" now counts page viewed (url starts with /p) instead of page viewed (url contains /pricing).'),
    ("name: pricing", "name: prices", 'New rule "prices": page viewed (url contains /pricing) gives 5 engagement points, for the 5 most recent times only.'),
    (", fades: [{after: 30d, to: 50%}, {after: 90d, to: 0%}]", "",
     'The rule "download" now never fades; before, it faded to 50% after 30 days and to 0% after 90 days.'),
    ("points: 15", "points: 12.5", 'For "olga", industry is logistics now gives 12.5 fit points instead of 15.'),
    ("industry: logistics", "industry: trade", 'For "olga", industry is logistics no longer gives 15 fit points.'),
    ("role: coo", "role: {in: [coo, cto]}", 'The persona "olga" is now for those whose role is coo or cto instead of those whose role is coo.'),
    ("A: 30", "A: 32", "Grade A now begins at 32 fit points instead of 30."),
    ("at: mql", "check: true\n  at: mql", "Marketing now checks every lead before handing it over."),
    ("return_to: subscriber", "return_to: visitor", "A lead that sales hands back is now a visitor instead of a subscriber."),
    ("[call_made, email_sent]", "[call_made]", "Email sent no longer counts as an attempt."),
    ("outcome: connected", "outcome: talked", "A lead now counts as reached by: call made (outcome is talked)."),
    ("at_least: 120", "at_least: 140", 'Marketing will now deliver 140 MQLs of grade A or B each month instead of 120 MQLs ("qualified leads").'),
    ("4 business hours, share: 90%", "3 business hours, share: 90%",
     'Sales will now respond within 3 business hours to 90% of the leads each month instead of 4 business hours ("first response").'),
    ("attempts: 5", "attempts: 6",
     'Sales will now make 6 attempts within 14 days for 80% of the leads each month instead of 5 attempts ("persistence").'),
    ("13:30-18:00", "13:30-17:00",
     'Working hours ("default") are now mon-fri 09:00-12:30 and 13:30-17:00 instead of mon-fri 09:00-12:30 and 13:30-18:00.'),
    ("means: Ready for a call.", "means: Ready for a visit.", '"Marketing qualified lead" now means: Ready for a visit.'),
    ("from: 2026-01-01", "from: 2026-04-01", "It is in force from 2026-04-01 instead of 2026-01-01."),
    ("handoff:", "worth: {A: 1000, B: {0: 200, 40: 400}}\nhandoff:", "An MQL of grade A is now worth 1,000 EUR instead of nothing."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), SMALL_CASES, ids=[case[1][:30] for case in SMALL_CASES])
def test_a_change_is_a_sentence(old, new, sentence):
    before, after = load_agreement("a", text=SMALL), load_agreement("b", text=changed(old, new))
    assert sentence in difference(before, after)


PHASES = [
    ("lasts: 30d", "lasts: 45d",
     'The phase "awareness" of "operations_olga" is now expected to last 45 days instead of 30 days.'),
    ("when: {fact: content_downloaded}", "when: {fact: webinar_attended}",
     'The phase "consideration" of "operations_olga" now begins with: webinar attended. Before, with: content downloaded.'),
    ("offer: [trial]", "offer: [demo]", '"trial" is no longer offered in the phase "decision" of "operations_olga".'),
    ("Try it with your own data for two weeks; we set it up together.", "Try it.",
     'What to say in the phase "decision" of "operations_olga" is now "Try it" instead of "Try it with your own data for two weeks; we set it up together".'),
    ("phase: decision", "phase: choice", 'The phase "decision" of "operations_olga" is gone.'),
    ("phase: decision", "phase: choice",
     'New phase "choice" in the buying cycle of "operations_olga", beginning with: page viewed (url contains /pricing), expected to last 10 days.'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), PHASES, ids=[case[1][:30] for case in PHASES])
def test_a_change_of_a_buying_cycle_is_a_sentence(old, new, sentence):
    text = WHOLE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    assert sentence in difference(load_agreement(WHOLE), load_agreement("b", text=text.replace(old, new)))


def test_a_stage_that_is_only_called_otherwise_is_told_by_its_name():
    text = WHOLE.read_text(encoding="utf-8")
    for key in ("name", "stage", "at", "deliver", "from"):
        text = text.replace(f"{key}: mql", f"{key}: ready")
    assert 'Marketing now hands over at the stage "ready" instead of at the stage "mql".' in difference(
        load_agreement(WHOLE), load_agreement("b", text=text)
    )


def test_equal_agreements_say_so():
    one, other = load_agreement("a", text=SMALL), load_agreement("b", text="# a remark\n" + SMALL)
    assert difference(one, other) == [SAME]


def test_what_is_written_out_but_changes_nothing():
    one, other = load_agreement("a", text=SMALL), load_agreement("b", text=SMALL + "rankings: open\n")
    assert difference(one, other) == ["The two agreements say the same, in other words."]


def leaves(data, path=()):
    """Every path of a document that can be taken away or changed."""
    if path:
        yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from leaves(value, (*path, key))


def at(data, path):
    for key in path:
        data = data[key]
    return data


WRITTEN = load_agreement(WHOLE).written
SILENT = {("rankings",), ("handoff", "check"), ("handoff", "return_to"), ("handoff", "route", "by"), ("handoff", "route", "after_breach"),
          ("holdout", "of"), ("attribution", "position"), ("attribution", "half_life")}  # fmt: skip
"""Parts that say in the example what would be so without them."""
NEEDED = {
    "deliver",
    "at_least",
    "worth",
    "accepted",
    "respond_within",
    "decide_within",
    "attempts",
    "within",
    "pursue",
    "revenue",
}
"""Parts without which a commitment is none."""


def without(path):
    """The whole example without one part, or None where the language needs it."""
    if path[0] == "commitments" and len(path) == 3 and path[2] in NEEDED:
        return None
    data = copy.deepcopy(WRITTEN)
    del at(data, path[:-1])[path[-1]]
    try:
        return Agreement.model_validate(data)
    except ValidationError:
        return None


@pytest.mark.parametrize("section", list(WRITTEN))
def test_no_part_can_be_removed_in_silence(section):
    whole = Agreement.model_validate(WRITTEN)
    silent = set()
    for path in [path for path in leaves(WRITTEN) if path[0] == section]:
        shorter = without(path)
        if shorter is None or not {whole.handoff.at, whole.return_to} <= set(shorter.stage_names):
            continue
        there, back = difference(whole, shorter), difference(shorter, whole)
        if there[0].startswith("The two agreements say the same"):
            silent.add(path)
        for sentence in [*there, *back]:
            reads_well(sentence)
    assert silent == {path for path in SILENT if path[0] == section}


def reads_well(sentence):
    assert sentence[0].isupper() or sentence[0] in '"0123456789' or "@" in sentence.split()[0], sentence
    assert sentence.endswith((".", "?", "!")), sentence
    assert not sentence.endswith(".."), sentence
    for raw in ("None", "Decimal", "{", "  ", "_at"):
        assert raw not in sentence, sentence


def test_the_examples_differ_in_plain_words():
    for one in ("hart", "strict", "hart_vale"):
        for other in ("hart", "strict", "hart_vale"):
            sentences = difference(
                load_agreement(EXAMPLES / one / "agreement.yaml"), load_agreement(EXAMPLES / other / "agreement.yaml")
            )
            assert (sentences == [SAME]) == (one == other)
            assert len(set(sentences)) == len(sentences)
            assert "{" not in json.dumps(sentences)


def test_points_below_zero_have_a_minus_sign():
    assert [points(Decimal(value), "fit") for value in ("-5", "-1", "-1200.5", "5")] == [
        "−5 fit points", "−1 fit point", "−1,200.5 fit points", "5 fit points"
    ]  # fmt: skip
