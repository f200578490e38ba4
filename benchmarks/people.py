"""Fifty people at once: each is signed in, looks at pages and does something now and then, for a minute."""

from __future__ import annotations

import random
import re
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException, RemoteDisconnected
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from benchmarks.pages import FORM, Reader, form_in
from docs.running import HOUSE, Site, served_demo

PEOPLE, SECONDS, THINKING = 50, 60.0, 2.0
"""So many people, for so long; between two clicks each thinks for so many seconds on average."""
LOGINS = ("anna", "sam", "mia", "clara", "otto")
PAGES = {"inbox": 8, "inbox-list": 6, "lead": 5, "scoreboard": 3, "leads": 3, "campaigns": 1, "funnel": 1, "reps": 1, "act": 4}
"""How often each is chosen, beside the others."""
ADDRESSES = {"inbox": "/inbox", "inbox-list": "/inbox/list", "scoreboard": "/", "leads": "/leads", "campaigns": "/campaigns",
             "funnel": "/funnel", "reps": "/reps"}  # fmt: skip
SELLS = ("anna", "sam", "clara", "otto")
"""Who has an inbox."""
HEADER = ["what they ask for", "requests", "p50 ms", "p95 ms", "slowest ms", "failed"]


@dataclass
class Seen:
    """What everybody met: milliseconds by page, and the answers that were none."""

    took: dict[str, list[float]] = field(default_factory=lambda: {page: [] for page in PAGES})
    failed: list[tuple[str, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, page: str, milliseconds: float, status: int) -> None:
        """One answer. 403, 409 and 412 are answers: somebody else was faster."""
        with self.lock:
            self.took[page].append(milliseconds)
            if status not in (200, 201, 302, 304, 403, 409, 412, 422):
                self.failed.append((page, status))


class Person:
    """Somebody at work; `leads` is whom the last page named."""

    def __init__(self, site: Site, login: str, seed: int, seen: Seen) -> None:
        self.reader = Reader(site, f"{login}@{HOUSE}", site.password)
        self.random, self.seen, self.login = random.Random(seed), seen, login
        self.leads: list[str] = re.findall(r'href="/leads/([^"?/#]+)"', self.reader.get("/leads"))
        self.form: tuple[str, str, str] | None = None

    def work(self, until: float) -> None:
        """Click, think, click."""
        while time.monotonic() < until:
            time.sleep(self.random.expovariate(1 / THINKING))
            page = self.random.choices(list(PAGES), list(PAGES.values()))[0]
            if page.startswith("inbox") and self.login not in SELLS:
                page = "scoreboard"
            self.click("lead" if page == "act" and self.form is None else page)

    def click(self, page: str) -> None:
        """One page, or one act by the form of the last page that had one."""
        address = f"/leads/{self.random.choice(self.leads)}" if page == "lead" else ADDRESSES.get(page, "")
        begun = time.perf_counter()
        try:
            status, text = self.act() if page == "act" else self.ask("GET", address)
        except HTTPException:
            status, text = 0, ""
        self.seen.note(page, 1000 * (time.perf_counter() - begun), status)
        self.form = form_in(text) or self.form

    def act(self) -> tuple[int, str]:
        """Log a mail."""
        assert self.form is not None
        lead, seen, token = self.form
        self.form = None
        sent = {"lead": lead, "key": uuid.uuid4().hex, "seen": seen, "pick": "email_sent", "csrfmiddlewaretoken": token}
        return self.ask("POST", "/acts", urlencode(sent), {"Content-Type": FORM, "HX-Request": "true"})

    def ask(self, *question: Any) -> tuple[int, str]:
        """As a browser does: a connection that was closed while nobody used it is opened anew. An act has its key, so it is one all the same."""
        try:
            return self.reader.ask(*question)
        except RemoteDisconnected:
            return self.reader.ask(*question)


def measure_people() -> tuple[list[list[str]], list[str]]:
    """The rows of the table, and what else is to be said."""
    with served_demo() as site:
        seen = Seen()
        people = [Person(site, LOGINS[number % len(LOGINS)], number, seen) for number in range(PEOPLE)]
        until = time.monotonic() + SECONDS
        threads = [threading.Thread(target=person.work, args=(until,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    asked = sum(map(len, seen.took.values()))
    notes = [
        f"{PEOPLE} people, {asked} clicks in {SECONDS:.0f} s; failed: {len(seen.failed)} {seen.failed[:3] or ''}".rstrip(" ")
        + "."
    ]
    print(f"  {notes[0]}", file=sys.stderr, flush=True)
    return [*rows(seen)], notes


def rows(seen: Seen) -> Iterator[list[str]]:
    """One row for each page that was asked for, and one for all of them."""
    everything = [each for took in seen.took.values() for each in took]
    for page, took in [*seen.took.items(), ("everything", everything)]:
        if len(took) > 1:
            ninety_five = quantiles(took, n=100, method="inclusive")[94]
            failed = sum(each == page or page == "everything" for each, _ in seen.failed)
            yield [page, str(len(took)), *(f"{each:.0f}" for each in (median(took), ninety_five, max(took))), str(failed)]
