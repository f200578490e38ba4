"""The jobs that are measured. Each runs in a process of its own, so that its peak of memory is its own: `python -m benchmarks.jobs`.

A job is prepared by running it on a small journal, untimed: kernels come from their cache, libraries are loaded, files are warm.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

WITHOUT_RECEIPTS = ["stage_entries", "handoffs", "clocks"]
ADDED = 100_000
"""So many facts are added to a clustered journal."""
Result = dict[str, Any]
"""Whatever a job wants to tell beside its time."""


class Place(NamedTuple):
    """What a job works on: the folder of a journal and its agreement, the instant, and a folder for what it writes."""

    journal: Path
    as_of: str
    out: Path

    @property
    def facts(self) -> str:
        """The file of the journal."""
        return str(self.journal / "facts.parquet")

    @property
    def clustered(self) -> Path:
        """The same journal, clustered by lead; there once the job `cluster` has run."""
        return self.journal / "clustered"


def replay(place: Place, tables: list[str] | None, facts: Path | None = None) -> Result:
    """Our replay, from the stored journal to written tables."""
    from smarketing.agreement.checks import load_agreement
    from smarketing.backends.local import write_replay

    agreement = load_agreement(place.journal / "agreement.yaml")
    written = write_replay(facts or place.facts, agreement, place.as_of, out=place.out, tables=tables)
    return {"rows": written.rows}


def replay_all(place: Place) -> Result:
    return replay(place, None)


def replay_stages(place: Place) -> Result:
    return replay(place, WITHOUT_RECEIPTS)


def cluster(place: Place) -> Result:
    """Lay the journal out by lead; the folder stays for the jobs that replay it."""
    from smarketing.backends.clustering import cluster

    shutil.rmtree(place.clustered, ignore_errors=True)
    made = cluster(place.facts, place.clustered)
    return {"rows": made.rows, "parts": made.parts}


def clustered_stages(place: Place) -> Result:
    return replay(place, WITHOUT_RECEIPTS, place.clustered)


def clustered_all(place: Place) -> Result:
    return replay(place, None, place.clustered)


def complete(place: Place) -> Result:
    """Import facts that nobody told yet into the clustered journal, which keeps them until it is laid out anew."""
    from smarketing.actions.clustered_journal import ClusteredJournal
    from smarketing.journal.parquet import scan_facts

    work = place.out / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    journal = ClusteredJournal(place.clustered, work)
    number = journal.completing.journal.manifest.rows
    facts = scan_facts(place.facts).head(ADDED).collect()
    journal.add(facts.with_columns(new_ids(number)))
    journal.finish()
    return {"new": journal.counts.new}


def new_ids(number: int) -> Any:
    """Ids that no other import gives."""
    import polars as pl

    return pl.format("{}-added-to-{}", "fact_id", pl.lit(number)).alias("fact_id")


def complete_next(place: Place) -> Result:
    return complete(place)


def sql_receipts(place: Place) -> Result:
    """The engagement receipt by DuckDB."""
    from benchmarks.receipt_sql import receipt_query
    from smarketing.agreement.checks import load_agreement
    from smarketing.vocabulary.periods import instant

    agreement = load_agreement(place.journal / "agreement.yaml")
    as_of = instant(place.as_of, agreement.timezone).isoformat()
    duck().execute(receipt_query(agreement, facts=place.facts, as_of=as_of, out=str(place.out / "receipts.parquet")))
    return {}


def duck() -> Any:
    """DuckDB, free to write rows in whatever order suits it."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")
    return connection


def scan_duckdb(place: Place) -> Result:
    """Read the file, touch each row once: how many facts each lead has, and the last of them."""
    query = f"select lead_id, count(*), max(\"at\") from read_parquet('{place.facts}') group by lead_id"
    return {"leads": duck().sql(query).to_arrow_table().num_rows}


def scan_polars(place: Place) -> Result:
    """The same by Polars."""
    import polars as pl

    facts = pl.scan_parquet(place.facts).group_by("lead_id").agg(pl.len(), pl.col("at").max())
    return {"leads": facts.collect(engine="streaming").height}


def survey(place: Place) -> Result:
    """The part of a replay that looks for duplicates, retractions and links in the whole journal."""
    from smarketing.journal.parquet import scan_facts
    from smarketing.journal.survey import survey
    from smarketing.vocabulary.periods import instant

    return {"facts": survey(scan_facts(place.facts), as_of=instant(place.as_of, "UTC")).rows}


def import_csv(place: Place) -> Result:
    """Rows of a CSV file become a new journal."""
    from smarketing.actions.import_facts import import_facts

    out = place.out / "imported.parquet"
    out.unlink(missing_ok=True)
    done = import_facts([place.journal / "facts.csv"], mapping=place.journal / "mapping.yaml", out=out)
    return {"rows": done.facts.new}


MEASURED = (
    replay_all,
    replay_stages,
    cluster,
    clustered_all,
    clustered_stages,
    complete,
    complete_next,
    sql_receipts,
    scan_duckdb,
    scan_polars,
    survey,
    import_csv,
)
JOBS: dict[str, Callable[[Place], Result]] = {job.__name__: job for job in MEASURED}


def peak_megabytes() -> float:
    """The most memory this process ever held; what Linux says of it leaves out the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        said = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(said.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main(name: str, small: str, journal: str, as_of: str, out: str) -> None:
    """Prepare one job, run it once, and print what it took as JSON."""
    job, folder = JOBS[name], Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    job(Place(Path(small), as_of, folder))
    shutil.rmtree(folder)
    folder.mkdir()
    wall, cpu = time.perf_counter(), time.process_time()
    told = job(Place(Path(journal), as_of, folder))
    took = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu, "peak_megabytes": peak_megabytes()}
    print(json.dumps(took | {"told": told}))


if __name__ == "__main__":
    main(*sys.argv[1:])
