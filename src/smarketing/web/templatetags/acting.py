"""`{% load acting %}`: what the forms and answers of acts need in templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from smarketing.web.inbox.panels import Choice, Panel
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.look.drawn import drawn, filled, mark

register = template.Library()
UNDO = "undo:"
DIGITS = "1234567890"
WALKING = "gjk"
"""Letters that mean something while a panel is open, too: they go to a page, or to the next lead."""


@register.filter
def undo_key(tags: str | None) -> str:
    """The key of the act that a message tells of and that can be taken back; "" where there is none."""
    found = next((tag for tag in (tags or "").split() if tag.startswith(UNDO)), "")
    return found.removeprefix(UNDO)


@register.filter
def signed_points(points: Any) -> str:
    """`+20`, `−5`."""
    return formats.signed(points)


@register.filter
def keyed(panel: Panel) -> Iterator[tuple[str, Choice]]:
    """Each choice of a panel with the one key that takes it: 1 to 9, 0, then letters; "" of those for which the keyboard has none left.

    The letter of the panel is none of them: who presses it twice does not choose.
    """
    keys = [*DIGITS, *(each for each in ascii_lowercase if each not in WALKING + panel.letter)]
    for place, choice in enumerate(panel.choices):
        yield (keys[place] if place < len(keys) else ""), choice


@register.simple_tag(takes_context=True)
def acting_panels(context: template.Context, it: Mapping[str, Any]) -> SafeString:
    """The bar and the panels of what can be done: `it` as `inbox.beside.acting` gives it. Drawn once for what is offered."""
    live, offered = bool(context.get("live")), [replace(panel, key="") for panel in it["panels"]]
    bar = [panel.name for panel in it["bar"]]
    part = drawn(("acting", live, tuple(bar), tuple(map(_shows, offered))), lambda: _panels(it["panels"], bar, live=live))
    values = {
        "csrf": str(context.get("csrf_token") or ""), "lead": str(it["acts_on"]), "seen": str(it["seen"]), "rep": str(context.get("rep") or ""),
        "next": context["request"].get_full_path(), **{f"key {panel.name}": panel.key for panel in it["panels"]},
    }  # fmt: skip
    return filled(part, values)


def _shows(panel: Panel) -> tuple[Any, ...]:
    choices = tuple((choice.label, choice.pick, choice.note) for choice in panel.choices)
    submit = panel.submit and (panel.submit.label, panel.submit.pick)
    return panel.name, panel.letter, panel.label, panel.icon, choices, tuple(panel.fields), submit, panel.first


def _panels(panels: list[Panel], bar: list[str], *, live: bool) -> str:
    """The template, with marks in the place of what is another one each time."""
    marked = [replace(panel, key=mark(f"key {panel.name}")) for panel in panels]
    it = {
        "panels": marked, "bar": [panel for panel in marked if panel.name in bar],
        "more": [panel for panel in marked if panel.name not in bar], "acts_on": mark("lead"), "seen": mark("seen"),
    }  # fmt: skip
    request = SimpleNamespace(get_full_path=mark("next"))
    return render_to_string(
        "parts/acting_panels.html", {"it": it, "live": live, "rep": mark("rep"), "csrf_token": mark("csrf"), "request": request}
    )


class Drawn(template.Node):
    """See `once_drawn`."""

    def __init__(self, name: str, key: FilterExpression, nodes: NodeList) -> None:
        self.name, self.key, self.nodelist = name, key, nodes

    def render(self, context: template.Context) -> SafeString:
        """What is inside, drawn once for the key and the reader."""
        key = self.key.resolve(context)
        return (
            self.nodelist.render(context) if not key else drawn((self.name, key, reader()), lambda: self.nodelist.render(context))
        )


@register.tag
def once_drawn(parser: Parser, token: Token) -> Drawn:
    """`{% once_drawn "inbox row" row.key %}…{% endonce_drawn %}`: what is inside shows nothing but what the key stands for."""
    _, name, key = token.split_contents()
    nodes = parser.parse(("endonce_drawn",))
    parser.delete_first_token()
    return Drawn(name, parser.compile_filter(key), nodes)
