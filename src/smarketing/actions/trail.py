"""The audit trail: one entry for whatever changes who may do what, or takes numbers away; it is only ever added to."""

from __future__ import annotations

from datetime import datetime

LONGEST_WHAT = 60
LONGEST_NETWORK = 64


def note(by: str, what: str, about: str = "", *, now: datetime, network: str = "", **details: object) -> None:
    """Write one entry: `by` an address, `key:NAME` or the name of a program; `what` a verb such as `signed in`; `about` whom or what.

    `network`: the address it came from; `details`: plain values, never a password, a code or a token. It belongs to the transaction
    around it: what is undone was not done.
    """
    from smarketing.records.trail import Trail

    entry = Trail(by=by, what=what[:LONGEST_WHAT], about=about, at=now, network=network[:LONGEST_NETWORK], details=details)
    entry.save(force_insert=True)
