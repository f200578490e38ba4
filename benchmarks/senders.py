"""Programs that send facts, in a process of their own and as light as can be: `python -m benchmarks.senders SPEC`.

Everything is written out before the clock runs. Then each sender sends a message, reads the whole answer, and sends the next one, over a
connection that stays open. What says anything but 200 stops the run; what says "later" (429, 503) is sent again when it says.
"""

from __future__ import annotations

import heapq
import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

CAMPAIGNS, KINDS = 60, ("page_viewed", "email_opened", "ad_clicked", "content_downloaded")
LEADS = 50_000
HEAD = "POST /api/facts HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
LATER = (429, 503)
PIECE = 65_536


@dataclass
class Sender:
    """Somebody who sends messages over one connection: the one that is under way, since when, what was answered so far."""

    link: socket.socket
    message: bytes = b""
    since: float = 0.0
    answer: bytes = b""

    def send(self, message: bytes) -> None:
        """Begin with this one."""
        self.message, self.since = message, time.perf_counter()
        self.send_again()

    def send_again(self) -> None:
        """The same, from its first byte."""
        self.answer = b""
        self.link.sendall(self.message)


def a_fact(number: int, at: str, leads: int) -> dict[str, Any]:
    """A fact as websites send them; every twentieth holds a personal value."""
    said: dict[str, Any] = {"url": f"/products/{number % 5_000}", "seconds": number % 600}
    if number % 20 == 0:
        said["email"] = f"somebody-{number}@example.com"
    return {
        "fact_id": f"web:{number}", "lead_id": f"lead-{number % leads}", "at": at, "kind": KINDS[number % len(KINDS)], "source": "web",
        "campaign": f"campaign-{number % CAMPAIGNS}", "channel": "paid_search", "properties": said,
    }  # fmt: skip


def bodies(facts: int, size: int, begin: int) -> Iterator[bytes]:
    """The messages; every fact has its own time, as browsers write it."""
    hour_ago = time.time() - 3_600
    for start in range(begin, begin + facts, size):
        yield json.dumps(
            [a_fact(number, _at(hour_ago + number % 3_000_000 / 1_000), LEADS) for number in range(start, start + size)]
        ).encode()


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def send_all(place: tuple[str, int], messages: list[bytes], senders: int) -> list[float]:
    """Send every message; of each the milliseconds until its facts were durable."""
    rest, took, later = iter(messages), [], []
    with selectors.DefaultSelector() as listening:
        for number in range(senders):
            one = Sender(socket.create_connection(place))
            one.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            listening.register(one.link, selectors.EVENT_READ, (number, one))
            one.send(next(rest))
        while len(took) < len(messages):
            wait = max(0.0, later[0][0] - time.perf_counter()) if later else None
            for key, _ in listening.select(wait):
                number, one = key.data
                one.answer += one.link.recv(PIECE)
                if (answered := status(one.answer)) is None:
                    continue
                if answered[0] in LATER:
                    heapq.heappush(later, (time.perf_counter() + answered[1], number, one))
                    continue
                took.append(1000 * (time.perf_counter() - one.since))
                if (message := next(rest, None)) is not None:
                    one.send(message)
            while later and later[0][0] <= time.perf_counter():
                heapq.heappop(later)[2].send_again()
    return took


def status(answer: bytes) -> tuple[int, float] | None:
    """The status of an answer and the seconds after which to come again; None where it is not whole yet."""
    head, whole, body = answer.partition(b"\r\n\r\n")
    if not whole:
        return None
    first, *lines = head.decode().lower().split("\r\n")
    names = dict(line.split(": ", 1) for line in lines)
    if len(body) < int(names["content-length"]) if "content-length" in names else not body.endswith(b"0\r\n\r\n"):
        return None
    said = int(first.split()[1])
    assert said == 200 or said in LATER, answer.decode()
    return said, float(names.get("retry-after", 0))


def main(spec: dict[str, Any]) -> None:
    """Write everything out, say so, wait for a line, send, and tell how it went."""
    parts = urlsplit(spec["url"])
    written = [
        HEAD.format(parts.netloc, spec["token"], len(body)).encode() + body
        for body in bodies(spec["facts"], spec["size"], spec["begin"])
    ]
    print("ready", flush=True)
    sys.stdin.readline()
    own, begun = time.process_time(), time.perf_counter()
    took = send_all((parts.hostname or "", parts.port or 80), written, spec["senders"])
    print(
        json.dumps({"seconds": time.perf_counter() - begun, "milliseconds": took, "cpu": time.process_time() - own}), flush=True
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
