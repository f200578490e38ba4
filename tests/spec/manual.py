"""Writes docs/reference/what-follows.md from the specs: `python -m tests.spec.manual` (`--check`: only say whether it is current)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from types import FunctionType, ModuleType

from tests.spec import tables
from tests.spec.ascii import Rows
from tests.spec.columns import Columns
from tests.spec.documents import Refusal, Versions
from tests.spec.routings import Routing
from tests.spec.tables import Case, Spec

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "what-follows.md"
CONTENTS = (
    "journal identities conditions time_conditions receipt fit stages cycles opportunities handoffs routing follow_up clocks business_time commitments "
    "rates ledger credits "
    "versions versions_handoffs as_of agreements columns examples_hart examples_strict examples_hart_vale"
).split()
"""The chapters, in order; each is the module `test_NAME`."""
SHORT = ("mql", "sql", "sal")
CAPITAL = ("monday", "saturday", "hart", "designs", "markov", "shapley")
WRITTEN = {
    "hand off": "hand-off", "hand offs": "hand-offs", "hand back": "hand-back", "hand backs": "hand-backs",
    "hand offs day": "hand-off's day", "marketings": "marketing's", "Designs": "Design's", "reps": "rep's", "agreements": "agreement's",
    "only from": "`only_from`", "not in": "`not_in`", "starts with": "`starts_with`", "at least": "`at_least`", "at most": "`at_most`",
    "at most n": "`at_most: n`", "assigned at": "`assigned_at`", "exists false": "`exists: false`", "score changes": "`score_changes`",
    "stage entries": "`stage_entries`", "handoffs": "`handoffs`", "clocks has": "`clocks` has", "commitments has": "`commitments` has", "ledger has": "`ledger` has", "credits has": "`credits` has",
    "about us": "About Us",
}  # fmt: skip
"""Words of a test's name → how they are written; the longest first."""
INTRODUCTION = """\
# What follows

What happened (the facts) and what both teams signed (the agreement) decide everything else: scores, stages, hand-offs, clocks. This
page says how, rule by rule. Every heading is a rule, every example under it is run as a test each time the software is built, so what
stands here is what the software does. **Do not edit this page**: it is written by `make docs` from the tests in `tests/spec/`.

**How to read an example.** It shows the part of the agreement that matters, the facts, and the tables that follow from them: all
their rows, but only the columns of interest. Where a table stands "for" something, only those rows are shown. Times are on the wall
clock of the agreement's zone. Facts without a `fact_id` are called f1, f2, … from the top, those without a `lead_id` are ana's. The
tables are as of the time that is named, else as of the last fact. An empty cell is null: there is no such thing.

Unless an example says otherwise, it stands on this agreement; the keys that it shows replace those of the same name:

```yaml
{base}```

## Contents

{contents}
"""


@dataclass(frozen=True)
class Paragraph:
    """A rule: its name as a sentence, what it means, and the cases that prove it."""

    title: str
    text: str
    cases: list[Case]


@dataclass(frozen=True)
class Chapter:
    title: str
    text: str
    paragraphs: list[Paragraph]


def page() -> str:
    """The whole manual."""
    chapters = [chapter(import_module(f"tests.spec.test_{name}")) for name in CONTENTS]
    contents = "\n".join(f"{number}. [{chapter.title}](#{anchor(number, chapter)})" for number, chapter in enumerate(chapters, 1))
    parts = [INTRODUCTION.format(base=tables.BASE, contents=contents)]
    for number, each in enumerate(chapters, 1):
        parts += [f"\n## {number}. {each.title}\n", each.text, *written(each.paragraphs)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def anchor(number: int, chapter: Chapter) -> str:
    """The name under which a heading can be linked to."""
    return re.sub(r"[^\w -]", "", f"{number}. {chapter.title}".lower()).replace(" ", "-")


def chapter(module: ModuleType) -> Chapter:
    """A module's docstring and its tests, each run with the cases collected instead of judged."""
    title, _, text = dedent(module.__doc__ or "").strip().partition("\n")
    tests = [each for name, each in vars(module).items() if name.startswith("test_") and not each.__code__.co_argcount]
    return Chapter(title, text.strip(), [paragraph(test) for test in tests if cases(test)])


def paragraph(test: FunctionType) -> Paragraph:
    return Paragraph(sentence(test.__name__), " ".join((test.__doc__ or "").split()), cases(test))


def cases(test: FunctionType) -> list[Case]:
    """What a test shows; its assertions of another kind are not for the manual."""
    collected: list[Case] = []
    tables.take, before = collected.append, tables.take
    try:
        test()
    finally:
        tables.take = before
    return collected


def sentence(name: str) -> str:
    """A test's name as the sentence it is."""
    words = re.sub(r"\b(\d\d) (\d\d)\b", r"\1:\2", name.removeprefix("test_").replace("_", " "))
    words = re.sub(rf"\b({'|'.join(SHORT)})(s?)\b", lambda found: found[1].upper() + found[2], words)
    words = re.sub(rf"\b({'|'.join(CAPITAL)})\b", lambda found: found[1].capitalize(), words)
    for plain in sorted(WRITTEN, key=len, reverse=True):
        words = re.sub(rf"(?<!`)\b{plain}\b", WRITTEN[plain], words)
    return words[0].upper() + words[1:]


def written(paragraphs: list[Paragraph]) -> Iterator[str]:
    """The paragraphs in order; an agreement that the one before has shown is not shown again."""
    shown = ""
    for each in paragraphs:
        yield f"\n### {each.title}\n\n{each.text}\n"
        for case in each.cases:
            yield from blocks(case, shown)
            shown = source(case)


def source(case: Case) -> str:
    return case.example or case.agreement if isinstance(case, Spec) else ""


def blocks(case: Case, shown: str) -> Iterator[str]:
    if isinstance(case, Spec):
        yield from spec_blocks(case, shown)
    elif isinstance(case, Refusal):
        yield from (yaml(case.agreement), markdown("`check` says", case.problems))
    elif isinstance(case, Versions):
        verdict = "is the same version as" if case.same else "is another version than"
        yield from (yaml(case.agreement), f"{verdict}\n", yaml(case.other))
    elif isinstance(case, Columns):
        yield markdown(f"`{case.table}`", case.columns)
    elif isinstance(case, Routing):
        yield from routing_blocks(case)


def routing_blocks(case: Routing) -> Iterator[str]:
    yield yaml(case.agreement)
    for name, small in case.small.items():
        yield markdown(f"`{name}.csv`", small)
    yield markdown("Leads, as they are handed over", case.leads)
    yield markdown("Who gets them", case.expected)


def spec_blocks(case: Spec, shown: str) -> Iterator[str]:
    if source(case) and source(case) == shown:
        yield "The agreement is that of the example before.\n" if not case.example else ""
    elif case.example:
        yield f"The agreement is `examples/{case.example}/agreement.yaml`.\n"
    elif case.agreement:
        yield yaml(case.agreement)
    for version in case.then:
        yield "Then the next version takes its place, with these keys in the place of those of the same name:\n"
        yield yaml(version)
    yield markdown("Facts", facts_of(case))
    for name, small in case.small.items():
        yield markdown(f"`{name}.csv`", small)
    for name, expected in case.expected.items():
        yield markdown(f"`{name}`" + until(case) + filters(expected), expected)


def until(case: Spec) -> str:
    return f" as of {case.as_of}" if case.as_of else ""


def filters(expected: Rows) -> str:
    return "".join(f", for {column} = {', '.join(values)}" for column, values in expected.only.items())


def facts_of(case: Spec) -> Rows:
    """The facts, with their ids where a table names facts."""
    named = any("fact_id" in {*table.columns, *table.only} for table in case.expected.values())
    if "fact_id" in case.facts.columns or not named:
        return case.facts
    rows = [{"fact_id": f"f{number}"} | row for number, row in enumerate(case.facts.rows, 1)]
    return Rows(["fact_id", *case.facts.columns], rows)


def yaml(text: str) -> str:
    return f"```yaml\n{text}\n```\n"


def markdown(title: str, table: Rows) -> str:
    """A table under its title; columns of code in code."""
    if not table.rows:
        return f"**{title}**: no rows.\n"
    lines = [
        table.columns,
        ["---"] * len(table.columns),
        *([cell(each, row[each]) for each in table.columns] for row in table.rows),
    ]
    return f"**{title}**\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(column: str, text: str) -> str:
    """A cell as it stands in the page: properties, rules and the like as code."""
    return f"`{text}`" if text and (column in {"properties", "line with", "says"} or "{" in text) else text


def main() -> int:
    text = page()
    if "--check" in sys.argv:
        current = PAGE.exists() and PAGE.read_text("utf-8") == text
        print("current" if current else f"{PAGE.name} is stale: make docs")
        return 0 if current else 1
    PAGE.write_text(text, "utf-8")
    print(f"{PAGE.name}: {text.count(chr(10))} lines, {text.count(chr(10) + '### ')} rules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
