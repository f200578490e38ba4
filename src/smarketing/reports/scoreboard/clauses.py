"""The questions that open a clause of the agreement: where nothing more is behind a number, the clause is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement

SHORT = 12
"""So many digits of a version's id name it in a question."""


def of_promise(agreement: Agreement, name: str) -> dict[str, str]:
    """A promise; the figure of its clause is what is promised."""
    return {"of": "clauses", "version": agreement.id[:SHORT], "commitment": name, "sum": "figure"}


def of_part(agreement: Agreement, part: str, **narrower: str) -> dict[str, str]:
    """A part of the agreement (see `behind.clauses.PARTS`), or with `grade` one line of it."""
    return {"of": "clauses", "version": agreement.id[:SHORT], "part": part, **narrower}
