"""`python -m benchmarks [--sizes 1000000 10000000]`: measure, print, and keep the result of the usual sizes on the page."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks import journals
from benchmarks.comparing import EVERY_LINE_UP_TO
from benchmarks.measuring import Took, load, machine, measure, python, start_time
from benchmarks.page import NAMES, PAGE, Line, lines, table, write_page

SIZES = [1_000_000, 10_000_000]
SMALL, SMALL_CSV, CSV = 20_000, 1_000, 200_000
JOBS = ["scan_duckdb", "scan_polars", "survey", "sql_receipts", "replay_stages", "replay_all"]
"""In the order in which they are measured and shown."""


def say(text: str) -> None:
    """How it goes, to stderr."""
    print(text, file=sys.stderr, flush=True)


def jobs_of(facts: int, out: Path) -> Iterator[tuple[str, Took]]:
    """Measure every job on one journal."""
    small, journal = journals.journal(SMALL), journals.journal(facts)
    for job in JOBS:
        took = measure(job, small=small, journal=journal, facts=facts, out=out)
        say(f"  {facts:>12,}  {NAMES[job]:<34} {took.seconds:8.2f} s  {took.cpu_seconds:8.2f} CPU s")
        yield job, took


def same_lines(facts: int, out: Path) -> str:
    """Whether our receipt and the SQL's of this journal are equal, as a sentence."""
    every = facts <= EVERY_LINE_UP_TO
    receipts = out / "replay_all" / "score_changes.parquet"
    equal = python("comparing", receipts, out / "sql_receipts" / "receipts.parquet", "every_line" if every else "by_lead")
    what = "equal lines" if every else "equal number of lines and sum of points for every lead"
    return f"{what}: {'yes' if equal else 'NO'} ({facts:,} facts)"


def measure_all(sizes: list[int], out: Path) -> tuple[list[Line], list[str]]:
    """Every line of the table, and what else is to be said."""
    measured, notes = [], []
    for facts in sizes:
        measured += lines(facts, dict(jobs_of(facts, out)))
        notes.append(same_lines(facts, out))
        say("  " + notes[-1])
        shutil.rmtree(out)
    small, folder = journals.csv_to_import(SMALL_CSV), journals.csv_to_import(CSV)
    measured.append(Line("import_csv", CSV, measure("import_csv", small=small, journal=folder, facts=CSV, out=out)))
    notes.append(f"`smarketing --help`: {start_time():.2f} s")
    return measured, notes


def summary(sizes: list[int], measured: list[Line], notes: list[str], loads: tuple[float, float]) -> str:
    """The whole result as it is printed and kept."""
    given = "" if sizes == SIZES else f' SIZES="{" ".join(map(str, sizes))}"'
    head = [
        f"Measured on {date.today().isoformat()} by `make bench{given}`.",
        f"Machine: {machine()}.",
        f"Load average: {loads[0]:.1f} before, {loads[1]:.1f} after (above the number of cores: others were at work too).",
        f"Journal: {journals.which()}. Peers: DuckDB {version('duckdb')}, Polars {version('polars')}.",
    ]
    return "\n".join([*(f"- {one}" for one in head + notes), "", table(measured)])


def main() -> None:
    """Measure what was asked for; the usual sizes are kept on the page."""
    parser = argparse.ArgumentParser(prog="make bench", description="Our time, the peers' in the same run, and the ratio.")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="FACTS", help="how many facts the journals have")
    sizes: list[int] = parser.parse_args().sizes
    before = load()
    say("making the journals ...")
    for facts in (SMALL, *sizes):
        journals.journal(facts)
    with tempfile.TemporaryDirectory(prefix="smarketing-bench-") as out:
        measured, notes = measure_all(sizes, Path(out) / "out")
    result = summary(sizes, measured, notes, (before, load()))
    print(result, end="")
    if sizes == SIZES:
        write_page(result)
        say(f"kept in {PAGE.name}")
    if any("NO" in note for note in notes):
        sys.exit("the receipts differ")


if __name__ == "__main__":
    main()
