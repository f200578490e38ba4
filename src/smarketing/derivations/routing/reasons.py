"""Why somebody gets a lead, or nobody, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from smarketing.agreement.models import Route
from smarketing.derivations.routing.book import EMPTY, Book
from smarketing.derivations.routing.desks import NEVER, Desk, Office

NO_TABLE = "There is no table of reps (tables/reps.csv), so nobody can be picked."
NO_SELLERS = "Nobody in the table of reps is in sales and with the company now."


def turn(desk: Desk, among: Sequence[Desk], office: Office, book: Book, route: Route, *, begins: int | None) -> str:
    """Why it is this one among those who could take the lead; `begins`: nobody works now, and from then on they do."""
    said = _turn(desk, among, book, route)
    if begins is None:
        return said
    when = "nobody's working time is known" if begins == NEVER else f"{desk.name} begins {_when(office, begins)}"
    return f"Nobody works now; {when}. {said}"


def _turn(desk: Desk, among: Sequence[Desk], book: Book, route: Route) -> str:
    if len(among) == 1:
        return f"{desk.name} is the only one who can take it."
    if route.by == "round_robin":
        return f"It is the turn of {desk.name}, one of {len(among)} who can take it."
    if route.by == "weighted":
        return f"By weight it is the turn of {desk.name}, one of {len(among)} who can take it."
    open_ = book.get(desk.rep, EMPTY).open
    if desk.capacity is not None and all(each.capacity is not None for each in among):
        return f"{desk.name} has the most room: {open_} of {desk.capacity} open."
    return f"{desk.name} has the fewest open leads: {open_}."


def beside(desk: Desk, owns: str, office: Office, book: Book, at: int) -> str:
    """Why somebody whom a rule names does not get the lead all the same."""
    return f"{desk.name} {owns}, but {_hindrance(desk, office, book, at)}."


def _hindrance(desk: Desk, office: Office, book: Book, at: int) -> str:
    if not desk.is_active(at):
        return "is not with the company now"
    if (back := desk.away_until(at)) is not None:
        return f"is away until {_when(office, back)}"
    return f"has {book.get(desk.rep, EMPTY).open} open leads of {desk.capacity}"


def nobody(office: Office, book: Book, not_to: Sequence[str], at: int) -> str:
    """Why nobody can take a lead."""
    if not office.known:
        return NO_TABLE
    queue = office.queue(at)
    if not queue:
        return NO_SELLERS
    had = {rep.lower() for rep in not_to}
    away = [desk for desk in queue if desk.away_until(at) is not None]
    waited = [desk for desk in queue if desk not in away and desk.rep.lower() in had]
    full = [desk for desk in queue if desk not in away and desk not in waited]
    parts = []
    if away:
        first = min(away, key=lambda desk: desk.away_until(at) or NEVER)
        parts.append(f"{_of(away, queue)} away ({first.name} until {_when(office, first.away_until(at) or NEVER)})")
    if full:
        parts.append(f"{_of(full, queue, 'has', 'have')} as many open leads as they can take")
    if waited:
        parts.append(f"{_of(waited, queue, 'has', 'have')} let it wait too long already")
    return f"Nobody can take it now: {', '.join(parts)}."


def _of(some: Sequence[Desk], queue: Sequence[Desk], one: str = "is", many: str = "are") -> str:
    if len(some) == 1:
        return f"{some[0].name} {one}"
    return f"{'all' if len(some) == len(queue) else f'{len(some)} of'} {len(queue)} {many}"


def _when(office: Office, at: int) -> str:
    """`Mon 2 Mar 09:00` on the office's wall clock."""
    local = office.local(at)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
