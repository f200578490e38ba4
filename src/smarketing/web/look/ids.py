"""Ids of components that name each other on one page."""

from __future__ import annotations

from django.template import Context
from django.utils.text import slugify


def fresh_id(context: Context, wish: str) -> str:
    """An id that no other component of this page has: `wish-1`, `wish-2`, …; without a number ids are those of the page itself."""
    taken: dict[str, int] = context.dicts[0].setdefault("ids_of_the_page", {})
    name = slugify(wish) or "part"
    taken[name] = taken.get(name, 0) + 1
    return f"{name}-{taken[name]}"
