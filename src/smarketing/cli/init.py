"""`smarketing init`: a new workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smarketing.cli.output import say, write


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make it in.")],
    agreement: Annotated[
        Path | None,
        typer.Option("--agreement", help="Your agreement (YAML), or a folder of its versions; left out: a commented example."),
    ] = None,
) -> None:
    """A new workspace: a folder for the agreement, the small tables, the mappings and the database."""
    from smarketing.actions.init import make_workspace
    from smarketing.actions.workspace import AGREEMENT
    from smarketing.cli.company import program

    workspace = make_workspace(folder, agreement=agreement)
    versions = sorted((folder / AGREEMENT).iterdir())
    write(str(workspace.folder))
    call = program()
    say("")
    say("Next:")
    if agreement is None:
        say(f"  change {versions[0]}, and try it with: {call} check {versions[0]}")
    say(f"  {call} import EXPORT.csv --mapping MAPPING.yaml --workspace {folder}")
    say(f"  {call} serve --workspace {folder}")
