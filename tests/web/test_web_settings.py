"""The settings of the pages: strict where they are reached by https, usable on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("django", reason="needs the extra `app`")

from smarketing.vocabulary.errors import UsageError
from smarketing.web.settings import web_settings

SECRET = "9f3b-" * 12
CHECK = """
import sys
from pathlib import Path
from django.conf import settings
from smarketing.web.settings import web_settings
import django
settings.configure(**web_settings(database_url="postgresql://nobody@localhost/none", secret={secret!r}, url={url!r}, static_root=Path({folder!r}){more}))
django.setup()
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING", databases=[])
"""


def settings(url: str) -> dict[str, object]:
    return web_settings(database_url="postgresql://nobody@localhost/none", secret=SECRET, url=url, static_root=Path("static"))


def deployed(url: str, folder: Path, more: str = "") -> subprocess.CompletedProcess[str]:
    """`check --deploy` in a process of its own."""
    code = CHECK.format(secret=SECRET, url=url, folder=str(folder), more=more)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)


def test_check_deploy_is_clean(tmp_path: Path) -> None:
    result = deployed("https://smarketing.example.com", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    ("url", "more", "code"),
    [("http://localhost:8000", "", "security.W004"), ("https://a.example", ", development=True", "security.W018")],
)
def test_what_is_not_fit_for_others_would_be_said(tmp_path: Path, url: str, more: str, code: str) -> None:
    result = deployed(url, tmp_path, more)
    assert result.returncode == 1
    assert code in result.stderr


def test_over_https_cookies_are_for_https_alone_and_http_is_sent_on() -> None:
    ours = settings("https://smarketing.example.com")
    assert ours["SESSION_COOKIE_SECURE"] is ours["CSRF_COOKIE_SECURE"] is ours["SECURE_SSL_REDIRECT"] is True
    assert ours["SESSION_COOKIE_NAME"] == "__Host-smarketing-session"
    assert ours["ALLOWED_HOSTS"] == ["smarketing.example.com", "localhost", "127.0.0.1", "[::1]"]


def test_on_this_machine_http_works_and_promises_browsers_nothing() -> None:
    ours = settings("http://127.0.0.1:8000")
    assert ours["SESSION_COOKIE_SECURE"] is False
    assert "SECURE_HSTS_SECONDS" not in ours
    assert "SECURE_PROXY_SSL_HEADER" not in ours


@pytest.mark.parametrize("url", ["smarketing.example.com", "ftp://a.example", "https://", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="SMARKETING_URL"):
        settings(url)


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    import socket

    from smarketing.web.serving import serve

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot be used"):
            serve(tmp_path, port=taken.getsockname()[1])


def test_a_port_that_is_kept_is_taken_by_nobody_else() -> None:
    from smarketing.web.serving import _reserved

    with _reserved("127.0.0.1", 0) as held, pytest.raises(UsageError), _reserved("127.0.0.1", held.getsockname()[1]):
        raise AssertionError("two may not have it")


def test_free_ports_are_different_ones() -> None:
    from contextlib import ExitStack

    from smarketing.web.serving import _reserved

    with ExitStack() as kept:
        held = [kept.enter_context(_reserved("127.0.0.1", 0)) for _ in range(100)]
        assert len({each.getsockname()[1] for each in held}) == 100
