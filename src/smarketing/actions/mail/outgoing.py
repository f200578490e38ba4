"""How the mail goes: what waits to be sent, and what was given up."""

from __future__ import annotations

from typing import NamedTuple


class Outgoing(NamedTuple):
    """Letters that `wait` (of them `tried` in vain so far), those `given_up`, and the latest `trouble`: what the
    mail server said of one of these; "" of none."""

    wait: int
    tried: int
    given_up: int
    trouble: str


def outgoing() -> Outgoing:
    """As of now."""
    from django.db.models import Count, Q

    from smarketing.records.notices import Letter

    unsent = Letter.objects.filter(sent_at=None)
    waits = Q(next_at__isnull=False)
    counted = unsent.aggregate(
        wait=Count("pk", filter=waits), tried=Count("pk", filter=waits & Q(attempts__gt=0)), given_up=Count("pk", filter=~waits)
    )
    latest = unsent.exclude(trouble="").order_by("-created_at", "-pk").values_list("trouble", flat=True).first()
    return Outgoing(**counted, trouble=latest or "")
