"""The changes of any other part, read off the plain data: whatever the language says, a change of it is a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smarketing.agreement.changes.phrases import joined, upper
from smarketing.agreement.version import canonical_json, json_text

NAMES = ("name", "term", "phase", "reason")
"""The keys by which an entry of a list is known."""


def paired(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """The names that are new, those that are gone and those on both sides, in order."""
    return [name for name in new if name not in old], [name for name in old if name not in new], [n for n in new if n in old]


def changes(label: str, old: Any, new: Any) -> Iterator[str]:
    """The sentences about one part, `label` being what a reader calls it; None is a part that is not there."""
    if canonical_json(old) == canonical_json(new):
        return
    if old is None:
        yield upper(f"{label} is new: {said(new)}.")
    elif new is None:
        yield upper(f"{label} is gone; it was: {said(old)}.")
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*new, *old]):
            yield from changes(f"{label}, {key.replace('_', ' ')}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(label, old, new)
    else:
        yield upper(f"{label} is now {said(new)} instead of {said(old)}.")


def _lists(label: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    added, removed, both = paired(before, after)
    for name in added:
        yield upper(f"{label} now also has {said(after[name])}.")
    for name in removed:
        yield upper(f"{label} no longer has {said(before[name])}.")
    for name in both:
        yield from changes(f'{label}, "{name}"', before[name], after[name])
    if both != [name for name in before if name in after]:
        yield upper(f"{label} now come in this order: {joined(_called(entry) for entry in new)}.")


def _by_name(entries: list[Any]) -> dict[str, Any]:
    """Entries by their names; one without a name is known by its content."""
    return {_key(entry): entry for entry in entries}


def _key(entry: Any) -> str:
    name = next((entry[key] for key in NAMES if key in entry), None) if isinstance(entry, dict) else None
    return str(name) if name is not None else canonical_json(entry)


def _called(entry: Any) -> str:
    return f'"{_key(entry)}"' if isinstance(entry, dict) and any(key in entry for key in NAMES) else said(entry)


def said(value: Any) -> str:
    """Plain data in words: a name first, then its parts."""
    if isinstance(value, dict):
        name = next((key for key in NAMES if key in value), None)
        parts = [f"{key.replace('_', ' ')} {said(inner)}" for key, inner in value.items() if key != name]
        return ", ".join([f'"{value[name]}"', *parts] if name else parts) or "nothing more"
    if isinstance(value, list):
        return joined(said(entry) for entry in value) or "nothing"
    text = json_text(value)
    return f'"{text.rstrip(".")}"' if " " in text else text
