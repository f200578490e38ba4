"""How a lead came: the campaigns and contents it touched, in order; what sales wants to know before it calls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smarketing.vocabulary.kinds import is_touch

Row = Mapping[str, Any]
CONTENTS: dict[str, tuple[str, ...]] = {
    "content_downloaded": ("title", "name", "content", "topic", "file", "url"),
    "webinar_attended": ("title", "webinar", "name", "topic"),
    "event_attended": ("title", "event", "name"),
    "form_submitted": ("form", "name", "url"),
    "comment_posted": ("url",),
    "referral_submitted": ("by",),
    "trial_started": ("plan", "product"),
    "chat_started": ("topic",),
    "called_us": (),
    "wrote_us": (),
}
"""The kinds that are worth naming, and the properties that name what it was, the best first."""


@dataclass(frozen=True, slots=True)
class Content:
    """Something it read, filled in or went to: the `kind` of fact, its `name` ("" where none was told), when first, and how often."""

    kind: str
    name: str
    at: datetime
    fact_id: str
    times: int = 1


@dataclass(slots=True)
class Step:
    """One stretch of the path: touches in a row with the same campaign (None: with none), by which channel, and what was touched."""

    campaign: str | None
    channel: str | None
    first_at: datetime
    last_at: datetime
    touches: int = 0
    contents: list[Content] = field(default_factory=list)


def came(facts: Iterable[Row]) -> list[Step]:
    """The path of one lead by its facts, in order of time. Touches without a campaign belong to the campaign before them for as long
    as nothing else is known: a lead that came by an advertisement and reads on came by it."""
    path: list[Step] = []
    for fact in sorted((one for one in facts if is_touch(one["kind"])), key=lambda one: (one["at"], one["fact_id"])):
        campaign = fact["campaign"] or None
        if not path or (campaign is not None and campaign != path[-1].campaign):
            path.append(Step(campaign, fact["channel"] or None, fact["at"], fact["at"]))
        step = path[-1]
        step.touches, step.last_at = step.touches + 1, fact["at"]
        step.channel = step.channel or fact["channel"] or None
        _add(step.contents, fact)
    return path


def _add(contents: list[Content], fact: Row) -> None:
    """Note what was touched; the same again is counted."""
    if fact["kind"] not in CONTENTS:
        return
    told = fact["properties"] or "{}"
    said = json.loads(told) if isinstance(told, str) else told
    name = next((str(said[key]) for key in CONTENTS[fact["kind"]] if said.get(key)), "")
    for place, known in enumerate(contents):
        if (known.kind, known.name) == (fact["kind"], name):
            contents[place] = Content(known.kind, known.name, known.at, known.fact_id, known.times + 1)
            return
    contents.append(Content(fact["kind"], name, fact["at"], fact["fact_id"]))
