"""The component tags: `{% load look %}`. Every page is made of these; `/design` shows each in all its states.

Figures (each may carry `href`: what is behind it; None is a dash)
    {% number 1586 unit="leads" href=url digits=0 title="" %}       {% change 12 good="up" digits=0 than="last quarter" %}
    {% money row.won_amount href=url short=False %}                 a MONEY: {"amount", "currency"} or None
    {% share row.won_rate href=url interval=False quiet=False %}    a RATE: {"n", "of", "rate", "low", "high"} or None
    {% span minutes=200 %} {% span days=3.5 %}                      {% moment at %} {% day at %}
    {% stat "Revenue" team="sales" note="" term="" %}…{% endstat %} a large figure with its label; several inside class="stats"
States and bars
    {% status row.status trial=row.trial href=url %}                any name of look/states.py, None is "nothing due yet"
    {% clock state due_at as_of name="first answer" kept_at=None %} {% team "marketing" %}
    {% bullet row team="marketing" currency="EUR" longest=None %}   a commitments row
    {% bullet_figures row currency="EUR" urls=urls %}               the same row in figures, under its bar
    {% bullet_key %}                                                what the marks of a bullet mean, once for each page
    {% goal_bar rate target widest=0.2 href=url %}                  a RATE over or under its goal
    {% bar value longest team="together" label="" %}                a plain length
Tables and their tools
    {% table "Campaigns, best first" cards=True %}<thead>…<tbody>…{% endtable %}
    {% head "Won" href=url sorted="descending" numeric=True term="" %}      a <th>; sorted: "", "ascending" or "descending"
    {% pager first last total previous=url next=url %}              {% export_menu csv=url xlsx=url raw="" %}
    {% filters action="" %}fields{% endfilters %}                   a form of method GET that works without scripts
    {% choose "Stage" "stage" options value %}                      options: pairs (value, label)
    {% search "Search leads" "q" value %}                           the field that `/` focuses
    {% chip "Stage" "MQL" remove=url %}                             {% period_picker period %}  (from web.periods)
    {% saved_views views current save=url %}                        {% menu "Label" icon="more" %}items{% endmenu %}
Meaning
    {% term "MQL" %} {% term "MQL" "marketing qualified" %}         looks the word up in the context's `vocabulary`
    {% receipt lines %}  {% timeline chapters %}                    shapes in their docstrings
Page
    {% page_head "Title" answer="…" as_of=at back=url %}actions{% endpage_head %}
    {% card "Title" href="" team="" %}…{% endcard %}                {% section "Title" note="" %}…{% endsection %}
    {% tabs items label %}  {% crumbs items %}  {% avatar name team="" %}  {% initials name %}
    {% empty "Title" "What to do next" href label %}                {% notice "info" "Title" %}…{% endnotice %}
    {% field bound_field %}  {% form_errors form %}  {% button "Save" kind="primary" icon="" href="" %}
    {% dialog "id" "Title" %}…{% enddialog %}  {% toasts %}  {% keys "g" "s" %}  {% progress value of label %}  {% skeleton 3 %}
    {% chart spec_url "What it shows, in words" height=320 title="" svg="" %}the table beside it{% endchart %}
    {% icon "search" %}  {% shell %}  {% bottom_bar %}               the last two once, in base.html

Nothing here writes an inline style: lengths are attributes of SVG shapes (see `look.bars`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from smarketing.web.locale import NOTHING, reader
from smarketing.web.look import bars, formats, frame, icons, states, words
from smarketing.web.look.formats import Figure
from smarketing.web.look.ids import fresh_id

register = template.Library()
register.tags.update(frame.register.tags)
Row = Mapping[str, Any]


def _linked(shown: str, href: str | None, css: str, title: str = "") -> SafeString:
    """A figure, as a link where something is behind it; `title` is its full wording."""
    tip = format_html(' title="{}"', title) if title else ""
    if href:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, href, tip, shown)
    return format_html('<span class="{}"{}>{}</span>', css, tip, shown)


# ------------------------------------------------------------------ figures


@register.simple_tag
def number(value: Figure | None, unit: str = "", href: str | None = "", digits: int | None = None, title: str = "") -> SafeString:
    """A count or a measure, with its unit in grey; `href` leads to the rows behind it."""
    shown = _linked(formats.number(value, digits=digits), href, "number", title)
    return format_html('{} <span class="unit">{}</span>', shown, unit) if unit and value is not None else shown


@register.simple_tag
def money(value: Row | None, href: str | None = "", short: bool = False) -> SafeString:
    """An amount of money (MONEY of the reports: `amount`, `currency`); `short` keeps the full one in the title."""
    if not value:
        return _linked(NOTHING, href, "number")
    full = formats.money(value["amount"], value["currency"])
    shown = formats.money(value["amount"], value["currency"], short=short)
    return _linked(shown, href, "number", full if shown != full else "")


@register.simple_tag
def share(value: Row | None, href: str | None = "", interval: bool = False, quiet: bool = False) -> SafeString:
    """A RATE of the reports: never without its n; `interval` writes the 90% interval too, `quiet` leaves both to the title."""
    if not value or not value.get("of"):
        return _linked(NOTHING, href, "number", "nothing to count yet")
    shown = _linked(formats.share(value["rate"]), href, "number", formats.rate_words(dict(value)))
    if quiet:
        return shown
    counted = f"{formats.number(value['n'])} of {formats.number(value['of'])}"
    if interval and value.get("low") is not None:
        counted = f"{counted} · {formats.share(value['low'])}–{formats.share(value['high'])}"
    return format_html('<span class="share">{} <span class="of">{}</span></span>', shown, counted)


@register.simple_tag
def span(minutes: Figure | None = None, days: Figure | None = None, href: str | None = "") -> SafeString:
    """A length of time, of `minutes` or of `days`."""
    return _linked(formats.span(minutes) if days is None else formats.days(days), href, "number")


def _instant(at: datetime | date | str | None) -> datetime | None:
    """Reports write instants as ISO text."""
    return datetime.fromisoformat(at) if isinstance(at, str) else at if isinstance(at, datetime) else None


@register.simple_tag
def moment(at: datetime | str | None) -> SafeString:
    """An instant in the agreement's zone, to the minute; its title says the second and the zone."""
    instant = _instant(at)
    if instant is None:
        return format_html("<span>{}</span>", NOTHING)
    who = reader()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', instant.isoformat(), who.exactly(instant), who.datetime(instant)
    )


@register.simple_tag
def day(at: date | datetime | str | None) -> SafeString:
    """A day in the agreement's zone."""
    on = at if isinstance(at, date) and not isinstance(at, datetime) else _instant(at)
    if on is None:
        return format_html("<span>{}</span>", NOTHING)
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), reader().date(on))


@register.simple_tag
def change(
    value: Figure | None,
    good: str = "up",
    digits: int | None = None,
    than: str = "",
    percent: bool = False,
    counted: bool = False,
) -> SafeString:
    """How a figure moved: sign, arrow, word and colour. `good`: which way is good (up | down | none); `percent`: value is a share.

    `counted`: it is a number of things, of which there are fewer and not less.
    """
    if value is None:
        return SafeString("")
    way = "up" if value > 0 else "down" if value < 0 else "same"
    tone = "quiet" if way == "same" or good == "none" else "good" if way == good else "bad"
    shown = formats.share(abs(float(value))) if percent else formats.number(abs(float(value)), digits=digits)
    said = {"up": "more", "down": "fewer" if counted else "less", "same": "no change"}[way]
    wording = said if way == "same" else f"{shown} {said}"
    shape = icons.icon({"up": "above", "down": "below", "same": "expected"}[way])
    return format_html('<span class="change tone-{}">{}{} {}</span>', tone, shape, wording, f"than {than}" if than else "")


@register.simple_block_tag
def stat(content: str, label: str, team: str = "", note: str = "", term: str = "") -> SafeString:
    """A large figure under its label. Inside go figure tags; a second line may stand in `<p>`."""
    return format_html(
        '<div class="stat"{}><p class="stat-label">{}{}</p><div class="stat-figure">{}</div>{}</div>',
        format_html(' data-team="{}"', team) if team else "",
        format_html('<span class="team-mark" data-team="{}"></span>', team) if team else "",
        label,
        content,
        format_html('<p class="stat-note">{}</p>', note) if note else "",
    )


# ------------------------------------------------------------------ states and bars


@register.simple_tag
def status(name: str | None, trial: bool = False, href: str | None = "") -> SafeString:
    """A state in word, shape and colour; a trial's is measured and not rewarded, and says so."""
    state = states.state_named(name)
    inside = format_html("{}<span>{}</span>", icons.icon(state.shape), state.word)
    tag, link = ("a", format_html(' href="{}"', href)) if href else ("span", "")
    shown = format_html('<{} class="status tone-{}"{}>{}</{}>', tag, state.tone, link, inside, tag)
    if not trial:
        return shown
    mark = format_html('<span class="status tone-quiet">{}<span>on trial</span></span>', icons.icon("trial"))
    return format_html('<span class="statuses">{} {}</span>', shown, mark)


@register.simple_tag
def team(name: str, label: str = "") -> SafeString:
    """Whose it is: marketing, sales or both (`together`), with its mark: a circle, a square, a ring."""
    whose = "together" if name in {"both", "together"} else name
    return format_html(
        '<span class="team" data-team="{}"><span class="team-mark" data-team="{}"></span>{}</span>', whose, whose, label or name
    )


@register.inclusion_tag("components/clock.html")
def clock(
    state: str, due_at: datetime | None, as_of: datetime | None = None, name: str = "", kept_at: datetime | None = None
) -> dict[str, Any]:
    """One clock of a hand-off: its name, its state, when it is or was due, and what is left of it at `as_of`."""
    due, now = _instant(due_at), _instant(as_of)
    left = formats.left(due, now) if state == "open" and due is not None and now is not None else ""
    return {"state": state, "due_at": due_at, "left": left, "name": name, "kept_at": kept_at}


@register.inclusion_tag("components/bullet.html")
def bullet(row: Row, team: str = "", currency: str = "", longest: Figure | None = None) -> dict[str, Any]:
    """A commitments row as a bar: the actual, what was expected by now (tick), the target (line), the forecast (band, dot).

    `row` has `actual, target, expected_by_now, forecast_low, forecast, forecast_high, unit, team, name`; whatever is None is not drawn.
    """
    forecast = (row.get("forecast_low"), row.get("forecast"), row.get("forecast_high"))
    shares = row.get("unit") == "share"
    marks = bars.bullet(
        actual=row.get("actual"),
        target=row.get("target"),
        expected=None if shares else row.get("expected_by_now"),
        forecast=(None, None, None) if row.get("forecast") is None else forecast,
        longest=longest if longest is not None else (1 if shares else None),
    )
    whose = team or row.get("team") or "together"
    return {"marks": marks, "team": "together" if whose == "both" else whose, "words": words.of_bullet(row, currency), "row": row}


@register.inclusion_tag("components/bullet_figures.html")
def bullet_figures(row: Row, currency: str = "", urls: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The figures under a bullet: so far (large), promised, expected by now, forecast with its interval; `urls`: what is behind each."""
    unit, behind = str(row.get("unit") or ""), urls or {}
    keys = ("actual", "target", "expected_by_now", "forecast_low", "forecast", "forecast_high")
    return {
        **{key: _of_unit(row.get(key), unit, currency, behind.get(key)) for key in keys},
        "row": row,
        "shares": unit == "share",
    }


def _of_unit(value: Figure | None, unit: str, currency: str, href: str | None) -> SafeString:
    """A figure of a commitment as a link; money that is written short has the whole amount in its title."""
    shown, full = formats.of_unit(value, unit, currency), formats.money(value, currency) if unit == "money" else ""
    return _linked(shown, href, "number", full if full != shown else "")


@register.inclusion_tag("components/bullet_key.html")
def bullet_key() -> dict[str, Any]:
    """What the marks of a bullet mean; once on each page that has some."""
    return {"marks": bars.bullet(actual=52, target=92, expected=60, forecast=(74, 82, 90), longest=100)}


@register.inclusion_tag("components/goal_bar.html")
def goal_bar(rate: Row | None, target: float, widest: float = 0.2, href: str | None = "") -> dict[str, Any]:
    """A RATE over or under its goal: a bar from the middle (the goal) to the right or the left, with the gap in points."""
    if not rate or not rate.get("of"):
        return {"rate": None}
    mark = bars.goal(actual=rate["rate"], target=target, widest=widest)
    gap = formats.number(abs(rate["rate"] - target) * 100, digits=1)
    words_ = f"{gap} points {'over' if mark.over else 'under'} the goal of {formats.share(target)}"
    return {"rate": rate, "mark": mark, "gap": ("+" if mark.over else "\N{MINUS SIGN}") + gap, "words": words_, "href": href}


@register.simple_tag
def bar(value: Figure | None, longest: Figure, team: str = "together", label: str = "") -> SafeString:
    """A plain length: `value` of `longest`. `label` is for screen readers, where no figure stands beside it."""
    said = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="bar" data-team="{}" {}><rect class="bar-fill" x="0" y="0" width="{}" height="100%" rx="3"/></svg>',
        team, said, bars.percent(value or 0, longest),
    )  # fmt: skip


# ------------------------------------------------------------------ tables and their tools


@register.simple_block_tag
def table(content: str, caption: str, cards: bool = True, caption_shown: bool = False) -> SafeString:
    """A table that scrolls by itself where it is too wide, or becomes cards on a phone (`cards`; then each `<td data-label="…">`).

    `<th scope="row">` names a row and may hold its link; `<td class="figure">` aligns numbers; `<tr class="total">` closes.
    """
    return format_html(
        '<div class="table-box{}" role="region" aria-label="{}" tabindex="0"><table class="table"><caption{}>{}</caption>{}</table></div>',
        " as-cards" if cards else "", caption, "" if caption_shown else SafeString(' class="unseen"'), caption, content,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def head(
    context: template.Context, label: str, href: str = "", sorted: str = "", numeric: bool = False, term: str = ""
) -> SafeString:
    """A column's head: a link that sorts, where `href` is given; `sorted` is how it is sorted now; `term` explains its word."""
    shown: SafeString | str = _term(context, term, label) if term and not href else label
    if href:
        arrow = icons.icon({"ascending": "up", "descending": "down"}.get(sorted, "sort"))
        shown = format_html('<a class="sort" href="{}">{}{}</a>', href, label, arrow)
        shown = format_html("{}{}", shown, _term(context, term, "?", css="term-sign")) if term else shown
    order = format_html(' aria-sort="{}"', sorted) if sorted else ""
    return format_html('<th scope="col"{}{}>{}</th>', SafeString(' class="figure"') if numeric else "", order, shown)


@register.inclusion_tag("components/pager.html")
def pager(first: int, last: int, total: int, previous: str = "", next: str = "") -> dict[str, Any]:
    """Which rows of how many, and the way to the others; counted from 1."""
    return {"first": first, "last": last, "total": total, "previous": previous, "next": next}


@register.simple_tag(takes_context=True)
def export_menu(context: template.Context, csv: str = "", xlsx: str = "", raw: str = "", label: str = "Export") -> SafeString:
    """The ways to take a table along; `raw` is the CSV with formulas left as they are."""
    ways = [(csv, "CSV"), (xlsx, "Excel (XLSX)"), (raw, "CSV, formulas as they are")]
    items = format_html_join("", '<a class="menu-item" href="{}" download>{}</a>', ((url, word) for url, word in ways if url))
    return _menu(context, items, label, "export")


def _menu(context: template.Context, items: str, label: str, sign: str = "", kind: str = "") -> SafeString:
    name = fresh_id(context, f"menu-{label}")
    parts = {"id": name, "items": items, "label": label, "sign": sign, "kind": kind}
    return render_to_string("components/menu.html", parts)


@register.simple_block_tag(takes_context=True)
def menu(context: template.Context, content: str, label: str, icon: str = "", kind: str = "") -> SafeString:
    """A button that opens a list of `<a class="menu-item">`; no script needed. `kind="icon"` shows the icon alone."""
    return _menu(context, content, label, icon, kind)


@register.simple_block_tag
def filters(content: str, action: str = "", label: str = "Filter", submit: str = "Apply") -> SafeString:
    """A form of method GET around fields: the state of a page is its address. With scripts a changed choice applies at once."""
    return format_html(
        '<form class="filters" method="get" action="{}" role="search" aria-label="{}" data-submits-itself>{}'
        '<button class="button kind-quiet filters-apply">{}</button></form>',
        action, label, content, submit,
    )  # fmt: skip


@register.inclusion_tag("components/choose.html", takes_context=True)
def choose(
    context: template.Context, label: str, name: str, options: Iterable[tuple[str, str]], value: str = "", any: str = "Any"
) -> dict[str, Any]:
    """A field of a filter: one of `options` (pairs of value and label), or `any` (left out when empty)."""
    listed = [{"value": str(key), "label": text, "chosen": str(key) == str(value or "")} for key, text in options]
    return {
        "id": fresh_id(context, f"choose-{name}"),
        "label": label,
        "name": name,
        "options": listed,
        "any": any,
        "value": value,
    }


@register.inclusion_tag("components/search.html", takes_context=True)
def search(context: template.Context, label: str, name: str = "q", value: str = "", placeholder: str = "") -> dict[str, Any]:
    """The search field of a page, which the key `/` focuses."""
    return {
        "id": fresh_id(context, f"search-{name}"),
        "label": label,
        "name": name,
        "value": value or "",
        "placeholder": placeholder or label,
    }


@register.simple_tag
def chip(label: str, value: str, remove: str = "") -> SafeString:
    """A filter that is on, and the way to take it off."""
    cross = (
        format_html(
            '<a class="chip-remove" href="{}" aria-label="Remove {}: {}">{}</a>', remove, label, value, icons.icon("close")
        )
        if remove
        else ""
    )
    return format_html('<span class="chip"><span class="chip-label">{}</span> {}{}</span>', label, value, cross)


@register.inclusion_tag("components/period_picker.html", takes_context=True)
def period_picker(context: template.Context, period: Any, previous: str = "", next: str = "") -> dict[str, Any]:
    """The period of a page, from `web.periods.period_picker`: its choices, or a first and a last day; one step back or on where given."""
    return {"period": period, "previous": previous, "next": next, "id": fresh_id(context, "periods")}


@register.inclusion_tag("components/saved_views.html", takes_context=True)
def saved_views(context: template.Context, views: Sequence[Row], current: str = "", save: str = "") -> dict[str, Any]:
    """Views somebody saved: rows of `name, url` and, where allowed, `remove` (an address for POST); `save` takes a new one."""
    return {
        "views": views,
        "current": current,
        "save": save,
        "id": fresh_id(context, "save-view"),
        "csrf_token": context.get("csrf_token"),
    }


# ------------------------------------------------------------------ meaning


def _term(context: template.Context, word: str, shown: str = "", css: str = "term") -> SafeString:
    entry = (context.get("vocabulary") or {}).get(word.lower())
    if not entry:
        return format_html("{}", shown or word)
    parts = {"entry": entry, "shown": shown or word, "css": css, "id": fresh_id(context, f"term-{word}")}
    return SafeString(render_to_string("components/term.html", parts).strip())


@register.simple_tag(takes_context=True)
def term(context: template.Context, word: str, shown: str = "") -> SafeString:
    """A word of the agreed vocabulary that explains itself on hover, focus and tap; without scripts a link to the vocabulary.

    The context's `vocabulary` maps a word in small letters (the term, its short form, its stage) to
    `{"term", "short", "means", "also_called": {"marketing": [..], "sales": [..]}, "rule": sentence or "", "url"}`;
    a word that is not in it stands there as it is.
    """
    return _term(context, word, shown)


@register.inclusion_tag("components/receipt.html")
def receipt(lines: Sequence[Row], total: Figure | None = None, label: str = "Receipt", foot: str = "Score") -> dict[str, Any]:
    """The lines that add up to a score. A line: `at, text, points, balance` (None: not told) and, where known, `rule, href, axis,
    version, faded`. `foot` names the sum; without one there is none, as in a part of a receipt.
    """
    rows = [{**line, "shown": formats.signed(line["points"]), "sum": _balance(line["balance"])} for line in lines]
    return {
        "lines": rows,
        "total": formats.number(total if total is not None else (lines[-1]["balance"] if lines else 0)),
        "label": label,
        "foot": foot,
    }


def _balance(balance: Figure | None) -> str:
    return "" if balance is None else formats.number(balance)


@register.inclusion_tag("components/timeline.html")
def timeline(chapters: Sequence[Row]) -> dict[str, Any]:
    """A lead's life: marketing's facts on the left, sales' on the right, on a phone one below the other.

    A chapter (a cycle, a stage): `title`, and where known `note, begin_at, end_at, state, entries`. An entry: `at, text` and,
    where known, `team` (marketing | sales | together: across the middle), `note, points, icon, href, machine, state`.
    """
    return {"chapters": [{**each, "entries": [_entry(one) for one in each.get("entries", ())]} for each in chapters]}


def _entry(entry: Row) -> dict[str, Any]:
    points = entry.get("points")
    tone = "" if points is None else "good" if points > 0 else "bad"
    return {
        **entry,
        "team": entry.get("team") or "together",
        "shown": None if points is None else formats.signed(points),
        "tone": tone,
    }
