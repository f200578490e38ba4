"""Codes as an app on a phone makes them (RFC 6238), written down once more without the library that checks them."""

from __future__ import annotations

import base64
import hmac
import time

STEP_SECONDS = 30


def code_of(secret: str, *, steps: int = 0) -> str:
    """The six digits that an app shows now; `steps` of half a minute later or earlier."""
    counter = int(time.time()) // STEP_SECONDS + steps
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
