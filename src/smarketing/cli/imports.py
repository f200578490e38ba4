"""`smarketing import`: rows of files become facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli.output import complain, progress, readable, say, say_when_preparing, write, write_json
from smarketing.cli.workspace import WorkspaceOption, opened, workspace_at
from smarketing.vocabulary.errors import RejectedError, UsageError

if TYPE_CHECKING:
    from smarketing.actions.import_facts import ImportResult
    from smarketing.actions.workspace import Workspace

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
        Path | None,
        typer.Option(
            "--mapping",
            metavar="M.yaml",
            exists=True,
            dir_okay=False,
            help="What their rows mean [all mappings of the workspace].",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="facts.parquet",
            help="A journal in a file or a clustered folder, to write or complete, instead of a workspace.",
        ),
    ] = None,
    tables_out: Annotated[
        Path | None, typer.Option("--tables-out", metavar="DIR", help="For the small tables [tables/ beside --out].")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count everything, write nothing.")] = False,
    format: Annotated[Shape, typer.Option("--format", help="How the result is written.")] = Shape.table,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the result there.")] = None,
) -> None:
    """Tell the rows of files as facts, by a mapping; every row is accounted for, and again changes nothing."""
    if workspace is not None or (out is None and tables_out is None and _inside_a_workspace()):
        if out is not None or tables_out is not None:
            raise UsageError("--workspace and --out name two places; an import goes to one")
        into_workspace(files, mapping=mapping, workspace=workspace, dry_run=dry_run, format=format, to=output)
        return
    if mapping is None:
        raise UsageError("what do the rows mean? Name a mapping with --mapping, or a workspace that has some with --workspace")
    from smarketing.actions.import_facts import import_facts

    with _reading() as progress:
        result = import_facts(
            list(files), mapping=mapping, out=out, tables_out=tables_out, dry_run=dry_run, warn=say, progress=progress
        )
    show(result, format=format, to=output)
    if result.rejected:
        raise typer.Exit(REJECTED)


def into_workspace(
    files: list[Path], *, mapping: Path | None, workspace: Path | None, dry_run: bool, format: Shape, to: Path | None
) -> None:
    """Import into a workspace, then derive what follows."""
    place = workspace_at(workspace)
    from smarketing.actions.import_into import import_into

    with opened(place):
        with _reading() as progress:
            result = import_into(
                place, files, mappings=[mapping] if mapping else [], dry_run=dry_run, warn=say, progress=progress
            )
        show(result, format=format, to=to)
        if not dry_run:
            _refresh(place)
    if result.rejected:
        raise typer.Exit(REJECTED)


def _refresh(place: Workspace) -> None:
    from smarketing.actions.refresh import refresh

    say_when_preparing()
    say("Working out what follows ...")
    refresh(place)


@contextmanager
def _reading() -> Iterator[Callable[[int], Callable[[float], None]]]:
    """A bar for what is read: told the size of all, it gives back what is called with each part."""
    with progress("Reading", total=1.0) as bar:
        yield lambda total: lambda more: bar(more / total if total else 0.0)


def _inside_a_workspace() -> bool:
    from smarketing.actions.workspace import find_workspace

    try:
        find_workspace()
    except UsageError:
        return False
    return True


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
        were, are = ("row was", "it is") if result.rejected == 1 else ("rows were", "they are")
        complain(f"{result.rejected:,} {were} rejected; {are} in {', '.join(map(str, result.rejects))} with the reason")
