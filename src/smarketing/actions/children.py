"""Processes that were started by another one of ours: spawned, never forked, and gone when that one is."""

from __future__ import annotations

import os
import threading


def end_with_parent() -> None:
    """Stop this process when the one that started it is gone, however it went."""
    import signal
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def leave_the_keyboard_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; this one waits for the word of the one that started it, told once.

    To be called before there is a second thread: threads have the mask of the one that starts them.
    """
    import signal

    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
