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


def commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it, groups before their members."""
    yield path, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


def command_line() -> str:
    """One section for each command: what it prints for `--help`."""
    from typer.main import get_command

    from smarketing.cli.main import app

    sections = []
    for path, command in commands(get_command(app), ("smarketing",)):
        parent = None
        for name in path:
            parent = command.context_class(command, info_name=name, parent=parent, terminal_width=100, **command.context_settings)
        sections.append(f"## `{' '.join(path)}`\n\n```text\n{command.get_help(parent).strip()}\n```\n")
    return COMMAND_LINE + "\n".join(sections)


PAGES: dict[str, Callable[[], str]] = {"reference/command-line.md": command_line}
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
