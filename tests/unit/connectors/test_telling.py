"""What a row tells: templates, conditions, lookups, properties, ids, the small tables, the journal that is completed."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from smarketing.actions.journal_file import workplace
from smarketing.vocabulary.errors import UsageError
from tests.unit.connectors.bench import MOMENT, Bench


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{a}", ["x", None]),
        ("{a|none}", ["x", "none"]),
        ("<{a}-{id}>", ["<x-1>", None]),
        ("<{a|}-{id}>", ["<x-1>", "<-2>"]),
        ("{a|}", ["x", None]),
        ("{{{a|?}}}", ["{x}", "{?}"]),
        ("spring", ["spring", "spring"]),
        ("{ a }", ["x", None]),
    ],
)
def test_templates(bench: Bench, template: str, expected: list[str | None]):
    facts = bench.told("id,at,a\n1,2026-01-05,x\n2,2026-01-05,\n", f'campaign: "{template}"')
    assert facts["campaign"].to_list() == expected


def test_what_is_not_mapped(bench: Bench):
    fact = bench.told("id,at\n1,2026-01-05\n").row(0, named=True)
    assert (fact["source"], fact["recorded_at"], fact["properties"]) == ("csv", MOMENT, "{}")
    assert {name for name, value in fact.items() if value is None} == {
        "campaign",
        "channel",
        "actor",
        "opportunity_id",
        "amount",
        "currency",
    }


def test_what_is_mapped(bench: Bench):
    fact = bench.told(
        "id,at,seen,value\n1,2026-01-05,2026-02-01,0.00\n",
        "source: crm", "recorded_at: {column: seen}", "amount: {column: value, zero_is_empty: true}", "currency: eur",
    ).row(0, named=True)  # fmt: skip
    assert (fact["source"], fact["recorded_at"], fact["amount"], fact["currency"]) == (
        "crm",
        datetime(2026, 2, 1, tzinfo=UTC),
        None,
        "EUR",
    )


def test_properties_are_canonical_json_and_blanks_are_left_out(bench: Bench):
    facts = bench.told(
        'id,at,n,b,t,x\n1,2026-01-05,"1.250,50",Yes,01.02.2026,"a""b\\c\td"\n2,2026-01-05,,,,\n',
        'properties: {z: "{x}", machine: true, points: 5, n: {column: n, type: number, decimal: ",", thousands: "."}, '
        'b: {column: b, type: boolean}, t: {column: t, type: time, format: "%d.%m.%Y"}}',
    )
    assert facts["properties"].to_list() == [
        '{"b":true,"machine":true,"n":1250.5,"points":5,"t":"2026-02-01T00:00:00Z","z":"a\\"b\\\\c\\td"}',
        '{"machine":true,"points":5}',
    ]


def test_a_row_with_one_bad_fact_is_rejected_whole(bench: Bench):
    bench.file(
        "data.csv",
        "id,at,won,value\n1,2026-01-05,2026-01-06,5\n2,2026-01-05,2026-02-30,5\n3,2026-01-05,2026-01-06,5 EUR\n4,2026-01-05,,\n,2026-01-05,,\n",
    )
    bench.mapping("""\
files:
  - match: data.csv
    facts:
      - {kind: form_submitted, fact_id: "f:{id}", lead_id: "{id}", at: "{at}"}
      - {kind: opportunity_won, fact_id: "w:{id}", lead_id: "{id}", at: "{won}", amount: "{value}", where: {won: {exists: true}}}
""")
    result = bench.run("data.csv")
    assert bench.facts()["fact_id"].to_list() == ["f:1", "f:4", "w:1"]
    assert (result.files[0].read, result.files[0].gave, result.files[0].rejected) == (5, 2, 3)
    reasons = [problem.message for problem in result.problems]
    assert reasons[0] == 'at "2026-02-30" is not a time in ISO 8601; does the mapping lack a format?'
    assert reasons[1] == 'amount "5 EUR" is not an amount'
    assert reasons[2].startswith(("lead_id is empty", "fact_id is empty"))


def test_where_skips_and_several_entries_may_read_one_file(bench: Bench):
    bench.file("data.csv", "id,at,status\n1,2026-01-05,New\n2,2026-01-05,won\n3,2026-01-05,test\n4,2026-01-05,\n")
    entry = '  - columns: [id, at]\n    where: {status: %s}\n    facts:\n      - {kind: %s, fact_id: "%s:{id}", lead_id: "{id}", at: "{at}"}\n'
    bench.mapping("files:\n" + entry % ("{in: [new, won]}", "form_submitted", "f") + entry % ("won", "opportunity_won", "w"))
    result = bench.run("data.csv")
    assert bench.facts()["fact_id"].to_list() == ["f:1", "f:2", "w:2"]
    assert (result.files[0].gave, result.files[0].skipped, result.files[0].ignored_columns) == (2, 2, [])


def test_lookups_given_beside_and_missing(bench: Bench):
    bench.file("data.csv", "id,at,shop,unused\n1,2026-01-05,a,\n2,2026-01-05,b,\n3,2026-01-05,,\n")
    bench.file("shops.csv", "key,money\na,5\na,7\nc,9\n")
    bench.file("other.csv", "x\n1\n")
    bench.mapping("""\
files:
  - match: data.csv
    lookup: {shop: {file: "shops*.csv", key: key, with: "{shop}"}}
    facts: [{kind: opportunity_won, fact_id: "w:{id}", lead_id: "{id}", at: "{at}", amount: {column: shop.money}}]
""")
    result = bench.run("data.csv", "other.csv")
    assert [str(amount) for amount in bench.facts()["amount"]] == ["5.00", "None", "None"]
    assert (result.ignored_files, result.files[0].ignored_columns) == ([str(bench.folder / "other.csv")], ["unused"])
    (bench.folder / "given").mkdir()
    bench.file("given/shops2.csv", "key,money\nb,1\n")
    given = bench.run("data.csv", "given/shops2.csv", out=bench.folder / "given" / "facts.parquet")
    assert ([count.file for count in given.files], given.ignored_files) == ([str(bench.folder / "data.csv")], [])
    assert [str(amount) for amount in pl.read_parquet(bench.folder / "given" / "facts.parquet").sort("fact_id")["amount"]] == [
        "None",
        "1.00",
        "None",
    ]


def test_a_broken_record_of_a_lookup_is_told(bench: Bench):
    bench.file("data.csv", "id,at,shop\n1,2026-01-05,a\n")
    bench.file("shops.csv", "key,money\na,5,6\n")
    lookup = '    lookup: {shop: {file: "shops.csv", key: key, with: "{shop}"}}\n'
    bench.mapped("amount: {column: shop.money}", where=lookup)
    result = bench.run("data.csv")
    assert [(problem.code, problem.source[-11:], problem.severity) for problem in result.problems] == [
        ("SMK-I002", "shops.csv:2", "warning")
    ]
    assert (result.files[0].gave, bench.facts()["amount"].item()) == (1, None)


def test_an_id_made_from_the_content(bench: Bench):
    bench.file("a.csv", "id,at\n1,2026-01-05\n1,2026-01-05\n2,2026-01-05\n")
    bench.file("b.csv", "at;id\n2026-01-05;2\n2026-01-06;2\n")
    bench.mapping('files:\n  - match: "*.csv"\n    facts: [{kind: page_viewed, lead_id: "{id}", at: "{at}"}]\n')
    first = bench.run("a.csv")
    assert (first.facts.new, first.facts.known) == (2, 1)
    second = bench.run("b.csv", recorded_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert (second.facts.new, second.facts.known, second.facts.conflicts) == (1, 1, 0)
    assert bench.facts()["fact_id"].str.contains("^csv:[0-9a-f]{32}$").all()


def test_again_changes_nothing_not_even_the_file(bench: Bench):
    bench.told("id,at\n1,2026-01-05\n2,2026-01-05\n")
    before = bench.out.read_bytes()
    result = bench.run("data.csv", recorded_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert (result.facts.new, result.facts.known, bench.out.read_bytes()) == (0, 2, before)
    assert sorted(path.name for path in bench.out.parent.iterdir()) == ["facts.parquet"]


@pytest.mark.parametrize("seed", range(5))
def test_conflicts_are_kept_aside_in_whatever_order_they_come(bench: Bench, seed: int):
    rows = ["1,2026-01-05,b", "1,2026-01-05,a", "1,2026-01-05,c", "1,2026-01-05,b", "2,2026-01-05,x"]
    random.Random(seed).shuffle(rows)
    bench.file("data.csv", "id,at,c\n" + "\n".join(rows))
    bench.mapped('campaign: "{c}"')
    first = bench.run("data.csv")
    assert (first.facts.new, first.facts.known, first.facts.conflicts) == (2, 1, 2)
    assert bench.facts()["campaign"].to_list() == ["a", "x"]
    assert first.aside is not None
    assert sorted(pl.read_parquet(first.aside)["campaign"]) == ["b", "c"]
    again = bench.run("data.csv")
    assert (again.facts.new, again.facts.known, again.facts.conflicts) == (0, 5, 0)
    assert bench.facts()["campaign"].to_list() == ["a", "x"]


def test_a_later_import_with_other_content_does_not_win(bench: Bench):
    bench.told("id,at,c\n1,2026-01-05,b\n", 'campaign: "{c}"')
    bench.file("data.csv", "id,at,c\n1,2026-01-05,a\n3,2026-01-05,n\n")
    result = bench.run("data.csv", recorded_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert (result.facts.new, result.facts.conflicts, bench.facts()["campaign"].to_list()) == (1, 1, ["b", "n"])


def test_the_small_tables(bench: Bench):
    bench.file("ads.csv", 'date,campaign,cost\n05.01.2026,spring,"1.000,50"\n05.01.2026,spring,"2,00"\n06.01.2026,spring,x\n')
    bench.mapping("""\
tables:
  spend: {match: "ads*.csv", campaign: "{campaign}", day: {column: date, format: "%d.%m.%Y"}, amount: {column: cost, decimal: ",", thousands: "."}, currency: EUR}
""")
    result = bench.run("ads.csv")
    written = bench.out.parent / "tables" / "spend.csv"
    assert written.read_text() == "campaign,day,amount,currency\nspring,2026-01-05,1002.50,EUR\n"
    assert (result.tables, result.files[0].gave, result.files[0].rejected, result.problems[0].message) == (
        {"spend": 2},
        2,
        1,
        'amount "x" is not an amount',
    )
    bench.file("ads2.csv", "date,campaign,cost\n07.01.2026,spring,5\n")
    bench.run("ads.csv", "ads2.csv", out=None, tables_out=written.parent)
    assert written.read_text() == "campaign,day,amount,currency\nspring,2026-01-05,1002.50,EUR\nspring,2026-01-07,5.00,EUR\n"


def test_other_small_tables_with_times_and_a_list_of_entries(bench: Bench):
    bench.file("a.csv", "who,from,to\nanna@x.example,2026-01-05,2026-01-06 12:00\n")
    bench.file("b.csv", "mail,seats\nanna@x.example,5\n")
    bench.file("c.csv", "mail,seats\nbert@x.example,\n")
    bench.mapping("""\
zone: Europe/Berlin
tables:
  absences: {match: a.csv, rep: "{who}", from: "{from}", to: "{to}"}
  reps:
    - {match: b.csv, rep: "{mail}", role: sales, capacity: "{seats}"}
    - {match: c.csv, rep: "{mail}", capacity: "{seats}"}
""")
    bench.run("a.csv", "b.csv", "c.csv", out=None, tables_out=bench.folder / "t")
    assert (bench.folder / "t" / "absences.csv").read_text() == "rep,from,to\nanna@x.example,2026-01-05,2026-01-06T11:00:00Z\n"
    with (bench.folder / "t" / "reps.csv").open() as lines:
        assert [(row["rep"], row["role"], row["capacity"]) for row in csv.DictReader(lines)] == [
            ("anna@x.example", "sales", "5"),
            ("bert@x.example", "", ""),
        ]


def test_a_dry_run_writes_nothing(bench: Bench):
    bench.file("data.csv", "id,at\n1,2026-01-05\n2,x\n")
    bench.mapped()
    before = sorted(bench.folder.rglob("*"))
    result = bench.run("data.csv", dry_run=True, out=None)
    assert (result.facts.new, result.files[0].rejected, result.rejects) == (1, 1, [])
    assert sorted(bench.folder.rglob("*")) == before


def test_without_a_place_to_write(bench: Bench):
    bench.file("data.csv", "id,at\n")
    bench.mapped()
    with pytest.raises(UsageError, match="--out"):
        bench.run("data.csv", out=None)
    with pytest.raises(UsageError, match="is a folder"):
        bench.run("data.csv", out=bench.folder)


def test_two_imports_do_not_write_to_one_file_at_once(bench: Bench, tmp_path: Path):
    bench.file("data.csv", "id,at\n1,2026-01-05\n")
    bench.mapped()
    with workplace(bench.out), pytest.raises(UsageError, match="another import"):
        bench.run("data.csv")
    assert bench.run("data.csv").facts.new == 1
