"""ClickHouse inside Python (chdb) on the stage tables, in an environment of its own: `python -m benchmarks.peer_funnel from_entries JOURNAL SMALL`.

The same query as DuckDB's: the first entries of each lead found, joined, counted by campaign; the tables in its memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.timed import Work, run_job

DAY = 86_400_000_000
"""Microseconds."""
QUERY = """
select campaign, count() as leads, count(won_at) as won, toFloat64(ifNull(sum(won_amount), 0)) as amount, {steps}
from (select campaign, won_at, won_amount, first_at as at_0, {firsts}
      from leads left join (select lead_id, {entered} from stage_entries group by lead_id) as entries on leads.lead_id = entries.lead_id)
group by campaign
settings join_use_nulls = 1
"""
STEP = "count(at_{0}) as reached_{0}, quantilesExactInclusive(0.5, 0.9)(toUnixTimestamp64Micro(at_{0}) - toUnixTimestamp64Micro(at_{1})) as times_{0}"


def loaded(folder: Path) -> Any:
    """A session with both tables in its memory."""
    from chdb import session

    opened = session.Session()
    opened.query("create database bench engine = Atomic")
    opened.query("use bench")
    for name in ("leads", "stage_entries"):
        opened.query(f"create table {name} engine = Memory as select * from file('{folder / name}.parquet', Parquet)")
    return opened


def query_of(stages: list[str]) -> str:
    """The figures of each campaign."""
    places = range(1, len(stages) + 1)
    entered = ", ".join(
        f"minOrNullIf(entered_at, stage = '{name}') as at_{place}" for place, name in zip(places, stages, strict=True)
    )
    steps = ", ".join(STEP.format(place, place - 1) for place in places)
    return QUERY.format(steps=steps, entered=entered, firsts=", ".join(f"entries.at_{place} as at_{place}" for place in places))


def rows_of(said: str, stages: list[str]) -> list[list[Any]]:
    """The rows, as all are compared: campaign, leads, won, amount, of each stage reached, median and p90 (days)."""
    found = []
    for row in json.loads(said)["data"]:
        figures = [row["campaign"], int(row["leads"]), int(row["won"]), float(row["amount"])]
        for place in range(1, len(stages) + 1):
            times = [float(time) / DAY if int(row[f"reached_{place}"]) else None for time in row[f"times_{place}"]]
            figures += [int(row[f"reached_{place}"]), *times]
        found.append(figures)
    return found


def from_entries(journal: Path) -> Work:
    """The tables loaded; then the query."""
    folder = journal / "stages"
    stages = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    opened, query = loaded(folder), query_of(stages)

    def work() -> Any:
        said = str(opened.query(query, "JSON"))
        return lambda: {"rows": rows_of(said, stages), "closed": opened.close()}

    return work


if __name__ == "__main__":
    run_job({"from_entries": from_entries}, *sys.argv[1:])
