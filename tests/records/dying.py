"""A program that acts until it is killed: `python -m tests.records.dying URL FOLDER POINT`, where POINT is what it does last.

At that point it stops, says so on its output, and waits for the end.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

AT = datetime.fromisoformat("2026-01-11T00:00:00+00:00")
POINTS = {
    "act": "smarketing.records.acts.begin_act",
    "turn": "smarketing.records.acts.take_turn",
    "facts": "smarketing.records.stream.store_messages",
    "answer": "smarketing.actions.acts.door.finish",
    "commit": "",
}
"""After which function it stops; `commit`: after everything."""


def stop() -> None:
    """Say that the point is reached, and do nothing more."""
    print("there", flush=True)
    time.sleep(600)


def stop_after(name: str) -> None:
    """Let a function do its work, and nothing after it."""
    from importlib import import_module

    module, _, function = name.rpartition(".")
    real = getattr(import_module(module), function)

    def last(*args: Any, **options: Any) -> Any:
        done = real(*args, **options)
        stop()
        return done

    setattr(import_module(module), function, last)


def main(url: str, folder: str, point: str) -> None:
    """Act once, up to the point."""
    from smarketing.records.database import open_records

    open_records(url)
    from smarketing.actions.acts.asked import Asked
    from smarketing.actions.acts.door import act
    from smarketing.actions.live import calling
    from smarketing.actions.workspace import Workspace
    from smarketing.records.people import User

    calling.call_worker = lambda: None  # type: ignore[assignment]
    if POINTS[point]:
        stop_after(POINTS[point])
    user = User.objects.get(email="anna@hart.example")
    act(Workspace(Path(folder)), user, Asked("accepted", "one", "mortal", None, {"note": "hello"}), now=AT)
    stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
