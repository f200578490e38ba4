"""What is wrong with every real journal: facts told twice, facts in conflict, mistakes taken back, one person under two names."""

from __future__ import annotations

import json

from smarketing.connectors.example.company import DAY, HOUR, MINUTE
from smarketing.connectors.example.diary import Act, Diary, Row
from smarketing.connectors.example.dice import Dice
from smarketing.connectors.example.plan import Life
from smarketing.journal.fact import COLUMNS

RECORDED, KIND, PROPERTIES = COLUMNS.index("recorded_at"), COLUMNS.index("kind"), COLUMNS.index("properties")
TOLD_TWICE = 110
"""One row in so many is told twice."""
CONFLICTS = 12
TWO_NAMES = 15
WRONG_WINS = 3


def correct(lives: list[Life], diary: Diary, seed: str) -> None:
    """Add mistakes and their corrections; the last step, for it copies rows that are there."""
    dice = Dice(f"{seed}:corrections")
    known = [life for life in lives if life.sort == "subscriber" and life.known_at and life.known_at < diary.until - 60 * DAY]
    two_names(known, diary, dice)
    linked_by_mistake(known, diary)
    wins_of_somebody_else(lives, diary, dice)
    taken_back_and_restored(lives, diary)
    told_twice(diary, dice)
    in_conflict(diary, dice)


def two_names(known: list[Life], diary: Diary, dice: Dice) -> None:
    """Some persons came to be known twice, and somebody noticed."""
    for number, life in enumerate(known[20 : 20 + 40 * TWO_NAMES : 40], 1):
        second, at = f"lead-9{number:03d}", (life.known_at or 0) + dice.between(5, 30) * DAY
        for page in ("/", "/blog/swaps"):
            diary.note(second, at, "page_viewed", {"url": page}, channel="direct")
        diary.note(second, at + MINUTE, "form_submitted", {"form": "newsletter"}, channel="direct")
        diary.note(life.lead, at + dice.between(2, 20) * DAY, "linked", {"with": second}, source="crm")


def linked_by_mistake(known: list[Life], diary: Diary) -> None:
    """Two colleagues were taken for one person, for two days."""
    one, other = known[5], known[6]
    at = max(one.known_at or 0, other.known_at or 0) + 9 * DAY
    diary.note(one.lead, at, "linked", {"with": other.lead}, source="crm")
    diary.note(one.lead, at + 2 * DAY, "unlinked", {"with": other.lead}, source="crm")


def wins_of_somebody_else(lives: list[Life], diary: Diary, dice: Dice) -> None:
    """A win entered on the wrong lead, and taken back within the hour."""
    victims = [life for life in lives if life.outcome == "rejected" and life.ripe_at][4 : 4 + 9 * WRONG_WINS : 9]
    for life in victims:
        at = (life.ripe_at or 0) + 30 * DAY
        told: Act = {"source": "crm", "actor": "jack@alderfinch.example", "deal": f"deal-{life.lead.removeprefix('lead-')}"}
        wrong = diary.note(life.lead, at, "opportunity_won", cents=dice.between(40, 90) * 100_000, **told)
        diary.note(life.lead, at + dice.between(5, 50) * MINUTE, "retracted", {"fact_id": wrong}, source="crm")


def taken_back_and_restored(lives: list[Life], diary: Diary) -> None:
    """A note that was taken back by mistake, and the taking back taken back."""
    life = next(life for life in lives if life.outcome == "won" and life.ripe_at)
    at = (life.ripe_at or 0) + 5 * DAY
    comment = diary.note(life.lead, at, "commented", {"text": "Wants to see the app on a phone."}, source="crm")
    retraction = diary.note(life.lead, at + HOUR, "retracted", {"fact_id": comment}, source="crm")
    diary.note(life.lead, at + 2 * HOUR, "retracted", {"fact_id": retraction}, source="crm")


def told_twice(diary: Diary, dice: Dice) -> None:
    """A sender that got no answer in time sends again."""
    again: list[Row] = []
    for row in diary.rows[::TOLD_TWICE]:
        later = min(int(row[RECORDED] or 0) + dice.between(1, 600) * MINUTE, diary.until)
        again.append((*row[:RECORDED], later, *row[RECORDED + 1 :]))
    diary.rows += again


def in_conflict(diary: Diary, dice: Dice) -> None:
    """The same id with other content: the one that was known first stays."""
    opened = [row for row in diary.rows if row[KIND] == "content_downloaded"]
    for row in opened[7 : 7 + 31 * CONFLICTS : 31]:
        later = min(int(row[RECORDED] or 0) + dice.between(30, 900) * MINUTE, diary.until)
        other = json.dumps({"topic": "unknown"})
        diary.rows.append((*row[:RECORDED], later, *row[RECORDED + 1 : PROPERTIES], other, *row[PROPERTIES + 1 :]))
