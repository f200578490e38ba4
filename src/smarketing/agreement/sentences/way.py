"""The way from the first visit to the customer: the stages, who looks after each, and the hand-off between the teams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smarketing.agreement.changes.phrases import a, attributes, condition, connect, fact, joined, short_name, upper
from smarketing.agreement.models import Agreement, Reason, Route, Stage
from smarketing.agreement.sentences.writing import PLAIN, Writing
from smarketing.agreement.values import Team


class StageSaid(NamedTuple):
    """A stage: `name` in the document, `title` as people say it, whose it is, and the `rules` of which one is enough."""

    name: str
    title: str
    owner: Team
    rules: tuple[str, ...]
    is_handoff: bool


def stages(agreement: Agreement) -> list[StageSaid]:
    """Every stage, in order."""
    return [_stage(each, agreement) for each in agreement.stages]


def _stage(of: Stage, agreement: Agreement) -> StageSaid:
    title = upper(short_name(of.name, agreement))
    return StageSaid(of.name, title, of.owner, tuple(_rules(of, agreement)), of.name == agreement.handoff.at)


def _rules(of: Stage, agreement: Agreement) -> Iterator[str]:
    if of.when is None:
        yield "The first fact of the lead"
    elif of.when.any and not of.when.only_from:
        yield from (upper(condition(each, agreement)) for each in of.when.any)
    else:
        yield upper(condition(of.when, agreement))


def handoff(agreement: Agreement, writing: Writing = PLAIN) -> Iterator[str]:
    """How a lead goes from marketing to sales, and back."""
    of, stage = agreement.handoff, a(short_name(agreement.handoff.at, agreement))
    yield (
        f"Marketing checks every lead that becomes {stage}; it is handed over when marketing passes it on."
        if of.check
        else f"A lead is handed over to sales when it becomes {stage}."
    )
    yield from routing_rules(agreement, writing)
    yield f"An attempt is {_attempts(agreement)}."
    if of.connects:
        yield f"The lead was reached by {joined(map(connect, of.connects), 'or')}."
    if agreement.return_to:
        owner = next(stage.owner for stage in agreement.stages if stage.name == agreement.return_to)
        back = a(short_name(agreement.return_to, agreement))
        yield f"A lead that sales hands back is {back} again, and {owner} looks after it."


def _attempts(agreement: Agreement) -> str:
    kinds = agreement.handoff.attempts
    return "every act of sales towards the lead" if kinds is None else joined(map(fact, kinds), "or")


ROUTES = {
    "round_robin": "The reps get leads in turn.",
    "weighted": "The reps get leads by weight.",
    "least_loaded": "The rep with the fewest open leads gets the next one.",
}


NO_ROUTE = "Nobody gets leads by themselves: who gets which is said elsewhere."


def routing_rules(agreement: Agreement, writing: Writing = PLAIN) -> Iterator[str]:
    """Who gets a lead that is handed over."""
    of = agreement.handoff
    yield from _route(of.route, writing) if of.routes else [NO_ROUTE]


def _route(of: Route, writing: Writing) -> Iterator[str]:
    if of.weights:
        weights = joined(f"{writing.number(weight)} for {writing.person(rep)}" for rep, weight in of.weights.items())
        yield f"{ROUTES[of.by][:-1]}: {weights}."
    else:
        yield ROUTES[of.by]
    if of.account_owner_first:
        yield "Whoever has the lead's account gets the lead first."
    for each in of.prefer:
        yield f"Leads whose {attributes(each.when)} go to {joined(map(writing.person, each.to), 'or')} first."
    if of.after_breach == "reassign":
        yield "A lead that nobody answered in time goes to the next rep."


class ReasonSaid(NamedTuple):
    """A reason to choose from, and when it is doubted (empty: never)."""

    text: str
    doubt: str


WHEN_ASKED = {
    "rejected": "Sales rejects a lead",
    "recycled": "Sales gives it back for later",
    "disqualified": "Nobody follows it any more",
    "held": "Marketing holds it back",
    "opportunity_lost": "A deal is lost",
}


def reasons(agreement: Agreement) -> dict[str, list[ReasonSaid]]:
    """What is done → the reasons that may be given for it; where none are listed any text will do, and it is left out."""
    listed = {words: getattr(agreement.handoff.reasons, kind) for kind, words in WHEN_ASKED.items()}
    return {words: [_reason(each, agreement) for each in each_of] for words, each_of in listed.items() if each_of}


def _reason(of: Reason, agreement: Agreement) -> ReasonSaid:
    return ReasonSaid(of.reason, f"doubted at {condition(of.doubt_if, agreement)}" if of.doubt_if else "")
