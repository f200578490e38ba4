"""The funnel by campaign out of the stage tables: ours, as SQL in DuckDB, and by ClickHouse. `python -m benchmarks.funnel JOB JOURNAL SMALL`.

Everybody has the tables of the same replay in memory before the clock runs: `stage_entries`, and one row for each lead (`leads`) with its
campaign, first fact and wins. Ours also holds each lead's first entry of every stage, which a replay makes on its way; DuckDB is measured
with that too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import journals
from benchmarks.beside import Asked, Line, measured
from benchmarks.jobs import duck
from benchmarks.timed import Job, Work, run_job

SMALL = 20_000
STAGES = "stages"
"""The folder beside a journal for the tables of its replay; ours writes it, the peers read it."""
NAMES = "names.json"
EVERY = [
    Asked("plain scan of the stage tables, DuckDB", "funnel", "scan"),
    Asked("ours: the report by campaign", "funnel", "ours"),
    Asked("SQL in DuckDB, from stage entries", "funnel", "from_entries"),
    Asked("SQL in DuckDB, first entries given", "funnel", "from_firsts"),
    Asked("SQL in ClickHouse (chdb), from stage entries", "peer_funnel", "from_entries", "funnel"),
]
FIRSTS = """
select leads.campaign, leads.first_at as at_0, leads.won_at, leads.won_amount, {firsts}
from leads left join (select lead_id, {entered} from stage_entries group by lead_id) as entries using (lead_id)
"""
FIGURES = (
    "select campaign, count(*), count(won_at), coalesce(sum(won_amount), 0)::double, {steps} from ({firsts}) group by campaign"
)
DAY = 86_400_000_000
"""Microseconds."""


def leads_and_entries(journal: Path) -> tuple[Path, Path]:
    """The files of the stage tables."""
    return journal / STAGES / "leads.parquet", journal / STAGES / "stage_entries.parquet"


def stage_names(journal: Path) -> list[str]:
    """The stages of the agreement, in order."""
    names: list[str] = json.loads((journal / STAGES / NAMES).read_text(encoding="utf-8"))
    return names


def ours(journal: Path) -> Work:
    """The report, the first time it is asked for, of a replay in memory; then its tables are written for the others."""
    import smarketing

    agreement = smarketing.load_agreement(journal / "agreement.yaml")
    tables = ["stage_entries", "handoffs"]
    outcome = smarketing.replay(journal / "facts.parquet", agreement, journals.AS_OF, tables=tables)

    def work() -> Any:
        report = outcome.funnel(by="campaign")
        return lambda: {"rows": [figures(row) for row in report.rows], "written": write_stages(outcome, journal)}

    return work


def figures(row: dict[str, Any]) -> list[Any]:
    """A row of the report as the peers have it: campaign, leads, won, amount, of each stage reached, median and p90 (days)."""
    steps = [
        (step["reached"], step["time_from_previous"]["median_days"], step["time_from_previous"]["p90_days"])
        for step in row["stages"]
    ]
    return [row["by"], row["leads"], row["won"], row["won_amount"]["amount"], *(figure for step in steps for figure in step)]


def write_stages(outcome: Any, journal: Path) -> int:
    """Write the stage tables beside the journal; how many leads there are."""
    from smarketing.reports.funnel.rows import journeys
    from smarketing.reports.groups import group_of

    leads = journeys(outcome).join(group_of(outcome, "campaign").rename({"value": "campaign"}), on="lead_id", how="left")
    stages = [stage.name for stage in outcome.agreement.stages]
    firsts = {f"at {place}": f"at_{place}" for place, _ in enumerate(stages, 1)}
    folder, (to_leads, to_entries) = journal / STAGES, leads_and_entries(journal)
    folder.mkdir(exist_ok=True)
    (folder / NAMES).write_text(json.dumps(stages), encoding="utf-8")
    leads.select("lead_id", "campaign", "first_at", "won_at", "won_amount", *firsts).rename(firsts).write_parquet(to_leads)
    outcome.stage_entries.select("lead_id", "stage", "entered_at").write_parquet(to_entries)
    return leads.height


def scan(journal: Path) -> Work:
    """Read the files, touch each row once."""
    leads, entries = leads_and_entries(journal)
    counted = f"select stage, count(*), max(entered_at) from read_parquet('{entries}') group by stage"
    read = (
        f"select campaign, count(*), max(first_at), max(won_at), max(won_amount) from read_parquet('{leads}') group by campaign"
    )

    def work() -> Any:
        rows = sum(len(duck().execute(query).fetchall()) for query in (counted, read))
        return lambda: {"rows": rows}

    return work


def from_entries(journal: Path) -> Work:
    """The first entries of each lead found, joined, counted."""
    stages = stage_names(journal)
    firsts = ", ".join(f"entries.at_{place}" for place, _ in enumerate(stages, 1))
    entered = ", ".join(f"min(entered_at) filter (stage = '{name}') as at_{place}" for place, name in enumerate(stages, 1))
    return in_duck(journal, FIRSTS.format(firsts=firsts, entered=entered), stages)


def from_firsts(journal: Path) -> Work:
    """The first entries of each lead known, as ours has them; counted."""
    return in_duck(journal, "select *, first_at as at_0 from leads", stage_names(journal))


def in_duck(journal: Path, firsts: str, stages: list[str]) -> Work:
    """The figures of each campaign by DuckDB, the tables in its memory."""
    connection = duck()
    for name, file in zip(("leads", "stage_entries"), leads_and_entries(journal), strict=True):
        connection.execute(f"create table {name} as select * from read_parquet('{file}')")
    step = "count(at_{0}), quantile_cont(epoch_us(at_{0}) - epoch_us(at_{1}), [0.5, 0.9])"
    steps = ", ".join(step.format(place, place - 1) for place, _ in enumerate(stages, 1))
    query = FIGURES.format(steps=steps, firsts=firsts)

    def work() -> Any:
        rows = connection.execute(query).fetchall()
        return lambda: {"rows": [unpacked(row) for row in rows]}

    return work


def unpacked(row: tuple[Any, ...]) -> list[Any]:
    """A row of the SQL in the order of `figures`."""
    steps = zip(row[4::2], row[5::2], strict=True)
    return [*row[:4], *(figure for reached, times in steps for figure in (reached, *in_days(times)))]


def in_days(times: list[float] | None) -> list[float | None]:
    """Median and p90 in days; of nobody there is none."""
    return [time / DAY for time in times] if times else [None, None]


def same(lines: list[Line]) -> list[str]:
    """Whether they came to the same, in sentences."""
    mine, rows = by_campaign(lines[1]), lines[0].rows
    stages = (len(next(iter(mine.values()))) - 3) // 3
    said = f"{len(mine)} campaigns × (leads, won, amount, {stages} stages with their times)"
    return [
        f"ours and {line.asked.name}, {said} equal: {'yes' if alike(mine, by_campaign(line)) else 'NO'} ({rows:,} facts)"
        for line in lines[2:]
    ]


def by_campaign(line: Line) -> dict[str, list[Any]]:
    """The figures of each campaign, as one program told them."""
    return {row[0] or "": row[1:] for row in line.took.told["rows"]}


def alike(mine: dict[str, list[Any]], theirs: dict[str, list[Any]]) -> bool:
    """The same campaigns, counts, amounts and times; floats to the last digits, in which their sums may differ."""
    if mine.keys() != theirs.keys():
        return False
    pairs = [pair for name, row in mine.items() for pair in zip(row, theirs[name], strict=True)]
    return all(
        one == other if one is None or other is None else abs(one - other) <= 1e-9 * max(1.0, abs(one)) for one, other in pairs
    )


def measure_funnel(facts: int) -> tuple[list[Line], list[str]]:
    """What everybody took on the stage tables of a journal, and whether they agree; ours goes first, because it writes these tables."""
    journal, small = journals.journal(facts), journals.journal(SMALL)
    scanning, our, *peers = EVERY
    second = list(measured([our], facts, journal, small))
    first = list(measured([scanning], facts, journal, small))
    lines = [*first, *second, *measured(peers, facts, journal, small)]
    return lines, same(lines)


JOBS: dict[str, Job] = {"scan": scan, "ours": ours, "from_entries": from_entries, "from_firsts": from_firsts}

if __name__ == "__main__":
    run_job(JOBS, *sys.argv[1:])
