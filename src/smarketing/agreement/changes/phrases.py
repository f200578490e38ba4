"""The words for the parts of an agreement: conditions, durations, points, money, stages by their short names."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from smarketing.agreement.conditions import AttributeCondition, Test, TimeCondition
from smarketing.agreement.models import Agreement, Connect, EngagementRule, Fade
from smarketing.agreement.version import json_text
from smarketing.vocabulary.durations import Duration
from smarketing.vocabulary.words import with_minus

SPOKEN_WITH_AN = "AEFHILMNORSX"
"""Letters whose names begin with a vowel: an MQL, an SQL, but a PQL."""
ABBREVIATIONS = {"mql", "sql", "sal", "sqo", "sao", "pql"}


def short_name(stage: str, agreement: Agreement) -> str:
    """The vocabulary's short name of a stage, else its term, else the name with blanks."""
    term = next((term for term in agreement.vocabulary if term.stage == stage), None)
    if term:
        return term.short or term.term
    return stage.upper() if stage in ABBREVIATIONS else stage.replace("_", " ")


def a(word: str) -> str:
    """With its article: an MQL, a customer, an opportunity."""
    letters = word.isupper()
    vowel = word[:1] in SPOKEN_WITH_AN if letters else word[:1].lower() in "aeiou"
    return f"{'an' if vowel else 'a'} {word}"


def upper(sentence: str) -> str:
    """With a capital at the start, the rest untouched."""
    return sentence[:1].upper() + sentence[1:]


def number(value: Decimal) -> str:
    """40, 2.5, 60,000, −5."""
    text = with_minus(f"{value:,f}")
    return text.rstrip("0").rstrip(".") if "." in text else text


def points(value: Decimal, axis: str = "") -> str:
    """40 engagement points, 1 fit point, 100 points in total."""
    if axis == "total":
        return f"{points(value)} in total"
    return f"{number(value)} {axis}{' ' if axis else ''}point{'' if abs(value) == 1 else 's'}"


def money(value: Decimal, agreement: Agreement) -> str:
    """60,000 EUR."""
    return f"{number(value)} {agreement.currency}"


def percent(share: Decimal) -> str:
    """50%."""
    return f"{number(share * 100)}%"


def time(duration: Duration) -> str:
    """30 days, 4 business hours."""
    words = f"{'business ' if duration.business else ''}{duration.unit}{'' if duration.amount == 1 else 's'}"
    return f"{duration.amount} {words}"


def joined(words: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    listed = list(words)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}" if len(listed) > 1 else "".join(listed)


def quoted(words: Iterable[str]) -> str:
    """ "a", "b" and "c"."""
    return joined(f'"{word}"' for word in words)


def fact(kind: str) -> str:
    """page_viewed → page viewed."""
    return kind.replace("_", " ")


def attributes(condition: AttributeCondition | None) -> str:
    """country is DE or AT and employees is between 50 and 500."""
    if condition is None or not condition.root:
        return "anything"
    return " and ".join(f"{name.replace('_', ' ')} {_test(test)}" for name, test in condition.root.items())


def people(condition: AttributeCondition | None) -> str:
    """everybody, or those whose role is operations."""
    return f"those whose {attributes(condition)}" if condition is not None and condition.root else "everybody"


def _test(test: Test) -> str:
    return " and ".join(_operator(name, operand) for name, operand in test.asked().items())


def _operator(name: str, operand: object) -> str:
    if name == "exists":
        return "is known" if operand else "is not known"
    values = [json_text(value) for value in operand] if isinstance(operand, list) else [json_text(operand)]
    words = {
        "=": "is", "in": "is", "not_in": "is none of", "between": "is between", "at_least": "is at least",
        "at_most": "is at most", "contains": "contains", "starts_with": "starts with",
    }  # fmt: skip
    return f"{words[name]} {joined(values, 'and' if name == 'between' else 'or') or 'nothing'}"


def happening(kind: str, where: AttributeCondition | None) -> str:
    """page viewed (url contains /pricing)."""
    return fact(kind) + (f" ({attributes(where)})" if where is not None and where.root else "")


def connect(fact_: Connect) -> str:
    """A fact that shows that the lead was reached."""
    return happening(fact_.fact, fact_.where)


def condition(when: TimeCondition | None, agreement: Agreement, *, inside: bool = False) -> str:
    """What must become true, in words."""
    if when is None:
        return "from the begin"
    words = _condition(when, agreement)
    if (inside or when.only_from) and len(when.any or when.all or ()) > 1:
        words = f"({words})"
    return words + (f", for a lead that was {a(short_name(when.only_from, agreement))} before" if when.only_from else "")


def _condition(when: TimeCondition, agreement: Agreement) -> str:
    if when.fact:
        return happening(when.fact, when.where)
    if when.score:
        return joined(points(threshold, axis) for axis, threshold in when.score.thresholds().items())
    if when.persona:
        return f"persona {joined(when.persona, 'or')}"
    if when.grade:
        return f"grade {joined(when.grade, 'or')}"
    word = "or" if when.any else "and"
    return f", {word} ".join(condition(part, agreement, inside=True) for part in when.any or when.all or ())


def fading(fades: list[Fade]) -> str:
    """to 50% after 30 days and to 0% after 90 days."""
    return joined(f"to {percent(fade.to)} after {time(fade.after)}" for fade in fades)


def rule(of: EngagementRule) -> str:
    """What an engagement rule does, as a whole."""
    words = f"{happening(of.fact, of.where)} gives {points(of.points, 'engagement')}"
    if of.at_most is not None:
        words += f", for the {'' if of.at_most == 1 else f'{of.at_most} '}most recent time{'' if of.at_most == 1 else 's'} only"
    return words + (f", fading {fading(of.fades)}" if of.fades else "")
