"""What follows from the facts, held in the memory of this process and replaced when the database has a newer state.

A request never waits for a refresh: it takes what is held. A thread looks at the database's serial twice a second, makes the new
state beside the old one, of which it takes what stayed the same, asks it what the first page will ask, and swaps. Reports are remembered with what they were asked of.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from smarketing.reports.outcome import Outcome
from smarketing.reports.report import Report

LOOK_SECONDS = 0.5
REMEMBERED = 256
"""So many answers are kept of one state; the one not asked for longest goes first."""
logger = logging.getLogger(__name__)


class EmptyWorkspace(Exception):
    """There is not a single fact yet; the page then says what to do first, the API answers 409."""


class Source(Protocol):
    """Where states come from."""

    def serial(self) -> int:
        """The number of the latest state in the database; 0 while there is none."""

    def load(self, before: Outcome | None) -> Outcome | None:
        """The latest state; None while there is not a fact. `before`: the one held so far."""


@dataclass
class Held:
    """One state: `outcome` (None: an empty workspace) and what was asked of it so far."""

    outcome: Outcome | None
    serial: int
    answers: OrderedDict[tuple[Any, ...], Any] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def remember(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """The answer under this key, made once. Two who ask at once may both make it; they get equal ones."""
        with self.lock:
            if key in self.answers:
                self.answers.move_to_end(key)
                return self.answers[key]
        made = make()
        with self.lock:
            self.answers[key] = made
            while len(self.answers) > REMEMBERED:
                self.answers.popitem(last=False)
        return made

    def answer(self, outcome: Outcome, report: str, **arguments: Any) -> Report:
        """`outcome.REPORT(**arguments)`, made once."""
        made: Report = self.remember((report, *sorted(arguments.items())), lambda: getattr(outcome, report)(**arguments))
        return made


class Keeper:
    """Keeps one state in memory and brings it up to date."""

    def __init__(self, source: Source, *, warm: Callable[[Held], None] | None = None) -> None:
        self.source, self.warm = source, warm or (lambda held: None)
        self.now = Held(None, -1)
        self.looking = threading.Lock()
        self.stopped, self.called = threading.Event(), threading.Event()

    def look(self) -> bool:
        """Read the latest state if it is another than the one held; whether it was."""
        with self.looking:
            serial = self.source.serial()
            if serial == self.now.serial:
                return False
            outcome = self.source.load(self.now.outcome)
            held = Held(outcome, getattr(outcome, "serial", serial))
            if held.outcome is not None:
                self.warm(held)
            self.now = held
            return True

    def start(self) -> None:
        """Keep looking, in a thread of its own."""
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def _keep(self) -> None:
        while not self.stopped.is_set():
            self.called.wait(LOOK_SECONDS)
            self.called.clear()
            try:
                self.look()
            except Exception:
                logger.exception("The newest state could not be read; the one before stays on the pages")
                self.stopped.wait(LOOK_SECONDS * 5)

    def stop(self) -> None:
        """Look no more."""
        self.stopped.set()
        self.called.set()


@dataclass
class _Place:
    """The keeper of this process."""

    keeper: Keeper | None = None


_HERE = _Place()


def keep(keeper: Keeper | None) -> None:
    """From now on this keeper's state is what the pages show."""
    if _HERE.keeper is not None:
        _HERE.keeper.stop()
    _HERE.keeper = keeper


def keeper() -> Keeper:
    """The keeper of this process."""
    assert _HERE.keeper is not None, "no state is held: the application was not loaded by smarketing.web.wsgi"
    return _HERE.keeper


def held() -> Outcome:
    """What the pages show now. Raises EmptyWorkspace while there is not a fact."""
    return _there(keeper().now)


def asked(report: str, **arguments: Any) -> Report:
    """`held().REPORT(**arguments)`, remembered for as long as this state is held. Raises UsageError as the report does."""
    now = keeper().now
    return now.answer(_there(now), report, **arguments)


def remembered(name: str, make: Callable[[Outcome], Any], *about: Any) -> Any:
    """Anything else that follows from the state: `make(held())`, once for each `name` and `about`."""
    now = keeper().now
    outcome = _there(now)
    return now.remember((name, *about), lambda: make(outcome))


def _there(now: Held) -> Outcome:
    if now.outcome is None:
        raise EmptyWorkspace
    return now.outcome
