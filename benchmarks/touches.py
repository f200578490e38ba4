"""The journals on which attribution is measured: touches and sales, drawn by the shared generator where it lies beside the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.journals import KEPT, ROOT

SHARED = ROOT / "../shared/workloads/gen.py"
"""Writes touches with these columns: `gen.py touches ROWS FILE`."""
AGREEMENT = """name: Touches
currency: EUR
timezone: UTC
in_force: {from: 2020-01-01}
signatories: {marketing: [marta@speed.example], sales: [stan@speed.example]}
personas: [{name: everybody, means: Anybody.}]
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {fact: form_submitted}}
  - {name: customer, owner: sales, when: {fact: opportunity_won}}
handoff: {at: mql, return_to: visitor, route: {by: round_robin}}
attribution: {model: position, position: [40%, 20%, 40%], half_life: 7d}
"""
CHANNELS, LONGEST, SEED = 20, 20, 8
FIRST, DAY = 1_767_225_600, 86_400


def which() -> str:
    """The generator in use."""
    return "the shared workload" if SHARED.is_file() else "benchmarks/touches.py"


def journal(touches: int) -> Path:
    """The folder of a journal with so many touches (`facts.parquet`, `agreement.yaml`), made if it is not there yet."""
    folder = KEPT / f"touches-{'shared' if SHARED.is_file() else 'own'}-{touches}"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        facts_of(generated(touches, folder) if SHARED.is_file() else drawn(touches)).write_parquet(
            folder / "facts.parquet", compression="zstd"
        )
        (folder / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
        (folder / "done").touch()
    return folder


def generated(touches: int, folder: Path) -> pl.DataFrame:
    """One row for each touch by the shared generator: `user_id, ts, channel, converted, value`."""
    file = folder / "generated"
    subprocess.run([sys.executable, SHARED, "touches", str(touches), file], check=True, stdout=subprocess.DEVNULL)
    rows = pl.read_parquet(file)
    file.unlink()
    return rows


def drawn(touches: int) -> pl.DataFrame:
    """The same columns, our own: paths of four to five touches, some channels that sell better than others."""
    random = np.random.Generator(np.random.PCG64(SEED))
    ends = np.cumsum(np.minimum(random.geometric(0.22, touches), LONGEST))
    user, row = np.searchsorted(ends, np.arange(touches), side="right"), np.arange(touches)
    likely = 1 / np.arange(1, CHANNELS + 1)
    channel = random.choice(CHANNELS, touches, p=likely / likely.sum())
    last = np.append(user[1:] != user[:-1], True)
    started = FIRST + random.integers(0, 60 * DAY, user[-1] + 1)[user]
    since = row - np.append(0, ends)[user]
    return pl.DataFrame(
        {
            "user_id": user,
            "ts": pl.Series((started + since * random.integers(DAY, 2 * DAY, user[-1] + 1)[user]) * 1_000_000).cast(pl.Datetime),
            "channel": pl.Series([f"ch{number:02}" for number in range(CHANNELS)]).gather(channel),
            "converted": last & (random.random(touches) < 0.05 + 0.1 * random.random(CHANNELS)[channel]),
            "value": random.integers(1_000, 50_000, touches) / 100,
        }
    )


def facts_of(touches: pl.DataFrame) -> pl.DataFrame:
    """Each touch as a click on the campaign of its channel, each sale as an opportunity won a second later; in order of time."""
    rows = touches.with_row_index("row").with_columns(
        pl.col("channel").cast(pl.String), at=pl.col("ts").dt.replace_time_zone("UTC"), lead_id=pl.format("lead-{}", "user_id")
    )
    second = pl.duration(seconds=1)
    clicks = rows.select(
        "lead_id", "at", "channel", campaign="channel", kind=pl.lit("ad_clicked"), fact_id=pl.format("touch-{}", "row")
    )
    wins = rows.filter(pl.col("converted").cast(pl.Boolean)).select(
        "lead_id", pl.col("at") + second, kind=pl.lit("opportunity_won"), fact_id=pl.format("win-{}", "row"),
        opportunity_id=pl.format("deal-{}", "row"), amount=pl.col("value").cast(pl.Decimal(18, 2)),
    )  # fmt: skip
    facts = pl.concat([clicks, wins], how="diagonal").sort("at", maintain_order=True)
    return facts.with_columns(recorded_at="at", properties=pl.lit("{}"), source=pl.lit("speed"))
