"""Who buys, and what earns points: personas with their buying cycles, rules of engagement."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from smarketing.agreement.changes.phrases import attributes, condition, happening, joined, time, upper
from smarketing.agreement.models import Agreement, EngagementRule, Fade, FitRule, Persona, Phase
from smarketing.agreement.sentences.writing import PLAIN, Writing, title


class Points(NamedTuple):
    """What earns points: `name` (empty where there is none), `text` in words, `points`, and further sentences about it."""

    name: str
    text: str
    points: Decimal
    notes: tuple[str, ...] = ()


class PhaseSaid(NamedTuple):
    """A phase of a buying cycle: when it begins, how long it lasts, what to say and to offer; empty where nothing is said."""

    name: str
    begins: str
    lasts: str
    say: str
    offer: str


class PersonaSaid(NamedTuple):
    """Somebody who buys: `title`, what it means, `who` may be one, what fits, and the phases of buying."""

    title: str
    means: str
    who: str
    fit: tuple[Points, ...]
    cycle: tuple[PhaseSaid, ...]


def personas(agreement: Agreement) -> list[PersonaSaid]:
    """Every persona, in the order that decides between equal points."""
    return [_persona(each, agreement) for each in agreement.personas]


def _persona(of: Persona, agreement: Agreement) -> PersonaSaid:
    who = f"Those whose {attributes(of.when)}." if of.when is not None and of.when.root else "Everybody may be one."
    cycle = tuple(_phase(each, place, agreement) for place, each in enumerate(of.buying_cycle))
    return PersonaSaid(title(of.name), of.means or "", who, tuple(map(_fit, of.fit)), cycle)


def _fit(of: FitRule) -> Points:
    return Points(of.name or "", upper(attributes(of.when)) if of.when.root else "Everybody", of.points)


def _phase(of: Phase, place: int, agreement: Agreement) -> PhaseSaid:
    begins = f"begins with: {condition(of.when, agreement)}" if of.when else "begins with the first fact" if not place else ""
    return PhaseSaid(upper(of.phase), begins, time(of.lasts) if of.lasts else "", of.say or "", joined(of.offer, "or"))


def engagement(agreement: Agreement, writing: Writing = PLAIN) -> list[Points]:
    """Every rule, in the order of the document."""
    return [
        Points(each.name, upper(happening(each.fact, each.where)), each.points, tuple(_limits(each, writing)))
        for each in agreement.engagement
    ]


def _limits(of: EngagementRule, writing: Writing) -> Iterator[str]:
    if of.at_most is not None:
        yield "Only the latest one counts." if of.at_most == 1 else f"Only the {of.at_most} latest count."
    if of.fades:
        yield f"{upper(joined(_fade(each, writing) for each in of.fades))}."


def _fade(of: Fade, writing: Writing) -> str:
    left = f"{writing.share(of.to)} is left" if of.to else "nothing is left"
    return f"after {time(of.after)} {left}"
