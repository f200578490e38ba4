"""`POST /api/facts`: facts as they happen, durable when the answer comes.

What is a fact is kept, whatever else is in the message; what is none is named, and sending the same message again changes nothing.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import HttpBearer

from smarketing.journal.sent.facts import NotJson, Row, Told, TooMany, read_facts
from smarketing.records.facts import Stored
from smarketing.web.api import shapes
from smarketing.web.ingest.body import Refused, body_of
from smarketing.web.ingest.gathering import Gathering, Overloaded, store_together

AGAIN_SECONDS = 2
SENDERS, SECONDS_FOR_ROOM = 6, 2.0
"""So many requests take facts in at once, of the threads of the server, so that pages are answered meanwhile; the next one waits a moment."""
room = threading.BoundedSemaphore(SENDERS)


class WithAKey(HttpBearer):
    """A program's key, as OpenAPI calls it; the gate has looked it up."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The key, if the gate let it in."""
        return getattr(request, "key", None)


router = Router(tags=["Facts"])
FACT = shapes.SentFact.model_json_schema()
MANY = {"type": "array", "items": FACT}
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"oneOf": [FACT, MANY, {"type": "object", "properties": {"facts": MANY}}]}}},
    }
}


@lru_cache(maxsize=1)
def gathering() -> Gathering:
    """Where the facts of this process go to."""
    from smarketing.actions.live.calling import call_worker

    return Gathering(store_together, after=call_worker)


@router.post("/facts", url_name="facts", summary="Send facts", openapi_extra=BODY, response={
    200: shapes.Taken, 207: shapes.Taken, 422: shapes.Taken, **dict.fromkeys((400, 401, 403, 413, 415, 429, 503), shapes.Mistake),
})  # fmt: skip
def take(request: HttpRequest) -> HttpResponse:
    """One fact, a list of facts, or `{"facts": [...]}`. Good facts are kept, bad ones are named in `rejected`."""
    from django.db import DatabaseError

    try:
        told = read_facts(body_of(request), now=datetime.now(UTC))
        return answer(told, stored(told.rows) if told.rows else Stored(0, 0, 0))
    except Refused as refused:
        return _mistake(refused.status, refused.code, str(refused))
    except NotJson as wrong:
        return _mistake(413 if isinstance(wrong, TooMany) else 400, "not_understood", str(wrong))
    except Overloaded as full:
        return _mistake(full.status, "overloaded", str(full), again=full.seconds)
    except DatabaseError:
        return _mistake(503, "unavailable", "The facts could not be stored; nothing was acknowledged.", again=AGAIN_SECONDS)


def stored(rows: list[Row]) -> Stored:
    """What became of the rows, after the commit. Raises Overloaded, DatabaseError."""
    if not room.acquire(timeout=SECONDS_FOR_ROOM):
        raise Overloaded("too many send at once; nothing was acknowledged", seconds=1, status=429)
    try:
        return gathering().take(rows)
    finally:
        room.release()


def answer(told: Told, became: Stored) -> HttpResponse:
    """200: all are facts and durable; 207: those that are not in `rejected` are; 422: none of them is a fact."""
    status = 200 if not told.rejected else 207 if told.rows else 422
    said = {"new": became.new, "known": became.known, "conflicts": became.conflicts, "rejected": told.rejected}
    return HttpResponse(msgspec.json.encode(said), status=status, content_type="application/json; charset=utf-8")


def _mistake(status: int, code: str, message: str, *, again: int | None = None) -> HttpResponse:
    headers = {} if again is None else {"Retry-After": str(again)}
    said = msgspec.json.encode({"code": code, "message": message})
    return HttpResponse(said, status=status, headers=headers, content_type="application/json; charset=utf-8")
