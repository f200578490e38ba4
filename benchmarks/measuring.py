"""Starting a job in a process of its own, and what can be said about the machine it ran on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.journals import AS_OF, ROOT

STARTS = 5
OFTEN = 2_000_000
"""Up to so many facts a job is run three times and the fastest counts; a longer one is run once."""

ONCE = ("complete",)
"""What can be done once only."""


@dataclass(frozen=True, slots=True)
class Took:
    """What a job took. `seconds` on the clock, `cpu_seconds` of all cores together, `told`: what it had to say."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    told: dict[str, Any]


def python(module: str, *arguments: object) -> Any:
    """What a module of this package prints as JSON, in a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measure(job: str, *, small: Path, journal: Path, facts: int, out: Path) -> Took:
    """Run a job, prepared on a small journal; of several runs the fastest."""
    often = 3 if facts <= OFTEN and job not in ONCE else 1
    runs = [Took(**python("jobs", job, small, journal, AS_OF, out / job)) for _ in range(often)]
    return min(runs, key=lambda took: took.cpu_seconds)


def start_time() -> float:
    """Seconds that `smarketing --help` takes, the best of some."""
    command = [Path(sys.executable).with_name("smarketing"), "--help"]
    return min(clocked(command) for _ in range(STARTS))


def clocked(command: list[Any]) -> float:
    """Seconds on the clock that a command takes."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def machine() -> str:
    """Cores, memory and system, in general terms."""
    memory = round(psutil.virtual_memory().total / 2**30)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else psutil.cpu_count()
    return f"{cores} cores ({platform.machine()}), {memory} GB of memory, {platform.system()}, Python {platform.python_version()}"


def load() -> float:
    """How many programs wanted a core in the last minute."""
    return psutil.getloadavg()[0]
