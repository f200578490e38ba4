"""The address of a question: what stands behind a number, as a link that can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.utils.text import slugify

Question = Mapping[str, str]
"""What a report says about each of its numbers (`report.behind`): flat text, `of` first."""

OF_THE_PAGE = ("sort", "page", "export", "raw", "theme", "csrfmiddlewaretoken")
"""Keys of an address that say how something is shown, not what is asked."""


PARTS = {
    "promises": "part-promises",
    "grades": "part-grades",
    "reward": "part-reward",
    "working hours": "part-working-hours",
    "who buys": "part-who-buys",
}
"""The parts of an agreement → their places on its page."""


def question_url(question: Question | None, *, page: str = "/behind") -> str:
    """`/behind?of=leads&by=campaign&…`; nothing to open gives an empty text. Equal questions give equal addresses.

    A clause opens in the agreement, the receipt of a lead on the lead's page.
    """
    return _url(tuple(sorted(question.items())), page) if question else ""


@lru_cache(maxsize=1 << 14)
def _url(asked: tuple[tuple[str, str], ...], page: str) -> str:
    question = dict(asked)
    if question.get("of") == "clauses":
        return f"/agreement?version={quote(question.get('version', ''))}#{_place(question)}"
    if question.get("of") == "points":
        return f"/leads/{quote(question.get('lead', ''))}#{slugify('receipt ' + question.get('axis', ''))}"
    rest = [(key, value) for key, value in asked if key != "of"]
    return f"{page}?{urlencode([('of', question.get('of', '')), *rest])}"


def _place(clause: Question) -> str:
    """Where a clause stands on the page of the agreement."""
    if clause.get("commitment"):
        return f"promise-{slugify(clause['commitment'])}"
    return f"grade-{slugify(clause['grade'])}" if clause.get("grade") else PARTS.get(clause.get("part", ""), PARTS["promises"])


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
