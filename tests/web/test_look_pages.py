"""What the components write: clean under a strict policy, complete on /design, named in the guide."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

import smarketing
from smarketing.web.look import frame, icons, states
from smarketing.web.templatetags import look
from smarketing.web.views.design import CHAPTERS, PROMISES
from tests.web.look_site import ADDRESSES, pages

WEB = Path(smarketing.__file__).parent / "web"
TEMPLATES = sorted((WEB / "templates" / "components").glob("*.html"))


class Reading(HTMLParser):
    """A page's attributes, ids, and what a strict policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.named: set[str] = set()
        self.refused: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").startswith("javascript:"):
                self.refused.append(f"{tag} {name}")
            if name == "id":
                self.ids[value or ""] += 1
            if name in {"for", "aria-labelledby", "aria-describedby", "popovertarget", "data-opens", "data-term"}:
                self.named.update((value or "").split())
        if tag == "style" or (tag == "script" and not dict(attrs).get("src")):
            self.refused.append(tag)


def read(html: str) -> Reading:
    """A page, read."""
    reading = Reading()
    reading.feed(html)
    return reading


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_needs_an_inline_style_or_script(address: str):
    assert read(pages()[address]).refused == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_id_is_there_once_and_every_name_leads_to_one(address: str):
    reading = read(pages()[address])
    assert [name for name, count in reading.ids.items() if count > 1] == []
    assert sorted(reading.named - set(reading.ids)) == []


def test_an_inline_style_is_found():
    wrong = read('<p style="color: red"><a href="javascript:x()" onclick="x()"></a><script>x()</script>')
    assert wrong.refused == ["p style", "a href", "a onclick", "script"]


def test_the_guide_names_every_tag_and_no_other():
    named = set(re.findall(r"{% (?!end|load)(\w+)", look.__doc__ or ""))
    assert named ^ set(look.register.tags) == set()


def test_every_tag_is_shown_on_the_page_of_the_design():
    shown = "".join((WEB / "templates" / "design" / Path(each).name).read_text(encoding="utf-8") for each in ADDRESSES.values())
    shown += (WEB / "templates" / "base.html").read_text(encoding="utf-8")
    assert sorted(name for name in look.register.tags if not re.search(rf"{{% {name}\b", shown)) == []


def test_every_component_is_used_by_a_tag_or_by_another():
    code = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (look, frame))
    code += "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    assert [path.name for path in TEMPLATES if f"components/{path.name}" not in code] == []


def test_every_state_and_every_drawing_is_shown():
    html = pages()["/design"]
    assert [state.word for state in states.STATES.values() if f"<span>{state.word}</span>" not in html] == []
    assert [name for name in icons.DRAWINGS if f"<span>{name}</span>" not in html] == []


def test_a_bullet_is_told_to_who_cannot_see_it():
    assert 'aria-label="231 of 480, expected by now 226, forecast 488 (455 to 521)"' in pages()["/design"]


def test_text_of_a_stranger_is_only_ever_text():
    from django.template import Context, Engine

    engine = Engine(libraries={"look": "smarketing.web.templatetags.look"})
    tags = [
        "chip wild wild wild",
        "team wild wild",
        "status wild href=wild",
        "button wild href=wild",
        "avatar wild",
        "number 1 wild wild",
        "keys wild",
    ]
    template = engine.from_string("{% load look %}" + "".join(f"{{% {tag} %}}" for tag in tags))
    assert "<script" not in template.render(Context({"wild": '"><script>x()</script>'}))


NAMES_OF_PARTS = {"kind-info", "kind-success", "term-means", "topbar-menu", "wordmark-name"}
"""Classes that look like what they are without a rule of their own."""


def test_every_class_of_the_components_is_in_the_stylesheet_or_names_a_part():
    css = (WEB / "static" / "app.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.([a-z][\w-]*)", css))
    used = {name for html in pages().values() for value in re.findall(r'class="([^"]*)"', html) for name in value.split()}
    assert used - known == NAMES_OF_PARTS


def test_the_samples_show_every_state_of_a_promise():
    assert {row["status"] for row in PROMISES} == {"met", "on_pace", "behind", "missed", None}
    assert {entry["team"] for chapter in CHAPTERS for entry in chapter["entries"]} == {"marketing", "sales", "together"}
