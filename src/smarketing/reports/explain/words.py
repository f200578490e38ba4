"""How things are said: times on the wall clock, points, facts, conditions, stages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smarketing.vocabulary.words import with_minus

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement

MONTHS = "January February March April May June July August September October November December".split()
ABBREVIATIONS = frozenset("iql mel mql pql sal sgl sql sqo".split())
"""Stage names of the trade that everybody writes in capitals."""
SPELLED_WITH_A_VOWEL = "AEFHILMNORSX"
OPERATORS = {
    "in": "is {}", "not_in": "is not {}", "between": "is from {}", "at_least": "is at least {}", "at_most": "is at most {}",
    "contains": "contains {}", "starts_with": "begins with {}",
}  # fmt: skip
SAID_BY = {
    "assigned": ("to", " to {}"), "linked": ("with", " with {}, the same person"),
    "unlinked": ("with", " from {}, another person after all"),
}  # fmt: skip
"""The property that says what a fact of the kind is about, and the words for it."""
Fact = Mapping[str, Any]


def moment(at: datetime, zone: str) -> str:
    """`12 March 2026 at 09:40`, on the wall clock of the zone; seconds only where there are any."""
    local = at.astimezone(ZoneInfo(zone))
    seconds = f":{local:%S}" if local.second or local.microsecond else ""
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} at {local:%H:%M}{seconds}"


def number(value: Decimal) -> str:
    """`45`, `12.5`, `−5`: no zeros that say nothing."""
    return with_minus(f"{value:,.2f}".rstrip("0").rstrip("."))


def signed(points: Decimal) -> str:
    """`+20`, `−10`."""
    return f"{'' if points < 0 else '+'}{number(points)}"


def money(amount: Decimal, currency: str) -> str:
    """`1,234.50 EUR`."""
    return f"{with_minus(f'{amount:,.2f}')} {currency}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    every = list(words)
    return f" {last} ".join([", ".join(every[:-1]), every[-1]]) if len(every) > 1 else "".join(every)


def with_article(name: str) -> str:
    """`an MQL`, `a customer`: an abbreviation is spelled, a word is read."""
    spelled = name.isupper() and name[:1] in SPELLED_WITH_A_VOWEL
    return f"{'an' if spelled or (not name.isupper() and name[:1].lower() in 'aeio') else 'a'} {name}"


def stage_label(agreement: Agreement, stage: str) -> str:
    """What both teams call the stage: the vocabulary's abbreviation or term for it, else its name."""
    term = next((term for term in agreement.vocabulary if term.stage == stage), None)
    if term is not None:
        return term.short or f"{term.term[0].lower()}{term.term[1:]}"
    return stage.upper() if stage in ABBREVIATIONS else stage.replace("_", " ")


def kind_words(kind: str) -> str:
    """`form submitted`."""
    return kind.replace("_", " ")


def fact_words(fact: Fact, currency: str) -> str:
    """`form submitted (form demo, campaign spring)`: what happened, by whom, and what else the fact says."""
    said = dict(properties_of(fact))
    words = kind_words(fact["kind"])
    if fact["kind"] == "profile_changed":
        return f"{words}: {profile_words(said)}"
    if fact["kind"] in SAID_BY and said.get(SAID_BY[fact["kind"]][0]) not in (None, ""):
        name, told = SAID_BY[fact["kind"]]
        words += told.format(plain(said.pop(name)))
    if fact["actor"]:
        words += f" by {fact['actor']}"
    if "reason" in said:
        words += f", reason: {said.pop('reason')}"
    if fact["kind"] == "obstacle_noted" and said.get("obstacle") not in (None, ""):
        words += f": {plain(said.pop('obstacle'))}"
    if fact["amount"] is not None:
        words += f", {money(fact['amount'], fact['currency'] or currency)}"
    beside = {"opportunity": fact["opportunity_id"], "campaign": fact["campaign"], "channel": fact["channel"]}
    details = [f"{name.replace('_', ' ')} {plain(value)}" for name, value in (said | beside).items() if value not in (None, "")]
    return f"{words} ({', '.join(details)})" if details else words


def profile_words(said: Mapping[str, Any]) -> str:
    """`country is DE, role is no longer known`."""
    changes = [f"{name} is {'no longer known' if value in (None, '') else plain(value)}" for name, value in said.items()]
    return ", ".join(changes) or "nothing"


def properties_of(fact: Fact) -> dict[str, Any]:
    """The fact's properties."""
    read = json.loads(fact["properties"] or "{}")
    return read if isinstance(read, dict) else {}


def plain(value: object) -> str:
    """A value as a person writes it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def condition_words(written: Mapping[str, Any]) -> str:
    """A condition on attributes: `employees is from 50 to 500 and country is DE or AT`; `everybody` where it asks nothing."""
    if not written:
        return "everybody"
    return listed(f"{name} {_test_words(test)}" for name, test in written.items())


def _test_words(test: Any) -> str:
    if not isinstance(test, Mapping):
        return f"is {plain(test)}"
    return listed(_operator_words(name, operand) for name, operand in test.items())


def _operator_words(name: str, operand: Any) -> str:
    if name == "exists":
        return "is known" if operand else "is not known"
    joined = (
        listed(map(plain, operand), "to" if name == "between" else "or") if isinstance(operand, list | tuple) else plain(operand)
    )
    return OPERATORS.get(name, name + " {}").format(joined)
