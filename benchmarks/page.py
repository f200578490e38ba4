"""The result as a table to read, and its place in the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.journals import ROOT
from benchmarks.measuring import Took

PAGE = ROOT / "docs" / "reference" / "speed.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
PEER, SCANS = "sql_receipts", ("scan_duckdb", "scan_polars")
NAMES = {
    "scan_duckdb": "plain scan, DuckDB",
    "scan_polars": "plain scan, Polars",
    "sql_receipts": "engagement receipt as SQL, DuckDB",
    "replay_stages": "replay without receipts",
    "replay_all": "replay, all tables",
    "survey": "survey (a part of every replay)",
    "import_csv": "import of a CSV file",
}
HEADER = ["job", "facts", "seconds", "CPU s", "facts/s", "facts/CPU s", "peak MB", "× SQL", "× scan"]


class Line(NamedTuple):
    """One measured job, beside the peer and the plain scan of the same journal where there are any."""

    job: str
    facts: int
    took: Took
    peer: Took | None = None
    scan: Took | None = None


def lines(facts: int, measured: Mapping[str, Took]) -> list[Line]:
    """The jobs of one journal; the scan they are held against is the cheaper one."""
    scan = min((measured[name] for name in SCANS), key=lambda took: took.cpu_seconds)
    return [Line(job, facts, took, measured[PEER], scan) for job, took in measured.items()]


def cells(line: Line) -> list[str]:
    """One row of the table; ratios are of CPU time."""
    took = line.took
    per_second = [f"{line.facts / seconds:,.0f}" for seconds in (took.seconds, took.cpu_seconds)]
    ratios = [f"{took.cpu_seconds / other.cpu_seconds:.2f}" if other else "" for other in (line.peer, line.scan)]
    times = [f"{took.seconds:.2f}", f"{took.cpu_seconds:.2f}"]
    return [NAMES[line.job], f"{line.facts:,}", *times, *per_second, f"{took.peak_megabytes:,.0f}", *ratios]


def table(rows: Sequence[Line]) -> str:
    """A Markdown table whose columns line up."""
    texts = [HEADER, *map(cells, rows)]
    widths = [max(len(row[place]) for row in texts) for place in range(len(HEADER))]
    rule = ["-" * widths[0], *("-" * (wide - 1) + ":" for wide in widths[1:])]
    return "".join(f"| {' | '.join(map(aligned, row, widths, range(len(row))))} |\n" for row in [HEADER, rule, *texts[1:]])


def aligned(text: str, wide: int, place: int) -> str:
    """Names to the left, numbers to the right."""
    return text.rjust(wide) if place else text.ljust(wide)


def write_page(result: str, page: Path = PAGE) -> None:
    """Put the result in its place on the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(before + BEGIN + "\n" + result + "\n" + END + rest.partition(END)[2], encoding="utf-8")
