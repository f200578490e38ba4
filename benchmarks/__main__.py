"""`python -m benchmarks [--sizes 1000000 10000000] [--only pages]`: measure, print, and keep what the usual sizes gave on the page."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks import journals, touches
from benchmarks.attribution import measure_attribution
from benchmarks.beside import HEADER as BESIDE_HEADER
from benchmarks.beside import Line as Beside
from benchmarks.beside import locked, rows_of
from benchmarks.comparing import EVERY_LINE_UP_TO
from benchmarks.following import HEADER as FOLLOWING_HEADER
from benchmarks.following import measure_following
from benchmarks.funnel import measure_funnel
from benchmarks.ingest import HEADER as LOAD_HEADER
from benchmarks.ingest import STREAM_HEADER, measure_ingest
from benchmarks.live import HEADER as LIVE_HEADER
from benchmarks.live import measure_live
from benchmarks.measuring import Took, load, machine, measure, python, start_time
from benchmarks.page import (
    ATTRIBUTION,
    FUNNEL,
    INGEST,
    LIVE,
    NAMES,
    PAGE,
    PAGES,
    PEOPLE,
    REPLAY,
    Line,
    lines,
    markdown,
    table,
    write_page,
)
from benchmarks.pages import HEADER, measure_pages
from benchmarks.people import HEADER as PEOPLE_HEADER
from benchmarks.people import measure_people

SIZES = [1_000_000, 10_000_000]
SMALL, SMALL_CSV, CSV = 20_000, 1_000, 200_000
JOBS = [
    "scan_duckdb",
    "scan_polars",
    "survey",
    "sql_receipts",
    "replay_stages",
    "replay_all",
    "cluster",
    "clustered_stages",
    "clustered_all",
    "complete",
    "complete_next",
]
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


def summary(sizes: list[int], measured: list[str], loads: tuple[float, float], only: str | None = None) -> str:
    """What is to be said about every result: when, where, and how busy it was there."""
    given = "" if sizes == SIZES else f' SIZES="{" ".join(map(str, sizes))}"'
    head = [
        f"Measured on {date.today().isoformat()} by `make bench{given}{f' ONLY={only}' if only else ''}`.",
        f"Machine: {machine()}.",
        f"Load average: {loads[0]:.1f} before, {loads[1]:.1f} after (above the number of cores: others were at work too).",
    ]
    return "\n".join(f"- {one}" for one in head + measured) + "\n"


def bench_replay(sizes: list[int], only: str | None) -> None:
    """Measure the replay and its peers."""
    before = load()
    for facts in (SMALL, *sizes):
        journals.journal(facts)
    with tempfile.TemporaryDirectory(prefix="smarketing-bench-") as out:
        measured, notes = measure_all(sizes, Path(out) / "out")
    peers = f"Journal: {journals.which()}. Peers: DuckDB {version('duckdb')}, Polars {version('polars')}."
    told(summary(sizes, [peers, *notes], (before, load()), only) + "\n" + table(measured), REPLAY, kept=sizes == SIZES)
    if any("NO" in note for note in notes):
        sys.exit("the receipts differ")


def bench_pages(sizes: list[int], only: str | None) -> None:
    """Measure the pages, on the demo company and on the smallest journal."""
    before, facts = load(), min(sizes)
    journals.journal(facts)
    asked = measure_pages(facts)
    rows = markdown(HEADER, [each.cells for each in asked], names=2)
    note = f"Journal: {journals.which()}."
    told(summary(sizes, [note], (before, load()), only) + "\n" + rows, PAGES, kept=facts == min(SIZES))


def bench_people(sizes: list[int], only: str | None) -> None:
    """Measure many people at once, on the demo company; the sizes of the journals do not matter."""
    before = load()
    found, notes = measure_people()
    told(summary(SIZES, notes, (before, load()), only) + "\n" + markdown(PEOPLE_HEADER, found), PEOPLE, kept=True)


def bench_ingest(sizes: list[int], only: str | None) -> None:
    """Measure how facts are taken in, and how soon what follows is shown; the sizes of the journals do not matter."""
    before = load()
    loads, streams = measure_ingest()
    tables = [markdown(LOAD_HEADER, [one.cells for one in loads]), markdown(STREAM_HEADER, [one.cells for one in streams])]
    told(summary(SIZES, [], (before, load()), only) + "\n" + "\n".join(tables), INGEST, kept=True)


def bench_live(sizes: list[int], only: str | None) -> None:
    """Measure live updates, clocks and rules; the sizes of the journals do not matter."""
    before = load()
    tables = [markdown(LIVE_HEADER, measure_live(), names=2), markdown(FOLLOWING_HEADER, measure_following())]
    told(summary(SIZES, [], (before, load()), only) + "\n" + "\n".join(tables), LIVE, kept=True)


def bench_attribution(sizes: list[int], only: str | None) -> None:
    """Measure attribution beside its peers; the sizes are touches."""
    peers = f"DuckDB {version('duckdb')}, ChannelAttribution {locked('attribution', 'channelattribution')}"
    bench_beside(measure_attribution, sizes, only, ATTRIBUTION, f"Journal: {touches.which()}. Peers: {peers}.")


def bench_funnel(sizes: list[int], only: str | None) -> None:
    """Measure the funnel beside its peers; the sizes are facts of the journal."""
    peers = f"DuckDB {version('duckdb')}, chdb {locked('funnel', 'chdb')}"
    bench_beside(measure_funnel, sizes, only, FUNNEL, f"Journal: {journals.which()}. Peers: {peers}.")


def bench_beside(
    measured: Callable[[int], tuple[list[Beside], list[str]]], sizes: list[int], only: str | None, place: str, journal: str
) -> None:
    """Measure on every size, and say whether everybody came to the same. Raises SystemExit where they did not."""
    before, rows, notes = load(), [], [journal]
    for size in sizes:
        lines, said = measured(size)
        rows += rows_of(lines)
        notes += said
    told(summary(sizes, notes, (before, load()), only) + "\n" + markdown(BESIDE_HEADER, rows), place, kept=sizes == SIZES)
    if any(": NO" in note for note in notes):
        sys.exit("the results differ")


def told(result: str, place: str, *, kept: bool) -> None:
    """Print a result; the one of the usual sizes stays on the page."""
    print(result, flush=True)
    if kept:
        write_page(result, place)
        say(f"kept in {PAGE.name}")


BENCHES = {
    "replay": bench_replay,
    "attribution": bench_attribution,
    "funnel": bench_funnel,
    "live": bench_live,
    "pages": bench_pages,
    "people": bench_people,
    "ingest": bench_ingest,
}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description="Our time, the peers' in the same run, and the ratio.")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="FACTS", help="how many facts the journals have")
    parser.add_argument("--only", choices=list(BENCHES), help="one part of it")
    asked = parser.parse_args()
    for name, bench in BENCHES.items():
        if asked.only in (None, name):
            bench(asked.sizes, asked.only)


if __name__ == "__main__":
    main()
