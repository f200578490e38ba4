"""Changes of what is done every week and looked at every quarter: goals, meetings, attribution, costs, interests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smarketing.agreement.changes.phrases import happening, joined, number, percent, short_name, time
from smarketing.agreement.changes.rest import paired
from smarketing.agreement.models import Agreement, Attribution, Goal, Meetings


def goals(old: Agreement, new: Agreement) -> Iterator[str]:
    """Bars for campaigns and reps."""
    before, after = ({(g.by, g.from_, g.to): g for g in agreement.goals} for agreement in (old, new))
    for key in dict.fromkeys([*after, *before]):
        earlier, later = before.get(key), after.get(key)
        if earlier == later:
            continue
        if later is None:
            yield f"No longer a goal of each {key[0]}: {_goal(earlier, old)}."
        elif earlier is None:
            yield f"New goal of each {key[0]}: {_goal(later, new)}."
        else:
            yield f"The goal of each {key[0]} is now {_goal(later, new)} instead of {percent(earlier.at_least)}."


def _goal(goal: Goal | None, agreement: Agreement) -> str:
    if goal is None:
        return "none"
    return f"{short_name(goal.from_, agreement)} to {short_name(goal.to, agreement)} at least {percent(goal.at_least)}"


def meetings(old: Agreement, new: Agreement) -> Iterator[str]:
    """When both teams meet."""
    before, after = old.meetings or Meetings(), new.meetings or Meetings()
    yield from _now("The weekly meeting is now", _weekly(before), _weekly(after))
    yield from _now("The agreement is now renewed", before.renewal or "at no fixed time", after.renewal or "at no fixed time")
    yield from _now(
        "Campaigns and reps are now reviewed together",
        before.interlock or "at no fixed time",
        after.interlock or "at no fixed time",
    )


def _weekly(of: Meetings) -> str:
    return f"on {of.weekly.day.capitalize()} at {of.weekly.at}" if of.weekly else "not held"


def _now(what: str, before: Any, after: Any) -> Iterator[str]:
    if before != after:
        yield f"{what} {after} instead of {before}."


def rankings(old: Agreement, new: Agreement) -> Iterator[str]:
    """Who sees reps' figures."""
    seen = {"open": "by both teams", "leaders": "only by the rep and leaders"}
    yield from _now("Reps' figures are now seen", seen[old.rankings], seen[new.rankings])


def effort(old: Agreement, new: Agreement) -> Iterator[str]:
    """What an attempt costs."""
    before, after = (f"{number(a.effort.minutes_per_attempt)} minutes" if a.effort else "nothing" for a in (old, new))
    yield from _now("An attempt is now counted as", before, after)


def holdout(old: Agreement, new: Agreement) -> Iterator[str]:
    """Leads handed over below the threshold."""
    before, after = (percent(a.holdout.share) if a.holdout else "none" for a in (old, new))
    yield from _now("Of the leads below the threshold, the share handed over all the same is now", before, after)


def interests(old: Agreement, new: Agreement) -> Iterator[str]:
    """Topics, by the facts that show an interest in them."""
    before, after = ({topic: _facts(agreement, topic) for topic in agreement.interests} for agreement in (old, new))
    added, removed, both = paired(before, after)
    yield from (f'New interest "{topic}": {after[topic]}.' for topic in added)
    yield from (f'The interest "{topic}" is gone.' for topic in removed)
    for topic in both:
        yield from _now(f'An interest in "{topic}" is now shown by', before[topic], after[topic])


def _facts(agreement: Agreement, topic: str) -> str:
    return joined((happening(fact.fact, fact.where) for fact in agreement.interests[topic]), "or") or "nothing"


MODELS = {
    "first": "the first touch", "last": "the last touch", "linear": "all touches equally", "position": "the touches by position",
    "time_decay": "the touches, the later the more", "markov": "the touches by their removal effect", "shapley": "the touches by Shapley",
}  # fmt: skip


def attribution(old: Agreement, new: Agreement) -> Iterator[str]:
    """Who gets the credit for money won."""
    before, after = old.attribution, new.attribution
    if before is None or after is None:
        yield from _now(
            "The credit for money won now goes to",
            MODELS[before.model] if before else "nobody",
            MODELS[after.model] if after else "nobody",
        )
        return
    yield from _now("The credit for money won now goes to", MODELS[before.model], MODELS[after.model])
    yield from _now("Touches now count", _lookback(before), _lookback(after))
    yield from _now("First touch, those between and last touch now get", _position(before), _position(after))
    yield from _now("A touch now counts half when it is older by", time(before.half_life), time(after.half_life))
    yield from _now("Touches now count of", SCOPES[before.scope], SCOPES[after.scope])


SCOPES = {"lead": "the opportunity's leads", "account": "all leads of the account"}


def _lookback(of: Attribution) -> str:
    return f"{time(of.lookback)} back" if of.lookback else "however old they are"


def _position(of: Attribution) -> str:
    return joined(percent(share) for share in of.position)
