"""The order in which the fold reads facts: by lead, time and fact id."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.compiling import kernel

Ints = NDArray[np.int64]


def coded_leads(lead_ids: pl.Series) -> tuple[pl.Series, Ints]:
    """The leads in order, and the code of each row's lead."""
    leads = lead_ids.unique().sort()
    return leads, lead_ids.cast(pl.Enum(leads)).to_physical().to_numpy().astype(np.int64)


def in_order(lead: Ints, n_leads: int, at: Ints, fact_ids: pl.Series) -> tuple[Ints, Ints]:
    """The rows by lead, time and fact id; and where each lead's begin in that order, with one more at the end."""
    by_time = np.arange(len(at)) if len(at) < 2 or (at[1:] >= at[:-1]).all() else np.argsort(at, kind="stable")
    order, lead_start = np.empty(len(at), np.int64), np.zeros(n_leads + 1, np.int64)
    gather_leads(lead, by_time, order, lead_start, np.empty(n_leads, np.int64))
    order_ties(order, lead, at, fact_ids)
    return order, lead_start


@kernel
def gather_leads(lead: Ints, rows: Ints, order: Ints, lead_start: Ints, next_place: Ints) -> None:
    """Put the rows of each lead together, in `order`, otherwise as they stand in `rows`; `lead_start` says where each begins."""
    for row in range(lead.shape[0]):
        lead_start[lead[row] + 1] += 1
    for code in range(next_place.shape[0]):
        lead_start[code + 1] += lead_start[code]
        next_place[code] = lead_start[code]
    for place in range(rows.shape[0]):
        code = lead[rows[place]]
        order[next_place[code]] = rows[place]
        next_place[code] += 1


def order_ties(order: Ints, lead: Ints, at: Ints, fact_ids: pl.Series) -> None:
    """Put the rows of one lead and moment in the order of their fact ids, in place."""
    same = np.zeros(len(order) + 1, dtype=np.bool_)
    if len(order):
        leads, times = lead[order], at[order]
        same[1:-1] = (leads[1:] == leads[:-1]) & (times[1:] == times[:-1])
    places = np.flatnonzero(same[:-1] | same[1:])
    if len(places):
        rows = order[places]
        tied = pl.DataFrame({"row": rows, "lead": lead[rows], "at": at[rows], "fact_id": fact_ids.gather(rows)})
        order[places] = tied.sort("lead", "at", "fact_id")["row"].to_numpy()
