"""A real cluster, a master and two workers, gives what the local engine gives, also where one of its processes dies on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from smarketing.connectors.example.workspace import Example, write_example
from tests.spark.cluster import PATIENCE_S, Cluster, below, until
from tests.spark.comparing import differences

pytestmark = [pytest.mark.spark, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
AS_OF = "2026-10-30"


def words(facts: Path, agreement: Path, out: Path, *more: str) -> list[str]:
    """The command as a person gives it."""
    line = ["replay", "--facts", facts, "--agreement", agreement, "--out", out, "--format", "json", *more]
    return [sys.executable, "-m", "smarketing", *map(str, line)]


def run(line: list[str], environment: dict[str, str] | None = None) -> str:
    """What a command that succeeds gives."""
    done = subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8", env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return write_example(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def expected(company: Example, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the local engine makes of the company."""
    out = tmp_path_factory.mktemp("expected")
    run(words(company.facts, company.folder / "agreement", out, *beside(company)))
    return out


def beside(company: Example) -> list[str]:
    return ["--tables-in", str(company.tables), "--as-of", AS_OF]


def test_the_example_company_on_a_cluster(
    cluster: Cluster, company: Example, expected: Path, environment: dict[str, str], tmp_path: Path
):
    line = words(
        company.facts, company.folder / "agreement", tmp_path, *beside(company), "--engine", "spark", "--master", cluster.url
    )
    told = json.loads(run(line, environment))
    assert differences(expected, tmp_path) == []
    assert {row["table"]: row["rows"] for row in told}["handoffs"] == pl.read_parquet(expected / "handoffs.parquet").height > 0
    assert [(app["name"], app["state"]) for app in cluster.told()["completedapps"]] == [("smarketing replay", "FINISHED")]
    assert cluster.started_executors() == 2, "one on each worker"


def test_an_executor_that_dies_changes_nothing(
    cluster: Cluster, company: Example, expected: Path, environment: dict[str, str], tmp_path: Path
):
    line = words(
        company.facts, company.folder / "agreement", tmp_path, *beside(company), "--engine", "spark", "--master", cluster.url
    )
    before = cluster.started_executors()
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as replay:
        try:
            victim = until(lambda: [pid for pid in cluster.executors() if below(pid)], "a task runs Python in an executor")[0]
            os.kill(victim, signal.SIGKILL)
            _, said = replay.communicate(timeout=PATIENCE_S)
        finally:
            replay.kill()
        assert replay.returncode == 0, said.decode()
    assert differences(expected, tmp_path) == []
    assert cluster.started_executors() > before + 2, "another one took its place"


def test_a_real_funnel_on_this_machine(shared_data: Path, environment: dict[str, str], tmp_path: Path):
    example, facts = ROOT / "examples" / "olist", tmp_path / "facts.parquet"
    files = sorted((shared_data / "olist_marketing_funnel").glob("*.csv"))
    run(
        [
            sys.executable,
            "-m",
            "smarketing",
            "import",
            *map(str, files),
            "--mapping",
            str(example / "mapping.yaml"),
            "--out",
            str(facts),
        ]
    )
    here, there = tmp_path / "here", tmp_path / "there"
    run(words(facts, example / "agreement.yaml", here))
    run(words(facts, example / "agreement.yaml", there, "--engine", "spark", "--master", "local[2]"), environment)
    assert differences(here, there) == []
