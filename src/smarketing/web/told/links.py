"""The addresses behind the figures of a row, by words that a template can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from smarketing.web.questions import question_url

Row = Mapping[str, Any]
Questions = Mapping[str, Mapping[str, str]]


def links(questions: Questions) -> dict[str, str]:
    """`{"won": "/behind?…"}`: the address of each figure of a row by its path."""
    return {path: question_url(question) for path, question in questions.items()}


def with_links(rows: Sequence[Row], questions: Sequence[Questions]) -> Iterable[tuple[Row, dict[str, str]]]:
    """Each row of a report with the addresses of its figures; a row without questions has none."""
    for place, row in enumerate(rows):
        yield row, links(questions[place] if place < len(questions) else {})
