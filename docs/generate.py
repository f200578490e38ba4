"""Writes the generated pages of the documentation; `make docs` calls it, and a test fails where a page is stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from docs.examples import WITH_EXAMPLES, refreshed

FOLDER = Path(__file__).parent
COMMAND_LINE = """# The command line

This page is made from the commands' own help by `make docs`.

Results go to stdout (or to `-o FILE`), messages to stderr. `--quiet` and `--no-color` may stand anywhere on the line. What a
command's exit code means is told under [exit codes](exit-codes.md).

"""
PROBLEMS = """# Problems

This page is made by `make docs`. A check lists every problem of a document at once, each on one line: its code, its place, what is wrong
and, where it can be told, what would be right. The codes are stable; the words may get better. A *warning* stops nothing.

"""
IN_FACTS = {
    "SMK-J001": "A folder of facts without a Parquet file in it.",
    "SMK-J002": "A file of facts that is not Parquet.",
    "SMK-J003": "A column that every fact needs is missing.",
    "SMK-J004": "A column of a type that cannot be read as what it should be.",
    "SMK-J005": "An amount that is none.",
    "SMK-J010": "Properties that are not a JSON object, met while a rule wanted to read them.",
    "SMK-J030": "A small table of a name that is not known.",
    "SMK-J031": "A small table without a column that it needs.",
    "SMK-J032": "A cell of a small table that cannot be read.",
    "SMK-J033": "A second row for the same rep or campaign.",
    "SMK-J034": "A small table that is empty, or no CSV.",
    "SMK-J035": "Two rates of one pair of currencies for the same day.",
    "SMK-J036": "Warning: a role that is not one of the list; the report on reps shows such people apart.",
    "SMK-J037": "Warning: a rep's calendar that the agreement does not have; the working hours of `default` count.",
    "SMK-J101": "A fact without its id, its lead or its kind.",
    "SMK-J102": "A fact without a time, or outside the years 1 to 9999.",
    "SMK-J103": "A fact in the future.",
    "SMK-J104": "A kind that is not snake_case.",
    "SMK-J105": "Properties that are not a JSON object.",
    "SMK-J106": "A property that holds a list or an object.",
    "SMK-J107": "A currency that is not three capital letters.",
    "SMK-J108": "A text with a zero byte.",
    "SMK-J109": "An id that is too long for an index.",
    "SMK-J110": "A fact sent as JSON with a value of the wrong type.",
    "SMK-J111": "A fact sent as JSON with a key that is no column.",
    "SMK-J112": "A fact sent as JSON of more than 32 KB.",
    "SMK-J201": "Warning: an amount below 0.",
    "SMK-J202": "Warning: a retraction that names no fact.",
    "SMK-J203": "Warning: a link that names no other lead.",
}
IN_REPLAY = {
    "SMK-M001": "Amounts in a currency for which there is no rate on that day: they count as 0.00, and the replay ends with exit code 11.",
}
IN_PATHS = {
    "SMK-P001": "A file of whole paths that is no CSV, or lacks a column.",
    "SMK-P002": "A row of such a file with a touch without a name, or a cell that is no number.",
}
IN_IMPORT = {
    "SMK-I001": "A row that was rejected; the file of rejected rows holds it with the reason.",
    "SMK-I002": "Warning: a lead is named by what looks like a mail address, and ids are never forgotten.",
}
SETTINGS = """# Settings

This page is made by `make docs`.

A setting is an environment variable, or a line `NAME=value` of the file `.env` in the [workspace](../how-to/run-a-workspace.md);
the environment wins. Everything that is a rule of the business stands in the agreement instead. A setting that is unknown
or cannot be read stops the start, and the message says what would be right.

| setting | meaning | left out |
|---|---|---|
{rows}
The headless commands (`check`, `import` to a file, `replay`, and `report` and `explain` on files) need no setting and no database.

## http or https

`SMARKETING_URL` decides. With `https://…` a proxy in front speaks TLS and passes the scheme on as `X-Forwarded-Proto`, setting or
removing what the browser itself sent under that name; cookies are for https alone, http is sent on to https (but for `/health`),
and browsers are told for a year to come by https (HSTS, for this host alone and without the browsers' own lists: its neighbours are
not ours to bind). With http, as on your own machine, nothing of that: localhost would be out of reach for a year. Everything else,
the content policy above all, is the same either way.
"""
PERSONAL = """# Personal values

This page is made by `make docs`.

What a fact says about a person is laid apart when a workspace stores the fact: the values of the properties below go to the
table `personal_value`, the only rows beside the facts that may be changed or deleted. The row of the fact keeps a digest of them,
made with a salt of the person's own. So two tellings of a fact that differ in a phone number are still a conflict, and every
total stays provable when the values are gone; when the salt is forgotten too, nobody can try out what they were. Whatever reads
the facts (a replay, a report, a page) finds the values among the properties as before.

A name counts in any spelling: `First Name`, `first_name`, `first-name` and `firstName` are all `firstname`.

{names}

A `lead_id` is not laid apart, and is never forgotten. An import warns (`SMK-I002`) where it looks like a mail address: let the
[mapping](mapping.md) name the person by an id of the source, and give the address as the property `email`.
"""


def commands(group: Any, name: str, parent: Any = None) -> Iterator[Any]:
    """The context of every command, groups before their members."""
    context = group.context_class(group, info_name=name, parent=parent, terminal_width=100, **group.context_settings)
    yield context
    for member, command in getattr(group, "commands", {}).items():
        yield from commands(command, member, context)


def command_line() -> str:
    """One section for each command: what it prints for `--help`."""
    from typer.main import get_command

    from smarketing.cli.main import app

    sections = [
        f"## `{context.command_path}`\n\n```text\n{context.get_help().strip()}\n```\n"
        for context in commands(get_command(app), "smarketing")
    ]
    return COMMAND_LINE + "\n".join(sections)


def problems() -> str:
    """Every code of a problem with a document or a fact, and what it says."""
    from smarketing.agreement.documents import SHAPE_CODES
    from smarketing.agreement.problems.codes import CODES
    from smarketing.connectors.files import document as mapping

    in_mapping = {mapping.PREFIX + number: text for number, text in (SHAPE_CODES | mapping.CODES).items()}
    sections = {
        "In an agreement": CODES,
        "In a mapping": in_mapping,
        "In facts and small tables": IN_FACTS,
        "In an import": IN_IMPORT,
        "In a replay": IN_REPLAY,
        "In a file of paths": IN_PATHS,
    }
    return PROBLEMS + "\n".join(f"## {title}\n\n{_code_table(codes)}" for title, codes in sections.items())


def _code_table(codes: dict[str, str]) -> str:
    return "| code | what is wrong |\n|---|---|\n" + "".join(f"| `{code}` | {text} |\n" for code, text in sorted(codes.items()))


def what_follows() -> str:
    """Every rule with its example, as the specs tell it."""
    from tests.spec.manual import page

    return page()


def settings() -> str:
    """Every setting of a workspace."""
    from smarketing.actions.settings import SETTINGS as KNOWN

    return SETTINGS.format(rows="".join(f"| `{name}` | {one.means} | {one.left_out} |\n" for name, one in KNOWN.items()))


def personal_values() -> str:
    """Every property that holds a personal value."""
    from smarketing.vocabulary.personal import PERSONAL as KNOWN

    return PERSONAL.format(names=", ".join(f"`{name}`" for name in sorted(KNOWN)))


PAGES: dict[str, Callable[[], str]] = {
    "reference/command-line.md": command_line,
    "reference/personal-values.md": personal_values,
    "reference/problems.md": problems,
    "reference/settings.md": settings,
    "reference/what-follows.md": what_follows,
}
"""The pages that are made as a whole."""


def main() -> None:
    """Write every page whose text has changed: the generated ones, and the results shown under examples."""
    for name, make in PAGES.items():
        write(FOLDER / name, make())
    for page in WITH_EXAMPLES:
        write(page, refreshed(page))


def write(page: Path, text: str) -> None:
    """Write a page if its text is new, and say so."""
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
        print(f"wrote {page.relative_to(FOLDER.parent)}")


if __name__ == "__main__":
    main()
