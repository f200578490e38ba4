"""Versions of one agreement in sequence: from when each is in force, and which one is at an instant.

A version begins at 00:00 of `in_force.from` in its own zone, and an instant exactly then belongs to it; the first one also counts
before it begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from smarketing.agreement.models import Agreement
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import day_start


def begins_at(version: Agreement) -> datetime:
    """From when a version is in force: a UTC instant."""
    return day_start(version.in_force.from_, version.timezone)


def in_sequence(versions: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """The versions in the order of their dates. Raises UsageError for none, and for two from one date."""
    ordered = tuple(sorted(versions, key=lambda version: version.in_force.from_))
    if not ordered:
        raise UsageError("there is no version of the agreement; give at least one.")
    for earlier, later in pairwise(ordered):
        if earlier.in_force.from_ == later.in_force.from_:
            names = f'"{earlier.name}" ({earlier.id[:12]}) and "{later.name}" ({later.id[:12]})'
            raise UsageError(f"two versions are in force from {later.in_force.from_}: {names}; give one of them another date.")
    return ordered


def version_at(versions: Sequence[Agreement], at: datetime) -> Agreement:
    """The version in force at an instant."""
    return next((version for version in reversed(versions) if begins_at(version) <= at), versions[0])


def in_force_by(versions: Sequence[Agreement], as_of: datetime) -> tuple[Agreement, ...]:
    """The versions that count as of an instant, in order; the last one is in force then.

    One that a later version overtakes (theirs is a zone where the day begins so much earlier) is never in force and left out.
    """
    begun = [versions[0], *(version for version in versions[1:] if begins_at(version) <= as_of)]
    kept = begun[-1:]
    for version in reversed(begun[:-1]):
        if version is begun[0] or begins_at(version) < begins_at(kept[0]):
            kept.insert(0, version)
    return tuple(kept)
