"""The choice: who gets one lead at one instant.

In this order: whoever had the lead before; whoever has its account (`account_owner_first`); those whom a preference names; and then
everybody in the queue (see `Office.queue`). Nobody gets a lead who is not with the company, is absent, has as many open leads as their
capacity, or let this very hand-off wait too long. Of several, those who work now come first, else those whose working time begins
first. Between them decides:

* `round_robin`: whose last lead is longest ago; so of any reps who all could take every lead none gets two more than another.
* `weighted`: each is owed a share of every lead. Of those who are owed enough, the one who would be owed a whole lead first
  (R. Tijdeman's rule for the chairman assignment problem, 1980): with the same reps all the time, nobody is ever a whole lead away
  from their share.
* `least_loaded`: who has the smallest part of their capacity in work; where somebody has no capacity, the fewest open leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from smarketing.agreement.models import Route
from smarketing.derivations.routing.book import EMPTY, Book, Choice, shares
from smarketing.derivations.routing.desks import Desk, Office
from smarketing.derivations.routing.reasons import beside, nobody, turn
from smarketing.derivations.routing.wishes import Wishes
from smarketing.vocabulary.periods import micros

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-off that is to be routed: what decides who gets it.

    `account_owner`: who has the lead's `account`; `before`: who had the lead in an earlier cycle; `wishes`: whom preferences name;
    `not_to`: who had this hand-off already and let it wait.
    """

    lead_id: str
    cycle: int = 1
    account: str | None = None
    account_owner: str | None = None
    before: str | None = None
    wishes: Wishes = ()
    not_to: tuple[str, ...] = ()


def choose(lead: Handed, office: Office, book: Book, route: Route, at: datetime) -> Choice:
    """Who gets the lead at an instant, or that nobody can, with a sentence why."""
    instant = micros(at)
    told: list[str] = []
    for desk, owns in _named(lead, office, route):
        if takes(desk, lead, book, instant):
            return Choice(desk.rep, f"{desk.name} {owns}.")
        if not _had(desk, lead):
            told.append(beside(desk, owns, office, book, instant))
    for reps, words in _circles(lead, office, instant):
        able = [desk for desk in reps if takes(desk, lead, book, instant)]
        if able:
            found = _pick(able, office, book, route, instant)
            return found._replace(why=" ".join([*told, *words, found.why]))
    return Choice(None, " ".join([*told, nobody(office, book, lead.not_to, instant)]))


def takes(desk: Desk, lead: Handed, book: Book, at: int) -> bool:
    """Whether somebody can take the lead at all."""
    room = desk.capacity is None or book.get(desk.rep, EMPTY).open < desk.capacity
    return desk.is_active(at) and desk.away_until(at) is None and room and not _had(desk, lead)


def _had(desk: Desk, lead: Handed) -> bool:
    """Whether they had this very hand-off and let it wait."""
    return desk.rep.lower() in {rep.lower() for rep in lead.not_to}


def _named(lead: Handed, office: Office, route: Route) -> Iterator[tuple[Desk, str]]:
    """Those whom a rule names alone, and what makes them the one."""
    before = office.desk(lead.before)
    if before is not None:
        yield before, "had this lead before"
    owner = office.desk(lead.account_owner) if route.account_owner_first else None
    if owner is not None and owner is not before:
        yield owner, f"has the account {lead.account}" if lead.account else "has the lead's account"


def _circles(lead: Handed, office: Office, at: int) -> Iterator[tuple[list[Desk], list[str]]]:
    for wish in lead.wishes:
        desks = [desk for rep in wish if (desk := office.desk(rep)) is not None]
        names = [desk.name for desk in desks]
        yield desks, [f"Leads like this one go to {_or(names)} first."]
    yield office.queue(at), []


def _or(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _pick(able: list[Desk], office: Office, book: Book, route: Route, at: int) -> Choice:
    begins = {desk.rep: desk.works_from(at) for desk in able}
    first = min(begins.values())
    soonest = [desk for desk in able if begins[desk.rep] == first]
    share = shares(route, tuple(desk.rep for desk in soonest))
    among = [desk for desk in soonest if desk.rep in share]
    chosen = min(enumerate(among), key=lambda each: (*_rank(each[1], among, book, route, share), each[0]))[1]
    why = turn(chosen, among, office, book, route, begins=first if first > at else None)
    return Choice(chosen.rep, why, tuple(desk.rep for desk in among))


def _rank(desk: Desk, among: list[Desk], book: Book, route: Route, share: dict[str, float]) -> tuple[float, ...]:
    """The smallest gets the lead."""
    line = book.get(desk.rep, EMPTY)
    if route.by == "least_loaded":
        limits = [each.capacity for each in among]
        return (line.open / desk.capacity if desk.capacity and None not in limits else line.open, line.last)
    if route.by == "round_robin":
        return (line.last,)
    owed = line.owed + share[desk.rep]
    enough = 1 / (2 * len(among) - 2) if len(among) > 1 else 0.0
    if owed < enough - ROUNDING:
        return (1.0, -owed)
    return (0.0, round((1 - enough - owed) / share[desk.rep], 9), line.last)
