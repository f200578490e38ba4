"""Every page of the demo, and who looks at it: for the screenshots, and for what the tests ask of each."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A page: its `address`, who looks (None: somebody who is not signed in), the answer's status, and whether it gets a picture."""

    address: str
    login: str | None = "operations"
    status: int = 200
    pictured: bool = True


MONTH_MISSED = "2026-08"
"""In which marketing missed what it had promised."""
PLACES = {
    "login": Place("/login", None),
    "scoreboard": Place("/", "leader"),
    "scoreboard-missed": Place(f"/?period={MONTH_MISSED}", "sales"),
    "plan": Place("/plan", "leader"),
    "inbox": Place("/inbox", "anna"),
    "delivered": Place("/delivered", "marketing"),
    "what-happened": Place("/feed", "marketing"),
    "check": Place("/check", "marketing"),
    "lead-new": Place("/leads/new", "marketing"),
    "funnel": Place("/funnel", "marketing"),
    "funnel-by-campaign": Place("/funnel?by=campaign&period=2026-Q3", "leader", pictured=False),
    "campaigns": Place("/campaigns", "marketing"),
    "attribution": Place("/attribution", "marketing"),
    "reps": Place("/reps", "leader"),
    "leads": Place("/leads", "anna"),
    "leads-none": Place("/leads?q=nobody-is-called-so", pictured=False),
    "lead": Place("/leads/lead-1250", "anna"),
    "routing": Place("/routing", "leader"),
    "routing-of-a-rep": Place("/routing?rep=anna@alderfinch.example", "anna", pictured=False),
    "routing-simulation": Place("/routing/simulation", "leader"),
    "agreement": Place("/agreement", "viewer"),
    "versions-compared": Place("/agreement?against=9688ee13c249", "viewer"),
    "behind": Place("/behind?of=leads&by=campaign&group=referral"),
    "reckoned": Place("/behind?of=steps&figure=needed&month=2026-12&grade=A", "leader"),
    "import": Place("/imports/new"),
    "notices": Place("/notices", "leader"),
    "wall": Place("/tv", "leader"),
    "daily-mail": Place("/mail/daily?team=sales", "leader"),
    "people": Place("/people"),
    "keys": Place("/keys"),
    "audit": Place("/audit"),
    "account": Place("/account", "anna"),
    "status": Place("/status"),
    "password": Place("/password", "viewer"),
    "refused": Place("/imports/new", "sales", 403, pictured=False),
    "not-found": Place("/nowhere", "viewer", 404, pictured=False),
    "no-period": Place("/funnel?period=nonsense", "viewer", 400, pictured=False),
}
