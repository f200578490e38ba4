"""Journals of any size for measuring: the same ones on every machine, in order of time, with the agreement of `agreement.yaml`.

A sixth as many leads as facts; most have a handful of facts, a few have thousands. As of AS_OF everything has happened.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pyarrow import parquet

AS_OF = "2026-07-01"
FIRST_DAY, DAYS = np.datetime64("2024-01-01", "us"), 880
SEED = 20_240_101
AT_ONCE = 1_000_000
"""Facts that are made at a time; a journal is the same for whatever number only as long as this one stays."""
FACTS_A_LEAD = 6
SPREAD = 1.35
"""How skewed: the logarithm of a lead's weight is normal with this deviation."""
REPS, CAMPAIGNS, CHANNELS = 16, 60, ["email", "organic", "paid_search", "partner", "social"]

KINDS = {
    "page_viewed": 360, "ad_clicked": 90, "email_opened": 140, "email_clicked": 90, "content_downloaded": 60, "form_submitted": 40,
    "event_attended": 18, "subscribed": 20, "unsubscribed": 8, "profile_changed": 60, "call_made": 40, "email_sent": 24,
    "meeting_held": 10, "assigned": 12, "accepted": 8, "recycled": 4, "rejected": 3, "disqualified": 1,
    "opportunity_opened": 7, "opportunity_won": 3, "opportunity_lost": 2,
}  # fmt: skip
"""How many of each kind among a thousand."""
TOUCHES = ["page_viewed", "ad_clicked", "email_opened", "email_clicked", "content_downloaded", "form_submitted", "event_attended"]
BY_REPS = ["call_made", "email_sent", "meeting_held", "assigned", "accepted", "recycled", "rejected", "disqualified"]
PROPERTIES = {
    "page_viewed": [f'{{"path": "/{page}"}}' for page in ("", "", "products", "products/pumps", "prices", "news/fair", "contact", "jobs")],
    "content_downloaded": [f'{{"content": "{content}"}}' for content in ("guide", "calculator", "brochure", "drawing")],
    "form_submitted": [f'{{"wish": "{wish}"}}' for wish in ("quote", "newsletter", "newsletter", "sample")],
    "profile_changed": [
        *(f'{{"function": "{function}"}}' for function in ("production", "maintenance", "purchasing", "it")),
        *(f'{{"staff": {staff}}}' for staff in (12, 95, 240, 1800)),
        *(f'{{"branch": "{branch}", "region": "{region}"}}' for branch, region in (("paper", "south"), ("machinery", "north"), ("food", "overseas"))),
    ],
    "call_made": ['{"result": "spoke"}', '{"result": "mailbox"}', '{"result": "nobody"}'],
    "assigned": [f'{{"to": "rep{rep}@speed.example"}}' for rep in range(REPS)],
    "recycled": ['{"reason": "next year"}', '{"reason": "no answer"}'],
    "rejected": ['{"reason": "wrong person"}', '{"reason": "too small"}'],
    "disqualified": ['{"reason": "competitor"}'],
    "opportunity_lost": ['{"reason": "price"}', '{"reason": "stayed as they are"}'],
}  # fmt: skip


def write_workload(facts: int, folder: Path) -> None:
    """Write `facts.parquet` with so many facts, and `agreement.yaml`, into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("agreement.yaml"), folder / "agreement.yaml")
    unfinished, writer = folder / "unfinished", None
    for part in parts(facts):
        table = part.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or parquet.ParquetWriter(unfinished, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()
        unfinished.replace(folder / "facts.parquet")


def parts(facts: int) -> Iterator[pl.DataFrame]:
    """The journal in order of time, part by part."""
    random = np.random.Generator(np.random.PCG64(SEED))
    reach = np.cumsum(np.exp(random.normal(0, SPREAD, max(1, facts // FACTS_A_LEAD))))
    for first in range(0, facts, AT_ONCE):
        rows = np.arange(first, min(first + AT_ONCE, facts))
        lead = np.searchsorted(reach, random.random(len(rows)) * reach[-1])
        yield part_of(rows, lead, times(random, rows, facts), random)


def times(random: np.random.Generator, rows: NDArray[np.int64], facts: int) -> NDArray[np.int64]:
    """The instants of these rows in µs since 1970, ascending; whole seconds, so that some coincide."""
    span = DAYS * 86_400
    begin, end = span * rows[0] // facts, span * (rows[-1] + 1) // facts
    return FIRST_DAY.astype("int64") + np.sort(random.integers(begin, max(end, begin + 1), len(rows))) * 1_000_000


def part_of(rows: NDArray[np.int64], lead: NDArray[np.int64], at: NDArray[np.int64], random: np.random.Generator) -> pl.DataFrame:
    """Facts of every kind, drawn one by one."""
    share = np.array(list(KINDS.values())) / sum(KINDS.values())
    drawn = pl.DataFrame(
        {
            "row": rows, "lead": lead, "at": at, "kind": pl.Series(list(KINDS)).gather(random.choice(len(KINDS), len(rows), p=share)),
            "one": random.integers(0, 1 << 30, len(rows)), "two": random.integers(0, 1 << 30, len(rows)),
        }
    )  # fmt: skip
    kind, instant = pl.col("kind"), pl.col("at").cast(pl.Datetime("us", "UTC"))
    touched = kind.is_in(TOUCHES) & (pl.col("two") % 4 > 0)
    return drawn.select(
        fact_id=pl.format("w{}", "row"),
        lead_id=pl.format("person-{}", "lead"),
        at=instant,
        recorded_at=instant + pl.duration(seconds=pl.col("two") % 300),
        kind=kind,
        campaign=pl.when(touched).then(pl.format("campaign-{}", pl.col("one") % CAMPAIGNS)),
        channel=pl.when(touched).then(pick(CHANNELS, pl.col("two") // 4)),
        actor=pl.when(kind.is_in(BY_REPS)).then(pl.format("rep{}@speed.example", pl.col("one") % REPS)),
        opportunity_id=pl.when(kind.str.starts_with("opportunity_")).then(pl.format("deal-{}-{}", "lead", pl.col("two") % 2)),
        amount=pl.when(kind == "opportunity_won").then(pl.col("one") % 4_000_000).cast(pl.Decimal(18, 0)) / pl.lit(100).cast(pl.Decimal(5, 2)),
        currency=pl.lit(None, pl.String),
        properties=properties(kind),
        source=pl.lit("speed"),
    ).with_columns(pl.col("amount").cast(pl.Decimal(18, 2)))  # fmt: skip


def properties(kind: pl.Expr) -> pl.Expr:
    """One of the objects that facts of the kind carry."""
    found = pl.lit("{}")
    for name, objects in PROPERTIES.items():
        found = pl.when(kind == name).then(pick(objects, pl.col("two") // 7)).otherwise(found)
    return found


def pick(choices: list[str], number: pl.Expr) -> pl.Expr:
    """One of some texts, by a number of any size."""
    return (number % len(choices)).replace_strict(range(len(choices)), choices, return_dtype=pl.String)
