"""`lives` and `asked_facts`: what every report asks first. No tables of the contract: they save the reports a second pass through the journal."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.columns import gathered, instants, money, named
from smarketing.derivations.life.rows import Out
from smarketing.derivations.life.words import NEVER
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.matching.order import LEAD
from smarketing.derivations.rulebook import Rulebook
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.vocabulary.kinds import is_touch

LIVES = "lives"
ASKED_FACTS = "asked_facts"
BESIDE = (LIVES, ASKED_FACTS)
"""Their names among the tables that are derived."""
ASKED = ("opportunity_won", "opportunity_lost", "profile_changed")
"""The kinds that reports look at one by one."""
COLUMNS = ("fact_id", "lead_id", "at", "kind", "actor", "opportunity_id", "amount", "currency", "properties")
EMPTY_PROFILE = 0
"""The number of the profile of a lead of which nothing is known."""
Rows = NDArray[np.int64]


def lives(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """One row for each lead, in the order of the leads. Key: lead_id.

    `first_at`, `last_at`: its first and last fact; `first_touch_at`: the first thing it did; `campaign`, `channel`: of its first touch with
    one. `handed_at`: its first hand-off. `persona`, `fit`, `grade`: of its profile as it is known last, under the last version. `at 1`,
    `at 2`, …: its first entry of each stage of the last version, in whichever cycle.
    """
    start, at = matched.facts.lead_start, matched.facts.rows["at"]
    touches = touched(matched, book)
    with_campaign = touches[matched.facts.rows["campaign"][touches] >= 0]
    with_channel = touches[matched.frame["channel"].gather(touches).is_not_null().to_numpy()]
    first = first_of_leads(matched, touches)
    columns = {
        "lead_id": matched.leads,
        "first_at": instants(at[start[:-1]]),
        "last_at": instants(at[start[1:] - 1]),
        "first_touch_at": instants(np.where(first < 0, NEVER, at[np.maximum(first, 0)])),
        "handed_at": instants(earliest(folded.handoffs["lead"], folded.handoffs["at"], len(matched.leads))),
        "campaign": gathered(matched.frame["campaign"], first_of_leads(matched, with_campaign)).cast(pl.String),
        "channel": gathered(matched.frame["channel"], first_of_leads(matched, with_channel)).cast(pl.String),
    }
    return pl.DataFrame(columns | profiles(matched, book) | entries(matched, folded, book))


def asked_facts(matched: Matched, book: Rulebook) -> pl.DataFrame:
    """The facts of the kinds in ASKED, with COLUMNS, in the types of a fact."""
    wanted = np.array([kind in ASKED for kind in book.kinds])
    rows = np.flatnonzero(wanted[matched.facts.rows["kind"] % len(book.kinds)])
    return matched.frame.select(COLUMNS)[rows].cast({name: FACT_SCHEMA[name] for name in COLUMNS})


def earliest(leads: Rows, at: Rows, number: int) -> Rows:
    """The first of the instants of each lead, of which there are so many; NEVER where there is none."""
    first = np.full(number, NEVER, dtype=np.int64)
    np.minimum.at(first, leads, at)
    return first


def touched(matched: Matched, book: Rulebook) -> Rows:
    """The numbers of the facts that are touches, in order."""
    touch = np.array([is_touch(kind) for kind in book.kinds])
    return np.flatnonzero(touch[matched.facts.rows["kind"] % len(book.kinds)])


def first_of_leads(matched: Matched, facts: Rows) -> Rows:
    """Of these facts (numbers in order) each lead's first; -1: none."""
    first = np.full(len(matched.leads), -1, dtype=np.int64)
    first[matched.frame[LEAD].to_numpy()[facts[::-1]]] = facts[::-1]  # the last one written stays
    return first


def profiles(matched: Matched, book: Rulebook) -> dict[str, pl.Series]:
    """`persona`, `fit` and `grade` of each lead."""
    profile = matched.facts.rows["profile"]
    told = np.flatnonzero(profile >= 0)
    known = np.full(len(matched.leads), EMPTY_PROFILE, dtype=np.int64)
    known[matched.frame[LEAD].to_numpy()[told]] = profile[told]
    states = matched.fits.states[matched.fits.compiled.of[:, -1]]
    grades = [book.agreement.grade_of(Decimal(int(points)) / 100) for points in states["points"]]
    texts = pl.Series(grades, dtype=pl.String)
    return {
        "persona": named(states["persona"][known], book.persona_names),
        "fit": money(states["points"][known]),
        "grade": texts.gather(known),
    }


def entries(matched: Matched, folded: Out, book: Rulebook) -> dict[str, pl.Series]:
    """When each lead first entered each stage."""
    rows, leads, stages = folded.entries, len(matched.leads), len(book.stage_names)
    first = earliest(rows["stage"].astype(np.int64) * leads + rows["lead"], rows["entered_at"], stages * leads)
    return {f"at {place}": instants(at) for place, at in enumerate(first.reshape(stages, leads), 1)}
