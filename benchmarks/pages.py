"""How fast pages are answered: a server of its own, one reader, every page in several questions, over and over."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.journals import AS_OF, journal
from benchmarks.measuring import python
from docs.running import HOUSE, Site, served, served_demo

ROUNDS = 20
"""How often each question is asked; the first time nobody asked it before, afterwards its answer may be remembered."""
FORM = "application/x-www-form-urlencoded"
PERIODS = ("2026-06", "2026-05", "2026-Q2", "2026-Q1", "2025")
LEADS_ASKED, DESKS, ACTS = 40, 8, 60
ACT_SECONDS = 1.0
"""How long somebody who acts looks at a lead at least."""


class Asked(NamedTuple):
    """The answers of one page: what it is `of`, the milliseconds of every request, and of those that nobody had asked before."""

    of: str
    page: str
    milliseconds: list[float]
    first: list[float]

    @property
    def cells(self) -> list[str]:
        """One row of the table."""
        hundred = quantiles(self.milliseconds, n=100, method="inclusive")
        figures = (median(self.milliseconds), hundred[94], median(self.first), max(self.first))
        return [self.of, self.page, str(len(self.milliseconds)), *(f"{figure:.0f}" for figure in figures)]


HEADER = ["of", "page", "requests", "p50 ms", "p95 ms", "first ms", "slowest ms"]


class Reader:
    """Somebody who is signed in and asks for pages, one after the other, over one connection."""

    def __init__(self, site: Site, email: str, password: str) -> None:
        self.link = HTTPConnection(urlsplit(site.url).netloc, timeout=120)
        self.cookies: dict[str, str] = {}
        form = self.get("/login")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert found, "the login has no token"
        sent = urlencode({"csrfmiddlewaretoken": found[1], "email": email, "password": password})
        status, _ = self.ask("POST", "/login", sent, {"Content-Type": FORM})
        assert status == 302, f"nobody was let in: {status}"

    def ask(
        self, method: str, address: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """The answer's status and text; its cookies are kept."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.link.request(method, address, body, {"Cookie": cookies, "Accept-Language": "en-GB", **(headers or {})})
        answer = self.link.getresponse()
        for each in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode()

    def get(self, address: str) -> str:
        """A page that is there."""
        status, text = self.ask("GET", address)
        assert status == 200, f"{address}: {status}"
        return text

    def acted(self, form: tuple[str, str, str], page: str) -> float:
        """The milliseconds until an act, done with a form of a page, is answered."""
        lead, seen, token = form
        sent = {"lead": lead, "seen": seen, "csrfmiddlewaretoken": token, "key": uuid.uuid4().hex, "pick": "email_sent"}
        rep = parse_qs(urlsplit(page).query)["rep"][0]
        begun = time.perf_counter()
        status, _ = self.ask("POST", "/acts", urlencode({**sent, "rep": rep}), {"Content-Type": FORM, "HX-Request": "true"})
        assert status == 201, f"the act was not done: {status}"
        return 1000 * (time.perf_counter() - begun)

    def clocked(self, address: str) -> float:
        """The milliseconds from the question to the last byte."""
        begun = time.perf_counter()
        self.get(address)
        return 1000 * (time.perf_counter() - begun)


def questions(reader: Reader) -> dict[str, list[str]]:
    """For each page some addresses, as people ask for them."""
    rows: list[dict[str, Any]] = json.loads(reader.get(f"/api/leads?size={LEADS_ASKED}"))["rows"]
    leads = [row["lead_id"] for row in rows]
    offered = reader.get("/")
    desks = chosen_at(reader.get("/inbox"))
    campaigns = sorted({row["campaign"] for row in rows if row["campaign"]})[:5]
    by_period = {page: [f"/{page}", *(f"/{page}?period={period}" for period in PERIODS)] for page in ("", "campaigns", "reps")}
    return {
        "scoreboard": by_period[""],
        "funnel": ["/funnel", *(f"/funnel?by=campaign&period={period}" for period in PERIODS)],
        "campaigns": by_period["campaigns"],
        "reps": by_period["reps"],
        "leads": ["/leads", "/leads?grade=A", "/leads?sort=-total", "/leads?page=40", f"/leads?q={leads[0]}"],
        "lead": [f"/leads/{lead}" for lead in leads],
        "inbox": [f"/inbox?{urlencode({'rep': rep})}" for rep in desks],
        "inbox, its list": [f"/inbox/list?{urlencode({'rep': rep})}" for rep in desks],
        "delivered": ["/delivered", *(f"/delivered?period={period}" for period in PERIODS)],
        "check": ["/check"] if 'href="/check"' in offered else [],
        "feed": ["/feed", "/feed?what=rejected", "/feed?period=2026-Q2"],
        "notices": ["/notices"],
        "people": ["/people"],
        "routing": ["/routing"],
        "agreement": ["/agreement"],
        "behind a number": [f"/behind?{urlencode({'of': 'leads', 'by': 'campaign', 'group': name})}" for name in campaigns],
    }


def chosen_at(inbox: str) -> list[str]:
    """The reps whose inboxes can be chosen on this page, some of them."""
    choices = re.search(r'<select[^>]*name="rep".*?</select>', inbox, re.DOTALL)
    found = re.findall(r'value="([^"]+@[^"]+)"', choices[0]) if choices else []
    return found[:DESKS]


def measure_acts(of: str, reader: Reader, desks: list[str]) -> Iterator[Asked]:
    """Log a mail with the lead that stands first, at one desk after the other: the answer is the inbox as it is then.

    First as a quick hand does it, one act a second, then one as soon as the other is answered: what follows from it is then still being made.
    """
    for name, pause in (("an act each second", ACT_SECONDS), ("act upon act", 0.0)):
        took = [acted_at(reader, desks[number % len(desks)], pause) for number in range(ACTS)]
        yield Asked(of, name, took, took[:DESKS])


def acted_at(reader: Reader, rep: str, pause: float) -> float:
    """The milliseconds of an act at a desk, after having looked at it for so many seconds."""
    page = f"/inbox?{urlencode({'rep': rep})}"
    form = form_in(reader.get(page))
    assert form is not None, f"{page} has no form"
    time.sleep(pause)
    return reader.acted(form, page)


def form_in(text: str) -> tuple[str, str, str] | None:
    """Lead, version and token of the first form for acts on a page."""
    found = [re.search(rf'name="{name}" value="([^"]*)"', text) for name in ("lead", "seen", "csrfmiddlewaretoken")]
    lead, seen, token = (each[1].replace("&quot;", '"') if each else "" for each in found)
    return (lead, seen, token) if lead and token else None


def measure_site(of: str, site: Site, email: str, password: str) -> Iterator[Asked]:
    """Ask every page of a site; the server was asked for nothing before."""
    reader = Reader(site, email, password)
    asked_for = questions(reader)
    for page, addresses in ((page, addresses) for page, addresses in asked_for.items() if addresses):
        first = [reader.clocked(address) for address in addresses]
        again = [reader.clocked(address) for _ in range(max(1, ROUNDS * 5 // len(addresses))) for address in addresses]
        asked = Asked(of, page, first + again, first)
        print("  " + "  ".join(asked.cells), file=sys.stderr, flush=True)
        yield asked
    desks = [address.partition("rep=")[2].replace("%40", "@") for address in asked_for["inbox"]]
    if desks:
        yield from measure_acts(of, reader, desks)


@contextmanager
def served_journal(facts: int) -> Iterator[Site]:
    """A workspace with a journal of so many facts, served."""
    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as folder:
        workspace = Path(folder) / "w"
        python("workspaces", journal(facts), workspace, AS_OF)
        with served("serve", "--workspace", str(workspace), workspace=workspace) as site:
            yield site


def measure_pages(facts: int) -> list[Asked]:
    """The pages of the demo company, and those of a journal."""
    with served_demo() as site:
        asked = list(measure_site("demo company", site, f"otto@{HOUSE}", site.password))
    with served_journal(facts) as site:
        return asked + list(measure_site(f"{facts:,} facts", site, *site.first_user))
