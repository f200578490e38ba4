"""What is compiled beside: once on a machine, by another process, which is quiet whatever happens."""

from __future__ import annotations

import multiprocessing
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from smarketing.actions.preparing import DONE, prepare_attribution
from smarketing.connectors.example.workspace import write_example
from smarketing.derivations import compiling

LONGEST = 180
REAL = compiling.cache_folder


def beside() -> list[BaseProcess]:
    """The processes that prepare."""
    return [child for child in multiprocessing.active_children() if child.name == "smarketing preparing"]


@pytest.fixture
def new_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what was compiled, where nothing is; what the other process takes is the real one."""
    monkeypatch.setattr(compiling, "cache_folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.slow
def test_on_a_new_machine_another_process_attributes_and_writes_down_that_it_did(tmp_path: Path, new_here: Path):
    company = write_example(tmp_path / "company")
    done = REAL() / DONE
    done.unlink(missing_ok=True)
    prepare_attribution(company.facts, tmp_path / "company" / "agreement")
    (child,) = beside()
    child.join(LONGEST)
    assert (child.exitcode, done.exists()) == (0, True)


@pytest.mark.slow
def test_facts_that_cannot_be_read_are_nobodys_trouble(tmp_path: Path, new_here: Path, capfd: pytest.CaptureFixture[str]):
    prepare_attribution(tmp_path / "none.parquet", tmp_path)
    (child,) = beside()
    child.join(LONGEST)
    assert (child.exitcode, capfd.readouterr().err) == (0, "")


def test_where_it_was_done_nothing_is_started(tmp_path: Path, new_here: Path):
    (new_here / DONE).touch()
    prepare_attribution(tmp_path / "none.parquet", tmp_path)
    assert beside() == []
