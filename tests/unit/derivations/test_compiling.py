"""The kernel cache sees every edit, also of a function that a kernel calls."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smarketing.derivations import compiling

CALLER = "from {source}\nfrom kernels.callee import step\n\n@{name}\ndef total(n: int) -> int:\n    return step(n)\n"
CALLEE = "from {source}\n\n@{name}\ndef step(n: int) -> int:\n    return n + {amount}\n"
OURS = ("kernels.compiling import kernel", "kernel")
PLAIN = ("numba import njit", "njit(cache=True)")


def total(folder: Path) -> int:
    """`total(1)` as a fresh process computes it."""
    run = [sys.executable, "-c", "from kernels.caller import total; print(total(1))"]
    env = os.environ | {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    env.pop("NUMBA_DISABLE_JIT", None)
    return int(subprocess.run(run, env=env, check=True, capture_output=True, text=True).stdout)


def write(folder: Path, amount: int, how: tuple[str, str]) -> None:
    """A room of kernels: one that calls another, which adds `amount`; the caller is written once."""
    kernels = folder / "kernels"
    kernels.mkdir(exist_ok=True)
    shutil.copy(str(compiling.__file__), kernels / "compiling.py")
    (kernels / "callee.py").write_text(CALLEE.format(source=how[0], name=how[1], amount=amount))
    if not (kernels / "caller.py").exists():
        (kernels / "caller.py").write_text(CALLER.format(source=how[0], name=how[1]))


@pytest.mark.parametrize(
    ("how", "after_the_edit"), [(OURS, 1 + 20), (PLAIN, 1 + 10)], ids=["ours", "numba alone returns the old result"]
)
def test_an_edited_callee_is_seen(tmp_path: Path, how: tuple[str, str], after_the_edit: int) -> None:
    write(tmp_path, 10, how)
    assert [total(tmp_path), total(tmp_path)] == [11, 11]
    write(tmp_path, 20, how)
    assert total(tmp_path) == after_the_edit


def test_every_source_of_the_room_names_the_cache(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "inner" / "b.py").write_text("y = 1")
    first = compiling.kernel_hash(tmp_path)
    assert compiling.kernel_hash(tmp_path) == first
    (tmp_path / "inner" / "b.py").write_text("y = 2")
    assert compiling.kernel_hash(tmp_path) != first


def test_a_place_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert compiling.writable(tmp_path / "file" / "below") is None
    assert compiling.writable(tmp_path / "new") == tmp_path / "new"


def test_kernels_of_modules_that_are_imported_at_once_are_all_kept_in_their_folder() -> None:
    """The setting that says where is the whole process's."""
    from concurrent.futures import ThreadPoolExecutor

    from smarketing.derivations.compiling import cache_folder, compiled

    def kernel(number: int) -> int:
        return number + 1

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: compiled(kernel), range(400)))
    places = {Path(each.stats.cache_path).parent for each in made}  # type: ignore[attr-defined]
    assert places == {cache_folder()}
