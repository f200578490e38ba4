"""`smarketing rebuild`: everything that follows, derived anew from the facts of a workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from smarketing.cli import output
from smarketing.cli.output import Format
from smarketing.cli.workspace import WorkspaceOption, instant_of, opened, workspace_at


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rebuild")(rebuild)


def rebuild(
    workspace: WorkspaceOption = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Nothing later is known; left out: now.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How the result is written.")] = Format.table,
) -> None:
    """Derive everything anew from the facts: rows and a digest of each table, the same for the same facts."""
    place = workspace_at(workspace)
    at = instant_of(as_of, place)
    output.say_when_preparing()
    from smarketing.actions.rebuild import rebuild as derive_anew

    with opened(place):
        state, tables = derive_anew(place, at)
    output.say(f"As of {state.as_of.isoformat().replace('+00:00', 'Z')}, from {state.facts:,} facts:")
    output.write_table(["table", "rows", "digest"], tables, format=format)
