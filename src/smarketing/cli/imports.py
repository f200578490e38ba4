"""`smarketing import`: rows of files become facts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli.output import complain, progress, readable, say, write, write_json
from smarketing.vocabulary.errors import RejectedError

if TYPE_CHECKING:
    from smarketing.actions.import_facts import ImportResult

REJECTED = RejectedError.exit_code


class Shape(StrEnum):
    """How the result of an import is written."""

    table = "table"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_files)


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV or Parquet files.")],
    mapping: Annotated[
        Path, typer.Option("--mapping", metavar="M.yaml", exists=True, dir_okay=False, help="What their rows mean.")
    ],
    out: Annotated[Path | None, typer.Option("--out", metavar="facts.parquet", help="The journal to write or complete.")] = None,
    tables_out: Annotated[
        Path | None, typer.Option("--tables-out", metavar="DIR", help="For the small tables [tables/ beside --out].")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count everything, write nothing.")] = False,
    format: Annotated[Shape, typer.Option("--format", help="How the result is written.")] = Shape.table,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the result there.")] = None,
) -> None:
    """Tell the rows of files as facts, by a mapping; every row is accounted for, and again changes nothing."""
    from smarketing.actions.import_facts import import_facts

    with progress("Reading", total=1.0) as bar:
        result = import_facts(
            list(files),
            mapping=mapping,
            out=out,
            tables_out=tables_out,
            dry_run=dry_run,
            warn=say,
            progress=lambda total: lambda more: bar(more / total if total else 0.0),
        )
    show(result, format=format, to=output)
    if result.rejected:
        raise typer.Exit(REJECTED)


def show(result: ImportResult, *, format: Shape, to: Path | None) -> None:
    """The result to stdout, what needs attention to stderr."""
    if format is Shape.json:
        write_json(result.as_json(), to=to)
    else:
        columns = ("file", "read", "gave", "skipped", "rejected", "ignored columns")
        rows = [
            (Path(one.file).name, one.read, one.gave, one.skipped, one.rejected, ", ".join(one.ignored_columns))
            for one in result.files
        ]
        facts = result.facts
        told = f"Facts: {facts.new:,} new, {facts.known:,} known, {facts.conflicts:,} in conflict."
        write(f"{readable(columns, rows)}\n{told}", to=to)
    _say_the_rest(result)


def _say_the_rest(result: ImportResult) -> None:
    for name, rows in result.tables.items():
        say(f"{name}: {rows:,} told.")
    if result.ignored_files:
        say(f"Ignored, because no entry of the mapping reads them: {', '.join(result.ignored_files)}")
    if result.aside:
        say(f"Facts whose id stands for other content already are kept in {result.aside}")
    for problem in result.problems:
        complain(problem)
    if result.rejects:
        were = "row was" if result.rejected == 1 else "rows were"
        complain(f"{result.rejected:,} {were} rejected; they are in {', '.join(map(str, result.rejects))} with the reason")
