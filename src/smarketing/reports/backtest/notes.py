"""What a reader has to know before believing a back-test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.backtest.unknown import WIDTH, unmoved
from smarketing.reports.funnel.trend import recording_note
from smarketing.reports.handed.waiting import usual_time_to_win
from smarketing.reports.lives import lives
from smarketing.reports.report import Note
from smarketing.vocabulary.periods import local_day

if TYPE_CHECKING:
    from smarketing.reports.backtest.compared import Compared
    from smarketing.reports.following import Following


def notes(found: Compared, assumed: int) -> Iterator[Note]:
    """SMK-R060 to SMK-R067, and SMK-R001; `assumed`: hand-offs that never came to marketing's check."""
    yield _versions(found)
    yield from _unknown(found)
    yield from _effort(found)
    yield from _moved(found)
    yield from _own(found)
    yield from _young(found)
    yield from recorded(found.past.against)
    if assumed:
        yield Note(
            "SMK-R067",
            f"Under the draft {assumed:,} leads would have come to marketing's check that never did, whenever; they are taken as passed at once. "
            f"The others are handed over when marketing really passed them.",
        )


def recorded(outcome: Following) -> Iterator[Note]:
    """SMK-R001, as in the funnel: wins that nobody wrote down in the beginning make every share of them too low."""
    leads = lives(outcome).select("began_at", "won_at")
    return recording_note(leads, leads, zone=outcome.agreement.timezone)


def _versions(found: Compared) -> Note:
    draft, against = found.past.draft.agreement, found.past.against.agreement
    same = " They are one and the same version." if draft.id == against.id else ""
    first, last = (local_day(at, against.timezone) for at in (found.past.begin_at, found.past.end_at))
    return Note(
        "SMK-R060",
        f"Each side is judged by one version alone, from {first} to {last} "
        f"({found.past.weeks:,.1f} weeks): the draft {draft.id[:12]} against {against.id[:12]}.{same}",
    )


def _unknown(found: Compared) -> Iterator[Note]:
    unknown, handed = found.draft.unknown.height, found.draft.handed.height
    if not unknown:
        yield Note("SMK-R061", "Of every hand-off of the draft it is known what became of it: nothing has to be guessed.")
        return
    yield Note(
        "SMK-R061",
        f"Nobody worked {unknown:,} of the draft's {handed:,} hand-offs, so nobody can know what would have become of them. The rates leave "
        f"them out; the bounds say what they are if none of them were won, and if all were.",
    )
    yield _settled(found)


def _settled(found: Compared) -> Note:
    terms = found.holdout
    share = f"{100 * terms.share:g}%"
    whose = (
        f"a holdout of {share} (neither agreement has one; this is only an example)"
        if terms.assumed
        else f"the holdout of {share}"
    )
    wait = "" if terms.waiting is None else f", {terms.waiting} of them for nine of ten wins to come"
    when = (
        "nobody of them came in the last 13 weeks"
        if terms.days is None
        else f"at the present inflow that is after {terms.days:,} days{wait}"
    )
    return Note(
        "SMK-R062",
        f"To know the chance of a win of such leads to ± {100 * WIDTH:g} points (90%, around {100 * terms.chance:.1f}%), {terms.leads:,} more of "
        f"them have to be handed over at random; with {whose} {when}.",
    )


def _effort(found: Compared) -> Iterator[Note]:
    lacking = [
        name for name, side in (("draft", found.draft), ("agreement", found.against)) if side.outcome.agreement.effort is None
    ]
    if lacking:
        yield Note(
            "SMK-R063",
            f"The {' and the '.join(lacking)} {'says' if len(lacking) == 1 else 'say'} nothing of `effort`, so there are no hours of sales time.",
        )
    elif found.draft.unknown.height:
        yield Note(
            "SMK-R063",
            "For hand-offs that were never made the sales time is that which the agreement's own hand-offs of the same grade took on average.",
        )


def _moved(found: Compared) -> Iterator[Note]:
    moved = found.draft.handed.filter("known").height - unmoved(found.draft, found.against).height
    if moved:
        broken = found.draft.breaches(found.draft.handed.filter("known")) - found.draft.breaches(
            unmoved(found.draft, found.against)
        )
        yield Note(
            "SMK-R064",
            f"{moved:,} of the draft's known hand-offs would have come at another time than sales heard of them. {broken:,} of its breaches "
            f"are theirs; sales might have answered in time. The lower bound of the breaches leaves them out.",
        )


def _own(found: Compared) -> Iterator[Note]:
    counts = [
        (name, side.outcome.table("handoffs").filter(pl.col("sourced") == "sales", found.past.counts("handed_at")).height)
        for name, side in (("draft", found.draft), ("agreement", found.against))
    ]
    if any(n for _, n in counts):
        told = " and ".join(f"{n:,} under the {name}" for name, n in counts)
        yield Note("SMK-R065", f"Leads that sales brought in before marketing handed them over are no hand-offs here: {told}.")


def _young(found: Compared) -> Iterator[Note]:
    usual = usual_time_to_win(found.past.against)
    if usual is None:
        yield Note("SMK-R066", "There are too few wins (under 10) to say how long a win takes; young hand-offs may still be won.")
        return
    since = found.past.against.as_of - usual
    young = [side.handed.filter(pl.col("known"), pl.col("handed_at") > since).height for side in (found.draft, found.against)]
    if any(young):
        yield Note(
            "SMK-R066",
            f"Nine of ten wins came within {usual / timedelta(days=1):.0f} days of the hand-off. {young[0]:,} known hand-offs of the draft and {young[1]:,} of "
            f"the agreement are younger and may still be won; --to {since:%Y-%m-%d} leaves them out.",
        )
