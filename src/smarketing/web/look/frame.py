"""The components of a page's frame: its head, its parts, forms, dialogs, charts and the shell; loaded with `{% load look %}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

from smarketing.web.look import formats, icons, words
from smarketing.web.look.drawn import drawn, filled, mark
from smarketing.web.look.formats import Figure
from smarketing.web.look.ids import fresh_id

register = template.Library()
Row = Mapping[str, Any]


@register.simple_block_tag(takes_context=True)
def page_head(
    context: template.Context,
    content: str,
    title: str,
    answer: str = "",
    as_of: datetime | None = None,
    back: str = "",
    back_label: str = "",
) -> SafeString:
    """The head of a page: its question's noun, the answer in one line, from when the figures are; inside go its tools."""
    parts = {
        "title": title,
        "answer": answer,
        "as_of": as_of,
        "tools": SafeString(content.strip()),
        "back": back,
        "back_label": back_label,
    }
    return render_to_string("components/page_head.html", parts)


@register.simple_block_tag
def card(content: str, title: str = "", href: str = "", team: str = "", note: str = "") -> SafeString:
    """A surface of its own for one idea; `href` opens the whole of it."""
    return render_to_string(
        "components/card.html", {"content": content, "title": title, "href": href, "team": team, "note": note}
    )


@register.simple_block_tag
def section(content: str, title: str, note: str = "", anchor: str = "") -> SafeString:
    """A part of a page under its heading; `anchor` makes it a place to link to."""
    return render_to_string(
        "components/section.html", {"content": content, "title": title, "note": note, "anchor": anchor or slugify(title)}
    )


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[Row], label: str = "Parts") -> dict[str, Any]:
    """Parts of one page, each with its address: rows of `label, url, current` and, where counted, `count`."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/crumbs.html")
def crumbs(items: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Where this page lies: pairs of label and address; the last one is the page itself."""
    return {"items": items}


@register.simple_tag
def initials(name: str) -> str:
    """`Mia Sommer` and `mia.sommer@hart.example` are both MS."""
    return words.initials(name)


@register.simple_tag
def avatar(name: str, team: str = "") -> SafeString:
    """The initials of somebody in a circle, in the colour of their team; the name stands beside it, not in it."""
    return format_html('<span class="avatar" data-team="{}" aria-hidden="true">{}</span>', team, words.initials(name))


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", href: str = "", label: str = "", sign: str = "leads") -> dict[str, Any]:
    """Nothing here yet, and what to do next."""
    return {"title": title, "text": text, "href": href, "label": label, "sign": sign}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """Something to know before reading on: info | good | warning | error; an error is announced."""
    sign = icons.icon({"info": "info", "good": "met", "warning": "warning", "error": "error"}[kind])
    role = "alert" if kind == "error" else "note"
    heading = format_html("<strong>{}</strong>", title) if title else ""
    return format_html('<div class="notice kind-{}" role="{}">{}<div>{}{}</div></div>', kind, role, sign, heading, content)


@register.inclusion_tag("components/field.html")
def field(bound: Any, hint: str = "") -> dict[str, Any]:
    """A field of a form with its label, hint and errors; the errors are tied to the field for screen readers."""
    described = " ".join(
        part
        for part in (
            f"{bound.auto_id}-hint" if hint or bound.help_text else "",
            f"{bound.auto_id}-errors" if bound.errors else "",
        )
        if part
    )
    attributes = {"aria-describedby": described} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    return {"bound": bound, "hint": hint or bound.help_text, "widget": bound.as_widget(attrs=attributes), "kind": kind}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with a form as a whole; announced."""
    return {"errors": form.non_field_errors()}


@register.simple_tag
def button(
    label: str, kind: str = "quiet", icon: str = "", href: str = "", type: str = "submit", **attributes: str
) -> SafeString:
    """A thing to press: primary | quiet | plain | danger | icon (its label is said, not shown); a link where `href` is given. Other arguments become attributes (`_` is `-`)."""
    sign = icons.icon(icon) if icon else ""
    if kind == "icon":
        attributes, label = {"aria_label": label, "title": label, **attributes}, ""
    more = format_html_join("", ' {}="{}"', ((key.replace("_", "-"), value) for key, value in attributes.items()))
    if href:
        return format_html('<a class="button kind-{}" href="{}"{}>{}{}</a>', kind, href, more, sign, label)
    return format_html('<button class="button kind-{}" type="{}"{}>{}{}</button>', kind, type, more, sign, label)


@register.simple_block_tag
def dialog(content: str, name: str, title: str) -> SafeString:
    """A dialog; any `<button data-opens="name">` opens it. What has to work without scripts has a page of its own."""
    return render_to_string("components/dialog.html", {"content": content, "id": name, "title": title})


@register.inclusion_tag("components/toasts.html", takes_context=True)
def toasts(context: template.Context) -> dict[str, Any]:
    """Django's messages as toasts; without scripts they stand at the head of the page."""
    return {"messages": context.get("messages") or (), "csrf_token": context.get("csrf_token"), "request": context.get("request")}


@register.simple_tag
def keys(*names: str) -> SafeString:
    """Keys to press, one after the other."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((name,) for name in names))


@register.simple_tag
def progress(value: Figure | None, of: Figure, label: str) -> SafeString:
    """How far long work is; a value of None is work without a known end."""
    if value is None:
        return format_html('<p class="progress"><span>{}</span><progress aria-label="{}"></progress></p>', label, label)
    shown = f"{formats.number(value)} of {formats.number(of)}"
    html = '<p class="progress"><span>{}</span><span class="unit figure">{}</span><progress value="{}" max="{}" aria-label="{}"></progress></p>'
    return format_html(html, label, shown, value, of, label)


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """Quiet lines where something is being fetched."""
    return format_html(
        '<div class="skeleton" aria-hidden="true">{}</div>',
        format_html_join("", "<span></span>{}", (("",) for _ in range(lines))),
    )


@register.simple_block_tag(takes_context=True)
def chart(
    context: template.Context,
    content: str,
    spec: str,
    label: str,
    height: int = 0,
    ratio: str = "wide",
    title: str = "",
    svg: str = "",
) -> SafeString:
    """A chart whose specification is fetched from `spec` and drawn in the browser.

    `label` says in words what it shows; inside goes the table with the same figures. `height` (pixels, of the drawing) keeps its place
    before it is there; without one `ratio` does: wide | golden | tall | strip. `svg`: the finished picture where there are no scripts.
    """
    parts = {
        "table": SafeString(content.strip()),
        "spec": spec,
        "label": label,
        "height": height,
        "ratio": ratio,
        "title": title,
        "svg": svg,
    }
    return render_to_string("components/chart.html", {**parts, "id": fresh_id(context, "chart")})


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One of the drawings of `look.icons`; said aloud only with a `label`."""
    return icons.icon(name, label)


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> SafeString:
    """Top bar, side bar and bottom bar around a page: the context's `links` (pages this user may open), `user`, `workspace`."""
    links = [_in_the_bar(link) for link in context.get("links") or ()]
    here = {key: context.get(key) for key in ("user", "workspace", "home")} | {"unread": int(str(context.get("unread") or 0))}
    user = here["user"]
    shows = (
        tuple((link["url"], link["current"]) for link in links),
        getattr(user, "pk", None),
        str(user),
        getattr(user, "role", ""),
    )
    key = ("shell", shows, *(value for name, value in here.items() if name != "user"))
    parts = {**here, "pages": links, "debug": settings.DEBUG, "csrf_token": mark("csrf")}
    part = drawn(key, lambda: render_to_string("components/shell.html", parts))
    return filled(part, {"csrf": str(context.get("csrf_token") or "")})


@register.inclusion_tag("components/bottom_bar.html", takes_context=True)
def bottom_bar(context: template.Context) -> dict[str, Any]:
    """A phone's bottom bar, the first pages of a role; it comes after the content, in the order of a screen reader too."""
    return {"pages": [link for link in map(_in_the_bar, context.get("links") or ()) if link["on_phone"]][:MOST_ON_A_PHONE]}


SIGNS = {
    "home": "scoreboard",
    "delivered": "handoff",
    "import-new": "imports",
    "routing": "reps",
    "trail": "open",
    "people": "person",
    "keys": "key",
}
LETTERS = {
    "inbox": "i",
    "home": "s",
    "delivered": "d",
    "check": "k",
    "funnel": "f",
    "campaigns": "c",
    "attribution": "t",
    "reps": "r",
    "leads": "l",
    "agreement": "a",
}
"""The key that, after a `g`, goes to a page of the menu; `n` goes to the notices."""
MOST_ON_A_PHONE = 4
ON_A_PHONE = {"delivered", "check", "inbox", "home", "funnel", "leads", "agreement"}


def _in_the_bar(link: Any) -> dict[str, Any]:
    route = link.page.route
    sign = SIGNS.get(route, route)
    own = {"label": link.page.title, "url": link.url, "current": link.current, "on_phone": route in ON_A_PHONE}
    return {**own, "letter": LETTERS.get(route, ""), "sign": sign if sign in icons.DRAWINGS else "more"}
