"""Who the example company is: Alder & Finch sell software that plans shifts. Its people, buyers, campaigns and bad months.

Everything that is known before the dice are thrown stands here. Instants are int µs since 1970 in UTC.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
EPOCH: Final = date(1970, 1, 1).toordinal()

SEED: Final = "Alder & Finch"
FIRST_DAY: Final = date(2025, 5, 1)
SIGNED: Final = date(2025, 11, 1)
"""From here on the second agreement is in force."""
FIXED_LAST_DAY: Final = date(2026, 10, 31)
LEADS: Final = 4000
"""Persons, after all their records are united."""
ZONE: Final = "Europe/Berlin"


def midnight(day: date) -> int:
    """The first instant of a day in UTC."""
    return (day.toordinal() - EPOCH) * DAY


class Campaign(NamedTuple):
    """One campaign. `ripe`: how many hand-offs of a month it brings, against the others; `cold`: likewise of the leads that never
    ripen. Of a thousand hand-offs so many are `won` and `rejected`; `deal` is its usual deal in euros, `cost` euros a day."""

    campaign: str
    name: str
    channel: str
    owner_team: str
    starts: date
    ends: date
    ripe: int
    cold: int
    won: int
    rejected: int
    deal: int
    cost: int


CAMPAIGNS: Final = (
    Campaign("search-rostering", "Search: shift planning", "paid_search", "marketing", FIRST_DAY, FIXED_LAST_DAY, 15, 20, 190, 110, 7800, 95),
    Campaign("search-brand", "Search: our name", "paid_search", "marketing", FIRST_DAY, FIXED_LAST_DAY, 8, 5, 200, 90, 7600, 25),
    Campaign("search-rivals", "Search: the other tools", "paid_search", "marketing", date(2025, 8, 1), FIXED_LAST_DAY, 6, 9, 170, 140, 7200, 60),
    Campaign("social-operations", "Social: heads of operations", "paid_social", "marketing", FIRST_DAY, FIXED_LAST_DAY, 9, 13, 160, 130, 8200, 70),
    Campaign("giveaway", "Win an espresso machine", "paid_social", "marketing", date(2026, 1, 12), date(2026, 5, 31), 17, 28, 50, 520, 6000, 45),
    Campaign("webinar-labour-law", "Webinar: rosters and the law", "webinar", "both", date(2025, 9, 1), FIXED_LAST_DAY, 14, 7, 240, 80, 19500, 55),
    Campaign("webinar-winter", "Webinar: the winter roster", "webinar", "marketing", date(2025, 11, 3), date(2026, 2, 27), 8, 4, 180, 100, 8400, 40),
    Campaign("fair-logistics", "Logistics fair, Hanover", "event", "both", date(2026, 3, 9), date(2026, 3, 13), 44, 6, 170, 140, 8900, 5200),
    Campaign("shift-guide", "The shift guide, to download", "content", "marketing", FIRST_DAY, FIXED_LAST_DAY, 12, 16, 170, 120, 7300, 15),
    Campaign("newsletter", "Monday's roster, the newsletter", "email", "marketing", FIRST_DAY, FIXED_LAST_DAY, 7, 8, 180, 110, 7000, 12),
    Campaign("referral", "Customers refer", "referral", "both", date(2025, 6, 2), FIXED_LAST_DAY, 7, 7, 480, 60, 6200, 18),
    Campaign("partner-payroll", "Payroll partners", "partner", "both", date(2025, 10, 1), FIXED_LAST_DAY, 6, 3, 210, 90, 8800, 30),
)  # fmt: skip
UNPAID: Final = Campaign("", "", "organic_search", "", FIRST_DAY, FIXED_LAST_DAY, 13, 24, 190, 110, 7500, 0)
"""Those who come by themselves."""
FAIR_DAYS: Final = (date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12))

RIPE_IN_MONTH: Final = {
    "2025-05": 22, "2025-06": 34, "2025-07": 40, "2025-08": 40, "2025-09": 48, "2025-10": 52,
    "2025-11": 56, "2025-12": 52, "2026-01": 58, "2026-02": 60, "2026-03": 78, "2026-04": 62,
    "2026-05": 60, "2026-06": 62, "2026-07": 58, "2026-08": 25, "2026-09": 62, "2026-10": 60,
}  # fmt: skip
"""Leads that are ripe for sales, by month: the fair in March, and in August 2026 a form that was broken for three weeks."""
FLOOD: Final = (date(2026, 3, 9), date(2026, 4, 1))
"""After the fair there were more leads than hands: whoever was handed over in these days waited."""
GRADES: Final = {"A": 30, "B": 46, "C": 16, "D": 8}
HELD: Final = 60
"""Ripe leads that marketing's check held back."""
BROUGHT: Final = 70
"""Leads that sales brought in themselves."""
PASSERS: Final = 1480
"""Visitors who never said who they are."""


class Rep(NamedTuple):
    """One rep; `turns` in ten hand-offs of the rep's region, `slow` where the phone waits."""

    rep: str
    name: str
    team: str
    role: str
    calendar: str
    capacity: int | None
    quota: int | None
    turns: int = 0
    slow: bool = False


HOUSE: Final = "alderfinch.example"
REPS: Final = (
    Rep(f"anna@{HOUSE}", "Anna Keller", "Europe", "inside_sales", "default", 22, None, 3),
    Rep(f"ben@{HOUSE}", "Ben Okafor", "Europe", "inside_sales", "default", 22, None, 3),
    Rep(f"carla@{HOUSE}", "Carla Brandt", "Europe", "inside_sales", "default", 22, None, 3),
    Rep(f"nils@{HOUSE}", "Nils Petersen", "Europe", "inside_sales", "default", 10, None, 1, slow=True),
    Rep(f"diego@{HOUSE}", "Diego Alvarez", "America", "inside_sales", "new_york", 18, None, 5),
    Rep(f"emma@{HOUSE}", "Emma Walsh", "America", "inside_sales", "new_york", 18, None, 5),
    Rep(f"frida@{HOUSE}", "Frida Lund", "Europe", "sales", "default", None, 110_000),
    Rep(f"gustav@{HOUSE}", "Gustav Meyer", "Europe", "sales", "default", None, 110_000),
    Rep(f"helen@{HOUSE}", "Helen Novak", "Europe", "sales", "default", None, 100_000),
    Rep(f"jack@{HOUSE}", "Jack Morris", "America", "sales", "new_york", None, 90_000),
)
CHECKER: Final = f"mia@{HOUSE}"
"""Marketing's eyes: passes leads on, or holds them back."""
ABSENCES: Final = {
    "anna": ("2025-07-14/2025-07-26", "2025-12-22/2026-01-03", "2026-03-16/2026-03-21", "2026-07-20/2026-08-01"),
    "ben": ("2025-08-04/2025-08-16", "2025-11-24/2025-11-26T13:00", "2026-04-07/2026-04-18", "2026-08-17/2026-08-29"),
    "carla": ("2025-06-10/2025-06-21", "2025-10-13/2025-10-18", "2026-03-09/2026-03-21", "2026-06-29/2026-07-11"),
    "nils": ("2025-08-18/2025-08-30", "2026-02-09/2026-02-14", "2026-07-06/2026-07-18"),
    "diego": ("2025-07-03/2025-07-12", "2025-12-24/2026-01-03", "2026-06-15/2026-06-27"),
    "emma": ("2025-09-08/2025-09-20", "2026-03-23/2026-03-28", "2026-08-03/2026-08-15"),
    "frida": ("2025-08-11/2025-08-23", "2026-05-18/2026-05-30"),
    "gustav": ("2025-07-21/2025-08-02", "2026-02-16/2026-02-21", "2026-07-27/2026-08-08"),
    "helen": ("2025-06-30/2025-07-12", "2025-12-29/2026-01-10", "2026-09-07/2026-09-19"),
    "jack": ("2025-08-25/2025-09-06", "2026-06-29/2026-07-11"),
}  # fmt: skip
"""By rep, from/to, half-open, in the agreement's zone."""


class Buyer(NamedTuple):
    """One persona as the company meets it: a fit of 35 with industry and size right, 20 with the size, 15 with the industry."""

    roles: tuple[str, ...]
    industries: tuple[str, ...]
    sizes: tuple[int, int]
    obstacles: tuple[str, ...]


BUYERS: Final = {
    "operations_olga": Buyer(("operations", "coo"), ("logistics", "manufacturing"), (50, 500),
                             ("the planners fear more work", "no time to introduce it", "the budget comes next year")),
    "people_paula": Buyer(("hr", "people"), ("hospital", "retail"), (100, 1000),
                          ("the works council has to agree", "the budget comes next year", "data protection")),
    "it_ingo": Buyer(("it", "cto"), ("hospital", "manufacturing"), (100, 1000),
                     ("no interface to the payroll", "data protection", "it has to run in our own centre")),
    "owner_otto": Buyer(("owner", "founder"), ("hotel", "retail"), (10, 49),
                        ("too expensive", "no time to introduce it", "staff without a computer")),
}  # fmt: skip
"""The first obstacle of each is the one that is met most."""
OUTSIDERS: Final = ("student", "consultant", "journalist")
"""Roles that are nobody's persona."""
INDUSTRIES: Final = ("logistics", "manufacturing", "hospital", "retail", "hotel", "public", "education", "software")
COUNTRIES: Final = {"DE": 52, "AT": 10, "CH": 8, "NL": 6, "US": 24}
SUGGESTIONS: Final = (
    "Write about swapping shifts: they all ask how it works.",
    "Half of my calls start with the law on night work. A page on it would help.",
    "They read the page on interfaces before they buy. Link it from the guide.",
    "Please no more contest leads on a Friday.",
)
REJECTED: Final = ("wrong contact data", "not a fit", "competitor", "duplicate")

GERMAN_HOLIDAYS: Final = (
    "2025-05-01 2025-05-29 2025-06-09 2025-10-03 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-05-14 "
    "2026-05-25 2026-10-03"
).split()
AMERICAN_HOLIDAYS: Final = (
    "2025-05-26 2025-06-19 2025-07-04 2025-09-01 2025-10-13 2025-11-11 2025-11-27 2025-12-25 2026-01-01 2026-01-19 2026-02-16 "
    "2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12"
).split()
"""Written down here, so that what happened does not change when somebody's list of holidays does."""
