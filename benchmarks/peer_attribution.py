"""ChannelAttribution on a journal of touches, in an environment of its own: `python -m benchmarks.peer_attribution attributed JOURNAL SMALL`.

From the file to what each channel gets: the whole paths by pandas, then first, last and linear, then Markov of order 1, which it simulates.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.timed import Work, run_job

SIMPLE = {"first": "first_touch", "last": "last_touch", "linear": "linear_touch"}


def paths(journal: Path) -> Any:
    """One row for each path that occurs: `path`, and how often it was walked to a sale and to none."""
    import pandas as pd

    facts = pd.read_parquet(journal / "facts.parquet", columns=["lead_id", "at", "kind", "campaign"])
    won = facts.loc[facts["kind"] == "opportunity_won", "lead_id"]
    touches = facts[facts["kind"] == "ad_clicked"].sort_values(["lead_id", "at"])
    path = touches.groupby("lead_id", sort=False)["campaign"].agg(" > ".join)
    sold = path.index.isin(won).astype(int)
    walked = pd.DataFrame({"path": path.to_numpy(), "sales": sold, "nulls": 1 - sold})
    return walked.groupby("path", sort=False).sum().reset_index()


def credits(rows: Any) -> dict[str, dict[str, float]]:
    """What each model gives to each channel."""
    with contextlib.redirect_stdout(io.StringIO()):
        import ChannelAttribution as package

        simple = package.heuristic_models(rows, "path", "sales")
        chain = package.markov_model(rows, "path", "sales", var_null="nulls", order=1)
    markov = chain["result"] if isinstance(chain, dict) else chain
    found = {model: dict(zip(simple["channel_name"], simple[column].map(float), strict=True)) for model, column in SIMPLE.items()}
    return found | {"markov_overall": dict(zip(markov["channel_name"], markov["total_conversions"].map(float), strict=True))}


def attributed(journal: Path) -> Work:
    """The paths made, then credited; `alone`: the CPU seconds of the package without the paths."""

    def work() -> Any:
        rows = paths(journal)
        ready = time.process_time()
        said = credits(rows)
        alone = time.process_time() - ready
        return lambda: {"credits": said, "alone": alone}

    return work


if __name__ == "__main__":
    run_job({"attributed": attributed}, *sys.argv[1:])
