"""The clause of the agreement behind a number that nothing else is behind: what was promised, what a grade is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.agreement.sentences.promises import grades, promises, reward
from smarketing.reports.scoreboard.clauses import SHORT
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.reports.following import Following

PARTS = ("promises", "grades", "reward", "working hours")
CLAUSES: dict[str, Any] = {
    "version": pl.String, "in_force_from": pl.Date, "part": pl.String, "name": pl.String, "text": pl.String, "figure": pl.Decimal(18, 4),
}  # fmt: skip
Row = dict[str, Any]


def clauses(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """The clauses of a `version` (left out: the one in force): of a `commitment`, or of a `part`, or of one `grade`.

    `figure`: what is promised (a share as a fraction), what a hand-off of the grade is worth from any engagement on, what is set
    aside as a reward; null where the clause has no figure of its own.
    """
    version = _version(outcome, question.get("version", ""))
    rows = [*_rows(version)]
    if "commitment" in question:
        rows = [row for row in rows if row["part"] == PARTS[0] and row["name"] == question["commitment"]]
    if "part" in question:
        if question["part"] not in PARTS:
            wrong = question["part"]
            raise UsageError(f'no clause is of "{wrong}"; choose {", ".join(PARTS)}.{did_you_mean(wrong, PARTS)}')
        rows = [row for row in rows if row["part"] == question["part"]]
    if "grade" in question:
        rows = [row for row in rows if row["part"] == "grades" and row["name"] == question["grade"]]
    told = {"version": version.id, "in_force_from": version.in_force.from_}
    return pl.DataFrame([told | row for row in rows], schema=CLAUSES)


def _version(outcome: Following, begins: str) -> Agreement:
    found = [version for version in outcome.versions if version.id.startswith(begins)] if begins else [outcome.agreement]
    if len(found) != 1:
        raise UsageError(f'"{begins}" names no version of the agreement; take the first {SHORT} digits of one.')
    return found[0]


def _rows(version: Agreement) -> Iterator[Row]:
    targets = {promise.name: promise.target for promise in version.commitments}
    for side in promises(version).values():
        for promise in side:
            yield _row(PARTS[0], promise.name, promise.text, targets[promise.name])
    for grade in grades(version):
        bands = (version.worth or {}).get(grade.name, ())
        plain = bands[0].amount if len(bands) == 1 and bands[0].engagement is None else None
        worth = f"; a hand-off of it is worth {grade.worth}" if grade.worth else ""
        yield _row("grades", grade.name, f"Fit {grade.begins}{worth}.", plain)
    if version.reward is not None:
        yield _row("reward", "reward", " ".join(reward(version)), version.reward.pool)
    for name in version.calendars:
        yield _row("working hours", name, f"The working hours of {name}.", None)


def _row(part: str, name: str, text: str, figure: Any) -> Row:
    return {"part": part, "name": name, "text": text, "figure": None if figure is None else Decimal(figure)}
