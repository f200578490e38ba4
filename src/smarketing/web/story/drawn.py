"""An entry of the timeline as HTML. In Python, as tables' cells are: a life has hundreds of them, and a template takes four times as long."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from smarketing.web.locale import reader
from smarketing.web.look.icons import icon
from smarketing.web.templatetags.look import status

if TYPE_CHECKING:
    from smarketing.web.story.chapters import Entry

BY_A_MACHINE = "by a machine, counts nothing"


def entry_html(entry: Entry) -> SafeString:
    """One `<li class="entry">` with its mark, what happened, what followed and when."""
    machine = " is-machine" if entry.machine else ""
    mark = icon(entry.icon) if entry.icon else ""
    body = _folded(entry) if entry.inside else _told(entry)
    return SafeString(
        f'<li class="entry{machine}" data-team="{entry.team}"{_place(entry)}>'
        f'<span class="entry-mark" aria-hidden="true">{mark}</span><div class="entry-body">{body}</div></li>'
    )


def _told(entry: Entry) -> str:
    points = "".join(f' <span class="points tone-{tone}" title="{axis}">{figure}</span>' for axis, figure, tone in entry.points)
    notes = "".join(f'<p class="entry-note">{escape(note)}</p>' for note in entry.notes)
    clocks = "".join(f" · {escape(name)} {status(state)}" for name, state in entry.clocks)
    machine = f" · {BY_A_MACHINE}" if entry.machine else ""
    text = f'<p class="entry-text">{_whose(entry)}{escape(entry.text)}{points}</p>'
    return f'{text}{notes}<p class="entry-when">{_moment(entry.at)}{machine}{clocks}</p>'


def _folded(entry: Entry) -> str:
    """Several in one: they are there at a click."""
    lines = "".join(_line(one) for one in entry.inside)
    first, last = reader().date(entry.until), reader().date(entry.at)
    when = last if first == last else f"{first} – {last}"
    summary = f"<summary>{_whose(entry)}{escape(entry.text)}</summary>"
    return f'<details class="more">{summary}<ul class="entry-inside">{lines}</ul></details><p class="entry-when">{when}</p>'


def _line(entry: Entry) -> str:
    sign, machine = (icon("machine"), f", {BY_A_MACHINE}") if entry.machine else ("", "")
    return f'<li{_place(entry)}>{sign}{escape(entry.text)}{machine} <span class="entry-when">{_moment(entry.at)}</span></li>'


def _whose(entry: Entry) -> str:
    return f'<span class="unseen">{entry.team}: </span>'


def _place(entry: Entry) -> str:
    return f' id="{entry.anchor}"' if entry.anchor else ""


def _moment(at: datetime) -> str:
    who = reader()
    return f'<time datetime="{at.isoformat()}" title="{escape(who.exactly(at))}">{escape(who.datetime(at))}</time>'
