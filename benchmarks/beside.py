"""Jobs measured beside peers of whom some live in environments of their own: how each is run, and the table that comes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.journals import ROOT
from benchmarks.measuring import OFTEN, Took

HEADER = ["job", "rows", "seconds", "CPU s", "rows/CPU s", "peak MB", "ours ÷ it", "× scan"]


class Asked(NamedTuple):
    """One program that is measured: its name for people, its module and job, and the peer in whose environment it runs (None: this one)."""

    name: str
    module: str
    job: str
    peer: str | None = None

    @property
    def python(self) -> str:
        """The Python that has what the job needs."""
        return sys.executable if self.peer is None else str(ROOT / f".venv-peer-{self.peer}" / "bin" / "python")


class Line(NamedTuple):
    """What one program took on a journal of so many rows."""

    asked: Asked
    rows: int
    took: Took


def measured(every: list[Asked], rows: int, journal: Path, small: Path) -> Iterator[Line]:
    """Run one after the other, but for peers that could not be installed; of several runs on a short journal the fastest counts."""
    for asked in every:
        if not Path(asked.python).exists():
            print(f"  {rows:>12,}  {asked.name:<46} not installed", file=sys.stderr, flush=True)
            continue
        runs = [once(asked, journal, small) for _ in range(3 if rows <= OFTEN else 1)]
        took = min(runs, key=lambda took: took.cpu_seconds)
        said = f"  {rows:>12,}  {asked.name:<46} {took.seconds:8.2f} s  {took.cpu_seconds:8.2f} CPU s"
        print(said, file=sys.stderr, flush=True)
        yield Line(asked, rows, took)


def once(asked: Asked, journal: Path, small: Path) -> Took:
    """One run, in a process of its own. Raises CalledProcessError."""
    command = [asked.python, "-m", f"benchmarks.{asked.module}", asked.job, journal, small]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Took(**json.loads(said.splitlines()[-1]))  # some packages greet on the lines before


def locked(peer: str, package: str) -> str:
    """The version of a package in the environment of a peer."""
    lock = (ROOT / "requirements" / f"peer-{peer}.lock").read_text(encoding="utf-8")
    return next(line.split()[0].partition("==")[2] for line in lock.splitlines() if line.startswith(f"{package}=="))


def cells(line: Line, ours: Took, scan: Took) -> list[str]:
    """One row of the table; ratios are of CPU time."""
    took = line.took
    times = [f"{took.seconds:.2f}", f"{took.cpu_seconds:.2f}", f"{line.rows / took.cpu_seconds:,.0f}"]
    ratios = [f"{ours.cpu_seconds / took.cpu_seconds:.2f}", f"{took.cpu_seconds / scan.cpu_seconds:.2f}"]
    return [line.asked.name, f"{line.rows:,}", *times, f"{took.peak_megabytes:,.0f}", *ratios]


def rows_of(lines: list[Line]) -> list[list[str]]:
    """The rows of the table under HEADER; the first line is the plain scan, the second is ours."""
    return [cells(line, lines[1].took, lines[0].took) for line in lines]
