"""`smarketing serve`: the pages of a workspace in the browser."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli import output
from smarketing.cli.workspace import WorkspaceOption, need, opened, workspace_at

if TYPE_CHECKING:
    from types import FrameType

    from smarketing.actions.people import Entry
    from smarketing.actions.workspace import OpenWorkspace, Workspace

PAGES = ("granian", "django", "csp", "django_htmx", "ninja", "procrastinate", "whitenoise", "psycopg", "adbc_driver_postgresql")
"""What the pages need of the extra `app`."""
Host = Annotated[str | None, typer.Option("--host", help="The address to listen on [127.0.0.1: this machine alone].")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="0: any free one [8000, where that is free].")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)
    app.command("web")(web)
    app.command("worker")(worker)


def serve(workspace: WorkspaceOption = None, host: Host = None, port: Port = None) -> None:
    """The pages of a workspace in the browser, and the worker that keeps them up to date, until Ctrl-C."""
    need("the web app", *PAGES)
    place = workspace_at(workspace)
    serve_workspace(place, host=host, port=port, prepare=_somebody_can_log_in)


def web(workspace: WorkspaceOption = None, host: Host = None, port: Port = None) -> None:
    """The pages alone; the worker runs elsewhere (`smarketing worker`)."""
    need("the web app", *PAGES)
    place = workspace_at(workspace)
    serve_workspace(place, host=host, port=port, prepare=_somebody_can_log_in, work=False)


def worker(workspace: WorkspaceOption = None) -> None:
    """The worker alone: keeps what follows from the facts up to date, until Ctrl-C. The pages run elsewhere (`smarketing web`)."""
    need("the worker", "procrastinate", "django", "psycopg", "adbc_driver_postgresql")
    place = workspace_at(workspace)
    with _stopped_politely(), opened(place):
        _bring_up_to_date(place)
        from smarketing.actions.live.worker import run_worker

        run_worker(place, ready=lambda: output.say(f"The worker of {place.folder} is at work. Ctrl-C stops it."))


def serve_workspace(
    place: Workspace,
    *,
    host: str | None,
    port: int | None,
    prepare: Callable[[OpenWorkspace], None],
    ready: Callable[[str], None] | None = None,
    work: bool = True,
    beside: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """Serve the workspace until SIGINT or SIGTERM, then stop the pages and the worker and leave the database.

    `prepare` is called when the workspace is open; `ready`, with the URL, when its pages are answered. `work`: with a worker beside.
    `beside`: what else runs meanwhile.
    """
    from smarketing.actions.live.supervised import worker_beside
    from smarketing.actions.serving import served_by_us
    from smarketing.web.serving import free_port

    with _stopped_politely(), served_by_us(place) as tell:
        host = host or place.settings.host
        port = free_port(host, place.settings.port if port is None else port)
        with opened(place) as database:
            prepare(database)
            _bring_up_to_date(place)
            with worker_beside(place.folder) if work else nullcontext(), beside():
                _answer(place, host=host, port=port, told=(tell, ready or _say_where))


def _bring_up_to_date(place: Workspace) -> None:
    """The first page shall show what follows by now, or did minutes ago; from then on the worker keeps it fresh."""
    from smarketing.actions.due import keeps_people_waiting

    if not keeps_people_waiting(place):
        return
    from smarketing.actions.live.follow import follow_if_due

    output.say_when_preparing()
    follow_if_due(place)


def _answer(place: Workspace, *, host: str, port: int, told: tuple[Callable[[str], None], ...]) -> None:
    from smarketing.web.serving import serve as serve_pages

    def ready(url: str) -> None:
        for tell in told:
            tell(url)

    serve_pages(place.folder, host=host, port=port, ready=ready)


@contextmanager
def _stopped_politely() -> Iterator[None]:
    """SIGTERM ends this like Ctrl-C does, through everything that has to be left behind tidy; both leave with 0."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
    output.say("Stopped.")


def _somebody_can_log_in(opened: OpenWorkspace) -> None:
    from smarketing.actions.people import first_user

    entry = first_user()
    if entry is not None:
        output.complain(_first(entry))


def _first(entry: Entry) -> str:
    return (
        "Nobody could log in here yet, so there is a user for you. This password is shown once, and opens for a week:\n\n"
        f"  {entry.email}   {entry.password}\n\n"
        "Let others in with: smarketing user add EMAIL --role marketing|sales|leader|operations|viewer\n"
    )


def _say_where(url: str) -> None:
    output.write(f"Smarketing is at {url}")
    sys.stdout.flush()
    output.say("Ctrl-C stops it.")
