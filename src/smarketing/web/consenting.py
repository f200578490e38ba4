"""Whether a lead may be contacted, in the words and the mark that stand wherever a lead does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from smarketing.reports.person.consent import CHANNELS, SUBSCRIBED, UNKNOWN, Consent, Consents, Word, consent_in, consents
from smarketing.web.held import held
from smarketing.web.locale import reader
from smarketing.web.questions import question_url

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

MAY = {("mail",): "May be mailed", ("phone",): "May be called", CHANNELS: "May be contacted", (): ""}
NOT = {("mail",): "Do not mail", ("phone",): "Do not call", CHANNELS: "Do not contact", (): ""}
FORBIDDEN = "Do not"
UNSAID = "Consent not known"
ASKED = {"mail": "By mail", "phone": "By phone"}


class Mark(NamedTuple):
    """The mark of one lead: its words, the drawing beside them (`shape`), its `tone`, and the longer wording (`title`)."""

    text: str
    shape: str
    tone: str
    title: str


class Line(NamedTuple):
    """One channel in words, and the fact behind it ("" where there is none)."""

    channel: str
    text: str
    url: str
    tone: str


def consent_of_lead(lead_id: str) -> Consent:
    """What the held facts say of a lead, by its own id."""
    return consent_in(held(), lead_id)


def mark_of(consent: Consent) -> Mark:
    """What must not be done comes first; who said nothing is neither forbidden nor allowed."""
    title = "; ".join(f"{ASKED[name].lower()}: {said_of(word)}" for name, word in zip(CHANNELS, consent, strict=True))
    said = words_of(consent)
    return Mark(said, *(("few", "quiet") if consent == UNKNOWN else style_of(said)), title)


def words_of(consent: Consent) -> str:
    """The words of the mark: `Do not call, may be mailed`."""
    if consent.forbidden:
        return ", ".join(filter(None, [NOT[consent.forbidden], MAY[consent.allowed].lower()]))
    return MAY[consent.allowed] if consent.allowed else UNSAID


def lines_of(consent: Consent, lead_id: str) -> list[Line]:
    """Each channel with what was said about it, and when."""
    return [_line(name, word, lead_id) for name, word in zip(CHANNELS, consent, strict=True)]


def contact_column(outcome: Outcome) -> pl.DataFrame:
    """`lead_id`, `contact`: the words of the mark, of each lead of which a fact says something; once for an outcome."""
    return outcome.once("contact", lambda: _contact(consents(outcome)))


def _contact(every: Consents) -> pl.DataFrame:
    said = pl.when(pl.col("kind") == SUBSCRIBED).then(pl.lit(MAY[("mail",)])).otherwise(pl.lit(NOT[("mail",)]))
    others = [(lead_id, words_of(consent)) for lead_id, consent in every.others.items()]
    rest = pl.DataFrame(others, schema={"lead_id": pl.String, "contact": pl.String}, orient="row")
    return pl.concat([every.plain.select("lead_id", contact=said), rest])


def style_of(text: str) -> tuple[str, str]:
    """The drawing and the tone of a mark by its words."""
    return ("missed", "bad") if text.startswith(FORBIDDEN) else ("met", "good")


def _line(name: str, word: Word | None, lead_id: str) -> Line:
    url = question_url({"of": "facts", "lead": lead_id, "fact": word.fact_id}) if word else ""
    return Line(ASKED[name], said_of(word), url, "quiet" if word is None else "good" if word.may else "bad")


def said_of(word: Word | None) -> str:
    """`no, unsubscribed on 3 May 2026`."""
    if word is None:
        return "nobody asked"
    return f"{'yes' if word.may else 'no'}, {word.said} on {reader().date(word.at)}"
