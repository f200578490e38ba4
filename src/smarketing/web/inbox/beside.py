"""The lead beside the list: who it is, what to say and offer, what interests it, why its score is what it is, and the acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smarketing.actions.acts.standing import etag_of
from smarketing.actions.acts.undoing import undoable
from smarketing.actions.acts.verbs import SAID
from smarketing.agreement.changes.phrases import joined, upper
from smarketing.reports.explain.life import life_of
from smarketing.reports.explain.words import properties_of
from smarketing.reports.inbox.known import known, rests_on
from smarketing.vocabulary.kinds import is_touch
from smarketing.web.held import lasting, remembered
from smarketing.web.inbox.panels import panels
from smarketing.web.inbox.shown import lead_shown
from smarketing.web.inbox.words import ago, times, touch_words, waits
from smarketing.web.lives import one_life
from smarketing.web.locale import reader
from smarketing.web.people import by_name
from smarketing.web.questions import question_url
from smarketing.web.reaching import ways_to
from smarketing.web.states import place

if TYPE_CHECKING:
    from smarketing.records.people import User
    from smarketing.reports.explain.phases import Phase
    from smarketing.reports.inbox.known import Known, Line, Short
    from smarketing.reports.inbox.rows import InboxRow
    from smarketing.reports.outcome import Outcome

Shown = dict[str, Any]
NOTED = ("commented", "attached", "obstacle_noted")
NOBODY_ACTED = "0."
"""So begins the tag of a lead on which nobody acted here."""
AXES = {"fit": "who they are", "engagement": "what they did"}


def beside(row: InboxRow, user: User, now: datetime, done: Mapping[str, Any] | None = None) -> Shown:
    """What the lead of a row shows; `done`: what this user did a moment ago, with this lead or another one."""
    life = one_life(row.lead_id)
    what = to_know(row, life)
    return {
        **lead_shown(row, now),
        "phase": phase_of(what.phase, life.agreement.id) if what.phase else None,
        "topics": [(topic.name, times(topic.times), ago(topic.last_at, now)) for topic in what.topics],
        "receipt": receipt(what.receipt, life),
        "touches": [(upper(touch_words(touch)), touch["at"], touch["campaign"]) for touch in what.touches],
        "waits": waits(row.case, now),
        "reach": ways_to(row.case.profile),
        "comments": comments(row.case.facts),
        **acting(row.lead_id, user, row=row, now=now, done=done),
    }


def to_know(row: InboxRow, life: Outcome) -> Known:
    """What to know of the lead: replayed once for as long as nothing happens on which it rests."""
    kinds = remembered("rests on", lambda outcome: rests_on(outcome.agreement))
    stays = [fact["fact_id"] for fact in row.case.facts if kinds is None or fact["kind"] in kinds or is_touch(fact["kind"])]

    def told(outcome: Outcome) -> Known:
        story = life_of(life, row.lead_id)
        assert story is not None, "a lead with a hand-off has facts"
        return known(story)

    found: Known = lasting("to know", (row.lead_id, len(stays), *stays[-1:]), told)
    return found


def acting(lead_id: str, user: User, *, row: InboxRow | None, now: datetime, done: Mapping[str, Any] | None = None) -> Shown:
    """The forms of a lead: `panels`, and `seen`, the tag by which an older page is known for one."""
    owner = row.case.row["owner"] if row is not None else None
    accepted = row is not None and row.case.row["accepted_at"] is not None
    offered = panels(user, owner=owner, open=row is not None, accepted=accepted, now=now)
    first = [panel for panel in offered if panel.first] or offered  # nothing but notes: then these are in the bar
    if done is not None and done["lead_id"] == lead_id and done["verb"] != "undone":
        seen = str(done["etag"])
        last: Shown | None = {"key": done["key"], "said": SAID[done["verb"]], "when": ago(now, now)}
    else:
        seen = etag_of(lead_id, now=now) or ""
        last = None if seen.startswith(NOBODY_ACTED) else last_act(lead_id, user, now)
    return {
        "acts_on": lead_id,
        "seen": seen,
        "panels": offered,
        "bar": first,
        "more": [panel for panel in offered if panel not in first],
        "last": last,
    }


def last_act(lead_id: str, user: User, now: datetime) -> Shown | None:
    """What this user did last with the lead, where it can still be taken back."""
    from smarketing.records.acts import Act

    act = Act.objects.filter(lead_id=lead_id, undone_at=None).exclude(verb="undone").order_by("serial").last()
    if act is None or not undoable(place(), act, user, now=now):
        return None
    return {"key": act.key, "said": SAID[act.verb], "when": ago(act.at, now)}


def phase_of(phase: Phase, agreement_id: str) -> Shown:
    """Where the lead is in its buying cycle, and what the agreement says there."""
    return {
        "name": upper(phase.name), "place": phase.place, "of": phase.of, "since": phase.since, "longer": phase.longer, "say": phase.say,
        "until": reader().date(phase.expected_until) if phase.expected_until else "",
        "offer": upper(joined((each.replace("_", " ") for each in phase.offer), "or")),
        "url": question_url({"of": "clauses", "version": agreement_id[:12], "part": "who buys"}),
    }  # fmt: skip


def receipt(short: Short, life: Outcome) -> Shown:
    """The receipt in short: each line's rule in words, its points, and how many more there are."""
    lines = [{"text": upper(line_words(line, life)), "axis": AXES[line.axis], "points": line.points} for line in short.lines]
    return {
        "lines": lines,
        "more": short.more,
        "fit": short.fit,
        "engagement": short.engagement,
        "total": short.fit + short.engagement,
    }


def line_words(line: Line, life: Outcome) -> str:
    """The rule of a line, as the whole receipt says it."""
    if line.axis == "engagement":
        return line.label.replace("_", " ")
    from smarketing.reports.explain.words import condition_words

    rules = (
        (f"{persona.name}.{rule.label}", rule)
        for version in life.versions[::-1]
        for persona in version.personas
        for rule in persona.fit
    )
    found = next((rule for label, rule in rules if label == line.label), None)
    return found.name or condition_words(found.when.written) if found is not None else line.label.replace("_", " ")


def comments(facts: Iterable[Mapping[str, Any]]) -> list[Shown]:
    """What colleagues noted about a lead, the latest first: comments, obstacles, files. `facts` are in order of time."""
    found = []
    for fact in facts:
        if fact["kind"] not in NOTED:
            continue
        said = properties_of(fact)
        text = said.get("text") or said.get("obstacle") or said.get("name") or said.get("url") or ""
        url = _web_address(said.get("url")) if fact["kind"] == "attached" else ""
        found.append(
            {"at": fact["at"], "by": by_name(fact["actor"] or ""), "text": by_name(str(text)), "url": url, "kind": fact["kind"]}
        )
    return found[::-1]


def _web_address(said: Any) -> str:
    """An address that a page may link to: nothing that runs in it."""
    text = str(said or "")
    return text if text.startswith(("https://", "http://")) else ""
