"""Making a case small that fails: fewer facts, then fewer rules, as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.generative.cases import Case
from tests.generative.sequences import Agreement

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
    for place, version in enumerate(case.agreements):
        if case.later:
            yield with_versions(case, case.agreements[:place] + case.agreements[place + 1 :])
        for slim in smaller_agreements(version):
            yield with_versions(case, [*case.agreements[:place], slim, *case.agreements[place + 1 :]])


def with_versions(case: Case, versions: list[Agreement]) -> Case:
    """The case under other versions."""
    return replace(case, agreement=versions[0], later=versions[1:])


def smaller_agreements(agreement: Agreement) -> Iterator[Agreement]:
    """The agreement with one entry less."""
    for name in SECTIONS:
        section = agreement.get(name) or []
        for entry in section:
            rest = (
                [one for one in section if one != entry]
                if isinstance(section, list)
                else {k: v for k, v in section.items() if k != entry}
            )
            slim = {key: value for key, value in agreement.items() if key != name}
            yield slim | ({name: rest} if rest else {})
