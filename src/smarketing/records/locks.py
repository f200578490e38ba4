"""A file that one process at a time may hold, or several together, until they let go or end."""

from __future__ import annotations

from typing import IO, Any


def taken(file: IO[Any], how: str = "LOCK_EX", *, wait: bool = False) -> bool:
    """Take the lock of an open file; whether it is ours now. Where the system or the disk has no such locks, it always is.

    `how`: `LOCK_EX` for one process alone, `LOCK_SH` for several, `LOCK_UN` to let go.
    """
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, getattr(fcntl, how) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
