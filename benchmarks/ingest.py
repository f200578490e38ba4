"""How fast facts are taken in over HTTP, durable when the answer comes, and how soon what follows from them is shown."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import urlsplit

import psutil

from benchmarks.pages import Reader
from benchmarks.senders import LEADS, a_fact
from docs.running import Site, served

LOADS = (("100 facts a request", 100, 8, 60_000), ("1 fact a request", 1, 16, 4_000))
"""What is sent: its name, facts of a request, senders at once, facts in all."""
STREAM_SECONDS, STREAM_FACTS = 20, 100
"""So long, so many facts a second, while the worker follows."""
HEADER = ["load", "facts", "facts/s", "p50 ms", "p99 ms", "CPU µs/fact: web", "database", "senders", "facts/CPU s"]
STREAM_HEADER = ["stream", "seconds", "facts/s", "shown after p50 ms", "p95 ms", "slowest ms"]
PEER = "executemany, 100 rows a commit, nothing checked"


class Line(NamedTuple):
    """One load: what it is, how many facts, the seconds, the milliseconds of its requests, CPU seconds of the web, of the database,
    and of those who send where they are somebody else."""

    name: str
    facts: int
    seconds: float
    milliseconds: list[float]
    web: float
    database: float
    senders: float | None = None

    @property
    def cells(self) -> list[str]:
        """One row of the table."""
        hundred = quantiles(self.milliseconds, n=100, method="inclusive")
        each = [f"{1e6 * seconds / self.facts:.0f}" for seconds in (self.web, self.database)]
        each.append("" if self.senders is None else f"{1e6 * self.senders / self.facts:.0f}")
        whole = self.web + self.database
        return [self.name, f"{self.facts:,}", f"{self.facts / self.seconds:,.0f}", f"{hundred[49]:.0f}", f"{hundred[98]:.0f}",
                *each, f"{self.facts / whole:,.0f}"]  # fmt: skip


class Sender:
    """Somebody who sends messages over one connection."""

    def __init__(self, site: Site, token: str) -> None:
        self.link = HTTPConnection(urlsplit(site.url).netloc, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, body: bytes) -> float:
        """The milliseconds until the facts were durable."""
        begun = time.perf_counter()
        while True:
            self.link.request("POST", "/api/facts", body, self.headers)
            answer = self.link.getresponse()
            said = answer.read()
            if answer.status not in (429, 503):
                break
            time.sleep(float(answer.headers["Retry-After"]))
        assert answer.status == 200, (answer.status, said[:500])
        return 1000 * (time.perf_counter() - begun)


def cpu_seconds(site: Site) -> dict[str, float]:
    """What the programs of the workspace have used so far, by what they are."""
    used = {"web": 0.0, "database": 0.0}
    for program in psutil.process_iter(["name", "cmdline", "cpu_times", "ppid"]):
        line = " ".join(program.info["cmdline"] or ())
        kind = "database" if "postgres" in (program.info["name"] or "") and _is_of(program, site.folder) else ""
        kind = kind or ("web" if str(site.folder) in line or _is_child_of_web(program, site.folder) else "")
        if kind:
            used[kind] += sum(program.info["cpu_times"][:2])
    return used


def _is_of(program: psutil.Process, folder: Path) -> bool:
    try:
        family = [program, *program.parents()]
        return any(str(folder) in " ".join(each.cmdline()) and "postgres" in each.name() for each in family)
    except psutil.Error:
        return False


def _is_child_of_web(program: psutil.Process, folder: Path) -> bool:
    try:
        return any(str(folder) in " ".join(each.cmdline()) and "postgres" not in each.name() for each in program.parents())
    except psutil.Error:
        return False


def measure_load(site: Site, token: str, name: str, size: int, senders: int, facts: int, begin: int) -> Line:
    """Send so many facts and look at the clock, and at what it took of the processors."""
    spec = {"url": site.url, "token": token, "size": size, "senders": senders}
    for warming in (True, False):
        number, first = (size * senders * 2, begin + 10_000_000) if warming else (facts, begin)
        words = [sys.executable, "-m", "benchmarks.senders", json.dumps({**spec, "facts": number, "begin": first})]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sending:
            assert sending.stdin is not None and sending.stdout is not None
            assert sending.stdout.readline() == "ready\n"
            before = cpu_seconds(site)
            print(file=sending.stdin, flush=True)
            told = json.loads(sending.stdout.readline())
            after = cpu_seconds(site)
    used = {kind: after[kind] - before[kind] for kind in after}
    return Line(name, facts, told["seconds"], told["milliseconds"], used["web"], used["database"], told["cpu"])


def measure_peer(url: str, facts: int, begin: int) -> Line:
    """The same facts by one connection, in a table with the same columns and a unique id, without a check."""
    import psycopg

    at, columns = (
        datetime.now(UTC).isoformat(),
        ("fact_id", "lead_id", "at", "kind", "source", "campaign", "channel", "properties"),
    )
    rows = [a_fact(number, at, LEADS) for number in range(begin, begin + facts)]
    values = [[json.dumps(row[name]) if name == "properties" else row[name] for name in columns] for row in rows]
    with psycopg.connect(url) as link:
        link.execute(
            "CREATE TABLE peer (fact_id text PRIMARY KEY, lead_id text, at timestamptz, kind text, source text, campaign text,"
            " channel text, properties jsonb)"
        )
        link.commit()
        server = psutil.Process(link.info.backend_pid)
        insert = f"INSERT INTO peer ({', '.join(columns)}) VALUES ({', '.join(['%s'] * 8)}) ON CONFLICT DO NOTHING"
        took, own, theirs, begun = [], time.process_time(), sum(server.cpu_times()[:2]), time.perf_counter()
        for start in range(0, facts, 100):
            since = time.perf_counter()
            with link.cursor() as cursor:
                cursor.executemany(insert, values[start : start + 100])
            link.commit()
            took.append(1000 * (time.perf_counter() - since))
        return Line(
            PEER, facts, time.perf_counter() - begun, took, time.process_time() - own, sum(server.cpu_times()[:2]) - theirs
        )


class Stream(NamedTuple):
    """A steady stream: how long, how many a second, and for each message the milliseconds until what follows was shown."""

    seconds: float
    facts: int
    lags: list[float]

    @property
    def cells(self) -> list[str]:
        """One row of the table."""
        hundred = quantiles(self.lags, n=100, method="inclusive")
        figures = (hundred[49], hundred[94], max(self.lags))
        return [
            "100 facts a second",
            f"{self.seconds:.0f}",
            f"{self.facts / self.seconds:.0f}",
            *(f"{figure:,.0f}" for figure in figures),
        ]


def measure_stream(site: Site, token: str, reader: Reader, begin: int) -> Stream:
    """Ten messages of ten facts a second, every fact about somebody new; shown means: the API counts the lead."""
    sent: list[tuple[float, int]] = []
    shown: dict[int, float] = {}
    done, known = threading.Event(), leads_shown(reader)

    def watch() -> None:
        while not done.is_set() or (sent and sent[-1][1] not in shown):
            number, now = leads_shown(reader) - known, time.perf_counter()
            for _, total in sent:
                if total <= number:
                    shown.setdefault(total, now)
            time.sleep(0.05)

    watching = threading.Thread(target=watch)
    watching.start()
    sender, begun = Sender(site, token), time.perf_counter()
    for step in count():
        if (due := begun + step / 10) >= begun + STREAM_SECONDS:
            break
        time.sleep(max(0.0, due - time.perf_counter()))
        at, first = datetime.now(UTC).isoformat(), begin + 10 * step
        sender.send(
            json.dumps([{**a_fact(number, at, 1), "lead_id": f"new-{number}"} for number in range(first, first + 10)]).encode()
        )
        sent.append((time.perf_counter(), 10 * (step + 1)))
    seconds = time.perf_counter() - begun
    done.set()
    watching.join(120)
    return Stream(seconds, 10 * len(sent), [1000 * (shown[total] - at) for at, total in sent if total in shown])


def leads_shown(reader: Reader) -> int:
    """How many leads the pages know."""
    return int(json.loads(reader.get("/api/state"))["leads"])


@contextmanager
def a_workspace() -> Iterator[tuple[Path, str]]:
    """An empty workspace, and the token of a program that may send to it."""
    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as folder:
        place = Path(folder) / "w"
        smarketing = [sys.executable, "-m", "smarketing"]
        subprocess.run([*smarketing, "--quiet", "init", place], check=True, stdout=subprocess.DEVNULL)
        key = subprocess.run(
            [*smarketing, "--quiet", "key", "add", "bench", "--workspace", place], check=True, stdout=subprocess.PIPE, text=True
        )
        yield place, key.stdout.split()[-1]


def measure_ingest() -> tuple[list[Line], list[Stream]]:
    """Every load on the pages alone, then the stream with the worker beside."""
    lines, begin = [], 0
    with a_workspace() as (place, token):
        with served("web", "--workspace", str(place), workspace=place) as site:
            for name, size, senders, facts in LOADS:
                lines.append(measure_load(site, token, name, size, senders, facts, begin))
                begin += facts
                print("  " + "  ".join(lines[-1].cells), file=sys.stderr, flush=True)
            user = site.first_user
            with _database(place) as url:
                lines.append(measure_peer(url, LOADS[0][3], 0))
            print("  " + "  ".join(lines[-1].cells), file=sys.stderr, flush=True)
        with served("serve", "--workspace", str(place), workspace=place) as site:
            stream = measure_stream(site, token, Reader(site, *user), begin + 20_000_000)
            print("  " + "  ".join(stream.cells), file=sys.stderr, flush=True)
    return lines, [stream]


@contextmanager
def _database(place: Path) -> Iterator[str]:
    """How to reach the workspace's own database, which is left before its folder is gone."""
    from smarketing.records.private_server import start_private_server

    server = start_private_server(place / "data" / "database")
    try:
        yield server.url
    finally:
        server.stop()
