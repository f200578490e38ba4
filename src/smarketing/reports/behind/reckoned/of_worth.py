"""How the worth of one hand-off is reckoned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smarketing.reports.behind.one_handoff import handoff_of
from smarketing.reports.behind.reckoned.step import POINTS, Question, Step, asked
from smarketing.reports.scoreboard.clauses import of_part

if TYPE_CHECKING:
    from smarketing.reports.following import Following


def worth(outcome: Following, question: Question) -> Iterator[Step]:
    """The fit, the grade that it earns, and what the agreement says that such a hand-off is worth."""
    lead, _ = asked(question, "lead", "cycle")
    row = handoff_of(outcome, question)
    version = outcome.version_at(row["handed_at"])
    grade = of_part(version, "grades", grade=row["grade"])
    until = {"until": row["handed_at"].isoformat(), "sum": "points"}
    receipts = {axis: {"of": "points", "lead": lead, "axis": axis, **until} for axis in ("fit", "engagement")}
    floor = version.grades.get(row["grade"])
    yield Step("Fit at the hand-off", float(row["fit"]), POINTS, receipts["fit"])
    below = f"Grade {row['grade']}: what is left below the other grades"
    begins = below if floor is None else f"Grade {row['grade']} begins with"
    yield Step(begins, None if floor is None else float(floor), POINTS, grade)
    if any(band.engagement is not None for band in (version.worth or {}).get(row["grade"], ())):
        yield Step("Engagement at the hand-off", float(row["engagement"]), POINTS, receipts["engagement"])
    amount = None if row["worth"] is None else float(row["worth"])
    yield Step("A hand-off like that is worth", amount, version.currency, grade)
