"""What marketing's check and sales do with a ripe lead: pass, assign, try, decide, meet, win or lose, and hand back."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from smarketing.connectors.example.attention import ripen
from smarketing.connectors.example.company import (
    CHECKER,
    DAY,
    FLOOD,
    HOUR,
    MINUTE,
    REJECTED,
    SECOND,
    SIGNED,
    SUGGESTIONS,
    Rep,
    midnight,
)
from smarketing.connectors.example.desks import Desk, Office
from smarketing.connectors.example.diary import Act, Diary
from smarketing.connectors.example.plan import Life, awake

SECOND_TRY = {"won": 600, "lost": 200, "no timing": 200}
ANSWERED = {1: 36, 2: 26, 3: 18, 4: 12, 5: 8}
"""At which attempt people answer."""
HELD_FOR = ("a student", "a customer already", "far too small")
LOST_FOR = ("price", "another tool", "no decision", "no interface")
DISQUALIFIED_FOR = ("a student", "a customer already", "out of business")
USUAL_OBSTACLE = (60, 25, 15)
CONTEST_REASONS = (55, 33, 8, 4)
USUAL_REASONS = (28, 34, 20, 18)
REASONS_OF_A = (50, 0, 25, 25)
"""How often each of the reasons to reject is given; nobody says of a lead of grade A that it does not fit, but for one."""


@dataclass(slots=True)
class Floor:
    """The sales floor: writes down what happens to leads, in the order in which they are handed over."""

    office: Office
    diary: Diary
    queue: list[tuple[int, str, Life, str]]
    misjudged: str = ""

    def work(self, lives: list[Life]) -> None:
        """Everything from the check on. One lead of grade A is rejected as no fit: `misjudged` becomes its id."""
        for life in lives:
            if life.sort == "brought":
                bring(self, life)
            elif life.ripe_at is not None:
                self.check(life, life.ripe_at, life.outcome)
        while self.queue:
            at, _, life, outcome = heapq.heappop(self.queue)
            handed_back_at = follow_up(self, life, at, outcome)
            if outcome == "again" and handed_back_at is not None:
                self.again(life, handed_back_at)

    def check(self, life: Life, ripe_at: int, outcome: str) -> None:
        """Marketing looks at the lead within its working day, and passes it on or holds it back."""
        at = self.office.marketing.after(awake(ripe_at, life.country), life.chance.between(12, 280) * MINUTE)
        if life.sort == "held":
            self.diary.note(life.lead, at, "held", {"reason": life.chance.pick(HELD_FOR)}, source="crm", actor=CHECKER)
            return
        self.diary.note(life.lead, at, "passed", source="crm", actor=CHECKER)
        heapq.heappush(self.queue, (at, life.lead, life, outcome))

    def again(self, life: Life, handed_back_at: int) -> None:
        """A lead that was sent back is left alone, comes back by itself and is handed over once more."""
        dice = life.chance
        busy_at = handed_back_at + dice.between(25, 70) * DAY
        ripe_at = busy_at + dice.between(3 * 24, 9 * 24) * HOUR
        ripen(life, self.diary, busy_at, ripe_at, None)
        self.check(life, ripe_at, dice.weighted(list(SECOND_TRY), list(SECOND_TRY.values())))


def follow_up(floor: Floor, life: Life, handed_at: int, outcome: str) -> int | None:
    """From the hand-off to the end of this cycle, as far as it gets; the instant at which the lead was handed back, if it was."""
    if outcome == "unassigned":
        return None
    diary, dice = floor.diary, life.chance
    assigned_at = handed_at + dice.between(4, 500) * SECOND
    rep = floor.office.next_rep(life.country, assigned_at)
    diary.note(life.lead, assigned_at, "assigned", {"to": rep.rep}, source="routing")
    if outcome == "ignored":
        return None
    desk = floor.office.desks[rep.rep]
    last_at = attempts(floor, life, rep, handed_at, assigned_at, outcome)
    told: Act = {"source": "crm", "actor": rep.rep}
    if outcome == "rejected":
        at = desk.after(last_at, dice.between(2, 90) * MINUTE)
        diary.note(life.lead, at, "rejected", {"reason": reason(floor, life)}, **told)
        return at
    if outcome == "no answer":
        at = desk.after(last_at, dice.between(60, 480) * MINUTE)
        diary.note(life.lead, at, "recycled", {"reason": "no answer"}, **told)
        return at
    accepted_at = desk.after(last_at, dice.between(2, 180) * MINUTE)
    diary.note(life.lead, accepted_at, "accepted", **told)
    if outcome == "disqualified":
        at = desk.after(accepted_at, dice.between(30, 1200) * MINUTE)
        diary.note(life.lead, at, "disqualified", {"reason": dice.pick(DISQUALIFIED_FOR)}, **told)
        return at
    if outcome in ("no timing", "again") and dice.chance(600):
        return recycle(floor, life, desk, rep, accepted_at)
    return meet(floor, life, rep, accepted_at, outcome)


def attempts(floor: Floor, life: Life, rep: Rep, handed_at: int, assigned_at: int, outcome: str) -> int:
    """The attempts up to the one that is answered, or to the last one; its instant."""
    dice, desk = life.chance, floor.office.desks[rep.rep]
    answered = outcome != "no answer"
    number = dice.weighted(list(ANSWERED), list(ANSWERED.values())) if answered else dice.weighted((2, 3, 5, 6), (8, 12, 60, 20))
    number = min(number, 2) if outcome == "rejected" else number
    flood = in_flood(handed_at)
    at = desk.after(assigned_at, response_minutes(life, rep, flood=flood) * MINUTE)
    for attempt in range(1, number + 1):
        told: Act = {"source": "crm", "actor": rep.rep}
        if attempt == number and answered:
            diary_call(floor, life, at, "connected" if outcome != "rejected" or dice.chance(500) else "wrong number", rep)
            break
        if dice.chance(620):
            diary_call(floor, life, at, dice.pick(("voicemail", "no answer", "busy")), rep)
        else:
            kind = "email_sent" if dice.chance(800) else "message_sent"
            floor.diary.note(life.lead, at, kind, {"subject": "your questions"}, **told)
        if attempt < number:
            at = desk.after(at, dice.between(120, 560) * (2 if flood else 1) * MINUTE)
    return at


def diary_call(floor: Floor, life: Life, at: int, outcome: str, rep: Rep) -> None:
    """A call, and what is learned when somebody answers: what stands in the way, and what marketing should write about."""
    dice = life.chance
    floor.diary.note(life.lead, at, "call_made", {"outcome": outcome}, source="crm", actor=rep.rep)
    if outcome == "connected":
        if dice.chance(420):
            obstacle = dice.weighted(life.obstacles, USUAL_OBSTACLE)
            floor.diary.note(life.lead, at + 2 * MINUTE, "obstacle_noted", {"obstacle": obstacle}, source="crm", actor=rep.rep)
        if dice.chance(50):
            suggestion: dict[str, str | bool] = {"text": dice.pick(SUGGESTIONS), "suggestion": True, "to": "marketing"}
            floor.diary.note(life.lead, at + 3 * MINUTE, "commented", suggestion, source="crm", actor=rep.rep)


def response_minutes(life: Life, rep: Rep, *, flood: bool) -> int:
    """How much of their working time passes before a rep tries for the first time; what was promised is 240 minutes."""
    dice = life.chance
    if rep.slow:
        return dice.between(420, 1300) if dice.chance(800) else dice.between(60, 235)
    if dice.chance(600 if flood else 20):
        return dice.between(255, 1300 if flood else 700)
    return dice.early(3, 235)


def in_flood(at: int) -> bool:
    """Whether there are more leads than hands."""
    return midnight(FLOOD[0]) <= at < midnight(FLOOD[1])


def reason(floor: Floor, life: Life) -> str:
    """Why a lead is rejected."""
    usual = life.campaign.campaign != "giveaway" and not in_flood(life.ripe_at or 0)
    if life.grade == "A" and not floor.misjudged and usual and (life.ripe_at or 0) > midnight(SIGNED):
        floor.misjudged = life.lead
        return "not a fit"
    if life.grade == "A":
        return life.chance.weighted(REJECTED, REASONS_OF_A)
    return life.chance.weighted(REJECTED, CONTEST_REASONS if life.campaign.campaign == "giveaway" else USUAL_REASONS)


def recycle(floor: Floor, life: Life, desk: Desk, rep: Rep, since: int) -> int:
    """Not now: the lead goes back to marketing, some with a date to ask again."""
    at = desk.after(since, life.chance.between(60, 3400) * MINUTE)
    if life.chance.chance(300):
        until = {"until": floor.diary.day_text(at + life.chance.between(40, 200) * DAY)}
        floor.diary.note(life.lead, at - MINUTE, "snoozed", until, source="crm", actor=rep.rep)
    floor.diary.note(life.lead, at, "recycled", {"reason": "no timing"}, source="crm", actor=rep.rep)
    return at


def meet(floor: Floor, life: Life, rep: Rep, accepted_at: int, outcome: str) -> int | None:
    """A meeting is booked and held, by then with somebody who closes deals; then not now, or a deal."""
    diary, dice = floor.diary, life.chance
    booked_at = floor.office.desks[rep.rep].after(accepted_at, dice.between(5, 600) * MINUTE)
    diary.note(life.lead, booked_at, "meeting_booked", source="crm", actor=rep.rep)
    closer = floor.office.next_closer(life.country, booked_at)
    diary.note(life.lead, booked_at + MINUTE, "assigned", {"to": closer.rep}, source="crm", actor=rep.rep)
    desk = floor.office.desks[closer.rep]
    held_at = desk.after(booked_at, dice.between(600, 4000) * MINUTE)
    diary.note(life.lead, held_at, "meeting_held", source="crm", actor=closer.rep)
    if dice.chance(350):
        obstacle = dice.weighted(life.obstacles, USUAL_OBSTACLE)
        diary.note(life.lead, held_at + HOUR, "obstacle_noted", {"obstacle": obstacle}, source="crm", actor=closer.rep)
    if outcome in ("no timing", "again"):
        return recycle(floor, life, desk, closer, held_at)
    return deal(floor, life, closer, held_at, won=outcome == "won")


def deal(floor: Floor, life: Life, closer: Rep, since: int, *, won: bool) -> int | None:
    """An opportunity from its opening to its end; a loss hands the lead back."""
    diary, dice, desk = floor.diary, life.chance, floor.office.desks[closer.rep]
    name = f"deal-{life.lead.removeprefix('lead-')}"
    euros = life.campaign.deal * dice.between(55, 150) // 100 * (125 if life.grade == "A" else 95) // 100 // 50 * 50
    told: Act = {"source": "crm", "actor": closer.rep, "deal": name}
    at = desk.after(since, dice.between(30, 1900) * MINUTE)
    diary.note(life.lead, at, "opportunity_opened", cents=euros * 100, **told)
    for stage in ("proposal", "negotiation")[: dice.between(0, 2)]:
        at = desk.after(at + dice.early(3, 35) * DAY, dice.between(20, 400) * MINUTE)
        diary.note(life.lead, at, "opportunity_moved", {"stage": stage}, **told)
        diary.note(life.lead, at + 3 * MINUTE, "email_sent", {"subject": stage}, source="crm", actor=closer.rep)
        if stage == "proposal":
            diary.note(life.lead, at + 4 * MINUTE, "attached", {"name": "proposal"}, source="crm", actor=closer.rep)
    at = desk.after(at + dice.early(6, 50) * DAY, dice.between(20, 450) * MINUTE)
    if not won:
        diary.note(life.lead, at, "opportunity_lost", {"reason": dice.pick(LOST_FOR)}, **told)
        return at
    diary.note(life.lead, at, "opportunity_won", cents=euros * 100 * dice.between(88, 106) // 100, **told)
    after_the_win(floor, life, closer, at)
    return None


def after_the_win(floor: Floor, life: Life, closer: Rep, won_at: int) -> None:
    """Customers go on reading; after a year most renew, and a few leave before."""
    dice = life.chance
    told: Act = {"source": "crm", "actor": closer.rep, "deal": f"deal-{life.lead.removeprefix('lead-')}"}
    if dice.chance(60):
        floor.diary.note(
            life.lead, won_at + dice.between(90, 200) * DAY, "customer_churned", {"reason": "never introduced"}, **told
        )
    else:
        floor.diary.note(life.lead, won_at + 365 * DAY, "customer_renewed", **told)


def bring(floor: Floor, life: Life) -> None:
    """A lead that sales found by itself: no points, no check, and no clock of marketing's."""
    diary, dice, at = floor.diary, life.chance, awake(life.first_at, life.country)
    rep = floor.office.next_closer(life.country, at)
    desk = floor.office.desks[rep.rep]
    diary.note(life.lead, at + MINUTE, "assigned", {"to": rep.rep}, source="crm", actor=rep.rep)
    called_at = desk.after(at, dice.between(10, 900) * MINUTE)
    diary_call(floor, life, called_at, "connected", rep)
    accepted_at = desk.after(called_at, dice.between(5, 300) * MINUTE)
    diary.note(life.lead, accepted_at, "accepted", source="crm", actor=rep.rep)
    written_at = desk.after(accepted_at, dice.between(3, 90) * MINUTE)
    diary.note(life.lead, written_at, "email_sent", {"subject": "our talk"}, source="crm", actor=rep.rep)
    held_at = desk.after(written_at, dice.between(500, 4000) * MINUTE)
    diary.note(life.lead, held_at, "meeting_held", source="crm", actor=rep.rep)
    if life.outcome == "no timing":
        recycle(floor, life, desk, rep, held_at)
    else:
        deal(floor, life, rep, held_at, won=life.outcome == "won")
