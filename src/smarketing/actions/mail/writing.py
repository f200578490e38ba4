"""Writing: a letter's text and HTML out of their templates. What a lead or a person wrote is only ever text in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.template import Engine

TEMPLATES = Path(__file__).parent / "templates"


def write(name: str, said: Mapping[str, Any]) -> tuple[str, str]:
    """A letter as text and as HTML."""
    from django.template import Context

    text = _engine().get_template(f"{name}.txt").render(Context(dict(said), autoescape=False))
    html = _engine().get_template(f"{name}.html").render(Context(dict(said)))
    return tidy(text), html


@lru_cache(maxsize=1)
def _engine() -> Engine:
    from django.template import Engine

    return Engine(dirs=[str(TEMPLATES)])


def tidy(text: str) -> str:
    """Text without blanks at the ends of lines, and with at most one empty line between others."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.strip().splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept) + "\n"
