"""How often somebody may fail to log in: counted by account and by address, in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque

WITHIN_SECONDS = 15 * 60
OF_AN_ACCOUNT = 10
OF_AN_ADDRESS = 50
"""An office shares one address."""
REMEMBERED = 10_000

_failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
_lock = threading.Lock()


def wait_seconds(email: str, address: str) -> int:
    """For how long nobody may try this account, or from this address; 0: go ahead."""
    with _lock:
        waits = (_wait(("account", email), OF_AN_ACCOUNT), _wait(("address", address), OF_AN_ADDRESS))
    return max(waits)


def failed(email: str, address: str) -> None:
    """One more failure."""
    with _lock:
        for key in (("account", email), ("address", address)):
            _failures.setdefault(key, deque(maxlen=OF_AN_ADDRESS)).append(time.monotonic())
            _failures.move_to_end(key)
        while len(_failures) > REMEMBERED:
            _failures.popitem(last=False)


def forgiven(email: str) -> None:
    """Somebody logged in: the account's failures are forgotten, the address's are not."""
    with _lock:
        _failures.pop(("account", email), None)


def forget() -> None:
    """No failure is remembered any more."""
    with _lock:
        _failures.clear()


def _wait(key: tuple[str, str], most: int) -> int:
    """Seconds until fewer than `most` failures lie within the time."""
    times, now = _failures.get(key, deque()), time.monotonic()
    recent = [at for at in times if now - at < WITHIN_SECONDS]
    return int(recent[-most] + WITHIN_SECONDS - now) + 1 if len(recent) >= most else 0
