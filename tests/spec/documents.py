"""What is wrong with an agreement, and which version it is: cases about the document alone."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import pytest

from tests.spec import ascii, tables
from tests.spec.ascii import Rows


@dataclass(frozen=True)
class Refusal:
    """An agreement and every problem that must be listed: its code, a word of the line it names, a part of what it says."""

    agreement: str
    document: str
    problems: Rows

    def judge(self) -> None:
        from smarketing.agreement.checks import check_agreement

        _, found = check_agreement("agreement.yaml", text=self.document)
        wanted = list(self.problems.rows)
        surplus = [problem for problem in found if not any(self.is_about(row, problem) for row in wanted)]
        missing = [row for row in wanted if not any(self.is_about(row, problem) for problem in found)]
        if surplus or missing or len(found) != len(wanted):
            listed = "\n".join(f"{problem.severity}: {problem}" for problem in found)
            pytest.fail(f"missing: {missing}\nthe problems found are\n{listed}\nin\n{self.document}", pytrace=False)

    def is_about(self, row: dict[str, str], problem: object) -> bool:
        """True where the problem is the one that the row describes."""
        code, source, message, severity = (getattr(problem, name) for name in ("code", "source", "message", "severity"))
        line = self.document.splitlines()[int(source.rpartition(":")[2]) - 1]
        return code == row["code"] and severity == row["severity"] and row["line with"] in line and row["says"] in message


@dataclass(frozen=True)
class Versions:
    """Two agreements that are one version, or are not."""

    agreement: str
    other: str
    same: bool

    def judge(self) -> None:
        from smarketing.agreement.checks import load_agreement

        one, two = (load_agreement("agreement.yaml", text=tables.merged(text)).id for text in (self.agreement, self.other))
        assert (one == two) == self.same, f"{one}\n{two}"


def problems(*, agreement: str, listed: str) -> None:
    """`check` lists exactly these problems, all at once."""
    snippet = textwrap.dedent(agreement).strip()
    tables.take(Refusal(snippet, tables.merged(snippet), ascii.rows(listed)))


def versions(*, agreement: str, other: str, same: bool) -> None:
    """Both snippets, merged into the base, have the same id or another."""
    tables.take(Versions(textwrap.dedent(agreement).strip(), textwrap.dedent(other).strip(), same))
