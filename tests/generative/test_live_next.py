"""When a lead's rows change next by time alone: not before that instant, and at it; null: never."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from smarketing.agreement.sequence import begins_at
from smarketing.backends.live import Replayer, Updated
from smarketing.derivations.replay import OF_LEADS
from tests.generative.cases import Case, make_case
from tests.generative.comparing import checked_agreements, frame_of, small_tables

MOMENT, LONG = timedelta(microseconds=1), timedelta(days=4000)
SEEDS = range(500, 524)


def rows(updated: Updated, lead: str) -> dict[str, list[tuple[object, ...]]]:
    """The lead's rows."""
    return {name: updated.tables[name].filter(pl.col("lead_id") == lead).sort(pl.all()).rows() for name in OF_LEADS}


def instants(case: Case) -> list[datetime]:
    """As of the case's time, and in the middle of everything."""
    return [case.as_of, sorted(fact["at"] for fact in case.facts)[len(case.facts) // 2]]


def check(case: Case, replayer: Replayer, as_of: datetime, told_ahead: set[datetime]) -> int:
    """Checks some leads of one update; returns for how many something follows from time alone."""
    facts = frame_of(case.facts)
    updated, found = replayer.update(facts, as_of=as_of), 0
    for lead, at in updated.next_at.unique("next_at", keep="first", maintain_order=True).head(3).iter_rows():
        now = rows(updated, lead)
        if at is None:
            assert rows(replayer.update(facts, as_of=as_of + LONG), lead) == now, (
                f"{lead} changes after {as_of}, which is not told"
            )
            continue
        assert at > as_of
        assert rows(replayer.update(facts, as_of=at - MOMENT), lead) == now, f"{lead} is another between {as_of} and {at}"
        if at not in told_ahead:
            assert rows(replayer.update(facts, as_of=at), lead) != now, f"nothing of {lead} is another at {at}"
            found += 1
    return found


def test_nothing_changes_before_the_next_instant_and_something_at_it() -> None:
    found = 0
    for seed in SEEDS:
        case = make_case(seed)
        agreements = checked_agreements(case)
        replayer = Replayer(agreements, tables_in=small_tables(case))
        told_ahead = {begins_at(version) for version in agreements} | {fact["at"] for fact in case.facts}
        found += sum(check(case, replayer, as_of, told_ahead) for as_of in instants(case))
    assert found > len(SEEDS) // 2


@pytest.mark.parametrize("shift", [timedelta(hours=1), -timedelta(hours=1)])
def test_an_instant_that_is_wrong_would_be_seen(shift: timedelta) -> None:
    class Wrong(Replayer):
        def update(self, facts: object, *, as_of: datetime | str) -> Updated:
            right = super().update(facts, as_of=as_of)
            return Updated(
                right.as_of,
                right.leads,
                right.gone,
                right.tables,
                right.united,
                right.next_at.with_columns(pl.col("next_at") + shift),
            )

    with pytest.raises(AssertionError):
        for seed in SEEDS:
            case = make_case(seed)
            wrong = Wrong(checked_agreements(case), tables_in=small_tables(case))
            check(case, wrong, case.as_of, {fact["at"] for fact in case.facts})
