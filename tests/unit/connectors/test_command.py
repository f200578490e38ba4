"""`smarketing import`: its exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest

from tests.unit.connectors.bench import Bench


def run(bench: Bench, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "smarketing", "import", *words]
    return subprocess.run(line, cwd=bench.folder, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture
def ready(bench: Bench) -> Bench:
    bench.file("good.csv", "id,at\n1,2026-01-05\n")
    bench.file("bad.csv", "id,at,x\n2,2026-01-05,\n3,soon,\n")
    bench.mapped()
    return bench


def test_the_result_as_json_and_the_rejects(ready: Bench):
    done = run(ready, "good.csv", "bad.csv", "--mapping", "mapping.yaml", "--out", "facts.parquet", "--format", "json")
    assert done.returncode == 11
    assert json.loads(done.stdout) == {
        "files": [
            {"file": "good.csv", "read": 1, "gave": 1, "skipped": 0, "rejected": 0, "ignored_columns": []},
            {"file": "bad.csv", "read": 2, "gave": 1, "skipped": 0, "rejected": 1, "ignored_columns": ["x"]},
        ],
        "facts": {"new": 2, "known": 0, "conflicts": 0},
        "ignored_files": [],
        "rejects": "bad.rejected.csv",
    }
    assert "SMK-I001 bad.csv:3" in done.stderr
    assert (ready.folder / "bad.rejected.csv").exists()


def test_quiet_says_nothing_but_the_result(ready: Bench):
    done = run(ready, "good.csv", "--mapping", "mapping.yaml", "--out", "facts.parquet", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 new" in done.stdout


def test_the_whole_table_goes_into_the_file(ready: Bench):
    done = run(ready, "good.csv", "--mapping", "mapping.yaml", "--out", "facts.parquet", "-o", "result.txt")
    assert (done.returncode, done.stdout) == (0, "")
    assert (ready.folder / "result.txt").read_text(encoding="utf-8").endswith("Facts: 1 new, 0 known, 0 in conflict.\n")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["good.csv", "--mapping", "mapping.yaml"], 2, "--out"),
        (["none.csv", "--mapping", "mapping.yaml", "--out", "f.parquet"], 2, "none.csv does not exist"),
        (["good.csv", "--mapping", "none.yaml", "--out", "f.parquet"], 2, "does not exist"),
        (["good.csv", "--mapping", "mapping.yaml", "--out", "f.parquet", "--format", "csv"], 2, "--format"),
    ],
)
def test_wrong_use(ready: Bench, words: list[str], status: int, said: str):
    done = run(ready, *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_lookup_in_an_empty_parquet_file(bench: Bench):
    bench.file("shops.parquet", pl.DataFrame(schema={"key": pl.String, "money": pl.Float64}))
    bench.file("data.csv", "id,at\n1,2026-01-05\n")
    lookup = '    lookup: {shop: {file: "shops.parquet", key: key, with: "{id}"}}\n'
    bench.mapped("amount: {column: shop.money}", where=lookup)
    assert bench.run("data.csv").facts.new == 1
