"""Where a lead stands: whose it is, what was decided about it, and the tag by which an older page is known for one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from smarketing.actions.acts.verbs import ACCEPTED, CHECKS, DECISIONS, ENDS
from smarketing.vocabulary.kinds import SALES_ACTS

if TYPE_CHECKING:
    from smarketing.records.acts import Turn
    from smarketing.records.standings import Known, Told

ASKED = DECISIONS | CHECKS | SALES_ACTS | {"assigned", "snoozed"}
"""The kinds that say where a lead stands."""


class Decision(NamedTuple):
    """What was decided or checked, by whom (an address, where known), when, and by which fact."""

    kind: str
    by: str | None
    at: datetime
    fact_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One lead for whoever acts on it, by all facts that are there, derived or not.

    `lead_id` its own id, `ids` all of them; `cycle` and `handed_at` (null: not with sales) as derived; `decided` and `checked` of this
    cycle; `owner` an address; `snoozed_until`; `serial` of its turn (0: nobody acted here); `grade` and `persona` as derived. `etag` changes with all of that.
    """

    lead_id: str
    ids: tuple[str, ...]
    cycle: int = 1
    handed_at: datetime | None = None
    decided: Decision | None = None
    checked: Decision | None = None
    owner: str | None = None
    assigned_by: str | None = None
    snoozed_until: datetime | None = None
    serial: int = 0
    grade: str | None = None
    persona: str | None = None

    @property
    def etag(self) -> str:
        """The tag, as text without quotes: serial, cycle and whether handed over, decision, check, owner."""
        decided, checked = (each.kind if each else "open" for each in (self.decided, self.checked))
        owner = hashlib.sha256((self.owner or "").lower().encode()).hexdigest()[:6]
        return f"{self.serial}.{self.cycle}{'h' if self.handed_at else 'm'}.{decided}.{checked}.{owner}"


def standings_of(leads: Iterable[str], *, now: datetime) -> dict[str, Standing]:
    """Where these leads stand, by the id that was asked for (any that the lead goes by); ids of nobody are left out."""
    from smarketing.records.standings import facts_of, known_leads

    known = known_leads(leads)
    owners = {one: each.lead_id for each in known.values() for one in each.ids}
    told: dict[str, list[Told]] = {}
    for fact in facts_of(owners, ASKED, until=now) if owners else ():
        told.setdefault(owners[fact.lead_id], []).append(fact)
    serials = _serials({each.lead_id for each in known.values() if not each.derived})
    return {
        asked: standing(each, told.get(each.lead_id, []), each.serial or serials.get(each.lead_id, 0))
        for asked, each in known.items()
    }


def _serials(underived: set[str]) -> dict[str, int]:
    """The serials of the turns of leads of which nothing is derived yet."""
    from smarketing.records.acts import Turn

    return dict(Turn.objects.filter(lead_id__in=underived).values_list("lead_id", "serial")) if underived else {}


def told_of(known: Known, *, now: datetime) -> list[Told]:
    """The facts that say where a lead stands."""
    from smarketing.records.standings import facts_of

    return facts_of(known.ids, ASKED, until=now)


def standing(known: Known, told: list[Told], serial: int) -> Standing:
    """Where a lead stands by what is derived of it and these facts of its life, in order."""
    here = [fact for fact in told if _in_cycle(fact, known)]
    ends = [fact for fact in here if fact.kind in ENDS and _handed(fact, known)]
    accepted = [fact for fact in here if fact.kind == ACCEPTED and _handed(fact, known)]
    checks = [fact for fact in here if fact.kind in CHECKS]
    assigned = [fact for fact in told if fact.kind == "assigned" and fact.says.get("to")]
    snoozed = [fact for fact in here if fact.kind == "snoozed"]
    return Standing(
        known.lead_id,
        known.ids,
        known.cycle,
        known.handed_at,
        decided=_decision([*ends, *accepted][:1]),
        checked=_decision(checks[-1:]),
        owner=str(assigned[-1].says["to"]) if assigned else _whoever_tried(here, known),
        assigned_by=assigned[-1].actor if assigned else None,
        snoozed_until=_until(snoozed[-1]) if snoozed else None,
        serial=serial,
        grade=known.grade,
        persona=known.persona,
    )


def etag_of(lead_id: str, *, now: datetime) -> str | None:
    """The tag of a lead, without quotes; None where there is no such lead."""
    return etags_of([lead_id], now=now).get(lead_id)


def etags_of(leads: Iterable[str], *, now: datetime) -> dict[str, str]:
    """The tags of these leads, by the id that was asked for."""
    return {asked: each.etag for asked, each in standings_of(leads, now=now).items()}


def turns_of(leads: Iterable[str]) -> dict[str, Turn]:
    """The turns of those leads that somebody acted on here, by their own ids: what was done, derived or not."""
    from smarketing.records.acts import Turn

    return {turn.lead_id: turn for turn in Turn.objects.filter(lead_id__in=set(leads))}


def _in_cycle(fact: Told, known: Known) -> bool:
    """Whether a fact lies in the current cycle, as far as that is derived: what began a later one belongs to the one before."""
    if known.begun_at is None:
        return True
    return fact.at > known.begun_at or (known.cycle == 1 and fact.at == known.begun_at)


def _handed(fact: Told, known: Known) -> bool:
    """Whether a decision is about the hand-off; one that came before it decided nothing."""
    return known.handed_at is None or fact.at >= known.handed_at


def _whoever_tried(here: list[Told], known: Known) -> str | None:
    """Nobody was named: it is whose who tried first, once that is derived and as long as it stands."""
    tried = {fact.actor for fact in here if fact.kind in SALES_ACTS and _handed(fact, known)}
    return known.owner if known.owner in tried else None


def _decision(facts: list[Told]) -> Decision | None:
    return Decision(facts[0].kind, facts[0].actor, facts[0].at, facts[0].fact_id) if facts else None


def _until(fact: Told) -> datetime | None:
    from smarketing.vocabulary.periods import instant

    try:
        return instant(str(fact.says.get("until", "")), "UTC")
    except ValueError:
        return None
