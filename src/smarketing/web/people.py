"""Sentences with names: who is an address is a person of the reps' table or somebody who may log in; personas by their words."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from smarketing.agreement.sentences.writing import title
from smarketing.web.held import forget, held, remembered, usual

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

RESTS_ON_NAMES = ("people", "everybody", "colleagues", "choices", "lists of leads", "scoreboard as told", "drawn as")
"""What is remembered of a state and has names in it: themselves, and what is shown with them."""
ADDRESS = re.compile(r"[^\s@,;:()]+@[^\s@,;:()]*[^\s@,;:().]")


def names() -> dict[str, str]:
    """Address in small letters → name, of everybody who has one; read once for each state."""
    found: dict[str, str] = usual("people", _names)
    return found


def _names(outcome: Outcome) -> dict[str, str]:
    from smarketing.records.people import User

    users = {email.lower(): name for email, name in User.objects.values_list("email", "name") if name}
    table = outcome.small.get("reps")
    reps = dict(zip(table["rep"].to_list(), table["name"].to_list(), strict=True)) if table is not None else {}
    return users | {str(rep).lower(): str(name) for rep, name in reps.items() if rep and name}


def listen() -> None:
    """From now on names are read anew when somebody comes, or has another one; called once, when all apps are there."""
    from django.db.models.signals import post_delete, post_save

    for signal in (post_save, post_delete):
        signal.connect(_anew, sender="records.User", weak=False, dispatch_uid="smarketing.names")


def _anew(update_fields: Collection[str] | None = None, **_: Any) -> None:
    from django.db.transaction import on_commit

    if update_fields is None or {"name", "email", "role", "is_active"} & {*update_fields}:
        on_commit(_forget)  # sooner, who asks meanwhile would read and keep what was


def _forget() -> None:
    for name in RESTS_ON_NAMES:
        forget(name)


def everybody() -> frozenset[tuple[str, str]]:
    """All of `names`, as what a drawn part of a page rests on."""
    found: frozenset[tuple[str, str]] = remembered("everybody", lambda outcome: frozenset(_names(outcome).items()))
    return found


def name_of(address: str | None) -> str:
    """The name behind an address; the address itself where nobody knows it."""
    return names().get(address.lower(), address) if address else ""


def by_name(text: str) -> str:
    """A sentence with names in the place of addresses, and personas as words."""
    known = names()
    said = ADDRESS.sub(lambda found: known.get(found[0].lower(), found[0]), text) if "@" in text else text
    return persona_words(said) if "ersona" in said else said


def persona_words(text: str) -> str:
    """`operations_olga` → Operations Olga, wherever it stands in the text."""
    for persona in (each.name for version in held().versions for each in version.personas):
        if persona in text:
            text = text.replace(persona, persona_name(persona))
    return text


def persona_name(persona: str) -> str:
    """`operations_olga` → Operations Olga, as the page of the agreement has it."""
    return title(persona)
