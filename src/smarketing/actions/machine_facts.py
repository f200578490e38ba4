"""What machines did to a lead: kept in the journal, told on its page, and never counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from smarketing.journal.properties import says_machine

ASK = """
SELECT fact_id, at, kind, campaign, channel, actor, opportunity_id, amount, currency, properties::text FROM fact
WHERE lead_id = ANY(%s) AND at <= %s AND properties::text LIKE '%%machine%%' ORDER BY at, fact_id
"""
COLUMNS = "fact_id at kind campaign channel actor opportunity_id amount currency properties".split()


def machine_facts(lead_ids: Sequence[str], as_of: datetime) -> list[dict[str, Any]]:
    """The facts by machines (mail scanners, bots) under any of these ids at or before `as_of`, in order of time.

    Columns of the journal but those about the recording; personal values are left out. The workspace is open.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(ASK, [list(lead_ids), as_of])
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    return [row for row in rows if says_machine(row["properties"])]
