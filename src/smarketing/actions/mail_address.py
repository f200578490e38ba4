"""Where the mail server is and how it is spoken to, as one address: `smtp://user:password@host:587?starttls`."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

PLAIN, STARTTLS, TLS = "plain", "starttls", "tls"
PORTS = {PLAIN: 25, STARTTLS: 587, TLS: 465}
LIKE = "write something like smtp://user:password@mail.example.com:587?starttls, or smtps://… where the server speaks TLS at once"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server. `tls`: plain, starttls (asked for, and insisted on), or tls from the first byte; `user`: "" where it asks for none."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server(text: str) -> MailServer:
    """The server of an address. Raises ValueError, without the password, for one that is none."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"that is no mail server; {LIKE}") from None
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path.strip("/") or parts.query not in ("", STARTTLS):
        raise ValueError(f"that is no mail server; {LIKE}")
    if parts.scheme == "smtps" and parts.query:
        raise ValueError("smtps speaks TLS from the first byte on; starttls belongs to smtp")
    tls = TLS if parts.scheme == "smtps" else parts.query or PLAIN
    return MailServer(host, port or PORTS[tls], tls, unquote(parts.username or ""), unquote(parts.password or ""))


def sender(text: str) -> str:
    """Whom letters are from, such as `Smarketing <smarketing@example.com>`. Raises ValueError for what is no address."""
    _, address = parseaddr(text)
    name, at, domain = address.partition("@")
    if not (name and at and domain) or any(sign in text for sign in "\r\n") or " " in address:
        raise ValueError(
            f'"{text}" is no address to send from; write smarketing@example.com or Smarketing <smarketing@example.com>'
        )
    return text


def usual_sender(server: MailServer, url: str | None) -> str:
    """Whom letters are from where nobody says it: the server's user where that is an address, else somebody of the pages' host."""
    if "@" in server.user:
        return f"Smarketing <{server.user}>"
    host = urlsplit(url or "").hostname or server.host
    return f"Smarketing <smarketing@{host}>"
