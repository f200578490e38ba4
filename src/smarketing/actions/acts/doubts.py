"""The rejection check: what speaks against a reason, said at the moment, never in the way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smarketing.actions.acts.standing import Standing
    from smarketing.actions.workspace import Workspace


def doubt(workspace: Workspace, verb: str, reason: str, stands: Standing, *, now: datetime) -> str | None:
    """What the facts and the agreement say against this reason, in a sentence; None: nothing."""
    return None
