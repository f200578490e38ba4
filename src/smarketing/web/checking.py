"""Marketing's check as its page shows it: who waits, who is held back, and what to know before passing or holding one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.actions.acts.question import reasons_of
from smarketing.actions.acts.standing import etag_of
from smarketing.actions.acts.verbs import may
from smarketing.agreement.changes.phrases import upper
from smarketing.reports.explain.dossier import dossier
from smarketing.reports.explain.life import life_of
from smarketing.reports.feedback.called import called
from smarketing.reports.feedback.checking import checking
from smarketing.reports.feedback.similar import Similar, similar
from smarketing.reports.inbox.known import known
from smarketing.web.consenting import consent_of_lead, lines_of
from smarketing.web.fresh import fresh_lives
from smarketing.web.held import held, reckoned, remembered
from smarketing.web.inbox.beside import receipt
from smarketing.web.inbox.panels import Choice, Panel, panels
from smarketing.web.inbox.shown import digest
from smarketing.web.inbox.words import ago, times, touch_words
from smarketing.web.lives import one_life
from smarketing.web.people import by_name, persona_name
from smarketing.web.people import name_of as person
from smarketing.web.questions import question_url
from smarketing.web.reaching import profile_shown
from smarketing.web.told.feedback import came_context
from smarketing.web.told.names import name_of, stage_label

if TYPE_CHECKING:
    from smarketing.records.people import User
    from smarketing.reports.outcome import Outcome

Shown = dict[str, Any]
NOTE = ("note", "Note", "long")
REASON = ("reason", "Reason", "text")


def rows_now(now: datetime) -> pl.DataFrame:
    """The rows of `checking` as of this moment: what somebody passed or held a moment ago counts, also where nothing follows from it yet."""
    derived: pl.DataFrame = reckoned("checking", checking)
    ahead = fresh_lives(derived["lead_id"].to_list(), now)
    if not ahead:
        return derived
    stays = derived.filter(~pl.col("lead_id").is_in(list(ahead)))
    return pl.concat([stays, *(checking(life).select(derived.columns) for life in ahead.values())]).sort(
        "qualified_at", "lead_id"
    )


def names(leads: list[str]) -> dict[str, str]:
    """What these leads are called."""
    found: dict[str, str] = remembered("called", lambda outcome: called(outcome, leads), *leads)
    return found


def row_shown(row: Shown, name: str, chosen: str, now: datetime) -> Shown:
    """One row of the list."""
    return {
        **row,
        "anchor": f"row-{digest(row['lead_id'])}",
        "mark": digest(f"{row['lead_id']} {row['cycle']} {row['held_at']} {row['total']}"),
        "chosen": row["lead_id"] == chosen,
        "name": name,
        "account": row["account"] if row["account"] != name else "",
        "persona_name": persona_name(row["persona"]) if row["persona"] else "",
        "campaign_name": name_of(row["campaign"], "campaign").text if row["campaign"] else "",
        "held_by_name": person(row["held_by"]),
        "note": by_name(row["note"]) if row["note"] else "",
        "waited": ago(row["held_at"] or row["qualified_at"], now),
        "consent": consent_of_lead(row["lead_id"]),
    }


def beside(row: Shown, user: User, now: datetime) -> Shown:
    """What to know of the chosen lead, and what can be done: `row` as in the list."""
    life = one_life(row["lead_id"])
    story, whole = life_of(life, row["lead_id"]), dossier(life, row["lead_id"])
    assert story is not None, "a lead that waits has facts"
    assert whole is not None, "a lead that waits has facts"
    what = life.once("to know", lambda: known(story))
    return {
        **row,
        "stage": stage_label(held().agreement.handoff.at),
        "profile": profile_shown(whole.profile),
        "receipt": receipt(what.receipt, life),
        "topics": [(topic.name, times(topic.times), ago(topic.last_at, now)) for topic in what.topics],
        "touches": [(upper(touch_words(touch)), touch["at"], touch["campaign"]) for touch in what.touches],
        "contact": lines_of(row["consent"], row["lead_id"]),
        "similar": [similar_shown(each) for each in similar(held(), row)],
        "came": came_context(whole),
        **acting(row["lead_id"], user, is_held=row["held_at"] is not None, now=now),
    }


def acting(lead_id: str, user: User, *, is_held: bool, now: datetime) -> Shown:
    """The forms of a lead in the check: pass, hold, and what everybody may do."""
    own = [panel for panel in _check(is_held=is_held) if may(_verb(panel), user.role, user.email, None)]
    offered = [*own, *panels(user, owner=None, open=False, accepted=False, now=now)]
    return {
        "acts_on": lead_id,
        "seen": etag_of(lead_id, now=now) or "",
        "panels": offered,
        "bar": [panel for panel in offered if panel.first],
        "more": [panel for panel in offered if not panel.first],
    }


def _check(*, is_held: bool) -> list[Panel]:
    reasons = reasons_of(held().agreement, "held")
    given = [Choice(upper(each), f"held:reason:{each}") for each in reasons]
    fields, submit = ([NOTE], None) if reasons else ([REASON, NOTE], Choice("Hold back", "held"))
    passing = Panel("pass", "p", "Pass to sales", "check", [Choice("Pass to sales", "passed")], first=True)
    return [passing] if is_held else [passing, Panel("hold", "h", "Hold back", "void", given, fields, submit, first=True)]


def _verb(panel: Panel) -> str:
    choice = panel.choices[0] if panel.choices else panel.submit
    assert choice is not None, "a panel offers something"
    return choice.pick.partition(":")[0]


def similar_shown(said: Similar) -> Shown:
    """What sales said about similar leads, in words and with addresses."""
    if said.by == "campaign":
        who = f"From {name_of(said.campaign, 'campaign').quoted}"
    else:
        grade = f", grade {said.grade}" if said.grade else ""
        who = f"{persona_name(said.persona) if said.persona else 'No persona'}{grade}"
    return {
        "who": who,
        "accepted": said.accepted,
        "accepted_url": question_url({**said.questions["of"], "share": "accepted"}),
        "n_url": question_url(said.questions["n"]),
        "of_url": question_url(said.questions["of"]),
        "reasons": [
            {"text": each.reason, "kind": KINDS[each.kind], "n": each.n, "url": question_url(each.question)}
            for each in said.reasons
        ],
    }


KINDS = {"rejected": "rejected", "recycled": "given back", "disqualified": "disqualified"}


def next_after(outcome: Outcome, rows: pl.DataFrame, lead_id: str) -> str:
    """Whom to look at once this lead has left the list: the one that stood behind it, else the first."""
    before = checking(outcome).filter(pl.col("lead_id") == lead_id)
    if before.is_empty() or rows.is_empty():
        return str(rows["lead_id"][0]) if rows.height else ""
    at = before["qualified_at"][0]
    later = rows.filter((pl.col("qualified_at") > at) | ((pl.col("qualified_at") == at) & (pl.col("lead_id") > lead_id)))
    return str((later if later.height else rows)["lead_id"][0])
