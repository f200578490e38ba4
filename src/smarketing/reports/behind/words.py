"""What the rows behind a number are, in a sentence: "42 hand-offs of March 2026 that sales rejected"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smarketing.reports.following import Following

LEAD_KEYS = {"of", "by", "group", "reached", "won", "period", "cohort", "sum", "share", "median"}
FACT_WORDS = (("kind", "of the kind"), ("lead", "of"), ("fact", "called"))
MONTHS = "January February March April May June July August September October November December".split()
QUARTERS = ("first", "second", "third", "fourth")
SINGULAR = {"were": "was", "are": "is"}
UNITS = {
    "leads": ("lead", "leads"),
    "handoffs": ("hand-off", "hand-offs"),
    "clocks": ("clock", "clocks"),
    "wins": ("win", "wins"),
    "spend": ("line of spend", "lines of spend"),
    "facts": ("fact", "facts"),
}
BECAME = {
    "accepted": "that sales accepted",
    "rejected": "that sales rejected",
    "recycled": "that sales recycled",
    "disqualified": "that were disqualified",
    "decided": "that sales decided on",
    "attempted": "with an attempt",
    "connected": "where somebody was reached",
    "won": "that were won",
}
STATES = {
    "due": "that are due by now and not void",
    "open": "that are still open",
    "kept": "that were kept",
    "late": "that were kept too late",
    "breached": "that were breached",
    "void": "that are void",
}


def title(outcome: Following, question: Mapping[str, str], count: int) -> str:
    """The sentence, without a full stop."""
    one, many = UNITS[question["of"]]
    said = " ".join([f"{count:,} {one if count == 1 else many}", *_clauses(outcome, question)])
    return re.sub(r"\bthat (were|are)\b", lambda verb: f"that {SINGULAR[verb[1]]}", said) if count == 1 else said


def period_words(label: str) -> str:
    """A period as people say it: March 2026, the first quarter of 2026, week 5 of 2026, 31 May 2026."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})", label):
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    if found := re.fullmatch(r"(\d{4})-[Qq]([1-4])", label):
        return f"the {QUARTERS[int(found[2]) - 1]} quarter of {found[1]}"
    if found := re.fullmatch(r"(\d{4})-[Ww](\d{1,2})", label):
        return f"week {int(found[2])} of {found[1]}"
    if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", label):
        return f"{int(found[3])} {MONTHS[int(found[2]) - 1]} {found[1]}"
    first, found_range, last = label.partition("..")
    return f"{first} to {last} (not included)" if found_range else label


def _clauses(outcome: Following, question: Mapping[str, str]) -> Iterator[str]:
    unit = question["of"]
    yield from _group(question)
    if question.get("sourced"):
        yield f"sourced by {question['sourced']}"
    if question.get("grade") and unit == "handoffs":
        yield f"of grade {_alternatives(question['grade'])}"
    yield from _when(question)
    yield from _what(outcome, question)
    if unit == "facts":
        yield from (f"{word} {_alternatives(question[key])}" for key, word in FACT_WORDS if question.get(key))
    if unit == "leads":
        yield from (
            f"with {key} {value}" if value else f"without {key}" for key, value in question.items() if key not in LEAD_KEYS
        )


def _group(question: Mapping[str, str]) -> Iterator[str]:
    by = question.get("by")
    if by is None:
        return
    group = question.get("group", "")
    if by in ("rep", "owner"):
        yield f"of {group}" if group else ("without a rep" if by == "rep" else "that nobody owns")
        if question.get("passed_on") == "yes":
            yield "taken over from another rep"
    elif by == "closer":
        yield f"closed by {group}" if group else "closed by nobody who is named"
    elif not group:
        yield f"without {'an' if by[0] in 'aeiou' else 'a'} {by}"
    else:
        yield f"of the {by} {group}" if by in ("campaign", "channel", "persona") else f"with {by} {group}"


def _when(question: Mapping[str, str]) -> Iterator[str]:
    if not question.get("period"):
        return
    words, unit, cohort = period_words(question["period"]), question["of"], question.get("cohort")
    if unit == "leads" or cohort:
        first = "first handed over" if cohort == "handoff" else "first touched"
        yield f"{first} in {words}" if unit == "leads" else f"of leads {first} in {words}"
    elif unit == "clocks":
        yield f"due in {words}"
    else:
        yield f"of {words}"


def _what(outcome: Following, question: Mapping[str, str]) -> Iterator[str]:
    if question.get("commitment"):
        yield f'of "{question["commitment"]}"'
    stages = [stage for stage in question.get("reached", "").split(",") if stage]
    if stages:
        yield f"that reached {' and '.join(_stage(outcome, stage) for stage in stages)}"
    if question.get("won") == "yes":
        yield "that were won"
    yield from (BECAME.get(became, became) for became in filter(None, question.get("became", "").split(",")))
    if question.get("state"):
        yield STATES.get(question["state"], question["state"])


def _stage(outcome: Following, stage: str) -> str:
    """The stage by its short form in the vocabulary, or by its name."""
    return next((term.short for term in outcome.agreement.vocabulary if term.stage == stage and term.short), stage)


def _alternatives(grades: str) -> str:
    *first, last = grades.split(",")
    return f"{', '.join(first)} or {last}" if first else last
