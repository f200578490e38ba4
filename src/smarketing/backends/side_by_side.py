"""Some buckets at once, one for each core, and what they give in the order in which they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Name = TypeVar("Name")
Load = TypeVar("Load")
Made = TypeVar("Made")


def one_ahead(loads: Iterable[tuple[Name, Load]], make: Callable[[Load], Made], *, workers: int) -> Iterator[tuple[Name, Made]]:
    """What `make` makes of each load, with its name, in order. While one is taken the next ones are being made, never more than
    `workers` of them: that many are in memory."""
    if workers < 2:
        yield from ((name, make(load)) for name, load in loads)
        return
    waiting: deque[tuple[Name, Future[Made]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for name, load in loads:
                if len(waiting) == workers:
                    taken, future = waiting.popleft()
                    yield taken, future.result()
                waiting.append((name, pool.submit(make, load)))
            while waiting:
                taken, future = waiting.popleft()
                yield taken, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
