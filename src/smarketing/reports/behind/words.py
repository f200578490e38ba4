"""What the rows behind a number are, in a sentence: "42 hand-offs of March 2026 that sales rejected"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from smarketing.vocabulary.periods import day_start, local_day, parse_period

if TYPE_CHECKING:
    from smarketing.reports.following import Following

LEAD_KEYS = {"of", "by", "group", "elsewhere", "reached", "won", "period", "cohort", "sum", "share", "median"}
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
    "points": ("line of the receipt", "lines of the receipt"),
    "plan": ("row of the plan", "rows of the plan"),
    "steps": ("step", "steps"),
    "clauses": ("clause", "clauses"),
    "credits": ("credit", "credits"),
}
RECKONED = {
    "expected_by_now": "What is expected by now{commitment}{period}",
    "gap": "How far from what is expected by now{commitment}{period}",
    "forecast": "The forecast{commitment}{period}",
    "forecast_low": "The lower end of the forecast{commitment}{period}",
    "forecast_high": "The upper end of the forecast{commitment}{period}",
    "needed": "The hand-offs{grade} that are needed{month}",
    "expected": "The hand-offs{grade} that are expected{month}",
    "missing": "The hand-offs{grade} that are missing{month}",
    "worth": "What the hand-off{lead} is worth",
    "expected_won": "The wins that are expected{group}{period}",
    "cost_per_won": "What each won lead{group} cost{period}",
    "pace": "What was promised{period}",
}
"""How a page of steps is called; each part stands there where the question has it."""
WAITS = {
    "check": "from qualified until marketing passed it",
    "system": "from qualified to handed over",
    "routing": "from the hand-off until somebody was assigned",
    "human": "from the assignment to the first attempt",
}
BECAME = {
    "accepted": "that sales accepted",
    "rejected": "that sales rejected",
    "recycled": "that sales gave back for later",
    "disqualified": "that were disqualified",
    "decided": "that sales decided on",
    "attempted": "with an attempt",
    "connected": "where somebody was reached",
    "won": "that were won",
    "sent_back": "that sales sent back",
    "waiting": "that wait for sales to decide",
    "unattempted": "without an attempt",
}
STATES = {
    "due": "that are due by now and not void",
    "open": "that are still open",
    "kept": "that were kept",
    "late": "that were kept too late",
    "breached": "that were breached",
    "void": "that are void",
}


def day_words(day: date) -> str:
    """31 May 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def range_words(first: date, last: date) -> str:
    """Days, both included, as people say them: 1 to 31 May 2026; 28 April to 3 May 2026."""
    if first == last:
        return day_words(last)
    if first.year != last.year:
        return f"{day_words(first)} to {day_words(last)}"
    begin = str(first.day) if first.month == last.month else f"{first.day} {MONTHS[first.month - 1]}"
    return f"{begin} to {day_words(last)}"


def period_words(label: str, zone: str = "UTC") -> str:
    """A period as people say it: March 2026, the first quarter of 2026, week 5 of 2026, 31 May 2026, 1 to 31 May 2026."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})", label):
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    if found := re.fullmatch(r"(\d{4})-[Qq]([1-4])", label):
        return f"the {QUARTERS[int(found[2]) - 1]} quarter of {found[1]}"
    if found := re.fullmatch(r"(\d{4})-[Ww](\d{1,2})", label):
        return f"week {int(found[2])} of {found[1]}"
    if days := whole_days(label, zone):
        return range_words(*days)
    if ".." not in label:
        return label
    period = parse_period(label, zone)
    return f"{_moment(period.start_at, zone)} to {_moment(period.end_at, zone)}"


def whole_days(label: str, zone: str) -> tuple[date, date] | None:
    """The first and the last day of a period that somebody named by days; None for other periods, and for parts of a day."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", label) and ".." not in label:
        return None
    period = parse_period(label, zone)
    first, after = local_day(period.start_at, zone), local_day(period.end_at, zone)
    whole = (day_start(first, zone), day_start(after, zone)) == (period.start_at, period.end_at)
    return (first, after - timedelta(days=1)) if whole else None


def _moment(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{day_words(local.date())} at {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class Saying:
    """How a title says a number, a period (by its label and zone) and a name (by what it names and its id)."""

    number: Callable[[int], str] = "{:,}".format
    period: Callable[[str, str], str] = period_words
    name: Callable[[str, str], str] = lambda by, value: value


PLAIN = Saying()
"""As the command line says it."""


def title(outcome: Following, question: Mapping[str, str], count: int, saying: Saying = PLAIN) -> str:
    """The sentence, without a full stop."""
    if question["of"] == "steps":
        return _reckoned(outcome, question, saying)
    one, many = UNITS[question["of"]]
    said = " ".join([f"{saying.number(count)} {one if count == 1 else many}", *_clauses(outcome, question, saying)])
    return re.sub(r"\bthat (were|are)\b", lambda verb: f"that {SINGULAR[verb[1]]}", said) if count == 1 else said


def _reckoned(outcome: Following, question: Mapping[str, str], saying: Saying) -> str:
    parts = {
        "commitment": f' of "{question.get("commitment", "")}"',
        "period": f" for {_period(outcome, question.get('period', ''), saying)}",
        "month": f" for {_period(outcome, question.get('month', ''), saying)}",
        "grade": f" of grade {question.get('grade', '')}",
        "lead": f" of {saying.name('lead', question.get('lead', ''))}",
    }
    there = {key: said if question.get(key) else "" for key, said in parts.items()}
    there["group"] = "".join(f" {said}" for said in _group(question, saying))
    return RECKONED.get(question.get("figure", ""), "How it is reckoned").format(**there)


def _period(outcome: Following, label: str, saying: Saying) -> str:
    return saying.period(label, outcome.agreement.timezone) if label else ""


def _clauses(outcome: Following, question: Mapping[str, str], saying: Saying) -> Iterator[str]:
    unit = question["of"]
    yield from _group(question, saying)
    if question.get("sourced"):
        yield f"sourced by {question['sourced']}"
    if question.get("grade") and unit in ("handoffs", "plan", "clauses"):
        yield f"of grade {_alternatives(question['grade'])}"
    if "channel" in question and unit == "handoffs":
        yield f"from the channel {saying.name('channel', question['channel'])}" if question["channel"] else "without a channel"
    yield from _when(outcome, question, saying)
    yield from _what(outcome, question)
    if unit == "facts":
        yield from _of_facts(question, saying)
    elif question.get("lead") and unit != "leads":
        yield f"of {saying.name('lead', question['lead'])}" + (f", cycle {question['cycle']}" if question.get("cycle") else "")
    if unit == "points" and question.get("axis"):
        yield f"for {question['axis']}"
    if unit == "credits" and question.get("model"):
        yield "one for each win" if question.get("once") else f"by {question['model'].replace('_', ' ')}"
    if unit == "clauses":
        yield from (
            f'about "{question[key]}"' if key == "commitment" else f"of the {question[key]}"
            for key in ("commitment", "part")
            if question.get(key)
        )
    if unit == "leads":
        yield from (
            f"with {key} {saying.name(key, value)}" if value else f"without {key}"
            for key, value in question.items()
            if key not in LEAD_KEYS
        )


def _of_facts(question: Mapping[str, str], saying: Saying) -> Iterator[str]:
    if question.get("wait"):
        yield f"at both ends of the wait {WAITS.get(question['wait'], question['wait'])},"
    for key, word in FACT_WORDS:
        if question.get(key):
            names = [saying.name(key, value) for value in (question[key].split(",") if key == "kind" else [question[key]])]
            yield f"{word} {_alternatives(','.join(names))}"


def _group(question: Mapping[str, str], saying: Saying) -> Iterator[str]:
    by = question.get("by")
    if by is None:
        return
    group = question.get("group", "")
    name = saying.name(by, group) if group else ""
    if "elsewhere" in question:
        many = "people" if by in ("owner", "closer") else f"{by}s"
        yield f"of all other {many} than {name}" if group else f"with {_a(by)}"
    elif by in ("rep", "owner"):
        yield f"of {name}" if group else ("without a rep" if by == "rep" else "that nobody owns")
        if question.get("passed_on") == "yes":
            yield "taken over from another rep"
    elif by == "closer":
        yield f"closed by {name}" if group else "closed by nobody who is named"
    elif not group:
        yield f"without {_a(by)}"
    else:
        yield f"of the {by} {name}" if by in ("campaign", "channel", "persona") else f"with {by} {name}"


def _a(by: str) -> str:
    return f"{'an' if by[0] in 'aeiou' else 'a'} {by}"


def _when(outcome: Following, question: Mapping[str, str], saying: Saying) -> Iterator[str]:
    if question.get("month") and question["of"] == "plan":
        yield f"for {_period(outcome, question['month'], saying)}"
        return
    if not question.get("period"):
        return
    words, unit, cohort = _period(outcome, question["period"], saying), question["of"], question.get("cohort")
    if unit == "leads" or cohort:
        first = "first handed over" if cohort == "handoff" else "first touched"
        yield f"{first} in {words}" if unit == "leads" else f"of leads {first} in {words}"
    elif unit == "clocks":
        yield f"due in {words}"
    elif unit == "plan":
        yield f"for {words}"
    else:
        yield f"of {words}"


def _what(outcome: Following, question: Mapping[str, str]) -> Iterator[str]:
    if question.get("commitment") and question["of"] == "clocks":
        yield f'of "{question["commitment"]}"'
    stages = [stage for stage in question.get("reached", "").split(",") if stage]
    if stages:
        yield f"that reached {' and '.join(_stage(outcome, stage) for stage in stages)}"
    if question.get("won") == "yes":
        yield "that were won"
    yield from (BECAME.get(became, became) for became in filter(None, question.get("became", "").split(",")))
    if question.get("doubted") == "yes":
        yield "for a reason that something speaks against"
    if "reason" in question:
        yield f'because of "{question["reason"]}"' if question["reason"] else "without a reason"
    if question.get("state"):
        yield STATES.get(question["state"], question["state"])


def _stage(outcome: Following, stage: str) -> str:
    """The stage by its short form in the vocabulary, or by its name."""
    return next((term.short for term in outcome.agreement.vocabulary if term.stage == stage and term.short), stage)


def _alternatives(grades: str) -> str:
    *first, last = grades.split(",")
    return f"{', '.join(first)} or {last}" if first else last
