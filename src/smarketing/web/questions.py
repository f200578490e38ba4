"""The address of a question: what stands behind a number, as a link that can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

Question = Mapping[str, str]
"""What a report says about each of its numbers (`report.behind`): flat text, `of` first."""

OF_THE_PAGE = ("sort", "page", "export", "raw", "theme", "csrfmiddlewaretoken")
"""Keys of an address that say how something is shown, not what is asked."""


def question_url(question: Question | None, *, page: str = "/behind") -> str:
    """`/behind?of=leads&by=campaign&…`; nothing to open gives an empty text. Equal questions give equal addresses."""
    if not question:
        return ""
    rest = sorted((key, value) for key, value in question.items() if key != "of")
    return f"{page}?{urlencode([('of', question.get('of', '')), *rest])}"


def question_of(asked: QueryDict) -> dict[str, str]:
    """The question in an address; of a key that stands there twice the last counts."""
    return {key: value for key, value in asked.items() if key not in OF_THE_PAGE and isinstance(value, str)}


def address(path: str, asked: QueryDict, **changes: Any) -> str:
    """An address with some keys changed; an empty value takes its key away."""
    query = asked.copy()
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"{path}?{query.urlencode()}" if query else path
