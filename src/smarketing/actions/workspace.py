"""A workspace: the folder that holds one company's agreements, small tables, mappings, settings and database."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from smarketing.actions.clock import Clock, read_clock
from smarketing.actions.settings import Settings, read_settings
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import instant

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement

AGREEMENT, TABLES, MAPPINGS, DATA = "agreement", "tables", "mappings", "data"
YAML = ("*.yaml", "*.yml")


@dataclass
class OpenWorkspace:
    """A workspace whose database runs and is up to date; `url` is its address. To be closed, or used as a context."""

    workspace: Workspace
    url: str
    stop: Callable[[], None] = field(repr=False)

    def close(self) -> None:
        """Leave the database; a private server stops when nobody else uses it."""
        from django.db import connections

        connections.close_all()
        self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True)
class Workspace:
    """One workspace: `agreement/*.yaml` (all versions), `tables/*.csv`, `mappings/*.yaml`, `data/` and `.env` in `folder`."""

    folder: Path

    @property
    def data(self) -> Path:
        """The folder of what the workspace keeps by itself: the database, locks, logs, the secret key."""
        return self.folder / DATA

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once. Raises UsageError with every mistake in them."""
        return read_settings(self.folder)

    def agreements(self) -> list[Agreement]:
        """Every version of the agreement, in the order in which they are in force. Raises UsageError, DocumentError."""
        files = self._files(AGREEMENT, *YAML)
        if not files:
            raise UsageError(
                f"there is no agreement in {self.folder / AGREEMENT}; put one there, and try it with `smarketing check`"
            )
        return list(_agreements(self.folder / AGREEMENT, _looks(files)))

    def small_tables(self) -> Path:
        """The folder of the small tables."""
        folder = self.folder / TABLES
        folder.mkdir(exist_ok=True)
        return folder

    def mappings(self) -> list[Path]:
        """The files that say what the rows of exports mean."""
        return self._files(MAPPINGS, *YAML)

    def stamp(self) -> str:
        """A digest of what stands beside the facts: when it is another one, an agreement or a small table was changed."""
        files = [*self._files(AGREEMENT, *YAML), *self._files(TABLES, "*.csv")]
        return hashlib.sha256(repr(_looks(files)).encode()).hexdigest()

    def now(self) -> datetime:
        """As of when the workspace is looked at: now, the time at which its settings let it stand still, or that of a clock of its own
        (an instant in UTC)."""
        if self.settings.as_of is None:
            clock = self._clock()
            return datetime.now(UTC) if clock is None else clock.at(datetime.now(UTC))
        return instant(self.settings.as_of, self.agreements()[-1].timezone)

    @property
    def stands_still(self) -> bool:
        """Whether no time passes there: its settings say when it is."""
        return self.settings.as_of is not None

    @property
    def speed(self) -> float:
        """How many times as fast as ours its time passes."""
        clock = self._clock()
        return 1.0 if clock is None else clock.speed

    @property
    def pace(self) -> float:
        """The same, and where its own clock stopped, how fast that went before."""
        clock = self._clock()
        return 1.0 if clock is None else clock.pace

    def felt(self, begin: datetime, end: datetime) -> timedelta:
        """How long it took for the people who work there, from one instant of its time to another: by our time, what lies between."""
        clock = self._clock()
        return end - begin if clock is None else clock.felt(begin, end)

    def _clock(self) -> Clock | None:
        return None if self.stands_still else read_clock(self.data)

    def secret_key(self) -> str:
        """What signs the sessions: the setting's, or the one that is made once and kept for the owner alone."""
        if self.settings.secret_key is not None:
            return self.settings.secret_key
        given = self.settings.secret_key_file
        if given is not None and not given.is_file():
            raise UsageError(f"SMARKETING_SECRET_KEY_FILE names {given}, which is not there")
        path = given or self.data / "secret-key"
        if not path.exists():
            _write_for_the_owner(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="utf-8").strip()

    def start_database(self) -> tuple[str, Callable[[], None]]:
        """The address of the database, and what leaves it again; a private server is started, or joined where it runs.

        Raises MissingExtra, OutsideError.
        """
        if self.settings.database_url is not None:
            return self.settings.database_url, lambda: None
        from smarketing.records.private_server import start_private_server

        server = start_private_server(self.data / "database")
        return server.url, server.stop

    def open(self) -> OpenWorkspace:
        """Start or join the database, tell Django of it unless it knows one, and bring the tables up to date.

        Raises MissingExtra, OutsideError, UsageError.
        """
        from smarketing.records.database import open_records

        url, stop = self.start_database()
        opened = OpenWorkspace(self, url, stop)
        try:
            open_records(url)
        except BaseException:
            stop()
            raise
        return opened

    def _files(self, folder: str, *patterns: str) -> list[Path]:
        found = {path for pattern in patterns for path in (self.folder / folder).glob(pattern)}
        return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def _looks(files: list[Path]) -> tuple[tuple[str, int, int], ...]:
    """What changes about files when somebody writes them: names, sizes, times."""
    return tuple((path.name, found.st_size, found.st_mtime_ns) for path in files if (found := path.stat()))


@lru_cache(maxsize=4)
def _agreements(folder: Path, looks: tuple[tuple[str, int, int], ...]) -> tuple[Agreement, ...]:
    """The versions in a folder, read once for as long as the files look the same: the keeper asks for them every few seconds."""
    from smarketing.agreement.checks import load_agreements

    return tuple(load_agreements(folder))


def is_workspace(folder: Path) -> bool:
    """Whether this folder is one."""
    return (folder / AGREEMENT).is_dir() and (folder / DATA).is_dir()


def find_workspace(folder: Path | None = None) -> Workspace:
    """The workspace in this folder; None: the nearest one from the current folder upwards. Raises UsageError where there is none."""
    if folder is not None:
        if not is_workspace(folder):
            raise UsageError(f"{folder} is no workspace; make one with `smarketing init {folder}`")
        return Workspace(folder.resolve())
    here = Path.cwd()
    for place in (here, *here.parents):
        if is_workspace(place):
            return Workspace(place)
    raise UsageError(
        "this is no workspace, nor is any folder above; name one with --workspace DIR, or make one with `smarketing init DIR`"
    )


def open_workspace(folder: Path | None = None) -> OpenWorkspace:
    """`find_workspace`, opened."""
    return find_workspace(folder).open()


def _write_for_the_owner(path: Path, text: str) -> None:
    """Write a file that nobody else can read; one that is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    with suppress(FileExistsError):
        os.link(partial, path)
    partial.unlink()
