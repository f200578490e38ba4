"""The versions of the agreement: those that judged the facts so far, the one in force, and those to come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from smarketing.agreement.sequence import begins_at, version_at
from smarketing.vocabulary.errors import SmarketingError, UsageError
from smarketing.web.held import EmptyWorkspace, keeper
from smarketing.web.states import place

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement

SHORT = 12
"""So many digits of an id are shown; fewer name a version too where they are enough to tell it."""


class Version(NamedTuple):
    """One version. `state` is "before", "in force" or "to come"; `until` the last day on which it judges facts (None: open)."""

    agreement: Agreement
    state: str
    until: date | None

    @property
    def id(self) -> str:
        """Its id, whole."""
        return self.agreement.id

    @property
    def short(self) -> str:
        """The beginning of its id."""
        return self.agreement.id[:SHORT]

    @property
    def since(self) -> date:
        """The first day on which it judges facts."""
        return self.agreement.in_force.from_

    @property
    def trial_until(self) -> date | None:
        """Until when it is measured and not rewarded."""
        return self.agreement.in_force.trial_until


def versions() -> list[Version]:
    """Every version, the oldest first. Raises EmptyWorkspace where there is neither a fact nor an agreement that can be read."""
    outcome = keeper().now.outcome
    held = list(outcome.versions) if outcome else []
    written = _written()
    if not held and not written:
        raise EmptyWorkspace
    as_of = outcome.as_of if outcome else place().now()
    known = {each.id: each for each in held}
    known |= {each.id: each for each in written if not held or begins_at(each) > as_of}
    ordered = sorted(known.values(), key=begins_at)
    current = outcome.agreement if outcome else version_at(ordered, as_of)
    lasts = [_day_before(following) for _, following in pairwise(ordered)] + [None]
    return [Version(each, _state(each, current, as_of), last) for each, last in zip(ordered, lasts, strict=True)]


def version_named(text: str, known: list[Version]) -> Version:
    """The version whose id begins so; the one in force for an empty text. Raises UsageError where none or several do."""
    if not text:
        return next(each for each in known if each.state == "in force")
    found = [each for each in known if each.id.startswith(text.lower())]
    if len(found) != 1:
        raise UsageError(
            f'"{text[:64]}" is {"no version" if not found else "not enough to tell the version"} of the agreement; take one from its list'
        )
    return found[0]


def _written() -> list[Agreement]:
    """What stands in the workspace's folder; nothing while somebody is in the middle of writing it."""
    try:
        return place().agreements()
    except (SmarketingError, OSError):
        return []


def _state(of: Agreement, current: Agreement, as_of: datetime) -> str:
    if of.id == current.id:
        return "in force"
    return "to come" if begins_at(of) > as_of else "before"


def _day_before(following: Agreement) -> date:
    return following.in_force.from_ - timedelta(days=1)
