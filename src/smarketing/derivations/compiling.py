"""Compilation of the fold's kernels, with a cache that sees every edit.

Numba keys its cache on the file of the compiled function alone: edit a function it calls, and it goes on returning the old
result. So the cache lives in a folder named by the hash of all kernel sources and the Numba version; an edit anywhere in this
room moves to a new folder. Kernels get `njit` from here, never from numba.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel_hash(folder: Path) -> str:
    """A short name for the state of all Python sources below `folder` under this Numba."""
    digest = hashlib.sha256(f"numba {numba.__version__}".encode())
    for source in sorted(folder.rglob("*.py")):
        digest.update(source.relative_to(folder).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def user_cache_folder() -> Path:
    """Where this system keeps what can be made again; `NUMBA_CACHE_DIR` names another place."""
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "smarketing"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "smarketing"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "smarketing"


def writable(folder: Path) -> Path | None:
    """The folder, made if need be; None where nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


_one_at_a_time = threading.Lock()
"""The setting of where kernels are kept is the whole process's: two threads that import at once would put them wherever the process stands."""


@cache
def cache_folder() -> Path:
    """The folder of compiled kernels for exactly these sources; a temporary one where the user's cannot be written."""
    name = "kernels-" + kernel_hash(Path(__file__).parent)
    try:
        folder = writable(user_cache_folder() / name)
    except RuntimeError:  # no home directory
        folder = None
    return folder or Path(tempfile.mkdtemp(prefix="smarketing-" + name))


@cache
def prepared() -> bool:
    """False when the kernels still have to be compiled here, which takes a while, once."""
    return any(cache_folder().rglob("*.nbi"))


def compiled(function: Kernel, **options: Any) -> Kernel:
    """Compile `function` on its first call: without the interpreter lock, cached under `cache_folder()`."""
    with _one_at_a_time:
        before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
        prepared()
        try:
            numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
            result: Kernel = numba.njit(function, nogil=True, cache=True, **options)
        finally:
            numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
    return result


def njit(function: Kernel) -> Kernel:
    """Compile a function that may make arrays."""
    return compiled(function)


def kernel(function: Kernel) -> Kernel:
    """Compile a function that makes no array of its own, without counting references to those it is given.

    The caller holds them all the while. Counting took most of the fold's time: each call counts every array of every tuple up
    and down, atomically. It is also put into its caller, for most of what was left went into handing over those tuples: some
    two hundred numbers at each call.
    """
    return compiled(function, _nrt=False, forceinline=True)
