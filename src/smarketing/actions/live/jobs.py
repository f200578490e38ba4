"""The jobs of the worker, as procrastinate keeps them in the database."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procrastinate import App

QUEUE = "following"
FOLLOW = "follow"
"""The job that brings what follows up to date; at most one of it waits."""


@lru_cache(maxsize=1)
def jobs() -> App:
    """Procrastinate over the open workspace's database."""
    from procrastinate.contrib.django import app

    return app
