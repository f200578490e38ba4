"""Charts where people see them: on a page under a strict content security policy, and in the page that a report becomes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from smarketing.reports.charts.lines import score_chart
from smarketing.reports.charts.page import bundle, on_page, page_spec
from smarketing.reports.charts.render import parts
from tests.unit.charts import reports_by_hand as by_hand
from tests.unit.charts.test_drawings import EVERY, REPORTS, score

NAMED = os.environ.get("CHROMIUM")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'"
SITE = "http://charts.test"
PAGE = """<!doctype html><html lang="en"><head><title>Charts</title><script type="module" src="/bundle.js"></script>
<script type="module" src="/draw.js"></script></head><body><main><h1>Charts</h1>{places}</main></body></html>"""
DRAW = """
window.refused = [];
document.addEventListener("securitypolicyviolation", seen => window.refused.push(seen.violatedDirective + " " + seen.sample));
const specs = %s;
for (const [place, spec] of specs.entries()) await vegaEmbed("#chart-" + place, spec);
window.done = true;
"""
MEETING = """() => [...document.querySelectorAll("svg")].flatMap(svg => {
  const texts = [...svg.querySelectorAll("text")].filter(each => each.textContent.trim() && each.getClientRects().length);
  const boxes = texts.map(each => [each.textContent, each.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 3) found.push(one + " | " + other);
  }));
  return found;
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = NAMED or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("needs Chromium (`make browser`)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def serious(page: Page) -> list[str]:
    """What axe finds that would keep somebody out."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]


def charts() -> list[dict[str, Any]]:
    """Every chart there is, as a page gets it; figures lead somewhere."""
    specs = [page_spec(REPORTS[name], part=part, link=lambda question: "/behind") for name, part in EVERY]
    changes = score(("2026-01-10T23:30", "fit", 25.0), ("2026-01-12T08:00", "engagement", 20.0))
    lines = [{"axis": "engagement", "points": points, "label": name} for name, points in (("mql", 40), ("sql", 42), ("late", 21))]
    return [*specs, on_page(score_chart(changes, as_of=by_hand.AS_OF, thresholds=lines))]


def visit(browser: Browser, *, width: int, draw: str, places: int) -> Page:
    """A page of a site of its own: nothing leaves the machine, and anything but the two scripts is refused."""
    site = {
        "/": ("text/html", PAGE.format(places="".join(f'<div id="chart-{place}"></div>' for place in range(places)))),
        "/bundle.js": ("text/javascript", bundle()),
        "/draw.js": ("text/javascript", draw),
        "/favicon.ico": ("image/x-icon", ""),
    }

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        assert path in site, f"a request to {route.request.url}"
        kind, body = site[path]
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8", headers={"Content-Security-Policy": STRICT})

    page = browser.new_page(viewport={"width": width, "height": 800})
    page.route("**/*", answer)
    page.goto(f"{SITE}/")
    return page


@pytest.mark.parametrize("width", [360, 1200])
def test_every_chart_is_drawn_under_a_strict_policy_and_no_words_meet(browser: Browser, width: int):
    specs = charts()
    page = visit(browser, width=width, draw=DRAW % json.dumps(specs), places=len(specs))
    page.wait_for_function("window.done")
    assert page.evaluate("window.refused") == []
    assert page.locator("svg").count() == len(specs)
    assert page.evaluate(MEETING) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [page.get_attribute(f"#chart-{place}", "aria-label") for place in range(len(specs))] == [
        spec["description"] for spec in specs
    ]
    assert serious(page) == []


def test_a_policy_that_refuses_would_be_seen(browser: Browser):
    """Without the interpreter Vega compiles expressions, which a strict policy refuses."""
    spec = page_spec(by_hand.plan())
    spec["usermeta"] = {"embedOptions": spec["usermeta"]["embedOptions"] | {"ast": False}}
    page = visit(browser, width=800, draw=DRAW.replace("await vegaEmbed", "vegaEmbed") % json.dumps([spec]), places=1)
    page.wait_for_function("window.refused.length > 0")
    assert "script-src" in page.evaluate("window.refused")[0]


def test_words_that_meet_would_be_seen(browser: Browser):
    page = browser.new_page()
    page.set_content('<svg width="200" height="50"><text x="0" y="20">promised</text><text x="20" y="20">delivered</text></svg>')
    assert page.evaluate(MEETING) == ["promised | delivered"]


@pytest.mark.parametrize("name", ["scoreboard", "reps"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 360)])
def test_a_report_as_a_page_needs_nothing_but_itself(browser: Browser, name: str, scheme: Any, width: int):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(REPORTS[name].to_html())
    assert asked == []
    assert page.locator("figure svg:visible").count() == len(parts(REPORTS[name]))
    assert page.evaluate(MEETING) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []
    page.close()


def test_a_report_as_a_page_answers_its_question_and_shows_its_tables_and_notes():
    made = by_hand.plan().to_html()
    assert "<h1>What do we need, and what is missing?</h1>" in made
    assert "<p>52 hand-offs are needed, 50 expected, 4 are missing.</p>" in made
    assert '<tr><th scope="row">2026-02</th><td>22</td></tr>' in made
    assert "<dt>SMK-R040</dt><dd>A &lt;goal&gt; &amp; its mix.</dd>" in made
    assert "http:" not in made
    assert "https:" not in made
