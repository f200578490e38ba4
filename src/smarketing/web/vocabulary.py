"""The words both teams use, as the agreement explains them: what `{% term "mql" %}` shows on hover, focus and tap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from smarketing.agreement.changes.phrases import condition, short_name, upper
from smarketing.agreement.changes.promises import promise
from smarketing.web.held import EmptyWorkspace, remembered

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement, Commitment, Stage, Term
    from smarketing.reports.outcome import Outcome

Entry = dict[str, Any]
"""`term`, `short`, `means`, `also_called` (team → words), `rule` (a sentence, or ""), `stage`, `owner`, `url` (where it is explained)."""
OF_THE_TRADE = {
    "fit": "Points for who a lead is, under the persona that fits best.",
    "engagement": "Points for what a lead did; they can fade.",
    "grade": "The letter that a fit earns.",
    "hand-off": "The moment at which a lead becomes the business of sales.",
    "hand-back": "Sales returns a lead: rejected, recycled, or its deal lost.",
    "cycle": "One way of a lead from the beginning to a win, a loss or a hand-back; the next begins where it ended.",
    "clock": "The time within which a hand-off has to be answered under one commitment.",
    "attempt": "An outbound act of sales towards a lead that was handed over; changing a status is none.",
    "expected": "What the same leads would have become with everybody else: the win rate of their grade and channel.",
    "interval": "Where the true rate lies with a probability of 90%; the fewer the cases, the wider.",
    "forecast": "What the period comes to if the rest of it goes as it has gone so far.",
}
"""Words of the pages themselves, for an agreement that does not explain them."""


def vocabulary() -> dict[str, Entry]:
    """Every word in small letters (term, short name, name of the stage) → its entry; empty while nothing is held."""
    try:
        found: dict[str, Entry] = remembered("vocabulary", of_outcome)
    except EmptyWorkspace:
        return {}
    return found


def of_outcome(outcome: Outcome) -> dict[str, Entry]:
    """The same, of the agreement in force; its promises by their names."""
    agreement = outcome.agreement
    return {of.name.lower(): _of_promise(of, agreement) for of in agreement.commitments} | words_of(agreement)


def words_of(agreement: Agreement) -> dict[str, Entry]:
    """Every word of this version, and those of the pages that it does not explain itself."""
    words = {word: _entry({"term": upper(word), "means": means}) for word, means in OF_THE_TRADE.items()}
    for entry in entries(agreement):
        words |= {word.lower(): entry for word in (entry["term"], entry["short"], entry["stage"]) if word}
    return words


def _of_promise(of: Commitment, agreement: Agreement) -> Entry:
    told = {"term": upper(of.name), "means": f"{upper(promise(of, agreement))}.", "owner": "" if of.by == "both" else of.by}
    return _entry(told) | {"url": f"/agreement#promise-{slugify(of.name)}"}


def entries(agreement: Agreement) -> Iterator[Entry]:
    """The agreement's terms in its order, then the stages that no term explains."""
    stages = {stage.name: stage for stage in agreement.stages}
    for term in agreement.vocabulary:
        yield _of_term(term, stages.get(term.stage or ""), agreement)
    explained = {term.stage for term in agreement.vocabulary}
    for stage in agreement.stages:
        if stage.name not in explained:
            yield _entry(
                {"term": upper(short_name(stage.name, agreement)), "means": "A stage of the way.", **_of_stage(stage, agreement)}
            )


def _of_term(term: Term, stage: Stage | None, agreement: Agreement) -> Entry:
    told = {"term": term.term, "short": term.short or "", "means": term.means, "also_called": dict(term.also_called)}
    return _entry({**told, **(_of_stage(stage, agreement) if stage else {})})


def _of_stage(stage: Stage, agreement: Agreement) -> Entry:
    rule = f"Reached by: {condition(stage.when, agreement)}." if stage.when else "Reached with the first fact."
    return {"rule": rule, "stage": stage.name, "owner": stage.owner}


def _entry(told: Entry) -> Entry:
    empty: Entry = {"short": "", "also_called": {}, "rule": "", "stage": "", "owner": ""}
    return {**empty, **told, "url": f"/agreement#{slugify(told['term'])}"}
