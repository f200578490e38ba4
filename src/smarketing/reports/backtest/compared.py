"""What a back-test found, before it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smarketing.reports.backtest.past import Past
from smarketing.reports.backtest.sides import Side
from smarketing.reports.backtest.unknown import Holdout


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides over one past, and all that stands in the answer."""

    past: Past
    draft: Side
    against: Side
    answer: dict[str, Any]
    holdout: Holdout
