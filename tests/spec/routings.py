"""Who gets which lead: cases about routing, told as tables."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.derivations.routing.book import Book, noted
from smarketing.derivations.routing.choice import Handed, choose
from smarketing.derivations.routing.desks import office_of
from smarketing.derivations.routing.wishes import Wishes, asked_attributes, wishes
from smarketing.journal.small_tables import read_small_tables
from tests.spec import ascii, tables
from tests.spec.ascii import Rows


@dataclass(frozen=True)
class Routing:
    """Leads that are handed over one after the other, the reps there are, and who gets which, with a part of the reason."""

    agreement: str
    small: dict[str, Rows]
    leads: Rows
    expected: Rows
    document: str = field(repr=False, default="")

    def judge(self) -> None:
        found = self.routed()
        told = ascii.table(["lead_id", "to", "why"], found)
        wanted = [[row.get(name, "") for name in ("lead_id", "to", "why")] for row in self.expected.rows]
        same = len(found) == len(wanted) and all(
            got[:2] == want[:2] and want[2] in got[2] for got, want in zip(found, wanted, strict=True)
        )
        if not same:
            pytest.fail(f"they were routed like this:\n{told}", pytrace=False)

    def routed(self) -> list[list[str]]:
        """Lead, rep and reason of each, in order."""
        agreement = load_agreement("agreement.yaml", text=self.document)
        route, zone = agreement.handoff.route, agreement.timezone
        at = [ascii.instant(row["at"], zone) for row in self.leads.rows]
        assert at == sorted(at), "leads are handed over in order of time"
        frames = {name: pl.DataFrame(rows.rows) for name, rows in self.small.items()}
        office = office_of(agreement, read_small_tables(frames), first_at=at[0], last_at=at[-1])
        told: list[list[str]] = []
        book: Book = {}
        for row, when, wished in zip(self.leads.rows, at, wished_for(self.leads, route), strict=True):
            choice = choose(handed(row, wished), office, book, route, when)
            told.append([row["lead_id"], choice.rep or "", choice.why])
            book = book if choice.rep is None else noted(book, choice, route, when)
        return told


def handed(row: dict[str, str], wished: Wishes) -> Handed:
    not_to = tuple(rep.strip() for rep in row.get("not_to", "").split(",") if rep.strip())
    texts = {name: row.get(name) or None for name in ("account", "account_owner", "before")}
    return Handed(row["lead_id"], wishes=wished, not_to=not_to, **texts)


def wished_for(leads: Rows, route: Any) -> list[Wishes]:
    names = asked_attributes(route)
    profiles = [ascii.properties(row.get("profile", "")) for row in leads.rows]
    columns = {name: [_text(profile.get(name)) for profile in profiles] for name in names}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)) if names else pl.DataFrame({"": [""] * len(profiles)})
    return wishes(route, frame)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def routed(*, agreement: str = "", reps: str | None, absences: str | None = None, leads: str, to: str) -> None:
    """These leads go to these reps; of each reason only a part is told. Times are on the wall clock of the agreement's zone."""
    snippet = textwrap.dedent(agreement).strip()
    small = {name: ascii.rows(text) for name, text in {"reps": reps, "absences": absences}.items() if text}
    tables.take(Routing(snippet, small, ascii.rows(leads), ascii.rows(to), tables.merged(snippet)))
