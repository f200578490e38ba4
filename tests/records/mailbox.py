"""A real mail server for the tests: it takes letters, refuses some, is slow, breaks off, asks for a password, speaks TLS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Mailbox:
    """What came in, and how the server behaves. Addresses say what becomes of a letter: nobody@ is refused, later@ for now,
    hangup@ breaks the connection, slow@ is answered after `seconds`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.tries: list[str] = []
        self.seconds = 0.0
        self.down = threading.Event()
        self.passwords: set[tuple[str, str]] = set()
        self.secret: list[bool] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Called for each address."""
        self.tries.append(address)
        name = address.partition("@")[0]
        if name == "nobody":
            return "550 5.1.1 there is nobody of this name"
        if name == "later":
            return "451 4.2.0 come again"
        if name == "hangup":
            server.transport.close()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called with each letter."""
        import asyncio

        if any(address.startswith("slow@") for address in envelope.rcpt_tos):
            await asyncio.sleep(self.seconds)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        self.envelopes.append((str(envelope.mail_from), [str(to) for to in envelope.rcpt_tos]))
        self.secret.append(session.ssl is not None)
        return "250 taken"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, how: str, told: Any) -> AuthResult:
        """Called with a login and its password."""
        known = isinstance(told, LoginPassword) and (told.login.decode(), told.password.decode()) in self.passwords
        return AuthResult(success=known, handled=False)

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one address."""
        return [letter for letter, (_, to) in zip(self.letters, self.envelopes, strict=True) if address in to]

    def about(self, subject: str, address: str) -> list[EmailMessage]:
        """The letters to one address whose subject begins so."""
        return [letter for letter in self.to(address) if letter["Subject"].strip().startswith(subject)]


class _OnAnyPort(Controller):
    """It asks itself at the port that the system chose, not at the one it was given."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server_running(mailbox: Mailbox, **how: Any) -> Iterator[str]:
    """A server on a free port of this machine; its host and port."""
    controller = _OnAnyPort(mailbox, hostname="127.0.0.1", port=0, authenticator=mailbox.authenticate, **how)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The context of a server with a certificate of its own for 127.0.0.1, and the file with which that one is trusted."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    own, trusted = folder / "own.pem", folder / "trusted.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own.write_bytes(plain + trusted.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    return context, trusted
