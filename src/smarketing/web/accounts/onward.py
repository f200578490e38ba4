"""Where people land once they are in, and where the wordmark leads."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

HOMES = {"sales": "inbox", "marketing": "delivered"}
"""By role; everybody else begins with the scoreboard."""


def home_of(user: Any) -> str:
    """Where the day of somebody begins."""
    return reverse(HOMES.get(str(getattr(user, "role", "")), "home"))
