"""What people do with leads, for programs: each act once, by a key of its own, in the name of a user."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, HeaderEx, P, PathEx, Router

from smarketing.actions.acts.asked import Asked, Done
from smarketing.actions.acts.changed import read_tag
from smarketing.actions.acts.door import act
from smarketing.actions.acts.undoing import undo
from smarketing.web.api import shapes
from smarketing.web.api.reads import answered
from smarketing.web.states import place

router = Router(tags=["Acts"])
KEY = r"^[A-Za-z0-9._~+/=-]{1,180}$"
Key = HeaderEx[
    str,
    P(alias="Idempotency-Key", pattern=KEY, description="One for each act, such as a UUID; the same again does nothing twice."),
]
Seen = HeaderEx[
    str | None,
    P(alias="If-Match", description="The `etag` of the lead as it was seen; the act is done only if nobody changed it since."),
]
MISTAKES: dict[int, Any] = {code: shapes.Mistake for code in (400, 401, 403, 404, 413, 429)}
ANSWERS: dict[int, Any] = {
    200: shapes.Act,
    201: shapes.Act,
    **MISTAKES,
    409: shapes.TakenByOther,
    412: shapes.Stale,
    422: shapes.NotAsked,
}


@router.post("/leads/{path:lead_id}/acts", url_name="act", summary="Do something with a lead", response=ANSWERS)
def do(request: HttpRequest, lead_id: str, key: Key, asked: Body[shapes.ActAsked], seen: Seen = None) -> HttpResponse:
    """201: done, and its facts are durable; 200: it was done before under this key, and this is what was answered.

    409 names who was faster and when; 412 says what changed since `If-Match`; 422 names the place, the reason and the mend.
    """
    said = asked.dict(exclude_none=True)
    verb = said.pop("verb")
    return _answer(act(place(), request.user, Asked(verb, lead_id, key, _newest(seen), said), now=place().now()))  # type: ignore[arg-type]


@router.post("/acts/{path:done}/undo", url_name="undo", summary="Take an act back", response=ANSWERS)
def take_back(request: HttpRequest, done: PathEx[str, P(description="The key of the act.")], key: Key) -> HttpResponse:
    """One's own, within 15 minutes, while nobody did anything with the lead since; its facts are retracted."""
    return _answer(undo(place(), request.user, done, now=place().now(), new_key=key))  # type: ignore[arg-type]


def _answer(done: Done) -> HttpResponse:
    response = answered(done.body)
    response.status_code = done.status
    response.headers["ETag"] = f'"{done.body["etag"]}"'
    return response


def _newest(seen: str | None) -> str | None:
    """Of several tags the one that was given last; None for any."""
    if seen is None or seen.strip() == "*":
        return None
    tags = [tag.strip() for tag in seen.split(",")]
    return max(tags, key=lambda tag: found.serial if (found := read_tag(tag)) else -1)
