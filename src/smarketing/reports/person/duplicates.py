"""Whether somebody who is about to be entered is there already: by mail address, by phone number, by name and company.

* The same mail address, whatever its capitals, is the same person.
* The same phone number: digits alone are compared, without the zeros and the country's code before them.
* Name and company together are compared as people write them (rapidfuzz's token sort ratio of both, in any order and case): from
  NEAR on it may be the same person. A name without a company on either side has to be nearly equal (NEARER).

Nothing is decided here: who enters sees whom it may be, and says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from smarketing.reports.explain.dossier import name_in
from smarketing.reports.leads import TOLD_BY, leads

if TYPE_CHECKING:
    from smarketing.reports.following import Following

MAILS = frozenset("email mail emailaddress mailaddress".split())
PHONES = frozenset("phone phonenumber telephone tel mobile mobilephone cell".split())
BETWEEN_WORDS, NO_DIGIT = re.compile(r"[\s._-]+"), re.compile(r"\D")
NAMELIKE = '(?i)"[^"]*name[^"]*":'
NEAR, NEARER, MOST = 86, 93, 5
SHORTEST_NUMBER = 7
"""Digits that a phone number has at least, and that have to agree."""
MAIL, PHONE, NAME = "mail", "phone", "name"
ORDER = (MAIL, PHONE, NAME)


class Like(NamedTuple):
    """A lead that may be the same person: what is alike (`by` mail, phone or name), what it is called, its `account`, and how much alike
    the names are (0 to 100).
    """

    lead_id: str
    by: str
    name: str
    account: str | None
    alike: float


def duplicates(outcome: Following, *, name: str = "", email: str = "", phone: str = "", company: str = "") -> list[Like]:
    """The leads that may be the person who is described, the surest first, each once, at most five. Empty texts ask nothing."""
    found = [
        *_by_mail(outcome, email.strip()),
        *_by_phone(outcome, digits(phone)),
        *_by_name(outcome, name.strip(), company.strip()),
    ]
    found.sort(key=lambda one: (ORDER.index(one[1]), -one[2], one[0]))
    once = {lead_id: (by, alike) for lead_id, by, alike in reversed(found)}
    surest = sorted(once.items(), key=lambda one: (ORDER.index(one[1][0]), -one[1][1], one[0]))[:MOST]
    named, accounts = _names(outcome), dict(leads(outcome).select("lead_id", "account").iter_rows())
    return [
        Like(lead_id, by, named.get(lead_id) or accounts.get(lead_id) or lead_id, accounts.get(lead_id), alike)
        for lead_id, (by, alike) in surest
    ]


def digits(phone: str) -> str:
    """The digits of a number without those that only say where one dials from: `+49 (0)30 12 34` and `0030 1234` begin alike at their end."""
    return NO_DIGIT.sub("", phone.replace("(0)", "")).lstrip("0")


def same_number(one: str, other: str) -> bool:
    """Whether two numbers, as `digits` gives them, are the same: one may have the country's code before it."""
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST_NUMBER and long.endswith(short)


Found = tuple[str, str, float]


def _by_mail(outcome: Following, email: str) -> list[Found]:
    if "@" not in email:
        return []
    wanted = email.lower()
    rows = _telling(outcome).filter(pl.col("properties").str.to_lowercase().str.contains(wanted, literal=True))
    return [
        (lead, MAIL, 100) for lead, said in _read(rows) if any(wanted == text.strip().lower() for text in _texts(said, MAILS))
    ]


def _by_phone(outcome: Following, number: str) -> list[Found]:
    if len(number) < SHORTEST_NUMBER:
        return []
    told = pl.col("properties").str.replace_all(r"\D", "")
    rows = _telling(outcome).filter(told.str.contains(number[-SHORTEST_NUMBER:], literal=True))
    return [
        (lead, PHONE, 100)
        for lead, said in _read(rows)
        if any(same_number(number, digits(text)) for text in _texts(said, PHONES))
    ]


def _by_name(outcome: Following, name: str, company: str) -> list[Found]:
    from rapidfuzz import fuzz, utils

    if not name:
        return []
    accounts, found = dict(leads(outcome).select("lead_id", "account").iter_rows()), []
    wanted = {True: utils.default_process(f"{name} {company}"), False: utils.default_process(name)}
    for lead, known in _names(outcome).items():
        account = accounts.get(lead) or ""
        both = bool(company and account)
        told = utils.default_process(f"{known} {account}" if both else known)
        alike = fuzz.token_sort_ratio(wanted[both], told, score_cutoff=NEAR if both else NEARER)
        if alike:
            found.append((lead, NAME, alike))
    return found


def _names(outcome: Following) -> dict[str, str]:
    """The name of every lead that told one, as it told it last; computed once for an outcome."""
    return outcome.once("names", lambda: _read_names(outcome))


def _read_names(outcome: Following) -> dict[str, str]:
    profiles: dict[str, dict[str, Any]] = {}
    for lead, said in _read(_telling(outcome).filter(pl.col("properties").str.contains(NAMELIKE))):
        profiles.setdefault(lead, {}).update(said)
    return {lead: name for lead, profile in profiles.items() if (name := name_in(profile))}


def _telling(outcome: Following) -> pl.LazyFrame:
    return outcome.facts.filter(pl.col("kind").is_in(TOLD_BY)).select("lead_id", "at", "fact_id", "properties")


def _read(rows: pl.LazyFrame) -> Iterable[tuple[str, dict[str, Any]]]:
    """The lead and the properties of each row, in order of time."""
    for lead, text in rows.sort("at", "fact_id").select("lead_id", "properties").collect().iter_rows():
        yield lead, json.loads(text or "{}")


def _texts(said: Mapping[str, Any], names: frozenset[str]) -> list[str]:
    """The values of the properties that have one of these names, in any spelling."""
    return [str(value) for name, value in said.items() if value and BETWEEN_WORDS.sub("", name).lower() in names]
