"""`smarketing demo`: a fictional company in the browser."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli import output
from smarketing.cli.serve import PAGES, serve_workspace
from smarketing.cli.workspace import need

if TYPE_CHECKING:
    from smarketing.actions.people import Entry


SPEED = 30.0
"""Two seconds are a minute: a working day takes some twenty minutes, four hours to respond take eight."""


def register(app: typer.Typer) -> None:
    """Add `demo` to the command line."""
    app.command("demo")(demo)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the company is kept.")] = Path("demo"),
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="0: any free one [8000, where that is free].")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    today: Annotated[
        str | None, typer.Option("--today", metavar="DAY", help="As if it were this day, such as 2026-11-01 [today].")
    ] = None,
    still: Annotated[
        bool, typer.Option("--still", help="Everything has happened already, and the clock stands still at its end.")
    ] = False,
    speed: Annotated[
        float, typer.Option("--speed", min=1, max=600, help="So many times as fast as ours time passes there.")
    ] = SPEED,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Write the company as files, and tell what follows from them.")
    ] = False,
) -> None:
    """A fictional company in the browser: eighteen months of facts, its agreements, its people; its last week happens while you look."""
    if files_only:
        from smarketing.cli.company import tell_company

        return tell_company(folder)
    need("the demo", *PAGES)
    from smarketing.actions.demo import demo_workspace, entries, fill
    from smarketing.actions.demo_life import living
    from smarketing.actions.workspace import OpenWorkspace

    place, new = demo_workspace(folder, today=_day(today), still=still)

    def prepare(opened: OpenWorkspace) -> None:
        if new:
            output.say_when_preparing()
            fill(opened, output.say)

    def ready(url: str) -> None:
        output.write(_welcome(url, place.agreements()[-1].name, entries(place.folder)))
        sys.stdout.flush()
        if not no_browser:
            _open(url)

    serve_workspace(place, host=None, port=port, prepare=prepare, ready=ready, beside=lambda: living(place, speed=speed))


def _day(text: str | None) -> date:
    """The day named, or today. Raises UsageError."""
    from smarketing.vocabulary.errors import UsageError

    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise UsageError(f'"{text}" is no day; write it as 2026-11-01') from error


def _welcome(url: str, name: str, people: list[Entry]) -> str:
    """Where the pages are, and who can log in."""
    rows = [(entry.email, entry.role, entry.name) for entry in people]
    listed = output.readable(("log in as", "role", "who"), rows)
    password = people[0].password
    return f"\n{name} is at {url}\n\n{listed}\n\nThe password of them all: {password}\nCtrl-C stops it; the same command starts it again."


def _open(url: str) -> None:
    """Show the page in a browser, where there is a screen; the URL stands in the terminal anyway."""
    import os
    import webbrowser
    from contextlib import suppress

    screen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen:  # without one, a browser of text would take the terminal
        with suppress(webbrowser.Error):
            webbrowser.open(url)
