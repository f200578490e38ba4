"""A problem with a file or a fact, as data: collected, listed all at once, never raised one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place.

    `code` is stable (`SMK-A004`), `source` is the place (`agreement.yaml:41`), `message` says what is wrong, why, and what
    would be right. An error stops the work on that document; a warning does not.
    """

    code: str
    source: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.code} {self.source}  {self.message}"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stop the work."""
    return [problem for problem in problems if problem.severity == "error"]
