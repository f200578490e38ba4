"""Attribution of a journal of touches: ours, by hand in DuckDB, and ChannelAttribution. `python -m benchmarks.attribution JOB JOURNAL SMALL`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import touches
from benchmarks.beside import Asked, Line, measured
from benchmarks.jobs import duck
from benchmarks.timed import Job, Told, Work, run_job

AS_OF = "2030-01-01"
SMALL = 20_000
EVERY = [
    Asked("plain scan, DuckDB", "attribution", "scan"),
    Asked("ours: credits by seven models, exact", "attribution", "ours"),
    Asked("ours, from the journal clustered by lead", "attribution", "clustered"),
    Asked("by hand in DuckDB: five and Markov, exact", "attribution", "by_hand"),
    Asked("ChannelAttribution: three and Markov", "peer_attribution", "attributed", "attribution"),
]
ALIKE, APART = 1e-6, "NO, up to {:.1e} apart"
ORDERED = """
create temp table walked as
select lead_id, campaign, happened, sold,
  row_number() over whole as place, count(*) over (partition by lead_id) as touches, max(happened) over (partition by lead_id) as last_at,
  lag(campaign) over whole as before, lead(campaign) over whole as after
from (select lead_id, campaign, kind, "at" as happened, bool_or(kind = 'opportunity_won') over (partition by lead_id) as sold from read_parquet('{facts}'))
where kind = 'ad_clicked'
window whole as (partition by lead_id order by happened)
"""
HEURISTICS = """
select campaign, sum((place = 1)::int), sum((place = touches)::int), sum(1 / touches),
  sum(case when touches = 1 then 1 when touches = 2 then 0.5 when place in (1, touches) then 0.4 else 0.2 / (touches - 2) end),
  sum(weight / whole)
from (select *, sum(weight) over (partition by lead_id) as whole
      from (select *, pow(0.5, epoch(last_at - happened) / 604800) as weight from walked where sold))
group by campaign
"""
STEPS = """
select coalesce(before, '(start)'), campaign, count(*) from walked group by all
union all
select campaign, if(sold, '(sale)', '(none)'), count(*) from walked where after is null group by all
"""
BY_PATH = """
select campaign, sum(effect / whole)
from (select *, sum(effect) over (partition by lead_id) as whole
      from (select distinct lead_id, campaign from walked where sold) join effects using (campaign))
group by campaign
"""


def scan(journal: Path) -> Work:
    """Read the file, touch each row once."""
    query = f"select lead_id, count(*), max(\"at\") from read_parquet('{journal / 'facts.parquet'}') group by lead_id"

    def work() -> Any:
        leads = duck().sql(query).to_arrow_table().num_rows
        return lambda: {"leads": leads}

    return work


def clustered(journal: Path) -> Work:
    """The same of the journal laid out by lead, which is not timed."""
    from smarketing.backends.clustered import as_clustered
    from smarketing.backends.clustering import cluster

    folder = journal / "clustered"
    if as_clustered(folder)[0] is None:
        shutil.rmtree(folder, ignore_errors=True)
        cluster(journal / "facts.parquet", folder)
    return ours(journal, folder)


def ours(journal: Path, facts: Path | None = None) -> Work:
    """`credits` from the stored journal to the written table: all seven models, for every opportunity."""
    from smarketing.agreement.checks import load_agreement
    from smarketing.backends.local import write_replay

    out = tempfile.TemporaryDirectory(prefix="smarketing-bench-")

    def work() -> Any:
        agreement = load_agreement(journal / "agreement.yaml")
        write_replay(facts or journal / "facts.parquet", agreement, AS_OF, out=out.name, tables=["credits"])
        return lambda: sums_of(out)

    return work


def sums_of(out: tempfile.TemporaryDirectory[str]) -> Told:
    """What each model gave to each campaign, of the written table."""
    import polars as pl

    credits = pl.scan_parquet(f"{out.name}/credits.parquet").group_by("model", "campaign").agg(pl.col("share").sum())
    found: Told = {}
    for model, campaign, share in credits.collect(engine="streaming").iter_rows():
        found.setdefault(model, {})[campaign] = share
    out.cleanup()
    return found


def by_hand(journal: Path) -> Work:
    """Five heuristics by windows; Markov by counted steps, numpy, and each campaign's part of each path; `markov_overall`: of all sales."""
    import numpy  # noqa: F401  loaded before the clock runs

    def work() -> Any:
        connection = duck()
        connection.execute(ORDERED.format(facts=journal / "facts.parquet"))
        rows = connection.execute(HEURISTICS).fetchall()
        effects = removal_effects(connection.execute(STEPS).fetchall())
        connection.execute("create temp table effects (campaign varchar, effect double)")
        connection.executemany("insert into effects values (?, ?)", list(effects.items()))
        models = ("first", "last", "linear", "position", "time_decay")
        found: Told = {model: {row[0]: float(row[place]) for row in rows} for place, model in enumerate(models, 1)}
        found["markov"] = dict(connection.execute(BY_PATH).fetchall())
        sales = sum(found["first"].values()) / sum(effects.values())
        return lambda: found | {"markov_overall": {name: sales * effect for name, effect in effects.items()}}

    return work


def removal_effects(steps: list[tuple[str, str, int]]) -> dict[str, float]:
    """What share of the sales is lost without each campaign: a walk that would come to it ends without one."""
    import numpy as np

    names = ["(start)", *sorted({one for one, _, _ in steps} - {"(start)"}), "(sale)", "(none)"]
    place = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for one, other, number in steps:
        counts[place[one], place[other]] += number
    chance = counts[:-2] / counts[:-2].sum(axis=1, keepdims=True)

    def sale(without: int | None) -> float:
        kept = [number for number in range(len(names) - 2) if number != without]
        left = np.eye(len(kept)) - chance[np.ix_(kept, kept)]
        return float(np.linalg.solve(left, chance[kept, -2])[0])

    whole = sale(None)
    return {name: 1 - sale(place[name]) / whole for name in names[1:-2]}


def same(lines: list[Line]) -> list[str]:
    """Whether they came to the same, in sentences."""
    mine, again, hand, *others = (line.took.told for line in lines[1:])
    exact = {model: off(mine[model], hand[model]) for model in hand if model in mine}
    of = f"({lines[0].rows:,} touches)"
    said = [f"{', '.join(exact)}: every campaign's sum equal, ours and by hand: {verdict(exact)} {of}"]
    if max(off(again[model], mine[model]) for model in mine) > ALIKE:
        said.append(f"ours, clustered or not: NO, not equal {of}")
    for other in others:
        package = other["credits"]
        simple = {model: off(mine[model], package[model]) for model in package if model in mine}
        markov = off(hand["markov_overall"], package["markov_overall"])
        said += [
            f"{', '.join(simple)}: the same, ours and ChannelAttribution: {verdict(simple)} {of}",
            f"Markov of all sales together: ChannelAttribution, which simulates, is up to {markov:.1%} off the exact one {of}",
            f"ChannelAttribution alone, once the paths are made: {other['alone']:.2f} CPU s {of}",
        ]
    return said


def off(one: dict[str, float], other: dict[str, float]) -> float:
    """By how much the campaigns' sums differ at most, as a share; infinite where the campaigns are others."""
    if one.keys() != other.keys():
        return float("inf")
    return max(abs(one[name] - other[name]) / max(abs(other[name]), 1) for name in other)


def verdict(apart: dict[str, float]) -> str:
    worst = max(apart.values())
    return "yes" if worst < ALIKE else APART.format(worst)


def measure_attribution(rows: int) -> tuple[list[Line], list[str]]:
    """What everybody took on a journal of so many touches, and whether they agree."""
    lines = list(measured(EVERY, rows, touches.journal(rows), touches.journal(SMALL)))
    return lines, same(lines)


JOBS: dict[str, Job] = {"scan": scan, "ours": ours, "clustered": clustered, "by_hand": by_hand}

if __name__ == "__main__":
    run_job(JOBS, *sys.argv[1:])
