"""`{% load acting %}`: what the forms and answers of acts need in templates."""

from __future__ import annotations

from typing import Any

from django import template

from smarketing.web.look import formats

register = template.Library()
UNDO = "undo:"


@register.filter
def undo_key(tags: str | None) -> str:
    """The key of the act that a message tells of and that can be taken back; "" where there is none."""
    found = next((tag for tag in (tags or "").split() if tag.startswith(UNDO)), "")
    return found.removeprefix(UNDO)


@register.filter
def signed_points(points: Any) -> str:
    """`+20`, `−5`."""
    return formats.signed(points)
