"""What was asked, read: a verb that exists, properties that belong to it, a reason that was agreed, a colleague who is there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from smarketing.actions.acts.asked import Asked, Refused, Value
from smarketing.actions.acts.verbs import LONGEST, LONGEST_OTHER, VERBS
from smarketing.vocabulary.periods import instant
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.agreement.models import Agreement

KEY = re.compile(r"[A-Za-z0-9._~+/=-]{1,190}")
"""An idempotency key; a colon numbers its facts."""
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONGEST_SNOOZE = timedelta(days=366)
OUTCOMES = {
    "call_made": ("connected", "no answer", "voicemail", "wrong number"),
    "email_sent": ("sent", "answered", "bounced"),
    "message_sent": ("sent", "answered"),
    "meeting_booked": ("booked",),
    "meeting_held": ("held", "did not come"),
}
"""What a page offers; any other word is one too."""


class Question(NamedTuple):
    """What was asked, ready to be a fact: `properties` without the empty ones, `until` an instant where it is put aside, `to` an address."""

    properties: dict[str, Value]
    until: datetime | None = None
    to: str | None = None


def check_key(key: str) -> None:
    """Raises Refused for an idempotency key that is none."""
    if not KEY.fullmatch(key):
        raise Refused("key", "this is no idempotency key", "send 1 to 180 letters, digits or . _ ~ + / = -, such as a UUID")


def read_question(asked: Asked, workspace: Workspace, *, now: datetime) -> Question:
    """The question, read. Raises Refused with the first thing that is wrong."""
    check_key(asked.key)
    verb = VERBS.get(asked.verb)
    if verb is None:
        raise Refused("verb", f'there is no act "{asked.verb[:40]}"', f"choose one of {', '.join(VERBS)}")
    given = {name: _clean(name, value) for name, value in asked.properties.items()}
    said = {name: value for name, value in given.items() if value != ""}
    known = (*verb.needs, *verb.may)
    for name in said:
        if name not in known:
            raise Refused(name[:40], f"{asked.verb} has no such property", f"leave it out{did_you_mean(name, known)}")
    for name in verb.needs:
        if name not in said:
            raise Refused(name, "it is missing", "fill it in")
    return _meant(asked.verb, said, workspace, now)


def reasons_of(agreement: Agreement, verb: str) -> list[str]:
    """The reasons that were agreed for a verb; none: any text will do."""
    return [each.reason for each in getattr(agreement.handoff.reasons, verb, [])]


def outcomes_of(agreement: Agreement, verb: str) -> list[str]:
    """The outcomes to offer for a verb, those first by which the agreement knows that the lead was reached."""
    agreed = [
        str(test.written)
        for one in agreement.handoff.connects
        if one.fact == verb and one.where is not None
        for name, test in one.where.root.items()
        if name == "outcome" and isinstance(test.written, str)
    ]
    return list(dict.fromkeys([*agreed, *OUTCOMES.get(verb, ())]))


def agreement_at(workspace: Workspace, now: datetime) -> Agreement:
    """The version in force."""
    from smarketing.agreement.sequence import version_at

    return version_at(workspace.agreements(), now)


def _clean(name: str, value: Value) -> Value:
    """A property as it is kept. Raises Refused."""
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused(name[:40], "this is no number", "write one, or a text")
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").strip()
    if UNREADABLE.search(text) or UNREADABLE.search(name):
        raise Refused(name[:40], "it holds characters that no text has", "leave them out")
    if len(text) > (most := LONGEST.get(name, LONGEST_OTHER)):
        raise Refused(name[:40], f"it has {len(text):,} characters", f"use at most {most:,}")
    return text


def _meant(verb: str, said: dict[str, Value], workspace: Workspace, now: datetime) -> Question:
    agreement = agreement_at(workspace, now)
    if reasons := reasons_of(agreement, verb):
        said |= {"reason": _agreed(str(said["reason"]), reasons)}
    if "url" in said:
        _check_url(str(said["url"]))
    if "until" in said:
        until = _until(str(said["until"]), agreement.timezone, now)
        return Question(said | {"until": until.isoformat().replace("+00:00", "Z")}, until=until)
    if verb == "assigned":
        to = colleague(str(said["to"]), workspace, now=now)
        return Question(said | {"to": to}, to=to)
    return Question(said)


def _agreed(reason: str, reasons: list[str]) -> str:
    found = next((each for each in reasons if each.lower() == reason.lower()), None)
    if found is None:
        mend = f"choose one of {', '.join(reasons)}{did_you_mean(reason, reasons).replace('?', '').replace(' Did', '; did')}"
        raise Refused("reason", f'"{reason}" is not among the reasons that were agreed', mend)
    return found


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", url):
        raise Refused("url", "this is no web address", "write one that begins with https://")


def _until(text: str, zone: str, now: datetime) -> datetime:
    try:
        until = instant(text, zone)
    except ValueError as wrong:
        raise Refused("until", str(wrong).partition(";")[0], "write a day or a time, such as 2026-06-01T09:00") from None
    if not now < until <= now + LONGEST_SNOOZE:
        raise Refused("until", "this is not in the year ahead", "choose a time from now on, at most a year away")
    return until


def colleagues(workspace: Workspace, *, now: datetime) -> dict[str, str]:
    """Address in small letters → address of everybody in sales a lead can be passed to: the active reps, and users of sales and leaders."""
    from smarketing.records.people import Role, User

    users = User.objects.filter(is_active=True, role__in=(Role.SALES, Role.LEADER)).values_list("email", flat=True)
    return {str(rep).lower(): str(rep) for rep in (*users, *active_reps(workspace, now))}


def active_reps(workspace: Workspace, now: datetime) -> list[str]:
    """The reps of the small table (without marketing's people) who are there now."""
    zone = agreement_at(workspace, now).timezone
    rows = _reps(workspace.small_tables(), workspace.stamp())
    return [str(row["rep"]) for row in rows if row["role"] != "marketing" and _is_there(row, zone, now)]


@lru_cache(maxsize=4)
def _reps(folder: Path, stamp: str) -> tuple[Mapping[str, str | None], ...]:
    """The rows of the small table, read once for as long as what stands beside the facts has the same stamp: every page asks for them."""
    from smarketing.journal.small_tables import read_small_tables

    table = read_small_tables(folder).get("reps")
    return tuple(table.to_dicts()) if table is not None else ()


def _is_there(row: Mapping[str, str | None], zone: str, now: datetime) -> bool:
    """From `active_from` until `active_to`, as routing has it."""
    begins, ends = (instant(day, zone) if (day := row[name]) else None for name in ("active_from", "active_to"))
    return (begins is None or begins <= now) and (ends is None or now < ends)


def colleague(to: str, workspace: Workspace, *, now: datetime) -> str:
    """The address of somebody a lead can be passed to, as it is written in the reps' table. Raises Refused."""
    known = colleagues(workspace, now=now)
    if to.lower() not in known:
        guess = did_you_mean(to, known.values()).replace("?", "").replace(" Did", "; did")
        raise Refused("to", f'"{to}" is nobody in sales who is there today', f"name somebody else by their address{guess}")
    return known[to.lower()]
