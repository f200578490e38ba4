"""Sending: each letter that waits is handed to the mail server, by whichever worker has its row.

A letter is sent at least once. Its row stays locked while the server takes it, so that no other worker takes it as well, and it counts
as sent in the transaction that ends with the server's yes. Only a worker that is killed between the two sends it again, with the
same Message-ID, by which mail programs show it once. The other choice, to count it as sent before, would lose letters.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TYPE_CHECKING, NamedTuple

from smarketing.actions.mail_address import STARTTLS, TLS, MailServer
from smarketing.vocabulary.errors import OutsideError

if TYPE_CHECKING:
    from smarketing.records.notices import Letter

SECONDS_TO_ANSWER = 20
"""So long the server may take for each of its answers."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""After each try that failed; one more, and the letter is given up."""
MOST_AT_ONCE = 200
LONGEST_TROUBLE = 500
BROKEN_CONNECTIONS = 3
"""So many letters in a row that break the connection are the server's trouble, not theirs."""
TOO_LARGE = 552
logger = logging.getLogger(__name__)


class Refused(Exception):
    """This letter was not taken; `for_good`: it never will be."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


class Round(NamedTuple):
    """What became of the letters that waited: how many were sent, and how many were not taken."""

    sent: int
    refused: int


def send_waiting(server: MailServer, sender: str, *, most: int = MOST_AT_ONCE, stop: Callable[[], bool] = lambda: False) -> Round:
    """Send what waits, the longest waiting first, until `stop`. Raises OutsideError where the server cannot be spoken to at all."""
    sent = refused = broken = 0
    line = _Line(server, sender)
    try:
        while sent + refused < most and not stop():
            taken = _one(line)
            if taken is None:
                break
            sent, refused = sent + (taken == ""), refused + (taken != "")
            broken = broken + 1 if line.broken else 0
            if broken >= BROKEN_CONNECTIONS:
                raise OutsideError(f"the mail server breaks off: {taken}")
    finally:
        line.close()
    return Round(sent, refused)


def _one(line: _Line) -> str | None:
    """Send the letter that waits longest and that nobody else has: "" or why it was not taken; None where none waits."""
    from django.db import transaction

    from smarketing.records.notices import Letter

    now = datetime.now(UTC)
    with transaction.atomic():
        due = Letter.objects.filter(sent_at=None, next_at__lte=now).order_by("next_at", "id")
        letter = due.select_for_update(skip_locked=True).first()
        if letter is None:
            return None
        line.open()
        try:
            line.send(letter)
        except Refused as why:
            _postpone(letter, why)
            return str(why) or "refused"
        letter.sent_at, letter.message, letter.trouble = datetime.now(UTC), None, ""
        letter.save(update_fields=["sent_at", "message", "trouble"])
    return ""


def _postpone(letter: Letter, why: Refused) -> None:
    """Try again after a pause that grows, or give it up."""
    over = why.for_good or letter.attempts >= len(PAUSES)
    letter.next_at = None if over else datetime.now(UTC) + PAUSES[letter.attempts]
    letter.attempts += 1
    letter.trouble = str(why)[:LONGEST_TROUBLE]
    if over:
        letter.message = None
        logger.warning("A letter to %s was given up: %s", letter.to, letter.trouble)
    letter.save(update_fields=["next_at", "attempts", "trouble", "message"])


class _Line:
    """A connection to the mail server, made for the first letter and again after it broke."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self.server, self.sender, self.broken = server, sender, False
        self.link: smtplib.SMTP | None = None

    def open(self) -> None:
        """Speak to the server. Raises OutsideError."""
        self.broken = False
        if self.link is not None:
            return
        try:
            self.link = _connected(self.server)
        except (OSError, smtplib.SMTPException) as trouble:
            where = f"{self.server.host}:{self.server.port}"
            raise OutsideError(f"the mail server {where} cannot be spoken to: {_said(trouble)}") from trouble

    def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises Refused, OutsideError."""
        assert self.link is not None, "the line is open"
        message = _addressed(letter, self.sender)
        try:
            self.link.send_message(message, from_addr=parseaddr(self.sender)[1], to_addrs=[letter.to])
        except smtplib.SMTPSenderRefused as trouble:
            if trouble.smtp_code != TOO_LARGE:
                raise OutsideError(f"the mail server takes nothing from {self.sender}: {_said(trouble)}") from trouble
            raise Refused(_said(trouble), for_good=True) from trouble
        except smtplib.SMTPRecipientsRefused as trouble:
            code, said = next(iter(trouble.recipients.values()))
            raise self._refused(code, _text(said)) from trouble
        except smtplib.SMTPResponseException as trouble:
            raise self._refused(trouble.smtp_code, _said(trouble)) from trouble
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError) as trouble:
            raise Refused(_said(trouble), for_good=True) from trouble
        except (OSError, smtplib.SMTPException) as trouble:
            self.close()
            self.broken = True
            raise Refused(f"the connection broke: {_said(trouble)}", for_good=False) from trouble

    def _refused(self, code: int, said: str) -> Refused:
        """5xx is for good. After 421 the server is gone."""
        if code == 421:
            self.close()
        return Refused(f"{code} {said}", for_good=500 <= code < 600)

    def close(self) -> None:
        """Say goodbye, if anybody is there to hear it."""
        if self.link is None:
            return
        try:
            self.link.quit()
        except (OSError, smtplib.SMTPException):
            self.link.close()
        self.link = None


def _connected(server: MailServer) -> smtplib.SMTP:
    """A connection over which letters can be sent; certificates are checked, and without TLS where it was asked for nothing is said."""
    trusted = ssl.create_default_context()
    link: smtplib.SMTP
    if server.tls == TLS:
        link = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS_TO_ANSWER, context=trusted)
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=SECONDS_TO_ANSWER)
    try:
        if server.tls == STARTTLS:
            link.starttls(context=trusted)
        if server.user:
            link.login(server.user, server.password)
    except BaseException:
        link.close()
        raise
    return link


def _addressed(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it goes out: from somebody, and with an id that is the same at every try."""
    message = message_from_bytes(bytes(letter.message or b""), policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    domain = parseaddr(sender)[1].partition("@")[2]
    message["From"] = sender
    message["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:32]}@{domain}>"
    return message


def _said(trouble: BaseException) -> str:
    """What a server said, without the letter that it said it of."""
    code, said = getattr(trouble, "smtp_code", ""), getattr(trouble, "smtp_error", "")
    return f"{code} {_text(said)}".strip() if said else str(trouble) or type(trouble).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
