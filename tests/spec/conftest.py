"""Every spec is asked of every engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.spec import engines


@pytest.fixture(autouse=True, params=engines.PRESENT or ["none"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine that answers this test; a module about something else overrides this fixture."""
    engines.current = request.param
    yield request.param
