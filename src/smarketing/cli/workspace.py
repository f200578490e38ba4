"""What the commands of a workspace share: how it is named, and what they need."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from smarketing.actions.workspace import OpenWorkspace, Workspace

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace; left out: this folder, or the nearest one above."),
]


def workspace_at(folder: Path | None) -> Workspace:
    """The workspace that was named, or the nearest one, its settings read. Raises MissingExtra before anything else is done."""
    from smarketing.actions.workspace import find_workspace

    need("a workspace", "django", "psycopg", "adbc_driver_postgresql")
    workspace = find_workspace(folder)
    _ = workspace.settings
    return workspace


def opened(workspace: Workspace) -> OpenWorkspace:
    """The workspace, opened; whoever waits for its database is told so."""
    from smarketing.cli.output import say

    if workspace.settings.database_url is None and not (workspace.data / "database" / "PG_VERSION").exists():
        say("Making the database ...")
    return workspace.open()


def need(what: str, *packages: str) -> None:
    """Raise MissingExtra unless the packages of the extra `app` are there."""
    from importlib.util import find_spec

    from smarketing.vocabulary.errors import MissingExtra

    if any(find_spec(package) is None for package in packages):
        raise MissingExtra(what=what, extra="app")


def instant_of(text: str | None, workspace: Workspace) -> datetime | None:
    """The instant that `--as-of` names, read in the zone of the workspace's agreement. Raises UsageError."""
    from smarketing.vocabulary.errors import UsageError
    from smarketing.vocabulary.periods import instant

    if text is None:
        return None
    try:
        return instant(text, workspace.agreements()[-1].timezone)
    except ValueError as error:
        raise UsageError(f"as-of: {error}") from error
