"""A clock of a workspace's own, for a company that lives in another time than ours: the demo's. It is kept in a file."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

FILE = "clock.json"


@dataclass(frozen=True)
class Clock:
    """At the real instant `since` it was `as_of` there, and from then on time passes `speed` times as fast as ours; 0: it stands still."""

    as_of: datetime
    since: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """What time it is there when it is `real` here."""
        return self.as_of + max(timedelta(0), real - self.since) * self.speed


def read_clock(data: Path) -> Clock | None:
    """The clock in this folder; None where the workspace goes by ours."""
    try:
        said = json.loads((data / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Clock(datetime.fromisoformat(said["as_of"]), datetime.fromisoformat(said["since"]), float(said["speed"]))


def write_clock(data: Path, clock: Clock) -> None:
    """Set it; whoever reads it meanwhile reads the one before."""
    path = data / FILE
    partial = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
    told = {"as_of": clock.as_of.isoformat(), "since": clock.since.isoformat(), "speed": clock.speed}
    partial.write_text(json.dumps(told), encoding="utf-8")
    partial.replace(path)
