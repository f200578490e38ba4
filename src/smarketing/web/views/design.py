"""`/design`: every component in every state, on one page, while developing. Its figures are made up and belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.web.look.icons import DRAWINGS
from smarketing.web.look.states import STATES

LAYOUTS = ("stats", "table", "detail")
AS_OF = datetime(2026, 5, 14, 9, 41, tzinfo=UTC)
EUR = "EUR"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?layout=stats|table|detail` shows one way to lay out a page."""
    layout = request.GET.get("layout", "")
    return render(request, f"design/layout_{layout}.html" if layout in LAYOUTS else "design/page.html", samples())


def samples() -> dict[str, Any]:
    """What the page shows, by component."""
    return {
        "as_of": AS_OF,
        "due_at": AS_OF + timedelta(hours=3, minutes=19),
        "past": AS_OF - timedelta(days=2, hours=5),
        "amount": {"amount": 1848110, "currency": EUR},
        "nothing_yet": {"amount": 0, "currency": EUR},
        "rate": rate(68, 157, 0.369, 0.499),
        "none": rate(0, 0, None, None),
        "colours": COLOURS,
        "sizes": SIZES,
        "states": list(STATES),
        "icons": list(DRAWINGS),
        "promises": PROMISES,
        "campaigns": CAMPAIGNS,
        "period": PERIOD,
        "views": VIEWS,
        "stages": [("mql", "MQL"), ("sal", "SAL"), ("sql", "SQL")],
        "receipt": RECEIPT,
        "chapters": CHAPTERS,
        "form": checked_form(),
        "tabs": TABS,
        "crumbs": [("Leads", "#"), ("Operations Olga", "#"), ("Hand-off 2", "#")],
        "vocabulary": VOCABULARY,
        "leads": LEADS,
    }


def rate(n: int, of: int, low: float | None, high: float | None) -> dict[str, Any]:
    """A RATE of the reports."""
    return {"n": n, "of": of, "rate": n / of if of else None, "low": low, "high": high}


def promise(name: str, team: str, unit: str, status: str | None, *figures: float | None, trial: bool = False) -> dict[str, Any]:
    """A row of commitments: actual, target, expected by now, and the forecast's low, middle and high."""
    keys = ("actual", "target", "expected_by_now", "forecast_low", "forecast", "forecast_high")
    return {"name": name, "team": team, "unit": unit, "status": status, "trial": trial, **dict(zip(keys, figures, strict=True))}


class Sample(forms.Form):
    """A form with every kind of field, filled in wrongly on purpose."""

    name = forms.CharField(label="Name of the campaign", help_text="As people say it, not its id.")
    starts = forms.DateField(label="Starts", widget=forms.DateInput(attrs={"type": "date"}))
    team = forms.ChoiceField(label="Whose it is", choices=[("marketing", "Marketing"), ("sales", "Sales"), ("both", "Both")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    shared = forms.BooleanField(label="Both teams may see it", required=False)


def checked_form() -> Sample:
    """The sample form with its errors found."""
    form = Sample({"name": "", "starts": "2026-04-31", "team": "both"}, auto_id="sample_%s")
    form.is_valid()
    return form


@dataclass(frozen=True)
class Choice:
    """One period to choose."""

    label: str
    url: str
    current: bool = False


PERIOD = {
    "label": "Q2 2026", "first_day": "2026-04-01", "last_day": "2026-06-30", "kept": [],
    "choices": [Choice("This month", "#"), Choice("This quarter", "#", current=True), Choice("Last quarter", "#"), Choice("This year", "#")],
}  # fmt: skip
COLOURS = [
    ("Surfaces", ["page", "surface", "sunken", "raised", "line", "line-strong", "edge"]),
    ("Ink", ["ink", "muted", "faint", "focus"]),
    ("Whose it is", ["marketing", "sales", "together"]),
    ("How it stands", ["good", "bad", "running"]),
]
SIZES = [("40", "The number of the page"), ("28", "Title, large figure"), ("20", "Figure of a part"), ("16", "Heading, answer"),
         ("14", "Text"), ("13", "Labels, tables’ small print"), ("12", "Heads of columns, times")]  # fmt: skip
PROMISES = [
    promise("Qualified leads, grade A and B", "marketing", "leads", "on_pace", 231, 480, 226, 455, 488, 521),
    promise("Worth of leads delivered", "marketing", "money", "behind", 412000, 900000, 430000, 790000, 861000, 932000),
    promise("First answer within 4 business hours", "sales", "share", "met", 0.942, 0.9, 0.9, 0.91, 0.942, 0.97),
    promise("Five attempts within 14 days", "sales", "share", "missed", 0.71, 0.8, 0.8, 0.64, 0.71, 0.77, trial=True),
    promise("Revenue", "together", "money", "met", 1848110, 1700000, 900000, 1848110, 2100000, 2420000),
    promise("Verdict within 2 business days", "sales", "share", None, None, 0.95, 0.95, None, None, None),
]
CAMPAIGNS = [
    {"by": "Webinar: planning without spreadsheets", "leads": 412, "won": rate(31, 412, 0.056, 0.1), "target": 0.06,
     "won_amount": {"amount": 486200, "currency": EUR}, "verdict": "above"},
    {"by": "Paid search, brand", "leads": 1586, "won": rate(68, 1586, 0.035, 0.052), "target": 0.05,
     "won_amount": {"amount": 702340, "currency": EUR}, "verdict": "as expected"},
    {"by": "Trade fair, spring", "leads": 203, "won": rate(2, 203, 0.003, 0.029), "target": 0.05,
     "won_amount": {"amount": 18900, "currency": EUR}, "verdict": "below"},
    {"by": "Referrals", "leads": 14, "won": rate(3, 14, 0.088, 0.436), "target": 0.1,
     "won_amount": {"amount": 61000, "currency": EUR}, "verdict": "too few"},
]  # fmt: skip
LEADS = [
    {"name": name, "account": account, "grade": grade, "total": total, "stage": stage, "rep": rep, "handed_at": AS_OF - timedelta(days=days),
     "clock": clock} for name, account, grade, total, stage, rep, days, clock in [
        ("Olga Brandt", "Nordwerk Logistik", "A", 84, "SQL", "Rita Vogel", 0.3, "open"),
        ("lead-0417", "Kessler & Töchter", "A", 71, "MQL", "Tom Albrecht", 0.9, "open"),
        ("Marta Nowak", "Silesia Parts", "B", 66, "MQL", "Rita Vogel", 1.2, "breached"),
        ("Jean Petit", "Ateliers du Rhône", "B", 61, "SAL", "Ana Ruiz", 2.1, "kept"),
        ("lead-0398", "–", "C", 60, "MQL", "Ana Ruiz", 3.4, "late"),
        ("Sofia Lindqvist", "Fjällström", "A", 92, "Opportunity", "Tom Albrecht", 11, "kept"),
    ]
]  # fmt: skip
VIEWS = [{"name": "Mine, open", "url": "#"}, {"name": "Grade A unanswered", "url": "#", "shared": True, "remove": "#"}]
TABS = [
    {"label": "Story", "url": "#", "current": True},
    {"label": "Receipt", "url": "#", "count": 12},
    {"label": "Clocks", "url": "#", "count": 3},
]


def line(days: int, text: str, points: float, balance: float, rule: str, **more: Any) -> dict[str, Any]:
    """A line of a receipt."""
    return {"at": AS_OF - timedelta(days=days), "text": text, "points": points, "balance": balance, "rule": rule, **more}


RECEIPT = [
    line(41, "Works in operations at a firm of 50 to 500", 20, 20, "fit · operations_olga", href="#"),
    line(41, "Downloaded the planning checklist", 20, 40, "download", href="#"),
    line(12, "The download is 30 days old: half is left", -10, 30, "download fades", faded=True),
    line(9, "Attended the webinar", 25, 55, "webinar", href="#"),
    line(2, "Looked at the prices", 5, 60, "pricing", href="#"),
]


def entry(days: float, team: str, text: str, **more: Any) -> dict[str, Any]:
    """An entry of a timeline."""
    return {"at": AS_OF - timedelta(days=days), "team": team, "text": text, **more}


CHAPTERS = [
    {"title": "First cycle", "note": "sent back after 9 days", "begin_at": AS_OF - timedelta(days=92),
     "end_at": AS_OF - timedelta(days=43), "state": "void", "entries": [
        entry(92, "marketing", "Came from paid search and read two pages", href="#"),
        entry(60, "marketing", "Downloaded the case study", points=20),
        entry(52, "together", "Became an MQL and was handed over", icon="handoff", note="60 points, grade B, to Rita Vogel"),
        entry(51.7, "sales", "Rita called; nobody answered"),
        entry(43, "sales", "Sent back: no budget before summer", note="Recycled to marketing"),
     ]},
    {"title": "Second cycle", "note": "open", "begin_at": AS_OF - timedelta(days=43), "entries": [
        entry(41, "marketing", "Opened every link of the newsletter in one second", machine=True),
        entry(9, "marketing", "Attended the webinar", points=25, href="#"),
        entry(2, "together", "Became an MQL again", icon="handoff", note="60 points, grade A"),
        entry(1.8, "sales", "Rita called and spoke with Olga for 12 minutes", state="kept"),
        entry(0.2, "sales", "Opportunity won, €48,000", icon="win"),
     ]},
]  # fmt: skip
_MQL = {
    "term": "Marketing qualified lead",
    "short": "MQL",
    "means": "A lead whose score says that a call is worth a rep’s time.",
    "also_called": {"marketing": ["hot lead"], "sales": ["warm lead"]},
    "rule": "True when the total reaches 60 points and the grade is A, B or C.",
    "url": "/agreement",
}
VOCABULARY = {"mql": _MQL, "marketing qualified lead": _MQL}
