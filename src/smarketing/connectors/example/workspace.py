"""Writing the example company into a folder: its facts, its small tables and its two agreements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import polars as pl

from smarketing.connectors.example.attention import lead_up
from smarketing.connectors.example.company import FIXED_LAST_DAY, SEED, ZONE
from smarketing.connectors.example.corrections import correct
from smarketing.connectors.example.desks import Office
from smarketing.connectors.example.diary import Diary, end_of
from smarketing.connectors.example.plan import planned
from smarketing.connectors.example.selling import Floor
from smarketing.connectors.example.tables import write_tables
from smarketing.journal.parquet import write_facts

AGREEMENTS = ("1-trial.yaml", "2-signed.yaml")
DATE = re.compile(r"\b20[0-9]{2}-[01][0-9]-[0-3][0-9]\b")


@dataclass(frozen=True, slots=True)
class Example:
    """What was written: `facts` is a Parquet file, `tables` a folder of CSV files, `agreements` the versions in order.

    `last_day` is the last day on which anything happened; `weeks`, by how many weeks the company was shifted; `misjudged`, the
    lead of grade A that was sent back as no fit.
    """

    folder: Path
    facts: Path
    tables: Path
    agreements: tuple[Path, ...]
    last_day: date
    weeks: int
    misjudged: str


def write_example(folder: str | Path, *, last_day: date = FIXED_LAST_DAY, seed: str = SEED) -> Example:
    """Write the example company to `folder`: facts.parquet, tables/*.csv and agreement/*.yaml, over what is there.

    Everything is shifted by the whole weeks that lie between FIXED_LAST_DAY and `last_day`, so that a day of the week stays what
    it is; the company's figures are told for no shift and the usual seed.
    """
    weeks = (last_day - FIXED_LAST_DAY).days // 7
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    facts, misjudged = facts_of(seed, weeks=weeks)
    write_facts(facts, target / "facts.parquet")
    write_tables(target / "tables", weeks=weeks, seed=seed)
    agreements = write_agreements(target / "agreement", weeks=weeks)
    ends = FIXED_LAST_DAY + timedelta(weeks=weeks)
    return Example(target, target / "facts.parquet", target / "tables", agreements, ends, weeks, misjudged)


def facts_of(seed: str, *, weeks: int) -> tuple[pl.DataFrame, str]:
    """(all facts, in the order in which they came to be known, the lead that was misjudged)."""
    diary = Diary(until=end_of(FIXED_LAST_DAY, ZONE), weeks=weeks)
    lives = planned(seed)
    for life in lives:
        lead_up(life, diary)
    floor = Floor(Office(), diary, [])
    floor.work(lives)
    correct(lives, diary, seed)
    return diary.frame(ZONE), floor.misjudged


def write_agreements(folder: Path, *, weeks: int) -> tuple[Path, ...]:
    """Write the agreements, every date in them shifted."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in AGREEMENTS:
        written = resources.files("smarketing.connectors.example").joinpath("agreements", name).read_text(encoding="utf-8")
        moved = DATE.sub(lambda found: (date.fromisoformat(found[0]) + timedelta(weeks=weeks)).isoformat(), written)
        (folder / name).write_text(moved, encoding="utf-8")
    return tuple(folder / name for name in AGREEMENTS)
