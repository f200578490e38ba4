"""A standalone Spark cluster on this machine: a master and two workers on free ports, one core each, out of Spark's own jars."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

import pyspark

SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
WORKERS = 2
PATIENCE_S = 300.0


class Cluster:
    """Running inside `with`; `url` is its master's, `pages` where the master tells about itself."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.processes: list[subprocess.Popen[bytes]] = []
        self.url = self.pages = ""

    def __enter__(self) -> Self:
        try:
            log = self.start("master", MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
            self.url = said(log, r"Starting Spark master at (spark://127\.0\.0\.1:[0-9]+)")
            self.pages = "http://127.0.0.1:" + said(log, r"Successfully started service 'MasterUI' on port ([0-9]+)")
            ours = {self.start_worker(number) for number in range(WORKERS)}
            until(lambda: self.workers() == ours, "both workers are known to the master, and no others")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start_worker(self, number: int) -> int:
        """Start one; its port, by which the master knows it."""
        words = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0", "--cores", "1", "--memory", "1g")
        log = self.start(f"worker{number}", WORKER, *words, "--work-dir", str(self.folder / f"work{number}"), self.url)
        return int(said(log, r"Successfully started service 'sparkWorker' on port ([0-9]+)"))

    def start(self, name: str, main: str, *words: str) -> Path:
        """Start one process of the cluster; where it writes what it says."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as out:
            self.processes.append(
                subprocess.Popen(
                    [SPARK_CLASS, main, *words],
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env=self.environment | {"SPARK_DAEMON_MEMORY": "256m"},
                )
            )
        return log

    def workers(self) -> set[int]:
        """The ports of the workers that the master counts on."""
        return {worker["port"] for worker in self.told()["workers"] if worker["state"] == "ALIVE"}

    def told(self) -> dict[str, Any]:
        """What the master says about itself."""
        with urlopen(f"{self.pages}/json/", timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
        assert told["url"] == self.url
        return told

    def executors(self) -> list[int]:
        """The processes in which the workers run tasks now."""
        parents = {process.pid for process in self.processes}
        return [pid for pid, parent in children() if parent in parents]

    def started_executors(self) -> int:
        """How many the workers ever started."""
        return len(list(self.folder.glob("work*/app-*/*/stderr")))

    def stop(self) -> None:
        """End every process that was started here, workers first."""
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def left_over(self) -> list[int]:
        """Processes of this cluster that still run."""
        return [process.pid for process in self.processes if process.poll() is None] + self.executors()


def children() -> list[tuple[int, int]]:
    """Every process of this machine with its parent."""
    lines = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.splitlines()
    return [(int(pid), int(parent)) for pid, parent in map(str.split, lines)]


def below(pid: int) -> list[int]:
    """The processes that a process started."""
    return [child for child, parent in children() if parent == pid]


def said(log: Path, pattern: str) -> str:
    """What a process wrote, as soon as it has written it."""
    found = until(lambda: re.search(pattern, log.read_text(errors="replace")), f"{pattern} in {log}")
    return str(found[1])


def until(condition: Any, what: str, patience_s: float = PATIENCE_S) -> Any:
    """The first value that is true."""
    give_up = time.monotonic() + patience_s
    while time.monotonic() < give_up:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {patience_s:.0f} s in vain: {what}")
