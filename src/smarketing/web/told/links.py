"""The addresses behind the figures of a row, by words that a template can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.web.questions import question_url

Row = Mapping[str, Any]
Questions = Mapping[str, Mapping[str, str]]


def links(questions: Questions) -> dict[str, str]:
    """`{"won": "/behind?…"}`: the address of each figure of a row by its path."""
    return {path: question_url(question) for path, question in questions.items()}


def link(url: str, shown: str, title: str = "") -> SafeString:
    """A number in a sentence, as a link where something is behind it; `title` is its full wording."""
    tip = format_html(' title="{}"', title) if title else ""
    return format_html('<a class="number" href="{}"{}>{}</a>', url, tip, shown) if url else format_html("{}", shown)


def linked(rows: Sequence[Row], questions: Sequence[Questions]) -> list[Row]:
    """The rows, each with the addresses of its figures as `links`."""
    return [{**row, "links": urls} for row, urls in with_links(rows, questions)]


def with_links(rows: Sequence[Row], questions: Sequence[Questions]) -> Iterable[tuple[Row, dict[str, str]]]:
    """Each row of a report with the addresses of its figures; a row without questions has none."""
    for place, row in enumerate(rows):
        yield row, links(questions[place] if place < len(questions) else {})
