"""The day: when time has broken a promise, a deal is won, or a lead waits for the check, those whom it concerns are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from smarketing.actions.notices import tell

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

NEWS_FOR = timedelta(days=3)
"""What happened longer ago is no news: a history that was just imported is told to nobody."""
MOST_LEADS = 5_000
"""Of more leads that changed, all of them are looked at."""
INBOX, CHECK, WINS, BROKEN = "/inbox", "/check", "/#wins", "/behind?of=clocks&state=breached"


class Breach(NamedTuple):
    """A clock that ran out: whose it was (an address, or nobody's), of which promise, when."""

    lead_id: str
    cycle: int
    commitment: str
    due_at: datetime
    owner: str | None


class Win(NamedTuple):
    """A deal that was won, by its fact."""

    fact_id: str
    lead_id: str
    at: datetime
    amount: float | None
    currency: str
    closer: str | None
    rep: str | None
    campaign: str | None


class Check(NamedTuple):
    """A lead that waits for marketing's check, since when."""

    lead_id: str
    cycle: int
    since: datetime


@dataclass
class _Seen:
    """How far this process has looked: which state, of which workspace."""

    folder: object = None
    serial: int = 0


_LAST = _Seen()


def tell_the_day(workspace: Workspace, now: datetime) -> int:
    """Tell what is new since this process last looked; how many notices. What was told before, by whomever, is not told again."""
    from smarketing.agreement.sequence import version_at
    from smarketing.records.day import breaches, changed_since, checks, wins
    from smarketing.records.derived import current_state

    state = current_state()
    if state is None or (_LAST.folder, _LAST.serial) == (workspace.folder, state.serial):
        return 0
    before = _LAST.serial if _LAST.folder == workspace.folder else 0
    leads = changed_since(before, most=MOST_LEADS)
    since = now - NEWS_FOR
    broken = [Breach(*row) for row in breaches(leads, since=since, until=now)]
    won = [Win(*row) for row in wins(leads, since=since, until=now)]
    handoff = version_at(workspace.agreements(), now).handoff
    found = checks(leads, stage=handoff.at, since=since, until=now) if handoff.check else []
    waiting, told = [Check(*row) for row in found], 0
    if broken or won or waiting:
        about = [*(each.lead_id for each in broken), *(each.lead_id for each in won), *(each.lead_id for each in waiting)]
        words = words_for(workspace, about)
        told = _tell_breaches(broken, words, now) + _tell_wins(won, words, now) + _tell_checks(waiting, words, now)
    _LAST.folder, _LAST.serial = workspace.folder, state.serial
    return told


@dataclass(frozen=True)
class Words:
    """What people, campaigns (by key in small letters) and leads are called, and the agreement's currency."""

    names: Mapping[str, str]
    accounts: Mapping[str, str]
    currency: str

    def name(self, key: str) -> str:
        """Of a person or a campaign; the key where nobody knows one."""
        return self.names.get(key.lower(), key)

    def lead(self, lead_id: str) -> str:
        """The account where it is known."""
        return self.accounts.get(lead_id, lead_id)


def words_for(workspace: Workspace, leads: Iterable[str]) -> Words:
    """The words for these leads."""
    from smarketing.journal.small_tables import read_small_tables
    from smarketing.records.day import accounts_of

    small, known = read_small_tables(workspace.small_tables()), dict[str, str]()
    for table, key in (("reps", "rep"), ("campaigns", "campaign")):
        if table in small:
            known |= {str(row[key]).lower(): row["name"] for row in small[table].iter_rows(named=True) if row["name"]}
    return Words(known, accounts_of(sorted(leads)), workspace.agreements()[-1].currency)


def _tell_breaches(breaches: Iterable[Breach], words: Words, now: datetime) -> int:
    """To the owner, and to the leaders."""
    leaders, told = _addresses(role="leader"), 0
    for breach in breaches:
        key = f"breach:{breach.lead_id}:{breach.cycle}:{breach.commitment}:{breach.due_at:%Y%m%dT%H%M%S}"
        said = f"{breach.commitment.capitalize()} was not kept for {words.lead(breach.lead_id)}"
        about: dict[str, Any] = {"key": key, "kind": "breach", "lead_id": breach.lead_id, "storm": "breach", "now": now}
        about["url"] = f"/leads/{quote(breach.lead_id)}"
        if breach.owner:
            own: dict[str, Any] = {"storm_text": "{number} of your promises were broken", "storm_url": INBOX}
            told += tell(breach.owner, text=f"{said}.", **own, **about)
        whose = f", which {words.name(breach.owner)} has" if breach.owner else "; nobody has it"
        for leader in leaders:
            told += tell(leader, text=f"{said}{whose}.", storm_url=BROKEN, mail=False, **about)
    return told


def _tell_wins(wins: Iterable[Win], words: Words, now: datetime) -> int:
    """To everybody: who brought it, who worked it, who closed it."""
    won = list(wins)
    everybody, told = _addresses() if won else [], 0
    for win in won:
        about: dict[str, Any] = {"key": f"won:{win.fact_id}", "kind": "won", "lead_id": win.lead_id, "storm": "won", "now": now}
        said: dict[str, Any] = {"text": said_of(win, words), "url": f"/leads/{quote(win.lead_id)}", "storm_url": WINS}
        told += sum(tell(somebody, mail=False, **said, **about) for somebody in everybody)
    return told


def _tell_checks(waiting: Iterable[Check], words: Words, now: datetime) -> int:
    """To everybody in marketing, with whom these leads are until somebody passes or holds them."""
    found = list(waiting)
    marketing, told = _addresses(role="marketing") if found else [], 0
    for each in found:
        about: dict[str, Any] = {
            "key": f"check:{each.lead_id}:{each.cycle}",
            "kind": "check",
            "lead_id": each.lead_id,
            "now": now,
        }
        said: dict[str, Any] = {
            "text": f"{words.lead(each.lead_id)} waits for marketing's check.",
            "url": CHECK,
            "storm": "check",
        }
        told += sum(tell(somebody, mail=False, storm_url=CHECK, **said, **about) for somebody in marketing)
    return told


def said_of(win: Win, words: Words) -> str:
    """`Won: Fartrene Logistics, €12,000. Brought by the spring fair, worked by Rita Sommer, closed by Sam Torres.`"""
    from smarketing.reports.charts.numbers import ENGLISH

    parts = [f"brought by {words.name(win.campaign)}"] if win.campaign else []
    parts += [f"worked by {words.name(win.rep)}"] if win.rep else []
    parts += [f"closed by {words.name(win.closer)}"] if win.closer and win.closer != win.rep else []
    amount = f", {ENGLISH.money(win.amount, win.currency or words.currency)}" if win.amount is not None else ""
    rest = ", ".join(parts)
    return f"Won: {words.lead(win.lead_id)}{amount}.{f' {rest[:1].upper()}{rest[1:]}.' if rest else ''}"


def _addresses(**who: str) -> list[str]:
    from smarketing.records.people import User

    return list(User.objects.filter(is_active=True, **who).order_by("email").values_list("email", flat=True))
