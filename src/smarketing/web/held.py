"""What follows from the facts, held in the memory of this process and replaced when the database has a newer state.

A request never waits for a refresh: it takes what is held. A thread looks at the database's serial twice a second, makes the new
state beside the old one, of which it takes what stayed the same, asks it what pages ask just now and what costs much, and swaps. While
states come and come it is at that for a part of the time only, and between its steps it lets those go first who wait for an answer.
Reports are remembered with what they were asked of.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from smarketing.actions.aside import aside
from smarketing.reports.explain.life import facts_alone, keep_alone, share_ids
from smarketing.reports.outcome import Outcome
from smarketing.reports.report import Report

LOOK_SECONDS = 0.5
REMEMBERED = 256
"""So many answers are kept of one state; the one not asked for longest goes first."""
LASTING = 512
"""So many answers about single leads outlast their state."""
HEAVY_SECONDS, LATELY_SECONDS = 0.015, 5.0
"""What took so long to answer and was asked for so lately is answered before a new state is shown."""
USUAL_SECONDS = 600.0
"""What nearly every page asks for is answered of each new state for so long after it was asked for last."""
SECONDS_BETWEEN_STATES, IDLE_FOR_EACH_BUSY = 1.0, 2.0
"""After a new state nothing is looked for so long, nor for so many times what it took: each makes the pages reckon anew."""
PATIENT_SECONDS = 0.5
"""So long in all the making of a new state stands aside while people wait for answers."""
ACTED = 50_000
"""Of so many leads it is known that what is held has all that was done with them."""
logger = logging.getLogger(__name__)


class EmptyWorkspace(Exception):
    """There is not a single fact yet; the page then says what to do first, the API answers 409."""


class Source(Protocol):
    """Where states come from."""

    def serial(self) -> int:
        """The number of the latest state in the database; 0 while there is none."""

    def load(self, before: Outcome | None) -> Outcome | None:
        """The latest state; None while there is not a fact. `before`: the one held so far."""


Make = Callable[[Outcome], Any]
Key = tuple[Any, ...]


@dataclass
class Held:
    """One state: `outcome` (None: an empty workspace) and what was asked of it so far.

    `lasting`: answers about single leads, by name and lead; `heavy`: what took long to answer, with when it was asked for last;
    `usual`: what nearly every page asks for, with the same; `forgotten`: how often what is remembered under a name held no longer.
    """

    outcome: Outcome | None
    serial: int
    answers: OrderedDict[Key, Any] = field(default_factory=OrderedDict)
    lasting: OrderedDict[Key, Any] = field(default_factory=OrderedDict)
    heavy: dict[Key, tuple[float, Make]] = field(default_factory=dict)
    usual: dict[Key, tuple[float, Make]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    making: dict[Key, threading.RLock] = field(default_factory=dict)
    forgotten: Counter[str] = field(default_factory=Counter)

    def remember(self, key: Key, make: Callable[[], Any]) -> Any:
        """The answer under this key, made once: who asks while somebody makes it waits for that."""
        return self._kept(self.answers, key, make, REMEMBERED)

    def last(self, key: Key, make: Callable[[], Any]) -> Any:
        """The same for an answer that stays (see `follow`)."""
        return self._kept(self.lasting, key, make, LASTING)

    def _kept(self, answers: OrderedDict[Key, Any], key: Key, make: Callable[[], Any], most: int) -> Any:
        with self.lock:
            if key in answers:
                answers.move_to_end(key)
                return answers[key]
            mine = self.making.setdefault(key, threading.RLock())
        with mine:
            with self.lock:
                if key in answers:
                    return answers[key]
                forgotten = self.forgotten[key[0]]
            try:
                return self._put(answers, key, make(), most, forgotten)
            finally:
                with self.lock:
                    self.making.pop(key, None)

    def forget(self, name: str) -> None:
        """Whoever asks for this from now on gets an answer that is made from now on."""
        with self.lock:
            self.forgotten[name] += 1
            for key in [key for key in self.answers if key[0] == name]:
                del self.answers[key]

    def _put(self, answers: OrderedDict[Key, Any], key: Key, made: Any, most: int, forgotten: int) -> Any:
        with self.lock:
            if self.forgotten[key[0]] == forgotten:  # else it was made of what is no more
                answers[key] = made
            while len(answers) > most:
                answers.popitem(last=False)
        return made

    def reckon(self, key: Key, make: Make) -> Any:
        """The answer to a question of the outcome; it is noted where that takes long."""
        begun = time.monotonic()
        answer = self.remember(key, lambda: make(_there(self)))
        now = time.monotonic()
        if now - begun > HEAVY_SECONDS or key in self.heavy:
            self.heavy[key] = now, make
        return answer

    def answer(self, outcome: Outcome, report: str, **arguments: Any) -> Report:
        """`outcome.REPORT(**arguments)`, made once."""
        made: Report = self.remember((report, *sorted(arguments.items())), lambda: getattr(outcome, report)(**arguments))
        return made

    def follow(self, before: Held) -> None:
        """Answer what was asked lately and costs much; take over from the state before what was answered about leads that are the same."""
        for key, (at, make) in [*before.heavy.items()]:
            aside.give_way()
            if time.monotonic() - at < LATELY_SECONDS:
                self._prepare(key, at, make)
        if (changed := getattr(self.outcome, "changed", None)) is not None and before.outcome is not None:
            self.lasting |= _stays(before, before.outcome, _there(self), changed)  # last: meanwhile the state before was asked

    def usually(self, key: Key, make: Make) -> Any:
        """The answer to what is asked of every state anew."""
        self.usual[key] = time.monotonic(), make
        return self.remember(key, lambda: make(_there(self)))

    def expect(self, before: Held) -> None:
        """Answer what was usual before; for when this state is shown already, as the answers may ask for others."""
        for key, (at, make) in [*before.usual.items()]:
            aside.give_way()
            if time.monotonic() - at < USUAL_SECONDS:
                with suppress(Exception):
                    self.remember(key, partial(make, _there(self)))
                self.usual.setdefault(key, (at, make))

    def _prepare(self, key: Key, at: float, make: Make) -> None:
        """Answer before anybody asks; what cannot be answered is told to whoever asks."""
        with suppress(Exception):
            self.remember(key, lambda: make(_there(self)))
            self.heavy[key] = at, make


def _stays(before: Held, was: Outcome, now: Outcome, changed: frozenset[str]) -> dict[Key, Any]:
    """What was answered of leads that did not change. Where time has passed, their rows are the same, what is said of them need not be."""
    if [version.id for version in was.versions] != [version.id for version in now.versions]:
        return {}
    with before.lock:
        stays = {key: answer for key, answer in before.lasting.items() if key[1] not in changed}
    if was.as_of == now.as_of:
        return stays
    lives = {key: answer for key, answer in stays.items() if isinstance(answer, Outcome)}
    return {key: _as_of_now(life, now) for key, life in lives.items()}


def _as_of_now(life: Outcome, now: Outcome) -> Outcome:
    """A life whose rows are the same, as of a later instant."""
    later = Outcome(now.agreement, now.as_of, life.tables, life.facts, life.small, united=now.united, versions=now.versions)
    if (facts := facts_alone(life)) is not None:
        keep_alone(later, facts)
        share_ids(later, now)
    return later


class Keeper:
    """Keeps one state in memory and brings it up to date."""

    def __init__(self, source: Source, *, warm: Callable[[Held], None] | None = None) -> None:
        self.source, self.warm = source, warm or (lambda held: None)
        self.now = Held(None, -1)
        self.looking = threading.Lock()
        self.stopped, self.called = threading.Event(), threading.Event()
        self.acted: OrderedDict[str, str] = OrderedDict()

    def look(self) -> bool:
        """Read the latest state if it is another than the one held; whether it was."""
        with self.looking, aside.patient(PATIENT_SECONDS):
            serial = self.source.serial()
            if serial == self.now.serial:
                return False
            outcome = self.source.load(self.now.outcome)
            held = Held(outcome, getattr(outcome, "serial", serial))
            if held.outcome is not None:
                held.follow(self.now)
                self.warm(held)
            before, self.now = self.now, held
            if held.outcome is not None:
                held.expect(before)
            return True

    def has(self, lead_id: str, mark: str) -> bool:
        """Whether what is held has everything that was done with a lead up to a mark, as far as was found out."""
        return self.acted.get(lead_id) == mark

    def knows(self, lead_id: str, mark: str) -> None:
        """What is held has it, and so has everything that will be."""
        self.acted[lead_id] = mark
        while len(self.acted) > ACTED:
            self.acted.popitem(last=False)

    def start(self) -> None:
        """Keep looking, in a thread of its own."""
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def _keep(self) -> None:
        while not self.stopped.is_set():
            self.called.wait(LOOK_SECONDS)
            self.called.clear()
            begun = time.monotonic()
            try:
                if self.look():
                    took = time.monotonic() - begun
                    self.stopped.wait(max(SECONDS_BETWEEN_STATES - took, IDLE_FOR_EACH_BUSY * took))
            except Exception:
                logger.exception("The newest state could not be read; the one before stays on the pages")
                self.stopped.wait(LOOK_SECONDS * 5)

    def forget(self, name: str) -> None:
        """Ask for what is remembered under this name anew: it rests on more than the state, and that has changed."""
        self.now.forget(name)

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


def forget(name: str) -> None:
    """What is remembered under this name holds no longer, where this process holds anything."""
    if _HERE.keeper is not None:
        _HERE.keeper.forget(name)


def held() -> Outcome:
    """What the pages show now. Raises EmptyWorkspace while there is not a fact."""
    return _there(keeper().now)


def asked(report: str, **arguments: Any) -> Report:
    """`held().REPORT(**arguments)`, remembered for as long as this state is held. Raises UsageError as the report does."""
    now = keeper().now
    _there(now)
    made: Report = now.reckon((report, *sorted(arguments.items())), lambda outcome: getattr(outcome, report)(**arguments))
    return made


def remembered(name: str, make: Make, *about: Any) -> Any:
    """Anything else that follows from the state: `make(held())`, once for each `name` and `about`."""
    now = keeper().now
    outcome = _there(now)
    return now.remember((name, *about), lambda: make(outcome))


def reckoned(name: str, make: Make, *about: Any) -> Any:
    """The same of what takes long and rests on the outcome alone: where it was asked for lately it is made of a new state before that is shown."""
    now = keeper().now
    _there(now)
    return now.reckon((name, *about), make)


def usual(name: str, make: Make, *about: Any) -> Any:
    """The same of what nearly every page asks for: made of each new state as soon as it is shown, so that nobody waits for it."""
    now = keeper().now
    _there(now)
    return now.usually((name, *about), make)


def lasting(name: str, lead_id: object, make: Make) -> Any:
    """What follows of one lead: `make(held())`, once for as long as the lead's rows are the same."""
    now = keeper().now
    outcome = _there(now)
    return now.last((name, lead_id), lambda: make(outcome))


def _there(now: Held) -> Outcome:
    if now.outcome is None:
        raise EmptyWorkspace
    return now.outcome
