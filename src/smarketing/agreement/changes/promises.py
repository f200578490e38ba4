"""Changes of what is promised and paid: commitments, worth, reward."""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.agreement.changes.phrases import a, joined, money, number, percent, quoted, short_name, time, upper
from smarketing.agreement.changes.rest import paired
from smarketing.agreement.models import Agreement, Band, Commitment, Reward

TEAMS = {"marketing": "marketing", "sales": "sales", "both": "both teams together"}


def commitments(old: Agreement, new: Agreement) -> Iterator[str]:
    """Promises made, dropped and changed."""
    before, after = {c.name: c for c in old.commitments}, {c.name: c for c in new.commitments}
    added, removed, both = paired(before, after)
    yield from (f'New promise "{name}": {promise(after[name], new)}.' for name in added)
    yield from (f'The promise "{name}" is gone: {promise(before[name], old)}.' for name in removed)
    for name in both:
        yield from _commitment(before[name], after[name], old, new)


def promise(of: Commitment, agreement: Agreement) -> str:
    """Who promises what, in a sentence without its full stop."""
    return f"{TEAMS[of.by]} {_does(of, agreement)} {_each(of)}"


def _does(of: Commitment, agreement: Agreement) -> str:
    words = {
        "deliver": lambda: f"will deliver {number(of.target)} {short_name(of.deliver or '', agreement)}s{_of_grades(of)}",
        "worth": lambda: f"will deliver leads worth {money(of.target, agreement)}{_of_grades(of)}",
        "accepted": lambda: f"will see {percent(of.target)} of its leads accepted",
        "respond_within": lambda: f"will respond within {_due(of)} to {percent(of.target)} of the leads",
        "decide_within": lambda: f"will decide within {_due(of)} on {percent(of.target)} of the leads",
        "attempts": lambda: f"will make {of.attempts} attempts within {_due(of)} for {percent(of.target)} of the leads",
        "pursue": lambda: f"will pursue {number(of.target)} leads",
        "revenue": lambda: f"will win {money(of.target, agreement)}",
    }
    return words[of.kind]()


def _due(of: Commitment) -> str:
    return time(of.due) if of.due else ""


def _of_grades(of: Commitment) -> str:
    return f" of grade {joined(of.grades, 'or')}" if of.grades else ""


def _each(of: Commitment) -> str:
    return f"each {of.per}"


def _commitment(before: Commitment, after: Commitment, old: Agreement, new: Agreement) -> Iterator[str]:
    if before == after and not _recounted(before, old, new):
        return
    if (before.kind, before.per, before.by, before.grades) == (after.kind, after.per, after.by, after.grades):
        yield from _numbers(before, after, old, new)
    else:
        yield f'The promise "{after.name}" is now: {promise(after, new)}. Before: {promise(before, old)}.'


def _numbers(before: Commitment, after: Commitment, old: Agreement, new: Agreement) -> Iterator[str]:
    """Only the numbers of a promise changed: the whole promise as it is now, and what each number was."""
    was = []
    if before.attempts != after.attempts:
        was.append(f"{before.attempts} attempts")
    if before.due != after.due:
        was.append(_due(before))
    if (before.target, before.deliver) != (after.target, after.deliver) or _recounted(before, old, new):
        was.append(_target(before, old))
    yield upper(f'{TEAMS[after.by]} {_now(_does(after, new))} {_each(after)} instead of {joined(was)} ("{after.name}").')


def _recounted(of: Commitment, old: Agreement, new: Agreement) -> bool:
    """Whether the same number is now another amount of money."""
    return of.kind in ("worth", "revenue") and old.currency != new.currency


def _now(does: str) -> str:
    return does.replace("will ", "will now ", 1)


def _target(of: Commitment, agreement: Agreement) -> str:
    if of.due or of.accepted is not None:
        return percent(of.target)
    if of.deliver:
        return f"{number(of.target)} {short_name(of.deliver, agreement)}s"
    return money(of.target, agreement) if of.kind in ("worth", "revenue") else number(of.target)


def worth(old: Agreement, new: Agreement) -> Iterator[str]:
    """What a lead of each grade is worth."""
    before, after = old.worth or {}, new.worth or {}
    for grade in dict.fromkeys([*after, *before]):
        earlier, later = before.get(grade), after.get(grade)
        if earlier != later:
            name = upper(a(short_name(new.handoff.at, new)))
            yield f"{name} of grade {grade} is now worth {_bands(later, new)} instead of {_bands(earlier, old)}."


def _bands(bands: tuple[Band, ...] | None, agreement: Agreement) -> str:
    if not bands:
        return "nothing"
    if bands[0].engagement is None:
        return money(bands[0].amount, agreement)
    return joined(
        f"{money(band.amount, agreement)} from {number(band.engagement or band.amount * 0)} engagement points on"
        for band in bands
    )


def reward(old: Agreement, new: Agreement) -> Iterator[str]:
    """The common reward."""
    before, after = old.reward, new.reward
    if before == after:
        return
    if before is None or after is None:
        yield (
            f"There is now a common reward: {_reward(after, new)}."
            if after
            else f"The common reward is gone: {_reward(before, old)}."
        )
        return
    if (before.pool, before.per) != (after.pool, after.per):
        yield f"The common reward is now {_pool(after, new)} instead of {_pool(before, old)}."
    if before.for_ != after.for_:
        yield f"The common reward now depends on {_for(after)} instead of {_for(before)}."
    for name, words in (("both_met", "both teams keep"), ("one_missed", "one team keeps"), ("none_met", "neither team keeps")):
        earlier, later = getattr(before, name), getattr(after, name)
        if earlier != later:
            yield f"When {words} their promises, {percent(later)} of the reward is now paid instead of {percent(earlier)}."


def _reward(of: Reward | None, agreement: Agreement) -> str:
    return f"{_pool(of, agreement)}, depending on {_for(of)}" if of else "none"


def _pool(of: Reward, agreement: Agreement) -> str:
    return f"{money(of.pool, agreement)} each {of.per}"


def _for(of: Reward) -> str:
    return quoted(of.for_) if of.for_ else "revenue alone"
