"""What people call a campaign, a colleague, a persona or a stage, where the facts hold an id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from smarketing.agreement.changes.phrases import upper
from smarketing.reports.groups import PEOPLE, nameless
from smarketing.web import people
from smarketing.web.held import remembered
from smarketing.web.vocabulary import vocabulary

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

LONGEST_ID, SHORT_ID = 24, 8
LIKE_AN_ID = re.compile(r"(?=.*\d)[\w-]+")
"""An id without a name that is longer than this is shown by its beginning; the whole of it is in the title."""


class Name(NamedTuple):
    """A group by name: `text` to read; `full` for its title, where the text does not say it all; `known`: whether it has a name."""

    text: str
    full: str = ""
    known: bool = False

    @property
    def quoted(self) -> str:
        """`“Rosters and the law”`: for the middle of a sentence."""
        return f"\N{LEFT DOUBLE QUOTATION MARK}{self.text}\N{RIGHT DOUBLE QUOTATION MARK}"


def campaign_names() -> Mapping[str, str]:
    """Every campaign that the small table names."""
    found: Mapping[str, str] = remembered("campaign names", _campaign_names)
    return found


def _campaign_names(outcome: Outcome) -> dict[str, str]:
    frame = outcome.small.get("campaigns")
    return {} if frame is None else {held: name for held, name in frame.select("campaign", "name").iter_rows() if name}


def name_of(group: str | None, by: str) -> Name:
    """The name of a group of a report that is cut by `by`."""
    if group is None:
        return Name(nameless(by))
    if known := _known(group, by):
        return Name(known, group, known=True)
    if len(group) > LONGEST_ID and LIKE_AN_ID.fullmatch(group):
        return Name(f"{group[:SHORT_ID]}\N{HORIZONTAL ELLIPSIS}", group)
    return Name(group)


def _known(group: str, by: str) -> str | None:
    if by in PEOPLE:
        return people.names().get(group.lower())
    if by == "persona":
        return people.persona_name(group)
    return campaign_names().get(group) if by == "campaign" else None


def stage_label(stage: str) -> str:
    """`MQL`, `Opportunity`: what both teams call a stage, as short as the vocabulary allows."""
    entry = vocabulary().get(stage.lower())
    return str(entry["short"] or entry["term"]) if entry else upper(stage.replace("_", " "))
