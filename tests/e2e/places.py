"""Every page of the demo, and who looks at it."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A page: its `address`, who looks (None: somebody who is not signed in), and the status of the answer."""

    address: str
    login: str | None = "operations"
    status: int = 200


PLACES = {
    "login": Place("/login", None),
    "scoreboard": Place("/", "leader"),
    "scoreboard of a month that was missed": Place("/?period=2026-08", "sales"),
    "funnel": Place("/funnel", "marketing"),
    "funnel by campaign": Place("/funnel?by=campaign&period=2026-Q3", "leader"),
    "campaigns": Place("/campaigns", "marketing"),
    "reps": Place("/reps", "leader"),
    "leads": Place("/leads", "anna"),
    "leads, none found": Place("/leads?q=nobody-is-called-so"),
    "lead": Place("/leads/lead-1250", "anna"),
    "agreement": Place("/agreement", "viewer"),
    "behind a number": Place("/behind?of=leads&by=campaign&group=referral"),
    "import": Place("/imports/new"),
    "password": Place("/password", "viewer"),
    "refused": Place("/imports/new", "sales", 403),
    "not found": Place("/nowhere", "viewer", 404),
    "a period that is none": Place("/funnel?period=nonsense", "viewer", 400),
}
