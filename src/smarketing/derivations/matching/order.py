"""The order in which the fold reads facts: by lead, time and fact id."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.compiling import kernel

Ints = NDArray[np.int64]
Digests = NDArray[np.uint64]

LEAD = "lead"
"""The column of rows that stand by lead, time and fact id: the number of their lead, the first being 0."""
FEW = 1000
"""Up to so many rows the names themselves are compared, which takes less time than preparing anything better."""


def in_lives(facts: pl.DataFrame) -> pl.DataFrame:
    """The rows by lead, time and fact id, with the column LEAD: leads are numbered in the order of their ids."""
    if LEAD in facts.columns:
        return facts
    facts = facts.rechunk()  # rows are picked many times faster out of one piece
    leads, lead = coded_leads(facts["lead_id"])
    order, lead_start = in_order(lead, len(leads), facts["at"].to_physical().to_numpy(), facts["fact_id"])
    numbers = np.repeat(np.arange(len(leads), dtype=np.uint32), np.diff(lead_start))
    rest = facts.drop("lead_id")[order]
    return rest.with_columns(leads.gather(numbers).alias("lead_id"), pl.Series(LEAD, numbers))


def lives(lead: NDArray[np.uint32]) -> Ints:
    """Where each lead's rows begin in the column LEAD, with one more at the end."""
    begins = np.flatnonzero(lead[1:] != lead[:-1]) + 1
    return np.concatenate([np.zeros(min(len(lead), 1), np.int64), begins, [len(lead)]]) if len(lead) else np.zeros(1, np.int64)


def coded_leads(lead_ids: pl.Series) -> tuple[pl.Series, Ints]:
    """The leads in order, and the code of each row's lead."""
    if len(lead_ids) <= FEW:
        return coded_by_name(lead_ids)
    return coded_by_digest(lead_ids) or coded_by_name(lead_ids)


def coded_by_name(lead_ids: pl.Series) -> tuple[pl.Series, Ints]:
    """The same by comparing the names."""
    leads = lead_ids.unique().sort()
    return leads, lead_ids.cast(pl.Enum(leads)).to_physical().to_numpy().astype(np.int64)


def coded_by_digest(lead_ids: pl.Series) -> tuple[pl.Series, Ints] | None:
    """The same by comparing digests of 128 bits; None where a half of two digests meets, which is to be looked at by name."""
    one, other = lead_ids.hash(1).to_numpy(), lead_ids.hash(2).to_numpy()
    room = 1 << max(4, int(2 * len(one) - 1).bit_length())
    places, firsts = np.full(room, -1, dtype=np.int32), np.empty(len(one), dtype=np.int64)
    codes = np.empty(len(one), dtype=np.int64)
    found = number_by_digest(one, other, places, firsts, codes)
    if found < 0:
        return None
    names = lead_ids.gather(firsts[:found])
    by_name, rank = names.arg_sort(), np.empty(found, dtype=np.int64)
    rank[by_name.to_numpy()] = np.arange(found)
    return names.gather(by_name), rank[codes]


@kernel
def number_by_digest(one: Digests, other: Digests, places: NDArray[np.int32], firsts: Ints, codes: Ints) -> int:
    """Number the distinct digests as they are met; returns how many, or -1 where the half `one` of two different digests is equal.

    `places` is an empty hash table (-1), a power of two long; `firsts` takes the first row of each number, `codes` each row's number.
    """
    found, last = 0, places.shape[0] - 1
    for row in range(one.shape[0]):
        place = np.int64(one[row] >> np.uint64(20)) & last
        while places[place] >= 0 and one[firsts[places[place]]] != one[row]:
            place = (place + 1) & last
        if places[place] < 0:
            places[place], firsts[found] = found, row
            found += 1
        elif other[firsts[places[place]]] != other[row]:
            return -1
        codes[row] = places[place]
    return found


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


@kernel
def find_ties(order: Ints, lead: Ints, at: Ints, tied: NDArray[np.bool_]) -> int:
    """Mark the places whose row has the lead and time of the one before or after; returns how many."""
    found = 0
    for place in range(1, order.shape[0]):
        this, before = order[place], order[place - 1]
        if lead[this] == lead[before] and at[this] == at[before]:
            tied[place] = tied[place - 1] = True
            found += 1
    return found


def order_ties(order: Ints, lead: Ints, at: Ints, fact_ids: pl.Series) -> None:
    """Put the rows of one lead and moment in the order of their fact ids, in place."""
    same = np.zeros(len(order), dtype=np.bool_)
    if find_ties(order, lead, at, same):
        places = np.flatnonzero(same)
        rows = order[places]
        tied = pl.DataFrame({"row": rows, "lead": lead[rows], "at": at[rows], "fact_id": fact_ids.gather(rows)})
        order[places] = tied.sort("lead", "at", "fact_id")["row"].to_numpy()
