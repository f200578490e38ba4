"""Whether a lead may be contacted, in the words and the mark that stand wherever a lead does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.reports.explain.life import ids_in
from smarketing.reports.person.consent import (
    CHANNELS,
    MAY,
    NOT,
    SUBSCRIBED,
    UNKNOWN,
    Consent,
    Consents,
    Word,
    consent_in,
    consents,
    words_of,
)
from smarketing.web.held import held
from smarketing.web.locale import reader
from smarketing.web.look.icons import icon
from smarketing.web.questions import question_url

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

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
    """What the held facts say of a lead, by any id that it goes by: a notice names it as it was called then."""
    outcome = held()
    return consent_in(outcome, ids_in(outcome).own.get(lead_id, lead_id))


def mark_of(consent: Consent) -> Mark:
    """The mark that a consent has."""
    title = "; ".join(f"{ASKED[name].lower()}: {said_of(word)}" for name, word in zip(CHANNELS, consent, strict=True))
    said = words_of(consent)
    shape, tone = ("few", "quiet") if consent == UNKNOWN else ("missed", "bad") if consent.forbidden else ("met", "good")
    return Mark(said, shape, tone, title)


def mark_beside(lead_id: str) -> SafeString:
    """What stands beside the name of a lead in a table or a sentence: the mark's drawing, its words and since when in its title.

    Nothing where nobody knows. What is read of all leads is read once for a state, so a row costs one look into it.
    """
    consent = consent_of_lead(lead_id)
    if consent == UNKNOWN:
        return SafeString("")
    mark = mark_of(consent)
    return format_html(
        ' <span class="contact-mark tone-{}" title="{}: {}">{}</span>',
        mark.tone,
        mark.text,
        mark.title,
        icon(mark.shape, mark.text),
    )


def lines_of(consent: Consent, lead_id: str) -> list[Line]:
    """Each channel with what was said about it, and when."""
    return [_line(name, word, lead_id) for name, word in zip(CHANNELS, consent, strict=True)]


def contact_column(outcome: Outcome) -> pl.DataFrame:
    """`lead_id`, `contact`: the words of the mark, of each lead of which a fact says something, for a file of them; once for an outcome."""
    return outcome.once("contact", lambda: _contact(consents(outcome)))


def _contact(every: Consents) -> pl.DataFrame:
    said = pl.when(pl.col("kind") == SUBSCRIBED).then(pl.lit(MAY[("mail",)])).otherwise(pl.lit(NOT[("mail",)]))
    others = [(lead_id, words_of(consent)) for lead_id, consent in every.others.items()]
    rest = pl.DataFrame(others, schema={"lead_id": pl.String, "contact": pl.String}, orient="row")
    return pl.concat([every.plain.select("lead_id", contact=said), rest])


def _line(name: str, word: Word | None, lead_id: str) -> Line:
    url = question_url({"of": "facts", "lead": lead_id, "fact": word.fact_id}) if word else ""
    return Line(ASKED[name], said_of(word), url, "quiet" if word is None else "good" if word.may else "bad")


def said_of(word: Word | None) -> str:
    """`no, unsubscribed on 3 May 2026`."""
    if word is None:
        return "nobody asked"
    return f"{'yes' if word.may else 'no'}, {word.said} on {reader().date(word.at)}"
