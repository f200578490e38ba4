"""A small company whose people act: leads that were handed over, users of every role, and a clock that the test moves."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from smarketing.actions.acts.asked import Asked, Done
from smarketing.actions.workspace import Workspace
from tests.unit.journal.journals import fact, journal

PEOPLE = {
    "anna": "sales", "ben": "sales", "lea": "leader", "mia": "marketing", "olga": "operations", "vic": "viewer",
}  # fmt: skip
_keys = itertools.count(1)


def make_people() -> dict[str, Any]:
    """One user of each name in PEOPLE, `anna@hart.example` and so on."""
    from smarketing.records.people import User

    made = {name: User(email=f"{name}@hart.example", name=f"{name.title()} Somebody", role=role) for name, role in PEOPLE.items()}
    for user in made.values():
        user.set_unusable_password()
        user.save()
    return made


def handed(lead_id: str, at: float = 0, **profile: Any) -> list[dict[str, Any]]:
    """The facts of a lead who asks for a demo: in the agreement of the tests that is the hand-off."""
    return [
        fact(f"{lead_id}-p", lead_id, at, "profile_changed", **profile),
        fact(f"{lead_id}-d", lead_id, at, "form_submitted", form="demo"),
    ]


def told(*rows: dict[str, Any], workspace: Workspace) -> None:
    """Store these facts and derive what follows."""
    from smarketing.actions.live.follow import follow_and_wait
    from smarketing.records.facts import store_facts

    store_facts(journal(*rows))
    follow_and_wait(workspace)


class Desk:
    """Somebody at work: each call is one act with a key of its own, unless one is given."""

    def __init__(self, workspace: Workspace, user: Any) -> None:
        self.workspace, self.user = workspace, user

    def __call__(self, verb: str, lead_id: str, *, key: str | None = None, seen: str | None = None, **properties: Any) -> Done:
        from smarketing.actions.acts.door import act

        asked = Asked(verb, lead_id, key or new_key(), seen, properties)
        return act(self.workspace, self.user, asked, now=self.now)

    def undo(self, key: str, *, new: str | None = None) -> Done:
        """Take an act back."""
        from smarketing.actions.acts.undoing import undo

        return undo(self.workspace, self.user, key, now=self.now, new_key=new or new_key())

    @property
    def now(self) -> datetime:
        """The workspace's clock."""
        return self.workspace.now()


def new_key() -> str:
    """A key that no other act has."""
    return f"k{next(_keys)}"
