"""The public face: what `import smarketing as sm` offers, all of it and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

import smarketing


def test_the_public_names_are_these():
    """A change here is a change for everybody who uses the library."""
    assert smarketing.__all__ == [
        "Agreement",
        "DocumentError",
        "Outcome",
        "Problem",
        "Replayer",
        "Report",
        "SmarketingError",
        "backtest",
        "check_agreement",
        "difference",
        "load_agreement",
        "load_agreements",
        "replay",
        "scan_facts",
        "write_example",
        "write_facts",
    ]


@pytest.mark.parametrize("name", smarketing.__all__)
def test_a_public_name_is_there_under_its_own_name_and_says_what_it_is(name: str):
    value = getattr(smarketing, name)
    assert value.__name__ == name
    assert value.__doc__
    assert name in dir(smarketing)


def test_another_name_is_not_there():
    with pytest.raises(AttributeError, match="has no attribute 'helper'"):
        smarketing.helper  # noqa: B018 -- asking is the test


def test_a_star_import_gives_the_public_names():
    code = "from smarketing import *; print(*sorted(name for name in dir() if not name.startswith('_')))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.split() == sorted(smarketing.__all__)
