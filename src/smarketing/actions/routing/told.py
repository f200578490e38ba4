"""Telling: whoever got a lead hears of it at once in the app and by mail, and so does whoever it was taken from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from smarketing.actions.routing.given import Given
    from smarketing.derivations.routing.desks import Office

KIND = "assigned"
logger = logging.getLogger(__name__)


def tell(given: Sequence[Given], office: Office, now: datetime) -> None:
    """Tell them, in the transaction that gave the leads; somebody who cannot be told stops nobody's routing."""
    from django.db import Error, transaction

    from smarketing.actions.notices import tell as tell_one
    from smarketing.vocabulary.errors import SmarketingError

    for person, key, text, one in sorted(_messages(given, office), key=lambda each: each[:2]):
        try:
            with transaction.atomic():
                url = f"/leads/{quote(one.lead_id)}"
                tell_one(person, key=key, kind=KIND, text=text, url=url, now=now, lead_id=one.lead_id, storm=_storm(key))
        except (SmarketingError, Error):
            logger.warning("%s could not be told of a lead", person, exc_info=True)


def _messages(given: Sequence[Given], office: Office) -> list[tuple[str, str, str, Given]]:
    """Who is told what: the address, what the notice is about, its text."""
    told = []
    for one in given:
        place = f"{one.lead_id}:{one.cycle}:{one.round}"
        lead = one.account or one.lead_id
        told.append((one.rep.lower(), f"assigned:{place}", f"A lead for you: {lead}. {one.why}", one))
        if one.before:
            text = f"{lead} went on to {office.name(one.rep)}: nobody had answered in time."
            told.append((one.before.lower(), f"passed:{place}", text, one))
    return told


def _storm(key: str) -> str:
    """What is merged while it is unread: leads that came, but not with leads that went."""
    return key.partition(":")[0]
