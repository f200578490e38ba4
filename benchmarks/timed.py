"""One job, prepared, run once and timed, in whatever environment: this module needs nothing but Python."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.jobs import peak_megabytes

Told = dict[str, Any]
Work = Callable[[], Callable[[], Told]]
"""What is timed; it gives what tells the result, which is not."""
Job = Callable[[Path], Work]
"""Prepares, on the folder of a journal, what is timed."""


def run_job(jobs: Mapping[str, Job], name: str, journal: str, small: str) -> None:
    """Warm up on a small journal, run once, print what it took and what it tells.

    What the preparation left behind is swept away before the clock runs: of a funnel of 0.07 s sweeping took another 0.1 s, or not,
    by chance.
    """
    jobs[name](Path(small))()()
    work = jobs[name](Path(journal))
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    tell = work()
    took = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu, "peak_megabytes": peak_megabytes()}
    print(json.dumps(took | {"told": tell()}))
