"""The period that the address asks for, and the ones a reader may want next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import Period, day_start, parse_period, period_at
from smarketing.web.locale import reader
from smarketing.web.questions import address

OWN = ("period", "from", "to", "page")
FORMS = {
    per: re.compile(form)
    for per, form in (("year", r"\d{4}"), ("quarter", r"\d{4}-Q\d"), ("month", r"\d{4}-\d{2}"), ("week", r"\d{4}-W\d{2}"))
}
"""How the periods that have neighbours are written."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One period to choose: `text` as `parse_period` reads it, `label` as people say it, the page's `url` with it."""

    text: str
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class PeriodPicker:
    """A form (GET, keys `period` or `from` and `to`): `choices`; `chosen` is what to ask the report for (None: all time).

    `first_day` and `last_day` (included) fill the two fields of a period of one's own; `kept` are the other keys of the address,
    as hidden fields.
    """

    chosen: str | None
    label: str
    choices: list[Choice]
    first_day: str
    last_day: str
    kept: list[tuple[str, str]]


def period_picker(request: HttpRequest, *, zone: str, as_of: datetime, default: str | None = "quarter") -> PeriodPicker:
    """The picker of a page. `default`: "quarter" or "month" of `as_of`, or None for all time. Raises UsageError for no period."""
    today = as_of.astimezone(ZoneInfo(zone)).date()
    start = {"quarter": quarter_of(today), "month": month_of(today), None: None}[default]
    chosen = _asked(request) or start
    if request.GET.get("period") == "all" and default is None:
        chosen = None
    cut = _cut(chosen, zone)
    offered = ([(None, "All time")] if default is None else []) + list(_offered(today))
    choices = [_choice(request, text, label, text == chosen) for text, label in offered]
    days = _days(cut, zone)
    kept = [(key, value) for key, value in request.GET.items() if key not in OWN and isinstance(value, str)]
    return PeriodPicker(chosen, period_label(cut, zone) if cut else "All time", choices, *days, kept)


def neighbours(request: HttpRequest, chosen: str | None, zone: str) -> tuple[str, str]:
    """The addresses of the period before and of the one after; "" for days of one's own and for all time, which have none."""
    per = next((per for per, form in FORMS.items() if chosen and form.fullmatch(chosen)), None)
    if chosen is None or per is None:
        return "", ""
    period = parse_period(chosen, zone)
    texts = [period_at(per, zone, at).label for at in (period.start_at - timedelta(microseconds=1), period.end_at)]
    before, after = (address(request.path, request.GET, period=text, **{"from": "", "to": "", "page": ""}) for text in texts)
    return before, after


def quarter_of(day: date) -> str:
    """`2018-Q2`."""
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def month_of(day: date) -> str:
    """`2018-05`."""
    return f"{day.year:04}-{day.month:02}"


def period_label(period: Period, zone: str) -> str:
    """`May 2018`, `Q2 2018`, `2018`, `1–31 May 2018`; a period that is not of whole days with its times."""
    first, last = (period.start_at.astimezone(ZoneInfo(zone)).date(), _last_day(period, zone))
    said = reader()
    if "Q" in period.label.upper():
        return f"Q{(first.month + 2) // 3} {first.year}"
    if len(period.label) == 4:
        return period.label
    if len(period.label) == 7:
        return said.month(first)
    if period.start_at == day_start(first, zone) and period.end_at == day_start(last + timedelta(days=1), zone):
        return said.days(first, last)
    return f"{said.datetime(period.start_at)} – {said.datetime(period.end_at)}"


def label_said(label: str, zone: str) -> str:
    """A period by its label, as the reader says it; a label that is no period stays as it is."""
    try:
        return period_label(parse_period(label, zone), zone)
    except ValueError:
        return label


def _asked(request: HttpRequest) -> str | None:
    if text := request.GET.get("period", "").strip():
        return None if text == "all" else text
    first, last = request.GET.get("from", "").strip(), request.GET.get("to", "").strip()
    if not (first and last):
        return None
    try:
        after = date.fromisoformat(last) + timedelta(days=1)
        return f"{date.fromisoformat(first)}..{after}"
    except (ValueError, OverflowError) as error:
        raise UsageError(f'"{first}" to "{last}" is no period; write both days as 2018-05-31') from error


def _cut(text: str | None, zone: str) -> Period | None:
    try:
        return parse_period(text, zone) if text else None
    except ValueError as error:
        raise UsageError(str(error)) from error


def _offered(today: date) -> Iterator[tuple[str, str]]:
    """This month and the last, this quarter and the last, this year and the last."""
    month_before = today.replace(day=1) - timedelta(days=1)
    quarter_before = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1) - timedelta(days=1)
    yield month_of(today), "This month"
    yield month_of(month_before), "Last month"
    yield quarter_of(today), "This quarter"
    yield quarter_of(quarter_before), "Last quarter"
    yield f"{today.year:04}", "This year"
    yield f"{today.year - 1:04}", "Last year"


def _choice(request: HttpRequest, text: str | None, label: str, current: bool) -> Choice:
    changes = {"period": text or "all", "from": "", "to": "", "page": ""}
    return Choice(text or "all", label, address(request.path, request.GET, **changes), current)


def _days(period: Period | None, zone: str) -> tuple[str, str]:
    if period is None:
        return "", ""
    return period.start_at.astimezone(ZoneInfo(zone)).date().isoformat(), _last_day(period, zone).isoformat()


def _last_day(period: Period, zone: str) -> date:
    return (period.end_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
