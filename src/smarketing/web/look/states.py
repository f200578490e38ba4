"""States: for each a word, a shape and a tone, so that none is told by colour alone."""

from __future__ import annotations

from typing import NamedTuple


class State(NamedTuple):
    """How a state is shown: `word` for people, `shape` a drawing of `look.icons`, `tone` good | bad | running | quiet."""

    word: str
    shape: str
    tone: str


STATES: dict[str, State] = {
    # commitments
    "met": State("met", "met", "good"),
    "on_pace": State("on pace", "on_pace", "running"),
    "behind": State("behind", "behind", "bad"),
    "missed": State("missed", "missed", "bad"),
    "trial": State("on trial", "trial", "quiet"),
    # versions of the agreement
    "in force": State("in force", "met", "good"),
    "to come": State("to come", "open", "running"),
    "before": State("before", "void", "quiet"),
    "not met": State("not met", "missed", "bad"),
    # clocks
    "kept": State("kept", "met", "good"),
    "late": State("late", "late", "bad"),
    "breached": State("breached", "missed", "bad"),
    "open": State("open", "open", "running"),
    "void": State("void", "void", "quiet"),
    # verdicts on campaigns and reps
    "above": State("above expected", "above", "good"),
    "below": State("below expected", "below", "bad"),
    "as expected": State("as expected", "expected", "running"),
    "too few": State("too few to say", "few", "quiet"),
    # imports and other long work
    "done": State("done", "met", "good"),
    "running": State("running", "on_pace", "running"),
    "waiting": State("waiting", "open", "running"),
    "failed": State("failed", "missed", "bad"),
    # the worker
    "at work": State("at work", "on_pace", "running"),
    "stopped": State("stopped", "missed", "bad"),
}
NONE = State("nothing due yet", "few", "quiet")


def state_named(name: str | None) -> State:
    """The state of that name; None (and the empty text) is a share without a denominator yet; an unknown name speaks for itself."""
    if not name:
        return NONE
    return STATES.get(name) or State(name.replace("_", " "), "few", "quiet")
