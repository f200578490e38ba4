"""Each problem of an agreement: a small change, the code, the line, and the word that would have been right."""

import pytest

from smarketing.agreement.checks import check_agreement, load_agreement
from smarketing.agreement.problems.codes import CODES
from smarketing.vocabulary.errors import DocumentError
from tests.unit.agreement.documents import SMALL, changed, line_of
from tests.unit.agreement.test_versions import OF_FOLDERS

ERRORS = [
    # code, what stands there, what is written instead, a part of the line it is found on, a word of the message
    ("001", "name: Small", "name: [Small", "currency", "not YAML"),
    ("001", "name: Small", "name: a: b", "name: a: b", "colon"),
    ("001", "name: Small", "name: !secret x", "!secret", "tag"),
    ("001", "means: Ready for a call.", 'means: "half: \\ud83d"', "half:", "\\ud83d is half of a character"),
    ("001", "name: Small", '"\\ude00name": Small', "name", "\\ude00 is half"),
    ("002", "currency: EUR", "currency: EUR\ncurrency: USD", "currency: USD", "line 2"),
    ("002", "{A: 30, B: 20}", "{A: 30, A: 20}", "grades:", '"A" stands twice'),
    ("003", "stages:", "stagess:", "stagess:", '"stages"'),
    ("003", "handoff:\n  at: mql", "handoff:\n  att: mql", "att: mql", '"at"'),
    ("003", "at_most: 3", "atmost: 3", "atmost", '"at_most"'),
    ("003", "{contains: /pricing}", "{containz: /pricing}", "containz", '"contains"'),
    ("003", "{contains: /pricing}", "{equals: /pricing}", "{equals", "not_in"),
    ("003", "{contains: /pricing}", '{"=": /pricing}', '{"="', "contains"),
    ("003", "score: {fit: 25", "score: {fitt: 25", "fitt", '"fit"'),
    ("003", "fades: [{after: 30d", "fades: [{aftr: 30d", "aftr", '"after"'),
    ("003", "name: Small", "name: Small\nqqqq: 1", "qqqq", "Known here: name, currency"),
    ("005", "currency: EUR\n", "", "name", '"currency" is missing'),
    ("005", "{name: download, fact", "{fact", "content_downloaded", '"name" is missing'),
    ("005", "owner: marketing}\n", "when: {fact: subscribed}}\n", "visitor", '"owner" is missing'),
    ("005", "per: month}", "}", "qualified leads", '"per" is missing'),
    ("005", "{fact: subscribed}", "{any: []}", "any: []", '"any" is empty'),
    ("006", "points: 5,", 'points: "5",', 'points: "5"', "without quotes"),
    ("006", "points: 5,", "points: true,", "points: true", "must be a number"),
    ("006", "points: 5,", "points: five,", "points: five", '"five"'),
    ("006", "at_most: 5", 'at_most: "5"', 'at_most: "5"', "a whole number"),
    ("006", "at_most: 5", "at_most: 2.5", "at_most: 2.5", "a whole number"),
    ("006", "name: Small", "name: 5", "name: 5", 'in quotes: "5"'),
    ("006", "stages:\n  - {name: visitor, owner: marketing}", "stages:\n  - visitor", "visitor", "a mapping"),
    ("006", "[call_made, email_sent]", "call_made", "attempts: call_made", "a list"),
    ("006", "{role: coo}", "{role: [coo]}", "[coo]", "{in: [...]}"),
    ("006", "{role: coo}", "{role: }", "role: }", "exists: false"),
    ("006", "{role: coo}", "{role: {in: coo}}", "in: coo", "a list"),
    ("006", "{role: coo}", "{role: {exists: maybe}}", "maybe", "true or false"),
    ("006", "{role: coo}", "{role: {at_least: [3]}}", "[3]", "a text, a number"),
    ("006", "attempts: [call_made", "check: yes\n  attempts: [call_made", "check: yes", "true or false"),
    ("007", "owner: marketing}", "owner: markting}", "markting", '"marketing"'),
    ("007", "by: sales", "by: sale", "by: sale,", '"sales"'),
    ("007", "per: month", "per: monthly", "per: monthly", '"month"'),
    ("007", "means: Ready", "also_called: {salse: [x]}, means: Ready", "salse", '"sales"'),
    ("008", "to: 50%", "to: 0.5", "to: 0.5", "like 50%"),
    ("008", "to: 50%", "to: 50", "to: 50}", "like 50%"),
    ("008", "after: 30d", "after: 30 days", "30 days", "30d"),
    ("008", "after: 30d", "after: 3 business days", "3 business days", "elapsed"),
    ("008", "2026-01-01", "01.01.2026", "01.01.2026", "2026-01-31"),
    ("008", "2026-01-01", "2026-02-30", "2026-02-30", "not a date"),
    ("008", "Europe/Berlin", "Europe/Berlim", "Europe/Berlim", '"Europe/Berlin"'),
    ("008", "currency: EUR", "currency: eur", "currency: eur", "EUR"),
    ("008", "mon-fri", "mon-fry", "mon-fry", '"fri"'),
    ("008", "09:00-12:30", "9-12", "9-12", "09:00-12:30"),
    ("008", "09:00-12:30", "09:00-24:30", "24:30", "span"),
    ("008", "name: subscriber", "name: Subscriber", "name: Subscriber", "small letters"),
    ("008", "fact: subscribed", "fact: Subscribed!", "Subscribed!", "small letters"),
    ("008", "in_force:", "signatories: {sales: [\" \"]}\nin_force:", "signatories", "is empty"),
    ("009", "points: 5,", "points: 2.505,", "2.505", "decimals"),
    ("009", "points: 5,", "points: .inf,", "points: .inf", ".inf is a number without an end"),
    ("009", "{role: coo}", "{role: {in: [-.Inf]}}", "-.Inf", "no meaning here"),
    ("009", "at_most: 5", "at_most: .NaN", ".NaN", "no meaning here"),
    ("009", "points: 5,", f"points: {10**350},", "points: 1000", "too large"),
    ("009", "points: 5,", "points: 1e15,", "1e15", "too large"),
    ("009", "at_least: 120", "at_least: -1", "at_least: -1", "negative"),
    ("009", "at_most: 5", "at_most: 0", "at_most: 0", "at least 1"),
    ("009", "to: 50%", "to: 150%", "to: 150%", "more than 100%"),
    ("009", "within: 14d", "within: 0d", "within: 0d", "more than 0"),
    ("009", "[50, 500]", "[50, 500, 5000]", "5000", "at most 2"),
    ("010", "when: {fact: subscribed}", "when: {}", "when: {}", "exactly one"),
    ("010", "when: {fact: subscribed}", "when: {fact: subscribed, grade: [A]}", "grade: [A]", "fact and grade"),
    ("010", "when: {fact: subscribed}", "when: {grade: [A], where: {a: 1}}", "where: {a: 1}", "belongs to a fact"),
    ("010", "score: {fit: 25, engagement: 40}", "score: {}", "score: {}", "at least one"),
    ("010", "role: coo", "role: {}", "role: {}", "Nothing is asked"),
    ("010", "deliver: mql, grades: [A, B], at_least: 120, ", "", "qualified leads", "here is none"),
    ("010", "respond_within: 4", "decide_within: 2h, respond_within: 4", "first response", "respond_within and decide_within"),
    ("011", "name: pricing", "name: download", "name: download, fact: page", "first is on line 16"),
    ("011", "name: sal,", "name: sql,", "name: sql, owner: sales, when: {fact: meeting", "stages"),
    ("011", "name: persistence", "name: first response", "attempts: 5", "commitments"),
    ("012", "{industry: logistics}", "{employees: {between: [50, 500]}}", "points: 15", "line 13"),
    ("012", "when: {employees: {between: [50, 500]}}, points: 20}", "points: 20}\n      - {points: 5}", "points: 5}", "line 13"),
    ("012", "when: {employees: {between: [50, 500]}}, points: 20}", "points: 20}\n      - {when: {}, points: 5}", "points: 5}", "line 13"),
    ("013", "at: mql", "at: mqll", "at: mqll", '"mql"'),
    ("013", "return_to: subscriber", "return_to: subscribers", "subscribers", '"subscriber"'),
    ("013", "stage: mql", "stage: MQL", "stage: MQL", '"mql"'),
    ("013", "deliver: mql", "deliver: mqls", "mqls", '"mql"'),
    ("013", "{fact: accepted}", "{fact: accepted, only_from: mq}", "only_from", '"mql"'),
    ("013", "{fact: accepted}", "{all: [{any: [{fact: accepted, only_from: mq}]}]}", "only_from", '"mql"'),
    ("013", "handoff:", "goals: [{from: mql, to: sqll, at_least: 30%, by: campaign}]\nhandoff:", "goals", '"sql"'),
    ("014", "{fact: accepted}", "{persona: [ogla]}", "ogla", '"olga"'),
    ("015", "{fact: accepted}", "{grade: [E]}", "[E]", "A, B, D"),
    ("015", "grades: [A, B]", "grades: [A, X]", "[A, X]", '"X" is not a grade'),
    ("015", "handoff:", "worth: {A: 5, E: 3}\nhandoff:", "worth", '"E"'),
    ("016", "handoff:", "reward: {pool: 1, per: month, for: [first respons], both_met: 100%, one_missed: 0%, none_met: 0%}\nhandoff:",
     "reward", '"first response"'),
    ("017", "default:", "defalt:", "4 business hours", '"defalt"'),
    ("017", 'calendars:\n  default: {hours: {mon-fri: ["09:00-12:30", "13:30-18:00"]}}\n', "", "4 business hours", "calendar"),
    ("018", '"13:30-18:00"', '"12:00-18:00"', "12:00-18:00", "mon 09:00"),
    ("018", 'mon-fri: ["09:00-12:30", "13:30-18:00"]', 'mon: ["22:00-06:00"], tue: ["05:00-09:00"]', "05:00", "tue 05:00"),
    ("018", 'mon-fri: ["09:00-12:30", "13:30-18:00"]', 'sun: ["22:00-06:00"], mon: ["05:00-09:00"]', "05:00", "sun 22:00"),
    ("018", 'mon-fri: ["09:00-12:30", "13:30-18:00"]', 'mon-fri: ["09:00-12:30"], wed: ["12:00-13:00"]', "12:00-13:00", "wed 09:00"),
    ("018", 'mon-fri: ["09:00-12:30", "13:30-18:00"]', 'mon-fri: ["09:00-12:30", "09:00-12:30"]', "09:00", "overlap"),
    ("019", "default: {", "default: {holidays: {country: XX}, ", "country: XX", "ISO 3166"),
    ("019", "default: {", "default: {holidays: {country: DE, region: BX}, ", "BX", "region of DE"),
    ("019", "default: {", "default: {holidays: {country: DE, region: Bayer}, ", "Bayer", '"Bayern"'),
    ("019", "default: {", "default: {holidays: {country: HolidayBase}, ", "HolidayBase", "not known"),
    ("019", "default: {", "default: {holidays: {country: list_supported_countries}, ", "list_s", "not known"),
    ("019", "default: {", "default: {holidays: {region: BY}, ", "BY", "country"),
    ("020", "after: 90d", "after: 720h", "720h", "order of time"),
    ("020", "after: 90d", "after: 3w", "3w", "order of time"),
    ("021", "return_to: subscriber", "return_to: mql", "return_to: mql", "visitor, subscriber"),
    ("021", "return_to: subscriber", "return_to: sql", "return_to: sql", "before"),
    ("022", "deliver: mql", "deliver: sql", "deliver: sql", '"mql"'),
    ("023", "name: sal,", "name: accepted,", "name: accepted", "accepted_at"),
    ("023", "name: sal,", "name: first_attempt,", "first_attempt", "first_attempt_at"),
    ("024", "{fact: accepted}", "{fact: accepted, only_from: sal}", "only_from", "earlier"),
    ("024", "{fact: subscribed}", "{any: [{fact: subscribed, only_from: sql}]}", "only_from", "earlier"),
    ("025", "at_least: 120, ", "", "qualified leads", "at_least"),
    ("025", "within: 14d, ", "", "persistence", "within"),
    ("025", "respond_within: 4 business hours", "pursue: 4", "share: 90%", '"share" has no meaning'),
    ("025", "share: 90%", "share: 90%, grades: [A]", "share: 90%", '"grades" has no meaning'),
    ("026", "handoff:", "goals: [{from: mql, to: visitor, at_least: 30%, by: campaign}]\nhandoff:", "goals", "later stage"),
    ("027", "handoff:", "attribution: {model: position, position: [40%, 20%, 30%]}\nhandoff:", "position", "90%"),
    ("028", "{from: 2026-01-01}", "{from: 2026-01-01, trial_until: 2025-12-01}", "trial_until", "2025-12-01"),
    ("029", "at: mql", "at: mql\n  route: {by: weighted}", "weighted", "needs weights"),
    ("029", "at: mql", "at: mql\n  route: {weights: {a@b.example: 2}}", "weights", "no effect"),
]  # fmt: skip

WARNINGS = [
    ("004", "fact: subscribed", "fact: subscribd", "subscribd", '"subscribed"'),
    ("004", "[call_made, email_sent]", "[cal, email_sent]", "[cal,", '"attempts" names "cal", a kind outside the list. Did you mean "call_made"?'),
    ("004", "[meeting_held, {fact: call_made", "[meeting_hold, {fact: call_mad", "meeting_hold", '"meeting_held"'),
    ("004", "fact: page_viewed", "fact: our_own_thing", "our_own_thing", "our_own_thing"),
    ("040", "fit: 25", "fit: 36", "fit: 36", "35 at most"),
    ("040", "engagement: 40", "engagement: 85.01", "85.01", "85 at most"),
    ("040", "score: {fit: 25, engagement: 40}", "score: {total: 121}", "121", "120 at most"),
    ("040", "A: 30", "A: 35.5", "A: 35.5", "grade A"),
    ("040", "B: 20", "B: 30", "B: 30", "same fit"),
    ("041", "points: 5,", "points: 0,", "points: 0", "changes nothing"),
    ("041", "points: 15", "points: 0.0", "points: 0.0", "changes nothing"),
    ("042", "[50, 500]", "[500, 50]", "[500, 50]", "smaller one"),
    ("042", "[50, 500]", "[50, many]", "many", "a number and a text"),
    ("042", "{industry: logistics}", '{industry: ""}', 'industry: ""', "exists: false"),
    ("042", "{industry: logistics}", "{industry: {in: []}}", "in: []", "empty list"),
]  # fmt: skip


RAW = ("Input should", "validation error", "pydantic", "Field required", "Extra inputs", "dict", "NoneType", "isinstance")
"""Words of the validator that no reader should meet."""


def test_the_small_agreement_has_no_problem():
    agreement, problems = check_agreement("small.yaml", text=SMALL)
    assert problems == []
    assert agreement is not None


@pytest.mark.parametrize(("code", "old", "new", "where", "word"), ERRORS)
def test_an_error_names_its_line_and_the_right_word(code, old, new, where, word):
    text = changed(old, new)
    agreement, problems = check_agreement("small.yaml", text=text)
    assert agreement is None
    found = [p for p in problems if p.code == f"SMK-A{code}" and p.source == f"small.yaml:{line_of(where, text)}"]
    assert found, [str(p) for p in problems]
    assert word in found[0].message
    assert found[0].severity == "error"
    assert len([p for p in problems if p.severity == "error"]) <= 3, "one mistake is not told many times"
    assert not [p.message for p in problems for raw in RAW if raw in p.message]


@pytest.mark.parametrize(("code", "old", "new", "where", "word"), WARNINGS)
def test_a_warning_leaves_the_agreement_usable(code, old, new, where, word):
    text = changed(old, new)
    agreement, problems = check_agreement("small.yaml", text=text)
    assert agreement is not None, [str(p) for p in problems]
    assert next((p.code, p.source, p.severity) for p in problems) == (
        f"SMK-A{code}",
        f"small.yaml:{line_of(where, text)}",
        "warning",
    )
    assert word in problems[0].message


def test_every_code_is_tried():
    assert {f"SMK-A{case[0]}" for case in [*ERRORS, *WARNINGS]} | OF_FOLDERS == set(CODES)


def test_all_problems_at_once_in_order_of_line():
    text = (
        SMALL.replace("stages:", "stagess:")
        .replace("at: mql", "at: mqll")
        .replace("to: 50%", "to: 50")
        .replace("sal,", "sal, ownr: x,")
    )
    text = text.replace("personas:", "personnas:").replace("points: 15", "points: fifteen").replace("call_made, ", "cal, ")
    problems = check_agreement("small.yaml", text=text)[1]
    lines = [int(p.source.rpartition(":")[2]) for p in problems]
    assert lines == sorted(lines)
    assert {p.code[-3:] for p in problems} >= {"003", "004", "006", "008", "013"}
    assert sum(p.code == "SMK-A003" for p in problems) == 3


@pytest.mark.parametrize("old", ["points: 5,", "at_most: 5}"])
def test_a_number_without_an_end_is_told_once(old):
    text = changed(old, f"{old.split(':')[0]}: .inf{old[-1]}")
    assert [p.code for p in check_agreement("small.yaml", text=text)[1]] == ["SMK-A009"]


def test_what_stands_under_a_misspelt_key_is_checked_too():
    text = changed("stages:", "stagess:", changed("owner: marketing}", "owner: nobody}"))
    assert [p.code for p in check_agreement("small.yaml", text=text)[1]] == ["SMK-A003", "SMK-A007"]


def test_loading_raises_with_every_error():
    with pytest.raises(DocumentError) as raised:
        load_agreement("small.yaml", text=changed("stages:", "stagess:", changed("to: 50%", "to: 50")))
    assert [p.code for p in raised.value.problems] == ["SMK-A008", "SMK-A003"]
    assert raised.value.exit_code == 10


def test_a_rule_without_at_most_has_no_bound():
    assert check_agreement("x", text=changed(", at_most: 5", "", changed("engagement: 40", "engagement: 4000")))[1] == []


def test_a_stage_before_the_handoff_may_have_any_name():
    assert check_agreement("x", text=SMALL.replace("subscriber", "accepted"))[1] == []


def test_spans_that_touch_do_not_overlap():
    hours = 'mon-fri: ["09:00-12:30", "12:30-24:00"], sat: ["00:00-24:00"], sun: ["00:00-00:00"]'
    assert check_agreement("x", text=changed('mon-fri: ["09:00-12:30", "13:30-18:00"]', hours))[1] == []


@pytest.mark.parametrize(
    "text", ["", "# nothing", "- a\n- b", "just a text", "a: &x [*x]", "\x00", "? [a, b]\n: c", "a: 1\n---\nb: 2"]
)
def test_what_is_no_mapping_is_one_problem(text):
    agreement, problems = check_agreement("x.yaml", text=text)
    assert agreement is None
    assert [p.code for p in problems] == ["SMK-A001"]


def test_aliases_cannot_fill_the_memory():
    text = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert [p.code for p in check_agreement("x.yaml", text=text)[1]] == ["SMK-A001"]


def test_a_file_that_is_not_there_or_not_utf8(tmp_path):
    assert check_agreement(tmp_path / "none.yaml")[1][0].code == "SMK-A001"
    (tmp_path / "latin.yaml").write_bytes("name: x\nmeans: Vergnügen\n".encode("cp1252"))
    problem = check_agreement(tmp_path / "latin.yaml")[1][0]
    assert (problem.code, problem.source[-2:]) == ("SMK-A001", ":2")
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert check_agreement(tmp_path / "bom.yaml")[1] == []
