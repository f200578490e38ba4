"""Making a case small that fails: fewer facts, then fewer rules, as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.generative.cases import Case

SECTIONS = ("commitments", "engagement", "personas", "calendars", "worth", "grades")


def shrunk(case: Case, fails: Callable[[Case], bool]) -> Case:
    """A smaller case that fails too; `fails` must be true of the case given."""
    smaller = next((one for one in smaller_cases(case) if fails(one)), None)
    return case if smaller is None else shrunk(smaller, fails)


def smaller_cases(case: Case) -> Iterator[Case]:
    """The case with a half, a quarter … of its facts, with one fact less, and with one entry of the agreement less."""
    size = len(case.facts) // 2
    while size:
        for start in range(0, len(case.facts), size):
            yield case.with_facts(case.facts[:start] + case.facts[start + size :])
        size //= 2
    if case.tables:
        yield replace(case, tables={})
    for name in SECTIONS:
        section = case.agreement.get(name) or []
        for entry in section:
            rest = (
                [one for one in section if one != entry]
                if isinstance(section, list)
                else {k: v for k, v in section.items() if k != entry}
            )
            slim = {key: value for key, value in case.agreement.items() if key != name}
            yield replace(case, agreement=slim | ({name: rest} if rest else {}))
