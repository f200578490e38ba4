"""A mapping is checked like an agreement: every problem at once, with its line and the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.connectors.files.document import load_mapping
from smarketing.vocabulary.errors import DocumentError
from tests.unit.connectors.bench import Bench

GOOD = """\
zone: Europe/Berlin
files:
  - match: "*.csv"
    facts:
      - kind: form_submitted
        fact_id: "t:{id}"
        lead_id: "{id}"
        at: {column: at}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_mapping("m.yaml", text=text)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("files:", "filess:", 'SMK-M003 m.yaml:2  "filess" is not a key here. Did you mean "files"?'),
        ("match:", "macht:", "SMK-M003 m.yaml:3"),
        ("lead_id:", "leed_id:", 'SMK-M003 m.yaml:7  "leed_id" is not a key here. Did you mean "lead_id"?'),
        ("column: at", "colum: at", 'SMK-M003 m.yaml:8  "colum" is not a key here. Did you mean "column"?'),
        ("Europe/Berlin", "Europe/Berln", 'Did you mean "Europe/Berlin"?'),
        ('"t:{id}"', '"t:{id"', "SMK-M008 m.yaml:6"),
        ('"t:{id}"', '"t:{}"', "braces without a column"),
        ('lead_id: "{id}"', "lead_id: {id}", "put braces in quotes"),
        ("kind: form_submitted", "kind: Form Submitted", "SMK-M004 m.yaml:5"),
        ("{column: at}", "{column: at, format: DD.MM.YYYY}", "SMK-M008 m.yaml:8"),
        ("{column: at}", '{column: at, text: "{at}"}', "SMK-M010 m.yaml:8"),
        ("{column: at}", "{format: '%Y'}", "SMK-M010 m.yaml:8"),
        ("{column: at}", "{column: at, decimal: ','}", 'SMK-M003 m.yaml:8  "decimal" is not a key here'),
        ("        at: {column: at}\n", "", 'SMK-M005 m.yaml:5  "at" is missing'),
        ('    facts:', '    where: {at: {exsts: true}}\n    facts:', 'Did you mean "exists"?'),
        ('match: "*.csv"', "where: {id: 1}", "SMK-M005 m.yaml:3  which files?"),
        ("{column: at}\n", '{column: at}\n        amount: {column: v, decimal: ",", thousands: ","}\n', "SMK-M008 m.yaml:9"),
        ("{column: at}\n", "{column: at}\n        properties: {a: {column: v, type: numbr}}\n", 'Did you mean "number"?'),
        ("{column: at}\n", "{column: at}\n        properties: {a: {column: v, decimal: ','}}\n", "write type: number beside it"),
        ("{column: at}\n", "{column: at}\n        kind: again\n", "SMK-M002 m.yaml:9"),
        ("{column: at}\n", "{column: at}\ntables:\n  spend: {match: x, campaign: c, amount: '1'}\n", '"day" is missing'),
        ("{column: at}\n", "{column: at}\ntables:\n  spendings: {match: x}\n", 'Did you mean "spend"?'),
    ],
)  # fmt: skip
def test_every_problem_has_its_line_and_the_right_word(old: str, new: str, found: str):
    assert old in GOOD
    assert any(found in problem for problem in problems(GOOD.replace(old, new)))


def test_all_problems_come_at_once_in_order():
    text = GOOD.replace("lead_id:", "leed_id:").replace("Berlin", "Berln").replace("column: at", "colum: at")
    assert [problem.split()[1] for problem in problems(text)] == ["m.yaml:1", "m.yaml:7", "m.yaml:8"]


@pytest.mark.parametrize("text", ["", "zone: UTC\n", "files: []\n", "- a\n", "a: b: c\n"])
def test_a_mapping_that_maps_nothing(text: str):
    assert problems(text)


def test_a_kind_that_looks_like_a_slip_is_a_warning():
    loaded = load_mapping("m.yaml", text=GOOD.replace("form_submitted", "form_submited"))
    assert [(problem.code, problem.severity) for problem in loaded.warnings] == [("SMK-M004", "warning")]
    assert 'Did you mean "form_submitted"?' in loaded.warnings[0].message


def test_columns_that_the_files_do_not_have_are_all_found_before_a_row_is_read(bench: Bench):
    bench.file("data.csv", "id,at,seller\n1,2026-01-05,a\n")
    bench.file("sellers.csv", "seller,revenue\na,5\n")
    bench.mapping("""\
files:
  - match: "data.csv"
    lookup: {shop: {file: "sellers.csv", key: selller, with: "{seler}"}}
    where: {idd: {exists: true}}
    facts:
      - {kind: form_submitted, lead_id: "{id}", at: "{att}", amount: "{shop.revenu}", properties: {a: "x {shop.revenue}"}}
""")
    with pytest.raises(DocumentError) as caught:
        bench.run("data.csv")
    found = [
        (problem.code, problem.source.rpartition(":")[2], problem.message.rpartition(" ")[2]) for problem in caught.value.problems
    ]
    assert sorted(found) == [
        ("SMK-M011", "3", '"seller"?'), ("SMK-M011", "3", '"seller"?'), ("SMK-M011", "4", '"id"?'),
        ("SMK-M011", "6", '"at"?'), ("SMK-M011", "6", '"revenue"?'),
    ]  # fmt: skip
    assert not bench.out.exists()


def test_a_lookup_without_a_file_warns_and_leaves_the_cells_empty(bench: Bench):
    bench.file("data.csv", "id,at\n1,2026-01-05\n")
    bench.mapping(
        'files:\n  - match: "data.csv"\n    lookup: {shop: {file: "sellers*.csv", key: id, with: "{id}"}}\n'
        '    facts:\n      - {kind: form_submitted, lead_id: "{id}", at: "{at}", campaign: "{shop.town|nowhere}"}\n'
    )
    told = bench.run("data.csv").problems
    assert [(problem.code, problem.severity) for problem in told] == [("SMK-M012", "warning")]
    assert told[0].source.endswith(":3") and "sellers*.csv" in told[0].message
    assert bench.facts()["campaign"].to_list() == ["nowhere"]


def test_a_mapping_that_is_not_there(tmp_path: Path):
    with pytest.raises(DocumentError, match="SMK-M001"):
        load_mapping(tmp_path / "none.yaml")
