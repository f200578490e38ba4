"""Where the pages are, for links in letters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace


def site(workspace: Workspace) -> str:
    """How people reach the pages: as the settings say, else where they are served on this machine; "" where nobody serves them."""
    if workspace.settings.url:
        return workspace.settings.url.rstrip("/")
    from smarketing.actions.serving import LOCK

    try:
        told = json.loads((workspace.data / LOCK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(told.get("url", "")).rstrip("/") if isinstance(told, dict) else ""


def behind(question: Mapping[str, str]) -> str:
    """The path of the page that shows what is behind a number."""
    return f"/behind?{urlencode(dict(question))}"


def lead(lead_id: str) -> str:
    """The path of a lead's page."""
    return f"/leads/{quote(lead_id)}"
