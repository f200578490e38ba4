"""Where people land once they are in."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def home_of(user: Any) -> str:
    """Where the day of somebody begins."""
    return reverse("home")
