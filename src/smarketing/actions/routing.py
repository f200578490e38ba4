"""Routing: hand-offs that have nobody get a rep, each once, by what the agreement says."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from smarketing.actions.workspace import Workspace

if TYPE_CHECKING:
    from smarketing.records.models import Routed


def route_waiting(workspace: Workspace, now: datetime) -> list[Routed]:
    """Give every hand-off that waits its rep; those that got one now."""
    return []
