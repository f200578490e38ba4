"""The result as a table to read, and its place in the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.jobs import ADDED
from benchmarks.journals import ROOT
from benchmarks.measuring import Took

PAGE = ROOT / "docs" / "reference" / "speed.md"
BEGIN, END = "<!-- {}: begin -->\n", "<!-- {}: end -->\n"
REPLAY, PAGES, INGEST, LIVE, ATTRIBUTION, FUNNEL, PEOPLE = (
    "measured", "pages", "ingest", "live", "attribution", "funnel", "people",
)  # fmt: skip
"""The places on the page, each between two marks."""
PEER, SCANS = "sql_receipts", ("scan_duckdb", "scan_polars")
NAMES = {
    "scan_duckdb": "plain scan, DuckDB",
    "scan_polars": "plain scan, Polars",
    "sql_receipts": "engagement receipt as SQL, DuckDB",
    "replay_stages": "replay without receipts",
    "replay_all": "replay, all tables",
    "cluster": "clustering of the journal by lead, once",
    "clustered_stages": "the same, clustered, without receipts",
    "clustered_all": "the same, clustered, all tables",
    "complete": "first import of 100,000 facts into it",
    "complete_next": "the next import of 100,000 facts",
    "survey": "survey (a part of every replay)",
    "import_csv": "import of a CSV file",
}
ADDING = ("complete", "complete_next")
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
    return [
        Line(job, ADDED, took) if job in ADDING else Line(job, facts, took, measured[PEER], scan)
        for job, took in measured.items()
    ]


def cells(line: Line) -> list[str]:
    """One row of the table; ratios are of CPU time."""
    took = line.took
    per_second = [f"{line.facts / seconds:,.0f}" for seconds in (took.seconds, took.cpu_seconds)]
    ratios = [f"{took.cpu_seconds / other.cpu_seconds:.2f}" if other else "" for other in (line.peer, line.scan)]
    times = [f"{took.seconds:.2f}", f"{took.cpu_seconds:.2f}"]
    return [NAMES[line.job], f"{line.facts:,}", *times, *per_second, f"{took.peak_megabytes:,.0f}", *ratios]


def table(rows: Sequence[Line]) -> str:
    """The jobs as a Markdown table."""
    return markdown(HEADER, list(map(cells, rows)))


def markdown(header: list[str], rows: list[list[str]], names: int = 1) -> str:
    """A Markdown table whose columns line up; the first ones are names, the others numbers."""
    texts = [header, *rows]
    widths = [max(len(row[place]) for row in texts) for place in range(len(header))]
    rule = ["-" * wide if place < names else "-" * (wide - 1) + ":" for place, wide in enumerate(widths)]
    lined = ([text.ljust(wide) if place < names else text.rjust(wide) for place, (text, wide) in enumerate(zip(row, widths, strict=True))] for row in [header, rule, *rows])  # fmt: skip
    return "".join(f"| {' | '.join(row)} |\n" for row in lined)


def write_page(result: str, place: str, page: Path = PAGE) -> None:
    """Put a result in its place on the page."""
    begin, end = BEGIN.format(place), END.format(place)
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    page.write_text(before + begin + "\n" + result + "\n" + end + rest.partition(end)[2], encoding="utf-8")
