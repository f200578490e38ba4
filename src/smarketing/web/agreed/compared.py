"""Two versions side by side: what one says instead of the other, in sentences, part by part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from smarketing.agreement.difference import by_part
from smarketing.web.held import EmptyWorkspace
from smarketing.web.locale import reader
from smarketing.web.people import by_name
from smarketing.web.told.notes import with_money
from smarketing.web.versions import Version

TITLES = {
    "name": "Frame",
    "signatories": "Who signs",
    "stages": "Stages",
    "handoff": "Hand-off",
    "engagement": "Points for what a lead does",
    "personas": "Who buys",
    "grades": "Grades",
    "commitments": "Promises",
    "worth": "Worth",
    "reward": "Reward",
    "calendars": "Working hours",
    "vocabulary": "Words",
    "goals": "Goals",
    "meetings": "Meetings",
    "attribution": "Credit",
    "rankings": "Who sees what",
    "effort": "Work",
    "holdout": "Test below the threshold",
    "interests": "Interests",
}
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
FIRST = ("commitments", "reward", "worth")
"""What both teams look for first."""


def changes(version: Version, against: Version) -> list[dict[str, Any]]:
    """What `version` says instead of `against`: rows of `title, sentences`, the promises first."""
    said = by_part(against.agreement, version.agreement)
    order = [*FIRST, *(part for part in said if part not in FIRST)]
    currencies = {each.agreement.currency for each in (version, against)}
    amount = re.compile(rf"(\d[\d,]*(?:\.\d+)?) ({'|'.join(sorted(currencies))})\b")
    return [
        {"title": TITLES[part], "sentences": [_named(with_money(each, amount, cents=True)) for each in said[part]]}
        for part in order
        if part in said
    ]


def _named(sentence: str) -> str:
    """The sentence with days as the reader writes them, and people by their names."""
    said = DAY.sub(_day, sentence)
    try:
        return by_name(said)
    except EmptyWorkspace:
        return said


def _day(found: re.Match[str]) -> str:
    try:
        return reader().date(date.fromisoformat(found[0]), style="long")
    except ValueError:
        return found[0]


def answer(version: Version, against: Version, parts: list[dict[str, Any]]) -> str:
    """How much differs, in one sentence."""
    count = sum(len(each["sentences"]) for each in parts)
    if not count:
        return "Both versions say the same."
    new, old = (reader().date(each.since, style="long") for each in (version, against))
    return f"{count} change{'' if count == 1 else 's'}: what the version of {new} says instead of that of {old}."


def options(known: list[Version]) -> Iterator[tuple[str, str]]:
    """Pairs of id and label for a choice of versions, the latest first."""
    yield from ((each.short, f"{reader().date(each.since)}, {each.state}") for each in reversed(known))
