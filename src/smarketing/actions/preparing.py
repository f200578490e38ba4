"""What is compiled once on a machine and not needed at once: done beside, by a process that stands back for everybody."""

from __future__ import annotations

import multiprocessing
import os
from contextlib import suppress
from pathlib import Path

STANDS_BACK = 15
"""How nice it is to other processes (0 to 19)."""
DONE = "attribution-is-prepared"
"""So is the file called that says so, beside what was compiled."""


def prepare_attribution(facts: Path, agreement: Path) -> None:
    """Where attribution was never compiled on this machine, let another process attribute these facts; returns at once.

    Else whoever asks first waits until that is done, for some ten seconds.
    """
    from smarketing.derivations.compiling import cache_folder

    if (cache_folder() / DONE).exists():
        return
    spawn = multiprocessing.get_context("spawn")
    spawn.Process(target=_attribute, args=(facts, agreement), name="smarketing preparing", daemon=True).start()


def _attribute(facts: Path, agreement: Path) -> None:
    from smarketing import load_agreements, replay
    from smarketing.actions.children import end_with_parent, leave_the_keyboard_to_the_parent
    from smarketing.derivations.compiling import cache_folder

    leave_the_keyboard_to_the_parent()
    end_with_parent()
    with suppress(AttributeError, OSError):
        os.nice(STANDS_BACK)
    with suppress(Exception):  # nothing rests on it, and nobody asked for it
        replay(facts, load_agreements(agreement), tables=["stage_entries", "handoffs", "credits"]).attribution()
        (cache_folder() / DONE).touch()
