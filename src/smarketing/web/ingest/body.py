"""The body of a request: read once, unpacked, never more of it than is allowed."""

from __future__ import annotations

import zlib
from typing import Any

from django.http import HttpRequest

LARGEST = 4 * 1024 * 1024
"""Bytes of one message, as they are sent and as they are unpacked."""
PIECE = 64 * 1024
GZIP = zlib.MAX_WBITS | 16


class Refused(Exception):
    """A body that is not read to its end; `status` and `code` for the sender."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def body_of(request: HttpRequest) -> bytes:
    """The body, unpacked where it is gzip. Raises Refused."""
    packed = request.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("identity", "", "gzip"):
        raise Refused(415, "not_understood", f'the body is "{packed}"; send it as it is, or as gzip')
    stream: Any = request.META["wsgi.input"] if "chunked" in request.headers.get("Transfer-Encoding", "").lower() else request
    body = _read(stream)
    return unpacked(body) if packed == "gzip" else body


def unpacked(body: bytes) -> bytes:
    """What gzip holds; given up where it grows beyond what is allowed. Raises Refused."""
    reader = zlib.decompressobj(GZIP)
    try:
        found = reader.decompress(body, LARGEST + 1)
    except zlib.error as wrong:
        raise Refused(400, "not_understood", f"the body is no gzip: {wrong}") from wrong
    if len(found) > LARGEST:
        raise too_large()
    if not reader.eof or reader.unused_data:
        raise Refused(400, "not_understood", "the body is gzip that is cut off, or goes on after its end")
    return found


def too_large() -> Refused:
    """Of a body that is larger than allowed."""
    return Refused(413, "too_large", f"a message has at most {LARGEST // 1024**2} MiB, unpacked too; send the facts in several")


def _read(stream: Any) -> bytes:
    parts, size = [], 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > LARGEST:
            raise too_large()
        parts.append(piece)
    return b"".join(parts)
