"""`smarketing user …`: who may log in to a workspace."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from smarketing.cli import output
from smarketing.cli.output import Format
from smarketing.cli.workspace import WorkspaceOption, opened, workspace_at

people = typer.Typer(name="user", help="Who may log in to a workspace, and what as.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address: the login.")]


def register(app: typer.Typer) -> None:
    """Add `user` and what can be done with users to the command line."""
    app.add_typer(people)


@people.command("add")
def add(
    email: Email,
    role: Annotated[str, typer.Option("--role", help="marketing, sales, leader, operations or viewer.")],
    name: Annotated[str, typer.Option("--name", help="What colleagues read.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Let somebody log in. The password is asked for, or read from stdin."""
    from smarketing.actions.people import add_user

    with opened(workspace_at(workspace)):
        user = add_user(email, name=name, role=role, password=_password())
        output.say(f"{user.email} can log in now, as {user.role}.")


@people.command("invite")
def invite(
    email: Email,
    role: Annotated[str, typer.Option("--role", help="marketing, sales, leader, operations or viewer.")],
    name: Annotated[str, typer.Option("--name", help="What colleagues read.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Ask somebody in: prints a link that opens once, within a week, and lets them choose their password."""
    from smarketing.actions.invitations import invite as ask_in
    from smarketing.actions.mail.links import site

    place = workspace_at(workspace)
    with opened(place):
        invited = ask_in(email, role=role, name=name)
    output.say(f"{invited.email} can come in as {invited.role}, until {invited.expires_at:%Y-%m-%d}. This is shown once:")
    output.write(f"{site(place) or f'http://{place.settings.host}:{place.settings.port or 8000}'}{invited.path}")


@people.command("role")
def role_of(
    email: Email,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="marketing, sales, leader, operations or viewer.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Give somebody another role."""
    from smarketing.actions.people import change_role

    with opened(workspace_at(workspace)):
        user = change_role(email, role)
        output.say(f"{user.email} is {user.role} now.")


@people.command("forget-factors")
def forget(email: Email, workspace: WorkspaceOption = None) -> None:
    """Take away somebody's second factor and the link to a provider, such as after a lost phone; their password stays."""
    from smarketing.actions.people import forget_factors

    with opened(workspace_at(workspace)):
        output.say(f"{forget_factors(email).email} signs in with the password alone now, and is logged out everywhere.")


@people.command("password")
def password(email: Email, workspace: WorkspaceOption = None) -> None:
    """Give somebody another password; it is asked for, or read from stdin."""
    from smarketing.actions.people import find_user, set_password

    with opened(workspace_at(workspace)):
        find_user(email)
        user = set_password(email, _password())
        output.say(f"{user.email} has another password, and is logged out everywhere.")


@people.command("list")
def listed(
    workspace: WorkspaceOption = None,
    format: Annotated[Format, typer.Option("--format", help="How the result is written.")] = Format.table,
) -> None:
    """Everybody, with their roles."""
    from smarketing.actions.people import users

    with opened(workspace_at(workspace)):
        rows = [(user.email, user.name, user.role, "yes" if user.is_active else "no") for user in users()]
    output.write_table(["email", "name", "role", "may log in"], rows, format=format)


@people.command("suspend")
def suspend(email: Email, workspace: WorkspaceOption = None) -> None:
    """Let somebody log in no more, from now on. What they did stays theirs."""
    from smarketing.actions.people import let_in

    with opened(workspace_at(workspace)):
        output.say(f"{let_in(email, active=False).email} can log in no more.")


@people.command("restore")
def restore(email: Email, workspace: WorkspaceOption = None) -> None:
    """Let somebody log in again."""
    from smarketing.actions.people import let_in

    with opened(workspace_at(workspace)):
        output.say(f"{let_in(email, active=True).email} can log in again.")


def _password() -> str:
    """Typed twice where somebody sits there, else the first line of stdin."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
