"""`smarketing explain LEAD`: one lead's life in order of time, in sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from smarketing.cli import asking, output
from smarketing.cli.workspace import WorkspaceOption


class Shape(StrEnum):
    """How an explanation is written."""

    text = "text"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add `explain` to the command line."""
    app.command("explain")(explain_lead)


def explain_lead(
    lead: Annotated[str, typer.Argument(help="The lead: any id that it goes by.")],
    facts: asking.FactsOption = None,
    agreement: asking.AgreementOption = None,
    workspace: WorkspaceOption = None,
    as_of: asking.AsOfOption = None,
    tables_in: asking.TablesInOption = None,
    format: Annotated[Shape, typer.Option("--format", help="How the result is written.")] = Shape.text,
    out: asking.OutOption = None,
) -> None:
    """One lead's life in order of time: receipt, stages, hand-offs, clocks, and why."""
    source = asking.Source(facts=facts, agreement=agreement, as_of=as_of, tables_in=tables_in, workspace=workspace)
    explanation = source.life(lead).explain(lead)
    if format is Shape.json:
        output.write_json(explanation.to_dict(), to=out)
    else:
        output.write(explanation.to_text(), to=out)
