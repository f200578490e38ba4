"""What the daily mail says: a team's morning in words, with its charts as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smarketing.actions.mail.contact import contact_said
from smarketing.actions.mail.links import behind, lead
from smarketing.actions.mail.post import Picture
from smarketing.actions.mail.writing import write
from smarketing.reports.charts.numbers import AS_ON_PAGES, NOTHING
from smarketing.reports.daily.day import BOTH, Day, Line, day
from smarketing.reports.daily.needs import BACK, CHECK, DUE, NOBODY, Need
from smarketing.reports.leads import leads
from smarketing.reports.person.consent import consent_in
from smarketing.vocabulary.periods import Period, local_day

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

MOST_NEEDS, MOST_WINS = 8, 6
CHARTS = {"marketing": ("waterfall", "commitments"), "sales": ("commitments",)}
"""The charts of the scoreboard that each team gets, those that there are."""
PIXELS, SCALE = 480, 2.0
STATES = {"behind": "behind", "missed": "missed", "met": "met", "on_pace": "on pace"}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter for everybody of a team: `html` names its `pictures` as `cid:NAME`."""

    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What people and campaigns are called, and the zone and money in which they read."""

    people: Mapping[str, str]
    campaigns: Mapping[str, str]
    zone: str
    currency: str
    year: int

    def person(self, address: str | None) -> str:
        """A name; the address itself where nobody knows it."""
        return self.people.get(address.lower(), address) if address else ""

    def moment(self, at: datetime) -> str:
        """`Fri 20 Nov, 10:30`; of another year `20 Nov 2025`."""
        local = at.astimezone(ZoneInfo(self.zone))
        if local.year != self.year:
            return f"{local.day} {local:%b} {local.year}"
        return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"

    def figure(self, value: float | None, unit: str) -> str:
        """A figure of a promise, by its unit, with as many places as on the pages."""
        return AS_ON_PAGES.of_unit(value, unit, self.currency)


def compose(outcome: Outcome, team: str, *, period: Period, home: str, drawn: bool = True) -> Letter:
    """The daily mail of a team; `home` is the address of the pages, "" where nobody knows it: then nothing in it leads anywhere.

    `drawn`: with its pictures, which take most of the time.
    """
    names = names_of(outcome)
    told = day(outcome, team, period=period, board=outcome.scoreboard())
    accounts = dict(leads(outcome).select("lead_id", "account").iter_rows())
    closers = _closers(outcome)
    pictures = tuple(_pictures(told, team)) if drawn else ()
    said = {
        "team": team, "title": title(told, names.zone), "answer": answer(told, names), "since": since(told, names.zone), "site": home,
        "workspace": outcome.agreement.name, "lines": [_line(line, names) for line in told.lines],
        "troubles": [_trouble(row, question, names) for row, question in told.troubles],
        "needs": [{**_need(need, names), **contact_said(consent_in(outcome, need.lead_id))} for need in told.needs[:MOST_NEEDS]],
        "wins": [{**_win(row, names, accounts, closers), **contact_said(consent_in(outcome, row["lead_id"]))} for row in told.wins[:MOST_WINS]],
        "more_needs": len(told.needs[MOST_NEEDS:]), "more_wins": len(told.wins[MOST_WINS:]),
        "all_wins": behind({"of": "wins", "period": period.label}), "pictures": pictures,
    }  # fmt: skip
    text, html = write("daily", said)
    return Letter(f"{said['title']}: {_short(told)}", text, html, pictures)


def names_of(outcome: Outcome) -> Names:
    """The names in the small tables."""
    known: dict[str, dict[str, str]] = {}
    for table, key in (("reps", "rep"), ("campaigns", "campaign")):
        rows = outcome.small[table].iter_rows(named=True) if table in outcome.small else ()
        known[table] = {str(row[key]).lower() if key == "rep" else str(row[key]): row["name"] for row in rows if row["name"]}
    version, today = outcome.agreement, local_day(outcome.as_of, outcome.agreement.timezone)
    return Names(known["reps"], known["campaigns"], version.timezone, version.currency, today.year)


def title(told: Day, zone: str) -> str:
    """`Marketing, Monday 23 November`."""
    today = local_day(told.period.end_at, zone)
    return f"{told.team.capitalize()}, {today:%A} {today.day} {today:%B}"


def since(told: Day, zone: str) -> str:
    """`Yesterday`, or since when."""
    first, after = (local_day(at, zone) for at in (told.period.start_at, told.period.end_at))
    return "Yesterday" if after - first == timedelta(days=1) else f"Since {first:%A}"


def _short(told: Day) -> str:
    """What a list of mails shows: how many promises are kept, and what was won."""
    kept = f"{told.kept} of {told.judged} promises kept" if told.judged else "nothing is due yet"
    won = f", {len(told.wins)} won" if told.wins else ""
    return kept + won


def answer(told: Day, names: Names) -> str:
    """The morning in a sentence."""
    kept = f"{told.team.capitalize()} keeps {told.kept} of {told.judged} promises" if told.judged else "Nothing is due yet"
    money = next((row for row in told.board.rows if row["team"] == BOTH and row["unit"] == "money"), None)
    if money is None:
        return f"{kept}."
    return f"{kept}; revenue is {names.figure(money['actual'], 'money')} of {names.figure(money['target'], 'money')}."


def _line(line: Line, names: Names) -> Row:
    shown = names.figure(float(line.number), "money" if line.money else "count")
    return {"number": shown, "words": line.words, "url": behind(line.question)}


def _trouble(row: Row, question: Mapping[str, str], names: Names) -> Row:
    figures = {key: names.figure(row[key], row["unit"]) for key in ("actual", "target", "expected_by_now")}
    by_now = figures["expected_by_now"] if row["expected_by_now"] is not None and row["status"] == "behind" else ""
    state = STATES[row["status"]] + (", on trial" if row["trial"] else "")
    return {"name": row["name"], "team": row["team"], "state": state, "url": behind(question), "by_now": by_now, **figures}


def _need(need: Need, names: Names) -> Row:
    """Who has to do what by when, in words around the lead."""
    at, who = names.moment(need.at), names.person(need.who)
    said = {
        DUE: f"{need.what} is due {at}",
        NOBODY: f"nobody has it, since {at}",
        CHECK: f"waits for the check since {at}",
        BACK: f"came back {at}{': ' + need.what if need.what else ''}",
    }.get(need.kind, f"{need.what} was due {at}")
    return {
        "lead": need.account or need.lead_id,
        "url": lead(need.lead_id),
        "who": who,
        "said": said,
        "late": need.kind not in (DUE, BACK, CHECK),
    }


def _closers(outcome: Outcome) -> dict[tuple[str, str | None], str | None]:
    """Who entered the win of each opportunity."""
    from smarketing.reports.scoreboard.wins import wins_with_reps

    rows = wins_with_reps(outcome).select("lead_id", "opportunity_id", "actor").iter_rows()
    return {(lead_id, opportunity): actor for lead_id, opportunity, actor in rows}


def _win(row: Row, names: Names, accounts: Mapping[str, str | None], closers: Mapping[tuple[str, str | None], str | None]) -> Row:
    closer = closers.get((row["lead_id"], row["opportunity_id"]))
    amount = NOTHING if row["amount"] is None else AS_ON_PAGES.money(row["amount"], row["currency"])
    campaign = names.campaigns.get(row["campaign"], row["campaign"]) if row["campaign"] else ""
    return {
        "lead": accounts.get(row["lead_id"]) or row["lead_id"],
        "url": lead(row["lead_id"]),
        "amount": amount,
        "campaign": campaign,
        "rep": names.person(row["rep"]),
        "closer": names.person(closer) if closer != row["rep"] else "",
    }


def _pictures(told: Day, team: str) -> Iterator[Picture]:
    """The charts as they stand in the reports, drawn for paper; none where the part that draws is not installed."""
    if find_spec("vl_convert") is None:
        return
    from smarketing.reports.charts.render import drawings, png

    made = {drawn.part: drawn for drawn in drawings(told.board, theme="print", numbers=AS_ON_PAGES)} if told.board.rows else {}
    for drawn in _chosen(made, CHARTS[team]):
        says = f"{drawn.question} {drawn.answer}"
        yield Picture(drawn.part, png(drawn, theme="print", width=PIXELS, scale=SCALE), says)


def _chosen(made: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[Any]:
    return (made[part] for part in wanted if part in made)
