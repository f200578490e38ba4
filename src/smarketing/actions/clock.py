"""A clock of a workspace's own, for a company that lives in another time than ours: the demo's. It is kept in a file."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FILE = "clock.json"
NO_TIME = timedelta(0)


@dataclass(frozen=True)
class Clock:
    """At the real instant `since` it was `as_of` there, and from then on time passes `speed` times as fast as ours; 0: it stands still.

    `went`: how fast it went before it stood still. `skipped`: the spans of its time that it leapt over, such as nights.
    """

    as_of: datetime
    since: datetime
    speed: float
    went: float = 1.0
    skipped: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def pace(self) -> float:
        """How many times as fast as ours it goes, or went last."""
        return self.speed or self.went

    def at(self, real: datetime) -> datetime:
        """What time it is there when it is `real` here."""
        return self.as_of + max(NO_TIME, real - self.since) * self.speed

    def felt(self, begin: datetime, end: datetime) -> timedelta:
        """How long it took for whoever sat there, from one instant of this clock to another: what was leapt over took no time."""
        leapt = (max(NO_TIME, min(end, until) - max(begin, since)) for since, until in self.skipped)
        return max(NO_TIME, end - begin - sum(leapt, NO_TIME)) / self.pace

    def put(self, now: datetime, real: datetime) -> Clock:
        """The same, put to `now` when it is `real` here."""
        here = self.at(real)
        return replace(self, as_of=now, since=real, skipped=(*self.skipped, *[(here, now)] * (now > here)))

    def stopped(self, real: datetime) -> Clock:
        """The same, from now on standing still."""
        return replace(self.put(self.at(real), real), speed=0.0, went=self.pace)


def read_clock(data: Path) -> Clock | None:
    """The clock in this folder; None where the workspace goes by ours."""
    try:
        said: dict[str, Any] = json.loads((data / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    as_of, since = datetime.fromisoformat(said["as_of"]), datetime.fromisoformat(said["since"])
    skipped = tuple((datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in said.get("skipped", ()))
    return Clock(as_of, since, float(said["speed"]), float(said.get("went", 1.0)), skipped)


def write_clock(data: Path, clock: Clock) -> None:
    """Set it; whoever reads it meanwhile reads the one before."""
    path = data / FILE
    partial = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
    told = {"as_of": clock.as_of.isoformat(), "since": clock.since.isoformat(), "speed": clock.speed, "went": clock.went}
    skipped = [(begin.isoformat(), end.isoformat()) for begin, end in clock.skipped]
    partial.write_text(json.dumps(told | {"skipped": skipped}), encoding="utf-8")
    partial.replace(path)
