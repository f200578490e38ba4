"""The open hand-offs of a rep as of this moment: as derived, and where somebody acted since then, as they are now."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.inbox.cases import Case, cases_in, cases_of, open_handoffs
from smarketing.reports.inbox.rows import InboxRow, inbox
from smarketing.web.fresh import fresh_lives
from smarketing.web.held import held

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome


def rows_of(rep: str, now: datetime) -> list[InboxRow]:
    """The rep's inbox, in its order."""
    outcome = held()
    derived = cases_of(outcome, rep)
    ahead = fresh_lives([case.lead_id for case in derived], now, owner=rep)
    cases = [case for case in derived if case.lead_id not in ahead]
    cases += [case for life in ahead.values() for case in open_cases(life) if case.row["owner"] == rep]
    return inbox(outcome, rep, cases, now=now)


def row_of(lead_id: str, now: datetime) -> InboxRow | None:
    """The row of one lead, whosever it is; None where it has no open hand-off."""
    outcome = held()
    life = fresh_lives([lead_id], now).get(lead_id)
    cases = open_cases(life) if life is not None else one_case(outcome, lead_id)
    return next(iter(inbox(outcome, cases[0].row["owner"] or "", cases, now=now)), None) if cases else None


def open_cases(life: Outcome) -> list[Case]:
    """The open hand-offs of a life that is held alone."""
    return life.once("open cases", lambda: cases_in(life, open_handoffs(life)))


def one_case(outcome: Outcome, lead_id: str) -> list[Case]:
    """The open hand-off of one lead."""
    return cases_in(outcome, open_handoffs(outcome).filter(pl.col("lead_id") == lead_id))
