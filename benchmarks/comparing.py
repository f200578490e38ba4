"""Whether two programs came to the same: our engagement lines beside those of the SQL. `python -m benchmarks.comparing`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

EVERY_LINE_UP_TO = 2_000_000
"""Facts of a journal whose lines are compared one by one; of a longer one the sums of every lead."""
LINE = ["lead_id", "at", "rule", "fact_id", "points", "balance"]


def our_lines(table: Path) -> pl.LazyFrame:
    """The engagement lines of a `score_changes`, a file or a folder of parts."""
    files = sorted(table.glob("*.parquet")) if table.is_dir() else [table]
    return pl.scan_parquet(files).filter(pl.col("axis") == "engagement").select(LINE)


def by_lead(lines: pl.LazyFrame) -> pl.DataFrame:
    """How many lines each lead has, and the sum of their points."""
    sums = lines.group_by("lead_id").agg(pl.len(), pl.col("points").sum()).sort("lead_id")
    return sums.collect(engine="streaming")


def equal(ours: Path, theirs: Path, *, every_line: bool) -> bool:
    """The same number of lines and sum of points for every lead and, with `every_line`, the same lines throughout."""
    mine, other = our_lines(ours), pl.scan_parquet(theirs).select(LINE)
    if not by_lead(mine).equals(by_lead(other)):
        return False
    return not every_line or mine.sort(LINE).collect().equals(other.sort(LINE).collect())


if __name__ == "__main__":
    print(json.dumps(equal(Path(sys.argv[1]), Path(sys.argv[2]), every_line=sys.argv[3] == "every_line")))
