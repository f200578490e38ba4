"""What each side promised, what a hand-off is worth, and what both get when they keep their word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from smarketing.agreement.changes.phrases import a, joined, quoted, short_name, time, upper
from smarketing.agreement.models import Agreement, Band, Commitment
from smarketing.agreement.sentences.writing import PLAIN, Writing, does, plural
from smarketing.agreement.values import LOWEST_GRADE, Side

SIDES: tuple[Side, ...] = ("marketing", "sales", "both")


class Promise(NamedTuple):
    """One promise: its name, `text` as a sentence, the `target` as a figure, `per` which period, and whether it is rewarded."""

    name: str
    by: Side
    text: str
    target: str
    per: str
    rewarded: bool


def promises(agreement: Agreement, writing: Writing = PLAIN) -> dict[Side, list[Promise]]:
    """The promises of each side that made one, in the order of the document."""
    said = {side: [_promise(each, agreement, writing) for each in agreement.commitments if each.by == side] for side in SIDES}
    return {side: made for side, made in said.items() if made}


def _promise(of: Commitment, agreement: Agreement, writing: Writing) -> Promise:
    text = f"Each {of.per}, {_SAID[of.kind](of, agreement, writing)}."
    return Promise(of.name, of.by, text, _target(of, agreement, writing), of.per, of.name in rewarded(agreement))


def rewarded(agreement: Agreement) -> set[str]:
    """The names of the promises that the reward depends on; where it names none, those of revenue."""
    if agreement.reward is None:
        return set()
    return set(agreement.reward.for_ or (each.name for each in agreement.commitments if each.kind == "revenue"))


def _target(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    if of.kind in ("worth", "revenue"):
        return writing.money(of.target, agreement.currency)
    if of.kind in ("deliver", "pursue"):
        return writing.number(of.target)
    return writing.share(of.target)


def _deliver(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    stage = short_name(of.deliver or "", agreement)
    what = stage if of.target == 1 else plural(stage)
    return f"{does(of.by, 'hand over')} at least {writing.number(of.target)} {what}{_of_grades(of)}"


def _worth(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    return f"{does(of.by, 'hand over')} leads{_of_grades(of)} worth at least {_target(of, agreement, writing)}"


def _accepted(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    return (
        f"{does(of.by, 'see')} to it that at least {writing.share(of.target)} of the hand-offs that are decided on are accepted"
    )


def _respond(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    return f"{does(of.by, 'make')} a first attempt within {_due(of)} {_share(of, writing)}"


def _decide(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    return f"{does(of.by, 'decide')} within {_due(of)}, {_share(of, writing)}, whether to take the lead on or give it back"


def _attempts(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    attempts = f"{of.attempts} attempt{'' if of.attempts == 1 else 's'}"
    reach = "reach" if of.by == "both" else "reaches"
    return f"{does(of.by, 'make')} {attempts} within {_due(of)}, or {reach} the lead before, {_share(of, writing)}"


def _pursue(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    return f"{does(of.by, 'pursue')} at least {writing.number(of.target)} hand-offs, each with one attempt or more"


def _revenue(of: Commitment, agreement: Agreement, writing: Writing) -> str:
    return f"{does(of.by, 'win')} at least {_target(of, agreement, writing)}"


_SAID: dict[str, Callable[[Commitment, Agreement, Writing], str]] = {
    "deliver": _deliver, "worth": _worth, "accepted": _accepted, "respond_within": _respond, "decide_within": _decide,
    "attempts": _attempts, "pursue": _pursue, "revenue": _revenue,
}  # fmt: skip


def _due(of: Commitment) -> str:
    return time(of.due) if of.due else ""


def _share(of: Commitment, writing: Writing) -> str:
    return "for every hand-off" if of.target == 1 else f"for at least {writing.share(of.target)} of the hand-offs"


def _of_grades(of: Commitment) -> str:
    return f" of grade {joined(of.grades, 'or')}" if of.grades else ""


class Grade(NamedTuple):
    """A grade: from how much fit on it holds, and what a hand-off of it is worth (empty where nothing is said)."""

    name: str
    begins: str
    worth: str


def grades(agreement: Agreement, writing: Writing = PLAIN) -> list[Grade]:
    """Every grade, the highest first; the lowest is what is left below the others."""
    floors = {name: floor for name, floor in agreement.grades.items() if name != LOWEST_GRADE}
    begins = {name: f"from {writing.number(floor)}" for name, floor in floors.items()}
    begins[LOWEST_GRADE] = f"below {writing.number(min(floors.values()))}" if floors else "any"
    return [Grade(name, words, _bands(name, agreement, writing)) for name, words in begins.items()]


def _bands(grade: str, agreement: Agreement, writing: Writing) -> str:
    if agreement.worth is None:
        return ""
    return joined(_band(band, agreement, writing) for band in agreement.worth.get(grade, ())) or "nothing"


def _band(band: Band, agreement: Agreement, writing: Writing) -> str:
    amount = writing.money(band.amount, agreement.currency) if band.amount else "nothing"
    return amount if band.engagement is None else f"{amount} from {writing.number(band.engagement)} engagement points on"


def reward(agreement: Agreement, writing: Writing = PLAIN) -> Iterator[str]:
    """What both teams get together, and what it depends on."""
    of = agreement.reward
    if of is None:
        return
    yield f"Each {of.per}, {writing.money(of.pool, agreement.currency)} are set aside for both teams, half of what is paid for each."
    depends = f"These promises count: {quoted(of.for_)}" if of.for_ else "The promised revenue counts"
    yield f"{depends}; what both teams promised counts for each of them."
    parts = (("both teams kept theirs", of.both_met), ("one of them did not", of.one_missed), ("neither did", of.none_met))
    yield f"{upper(joined(f'{_paid(share, writing)} when {when}' for when, share in parts))}."


def _paid(share: Decimal, writing: Writing) -> str:
    if share == 1:
        return "all of it is paid"
    return f"{writing.share(share)} of it" if share else "nothing"


def worth_head(agreement: Agreement) -> str:
    """What it is that has a worth: `An MQL is worth`."""
    return f"{upper(a(short_name(agreement.handoff.at, agreement)))} is worth"
