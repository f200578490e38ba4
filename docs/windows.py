"""Windows of a browser: who looks, how wide, in which colours; and what went wrong in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from docs.running import HOUSE, LOGINS, Site

DESK, PHONE = 1280, 390
NOTICED = """async () => {
  const refused = [], shifts = [];
  new ReportingObserver(reports => reports.forEach(({ body }) => refused.push(`${body.effectiveDirective} ${body.blockedURL}`)),
    { types: ["csp-violation"], buffered: true }).observe();
  new PerformanceObserver(list => shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
  await new Promise(done => setTimeout(done, 100));
  return { refused, shifted: shifts.reduce((sum, each) => sum + (each.hadRecentInput ? 0 : each.value), 0) };
}"""
"""Asked of the browser afterwards. A script put into the page beforehand would be put into its frames too, and one that
allows no scripts says so in the console, now and then: as it is there earlier or later than the script."""
DRAWN = """async () => {
  const waits = () => document.fonts.status !== "loaded" || [...document.querySelectorAll("[data-chart]")].some(
    each => each.checkVisibility() && !each.matches(".is-drawn, .is-failed"));
  for (let tries = 0; waits(); tries += 1) {
    if (tries > 400) return [...document.querySelectorAll("[data-chart]:not(.is-drawn)")].map(each => each.dataset.chart);
    await new Promise(done => setTimeout(done, 50));
  }
}"""
"""Asked in the page and not by Playwright's waiting, which the site's policy forbids: it evaluates text."""
SHOW_EVERY_CHART = """async () => {
  for (const chart of document.querySelectorAll("[data-chart]")) {
    chart.scrollIntoView();
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
  scrollTo(0, 0);
}"""
PATIENCE_MS = 20_000


@dataclass
class Seen:
    """What a window complained about: errors in the console, and requests that left the site or failed."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass
class Noticed:
    """What the page's policy refused (directive and address), and how far the page moved by itself while it was drawn."""

    refused: list[str]
    shifted: float


class Windows:
    """Opens windows on a site, signed in as somebody; `close` closes them all."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.known: dict[str, Any] = {}
        self.opened: list[BrowserContext] = []

    def window(
        self, login: str | None = None, *, width: int = DESK, height: int = 900, theme: str = "light", **options: Any
    ) -> Page:
        """An empty page of a new window; `login` is a role (or the name before the @) whose session it has."""
        session = self.session(login) if login else None
        return self.fresh(width=width, height=height, theme=theme, storage_state=session, **options)

    def fresh(self, *, width: int, height: int, theme: str, **options: Any) -> Page:
        """A window of which nobody is known to be in, unless a `storage_state` says so."""
        settings: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce", **options}
        context = self.browser.new_context(
            base_url=self.site.url, viewport={"width": width, "height": height}, color_scheme=theme, **settings
        )
        context.set_default_timeout(PATIENCE_MS)
        self.opened.append(context)
        return context.new_page()

    def at(self, login: str | None, address: str, **options: Any) -> Page:
        """The page at an address of the site, drawn."""
        page = self.window(login, **options)
        go(page, address)
        return page

    def session(self, login: str) -> Any:
        """The cookies of somebody who signed in through the form, once."""
        if login not in self.known:
            page = self.fresh(width=DESK, height=900, theme="light")
            sign_in(page, self.site, login)
            self.known[login] = page.context.storage_state()
        return self.known[login]

    def close(self) -> None:
        """Close every window."""
        while self.opened:
            self.opened.pop().close()


def address_of(login: str) -> str:
    """With what a role, or a person of the demo, logs in."""
    return f"{LOGINS.get(login, login)}@{HOUSE}"


def sign_in(page: Page, site: Site, login: str) -> None:
    """Fill in the form and send it, where the way led there already on its own page."""
    if "/login" not in page.url:
        page.goto("/login")
    page.get_by_label("E-mail").fill(address_of(login))
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def go(page: Page, address: str) -> int:
    """Go there and wait until everything is drawn; the status of the answer."""
    answer = page.goto(address)
    drawn(page)
    return answer.status if answer else 0


def drawn(page: Page) -> None:
    """Wait until the fonts are there and every chart is; a chart is drawn when it comes near."""
    page.wait_for_load_state("load")
    page.evaluate(SHOW_EVERY_CHART)
    waiting = page.evaluate(DRAWN)
    assert waiting is None, f"charts that are not drawn: {waiting}"


def watched(page: Page, site: Site) -> Seen:
    """From now on, what the page complains about."""
    seen = Seen()
    page.on("console", lambda said: seen.errors.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda asked: seen.foreign.append(asked.url) if is_foreign(asked.url, site) else None)
    page.on("requestfailed", lambda asked: seen.failed.append(f"{asked.url} {asked.failure}"))
    page.on("response", lambda got: seen.failed.append(f"{got.url} {got.status}") if got.status >= 400 else None)
    return seen


def noticed(page: Page) -> Noticed:
    """What the browser has noticed in the page since it was opened."""
    return Noticed(**page.evaluate(NOTICED))


def is_foreign(url: str, site: Site) -> bool:
    """Whether a request goes to somebody else."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(site.url).netloc
