"""Letters over real SMTP: each is sent once, whatever the server does, whoever else sends, and whoever is killed meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smarketing.actions.mail_address import MailServer, mail_server, sender, usual_sender
from smarketing.vocabulary.errors import OutsideError, UsageError
from tests.records.mailbox import Mailbox, certificate, mail_server_running
from tests.records.test_facts import run

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("no_letters")]
FROM = "Smarketing <smarketing@hart.example>"


@pytest.fixture
def no_letters(empty_records: None) -> None:
    """An empty queue."""
    run("TRUNCATE letter")


@pytest.fixture
def mailbox() -> Mailbox:
    """What the server took."""
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[str]:
    """A server that asks for no password."""
    with mail_server_running(mailbox) as where:
        yield f"smtp://{where}"


def put(to: str, key: str = "", **more: Any) -> bool:
    """Put a letter into the queue."""
    from smarketing.actions.mail.post import post

    return post(key=key or to, to=to, **{"subject": "News", "text": "Something happened.", **more})


def send(url: str, **how: Any) -> Any:
    """Send what waits."""
    from smarketing.actions.mail.sending import send_waiting

    return send_waiting(mail_server(url), FROM, **how)


def waiting() -> list[tuple[str, int, bool]]:
    """Of each letter that was not sent: to whom, after how many tries, and whether it will be tried again."""
    rows = run('SELECT "to", attempts, next_at IS NOT NULL FROM letter WHERE sent_at IS NULL ORDER BY "to"')
    return [tuple(row) for row in rows]


def due_now() -> None:
    """The pauses are over."""
    run("UPDATE letter SET next_at = created_at WHERE next_at IS NOT NULL")


def test_a_letter_arrives_as_it_was_written(server: str, mailbox: Mailbox) -> None:
    from smarketing.actions.mail.post import Picture

    put("rita@hart.example", subject="Fünf\nleads", text="Größe: 5\n", html="<p>Größe: 5 <img src='cid:waterfall'></p>",
        pictures=[Picture("waterfall", b"\x89PNG not really", "a chart")])  # fmt: skip
    assert send(server) == (1, 0)
    (letter,) = mailbox.letters
    assert mailbox.envelopes == [("smarketing@hart.example", ["rita@hart.example"])]
    assert (letter["To"], letter["From"], letter["Subject"]) == ("rita@hart.example", FROM, "Fünf leads")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@hart.example>")
    assert letter.get_body(("plain",)).get_content().strip() == "Größe: 5"  # type: ignore[union-attr]
    assert "Größe: 5" in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    (picture,) = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content()) == ("<waterfall>", b"\x89PNG not really")


def test_a_letter_is_sent_once_and_what_it_said_is_forgotten(server: str, mailbox: Mailbox) -> None:
    assert [put("rita@hart.example"), put("rita@hart.example"), put("rita@hart.example", text="Another.")] == [True, False, False]
    assert [send(server).sent, send(server).sent] == [1, 0]
    assert not put("rita@hart.example")
    assert send(server).sent == 0
    assert len(mailbox.letters) == 1
    assert run("SELECT message, trouble FROM letter") == [(None, "")]


def test_an_address_that_is_refused_holds_up_nobody(server: str, mailbox: Mailbox) -> None:
    from smarketing.actions.mail.outgoing import outgoing

    assert outgoing() == (0, 0, 0, "")
    for name in ("a", "nobody", "b", "later", "c", "hangup", "d"):
        put(f"{name}@hart.example")
    assert send(server) == (4, 3)
    assert [to for _, (to,) in mailbox.envelopes] == [f"{name}@hart.example" for name in "abcd"]
    assert waiting() == [("hangup@hart.example", 1, True), ("later@hart.example", 1, True), ("nobody@hart.example", 1, False)]
    now = outgoing()
    assert (now.wait, now.tried, now.given_up) == (2, 2, 1)
    assert now.trouble in {trouble for (trouble,) in run("SELECT trouble FROM letter WHERE sent_at IS NULL")}
    troubles = dict(run('SELECT "to", trouble FROM letter WHERE sent_at IS NULL'))
    assert "there is nobody of this name" in troubles["nobody@hart.example"]
    assert "the connection broke" in troubles["hangup@hart.example"]


def test_pauses_grow_and_end(server: str, mailbox: Mailbox) -> None:
    from smarketing.actions.mail.sending import PAUSES

    put("later@hart.example")
    pauses = []
    for _ in range(len(PAUSES)):
        begun = datetime.now(UTC)
        assert send(server) == (0, 1)
        ((next_at,),) = run("SELECT next_at FROM letter")
        pauses.append(round((next_at - begun) / timedelta(minutes=1)))
        assert send(server) == (0, 0), "nothing is due before the pause is over"
        due_now()
    assert pauses == sorted(pauses) == [pause / timedelta(minutes=1) for pause in PAUSES]
    assert send(server) == (0, 1)
    assert waiting() == [("later@hart.example", len(PAUSES) + 1, False)]
    due_now()
    assert send(server) == (0, 0)


def test_a_letter_that_came_back_later_is_taken_then(server: str, mailbox: Mailbox) -> None:
    put("later@hart.example")
    send(server)
    mailbox.handle_RCPT = _takes_everybody  # type: ignore[method-assign]
    due_now()
    assert send(server) == (1, 0)
    assert len(mailbox.letters) == 1


async def _takes_everybody(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
    envelope.rcpt_tos.append(address)
    return "250 OK"


def test_a_server_that_is_away_costs_no_letter_a_try(mailbox: Mailbox) -> None:
    with socket.socket() as taken:  # bound and deaf
        taken.bind(("127.0.0.1", 0))
        put("rita@hart.example")
        with pytest.raises(OutsideError, match="cannot be spoken to"):
            send(f"smtp://127.0.0.1:{taken.getsockname()[1]}")
    assert waiting() == [("rita@hart.example", 0, True)]


def test_a_server_that_always_breaks_off_is_left_alone(server: str, mailbox: Mailbox) -> None:
    for number in range(10):
        put("hangup@hart.example", key=str(number))
    with pytest.raises(OutsideError, match="breaks off"):
        send(server)
    assert len(mailbox.tries) == 3


def test_a_slow_server_is_waited_for_and_one_that_is_too_slow_is_not(
    server: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smarketing.actions.mail import sending

    put("slow@hart.example")
    mailbox.seconds = 0.5
    assert send(server) == (1, 0)
    monkeypatch.setattr(sending, "SECONDS_TO_ANSWER", 0.2)
    put("slow@hart.example", key="again")
    put("rita@hart.example")
    assert send(server) == (1, 1)
    assert waiting() == [("slow@hart.example", 1, True)]


def test_a_password_is_asked_for_over_tls(mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = certificate(tmp_path)
    mailbox.passwords = {("smarketing@hart.example", "geheim/1")}
    put("rita@hart.example")
    login = "smarketing%40hart.example:geheim%2F1"
    with mail_server_running(mailbox, tls_context=context, require_starttls=True, auth_required=True) as where:
        with pytest.raises(OutsideError, match="certificate"):
            send(f"smtp://{login}@{where}?starttls")  # a stranger's certificate is trusted by nobody
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with pytest.raises(OutsideError, match="535"):
            send(f"smtp://smarketing%40hart.example:wrong@{where}?starttls")
        with pytest.raises(OutsideError, match="STARTTLS"):
            send(f"smtp://{where}")
        assert send(f"smtp://{login}@{where}?starttls") == (1, 0)
    assert mailbox.secret == [True]


def test_a_server_that_speaks_tls_from_the_first_byte(mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    put("rita@hart.example")
    with mail_server_running(mailbox, ssl_context=context) as where:
        assert send(f"smtps://{where}") == (1, 0)


def test_starttls_that_was_asked_for_is_insisted_on(server: str, mailbox: Mailbox) -> None:
    put("rita@hart.example")
    with pytest.raises(OutsideError, match="STARTTLS"):
        send(f"{server}?starttls")
    assert mailbox.letters == []


def test_eight_who_send_at_once_send_each_letter_once(server: str, mailbox: Mailbox) -> None:
    from django.db import connection

    for number in range(60):
        put(f"rep-{number}@hart.example")
    gate = threading.Barrier(8)

    def work(_: int) -> int:
        gate.wait()
        try:
            return int(send(server).sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        sent = list(threads.map(work, range(8)))
    assert sum(sent) == 60
    assert len([share for share in sent if share]) > 1, "only one of them did anything"
    assert sorted(to for _, (to,) in mailbox.envelopes) == sorted({f"rep-{number}@hart.example" for number in range(60)})


def killed_while_sending(database: str, url: str) -> None:
    """A worker of its own, to be killed."""
    from smarketing.records.database import open_records

    open_records(database)
    send(url)


def test_kill_nine_loses_no_letter_and_doubles_none_that_the_server_had_not_taken(
    server: str, mailbox: Mailbox, database_url: str
) -> None:
    for name in ("a", "slow", "b", "c"):
        put(f"{name}@hart.example")
    mailbox.seconds = 30
    worker = multiprocessing.get_context("spawn").Process(target=killed_while_sending, args=(database_url, server))
    worker.start()
    until = time.monotonic() + 60
    while "slow@hart.example" not in mailbox.tries and time.monotonic() < until:
        time.sleep(0.02)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    mailbox.seconds = 0
    until = time.monotonic() + 20
    while send(server).sent + len(mailbox.letters) and waiting() and time.monotonic() < until:
        time.sleep(0.1)
    assert waiting() == []
    assert sorted(to for _, (to,) in mailbox.envelopes) == [f"{name}@hart.example" for name in ("a", "b", "c", "slow")]


def test_a_letter_that_was_sent_twice_after_all_has_the_same_id(server: str, mailbox: Mailbox) -> None:
    from smarketing.records.notices import Letter

    put("rita@hart.example")
    kept = bytes(Letter.objects.get().message or b"")
    send(server)
    run("UPDATE letter SET sent_at = NULL, next_at = created_at")
    Letter.objects.update(message=kept)
    send(server)
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1
    assert len(mailbox.letters) == 2


@pytest.mark.parametrize(
    ("address", "means"),
    [
        ("smtp://mail.hart.example", MailServer("mail.hart.example", 25, "plain")),
        ("smtp://rita:a%20b@mail.hart.example?starttls", MailServer("mail.hart.example", 587, "starttls", "rita", "a b")),
        ("smtps://mail.hart.example:4650", MailServer("mail.hart.example", 4650, "tls")),
        ("smtp://[::1]:2525", MailServer("::1", 2525, "plain")),
    ],
)
def test_an_address_of_a_server_is_read(address: str, means: MailServer) -> None:
    assert mail_server(address) == means


@pytest.mark.parametrize(
    "wrong", ["http://mail.hart.example", "smtp://", "smtp://a:geheim@host:port", "smtps://host?starttls", "smtp://host/box", "smtp://host?tls"]
)  # fmt: skip
def test_what_is_no_server_is_refused_without_its_password(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"smtp") as said:
        mail_server(wrong)
    assert "geheim" not in str(said.value)
    assert "geheim" not in repr(mail_server("smtp://a:geheim@host"))


def test_a_sender_is_an_address() -> None:
    assert sender(FROM) == FROM
    for wrong in ("Smarketing", "a@", "a@b\nBcc: c@d", "a b@c"):
        with pytest.raises(ValueError, match="no address"):
            sender(wrong)
    assert usual_sender(mail_server("smtp://x%40y.example:p@host"), None) == "Smarketing <x@y.example>"
    assert usual_sender(mail_server("smtp://host"), "https://hart.example") == "Smarketing <smarketing@hart.example>"


def test_settings_of_mail_are_checked(tmp_path: Path) -> None:
    from smarketing.actions.settings import read_settings

    (tmp_path / ".env").write_text("SMARKETING_MAIL_URL=smtp://a:geheim@\nSMARKETING_MAIL_FROM=me\nSMARKETING_DAILY_AT=7.30\n")
    with pytest.raises(UsageError) as said:
        read_settings(tmp_path, {})
    assert str(said.value).count(".env:") == 3
    assert "geheim" not in str(said.value)


def test_tests_speak_real_tls() -> None:
    """The control: a context that trusted everybody would make the certificate's test worthless."""
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
