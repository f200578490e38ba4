"""`smarketing key …`: which programs may send facts to a workspace."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from smarketing.cli import output
from smarketing.cli.output import Format
from smarketing.cli.workspace import WorkspaceOption, opened, workspace_at

keys = typer.Typer(name="key", help="Which programs may send facts to a workspace.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The program that has the key, such as website.")]


def register(app: typer.Typer) -> None:
    """Add `key` and what can be done with keys to the command line."""
    app.add_typer(keys)


@keys.command("add")
def add(
    name: Name,
    scope: Annotated[str, typer.Option("--scope", help="What it may do: facts:write, read or acts:write.")] = "facts:write",
    user: Annotated[str, typer.Option("--user", help="In whose name it acts, where it may (acts:write).")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Let a program in. Its token is printed once, and kept nowhere."""
    from smarketing.actions.keys import make_key

    with opened(workspace_at(workspace)):
        key = make_key(name, scope=scope, user=user)
    output.say(f'The key "{key.name}" ({key.scope}). This is shown once:')
    output.write(key.token)
    sys.stdout.flush()


@keys.command("list")
def listed(
    workspace: WorkspaceOption = None,
    format: Annotated[Format, typer.Option("--format", help="How the result is written.")] = Format.table,
) -> None:
    """Every key, without its token."""
    from smarketing.actions.keys import keys as known

    with opened(workspace_at(workspace)):
        rows = [(key.name, key.scope, f"{key.created_at:%Y-%m-%d}", f"{key.revoked_at:%Y-%m-%d}" if key.revoked_at else "")
                for key in known()]  # fmt: skip
    output.write_table(["name", "scope", "made", "revoked"], rows, format=format)


@keys.command("revoke")
def revoke(name: Name, workspace: WorkspaceOption = None) -> None:
    """Let a program in no more, from now on."""
    from smarketing.actions.keys import revoke_key

    with opened(workspace_at(workspace)):
        output.say(f'The key "{revoke_key(name).name}" opens nothing any more.')
