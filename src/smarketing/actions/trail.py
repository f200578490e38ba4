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


MOST_ENTRIES = 10_000
"""So many are shown and exported at once; a shorter period shows the others."""


def entries(
    *, by: str = "", what: str = "", about: str = "", since: datetime | None = None, until: datetime | None = None
) -> list[dict[str, object]]:
    """The latest entries first: `at`, `by`, `what`, `about`, `network`, `details` (in words), at most `MOST_ENTRIES`.

    `since` belongs to the period, `until` does not; `about` is a part of a word, the others are whole.
    """
    from smarketing.records.trail import Trail

    found = Trail.objects.all()
    exactly = {"by": by, "what": what, "about__icontains": about, "at__gte": since, "at__lt": until}
    found = found.filter(**{name: value for name, value in exactly.items() if value})
    rows = found.values("at", "by", "what", "about", "network", "details")[:MOST_ENTRIES]
    return [{**row, "details": ", ".join(f"{name}: {value}" for name, value in row["details"].items())} for row in rows]


def known(column: str) -> list[str]:
    """What entries have as their `by` or `what`, in order."""
    from smarketing.records.trail import Trail

    return list(Trail.objects.order_by(column).values_list(column, flat=True).distinct())
