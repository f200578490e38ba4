"""Several versions of an agreement in sequence: which one is in force when (contract, section 2).

Where the contract leaves open what it means, it means here: versions that begin after `as_of` do not exist; versions that begin at
one instant (00:00 of two days in two zones) leave only the last of them in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.reference.business import read_instant

Document = dict[str, Any]
Window = tuple[Document, "datetime | None", "datetime | None"]


def start_of(version: Document) -> datetime | None:
    """00:00 of the day from which on a version is in force, in its own zone; None where it names no day."""
    day = (version.get("in_force") or {}).get("from")
    return None if day is None else read_instant(day, version["timezone"])


class Versions:
    """The versions that have begun by `as_of`, in order; the first one counts also before it begins."""

    def __init__(self, agreement: Document | Sequence[Document], as_of: datetime) -> None:
        given = [agreement] if isinstance(agreement, dict) else list(agreement)
        first, *others = given if len(given) == 1 else sorted(given, key=lambda one: str(one["in_force"]["from"]))
        self.all = [first] + [one for one in others if start_of(one) <= as_of]
        self.last = self.at(as_of)

    def at(self, at: datetime) -> Document:
        """The version in force at an instant; one that begins exactly then is."""
        begun = [one for one in self.all[1:] if start_of(one) <= at]
        return begun[-1] if begun else self.all[0]

    def starts(self) -> list[datetime]:
        """When a version takes the place of another."""
        return sorted({start_of(one) for one in self.all[1:]})

    def windows(self) -> list[Window]:
        """Each version that is ever in force, from when and until when; None: since ever, for ever."""
        borders = [None, *self.starts(), None]
        return [(self.all[0] if start is None else self.at(start), start, end) for start, end in pairwise(borders)]


def stage_named(version: Document, name: str) -> Document | None:
    """The stage of that name, if the version has one."""
    return next((stage for stage in version["stages"] if stage["name"] == name), None)


def names_of(version: Document) -> list[str]:
    """The names of a version's stages, in its order."""
    return [stage["name"] for stage in version["stages"]]
