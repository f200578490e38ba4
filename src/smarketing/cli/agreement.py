"""`smarketing check`, `smarketing schema` and `smarketing diff`: an agreement before anybody signs it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smarketing.cli import output

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.vocabulary.problems import Problem

PROBLEMS = 10
"""The exit code of a document with errors."""


class CheckShape(StrEnum):
    """How the result of a check is written."""

    table = "table"
    json = "json"


class DiffShape(StrEnum):
    """How a difference is written."""

    text = "text"
    json = "json"


Document = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="An agreement (YAML).")]
Documents = Annotated[
    list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, readable=True, help="Agreements (YAML).")
]
Out = Annotated[Path | None, typer.Option("-o", "--output", help="Write the result to this file.")]


def register(app: typer.Typer) -> None:
    """Add the commands of the agreement to the command line."""
    app.command("check")(check)
    app.command("schema")(schema)
    app.command("diff")(diff)


def check(
    files: Documents,
    format: Annotated[CheckShape, typer.Option("--format", help="How the result is written.")] = CheckShape.table,
    out: Out = None,
) -> None:
    """Every problem of an agreement at once, with line, reason and the nearest right word."""
    from smarketing.agreement.checks import check_agreement

    results = [(file, *check_agreement(file)) for file in files]
    if format is CheckShape.json:
        output.write_json([_as_json(*result) for result in results], to=out)
    else:
        output.write("\n".join(line for result in results for line in _as_lines(*result)), to=out)
    if any(agreement is None for _, agreement, _ in results):
        raise typer.Exit(PROBLEMS)


def _as_lines(file: Path, agreement: Agreement | None, problems: list[Problem]) -> list[str]:
    """One line for each problem; after them one that says what the file is, when it can be used."""
    lines = [f"{problem}{' (warning)' if problem.severity == 'warning' else ''}" for problem in problems]
    if agreement is not None:
        lines.append(f"{file}  {agreement.name}  version {agreement.id}  in force from {agreement.in_force.from_}")
    return lines


def _as_json(file: Path, agreement: Agreement | None, problems: list[Problem]) -> dict[str, Any]:
    return {
        "file": str(file),
        "valid": agreement is not None,
        "name": agreement.name if agreement else None,
        "id": agreement.id if agreement else None,
        "in_force_from": agreement.in_force.from_.isoformat() if agreement else None,
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity,
                "source": problem.source,
                "line": int(problem.source.rpartition(":")[2]),
                "message": problem.message,
            }
            for problem in problems
        ],
    }


def schema(out: Out = None) -> None:
    """The language of the agreement as JSON Schema, for editors that complete and check while one types."""
    from smarketing.agreement.models import json_schema

    output.write_json(json_schema(), to=out)


def diff(
    old: Document,
    new: Document,
    format: Annotated[DiffShape, typer.Option("--format", help="How the result is written.")] = DiffShape.text,
    out: Out = None,
) -> None:
    """What the second agreement changes of the first, in sentences."""
    from smarketing.agreement.checks import load_agreement
    from smarketing.agreement.difference import difference

    before, after = load_agreement(old), load_agreement(new)
    sentences = difference(before, after)
    if format is DiffShape.json:
        output.write_json({"from": before.id, "to": after.id, "sentences": sentences}, to=out)
    else:
        output.write("\n".join(sentences), to=out)
