"""What leads do before and beside sales: visits, forms, downloads, newsletters, and the days in which they become ripe."""

from __future__ import annotations

from collections.abc import Mapping

from smarketing.connectors.example.company import DAY, FIRST_DAY, HOUR, MINUTE, SECOND, Campaign, midnight
from smarketing.connectors.example.diary import Diary, Touch
from smarketing.connectors.example.dice import Dice
from smarketing.connectors.example.plan import Life, awake

PAGES = (
    "/", "/product", "/shift-planning", "/customers", "/interfaces", "/about-us", "/blog/night-work", "/blog/swaps", "/guide",
    "/for/logistics", "/for/hospitals", "/for/shops",
)  # fmt: skip
PRICING = "/pricing"
TOPICS = ("shift guide", "night work", "swapping shifts", "interfaces", "works council")
FORM_OF_CHANNEL = {"paid_social": "newsletter", "webinar": "webinar", "event": "fair", "content": "guide", "partner": "partner"}
FIRST_NEWSLETTER = midnight(FIRST_DAY) + 5 * DAY + 7 * HOUR
"""A Tuesday; every other Tuesday follows."""
FORTNIGHT = 14 * DAY
SCANNED = 100
"""So many of a thousand accounts have a mail scanner that clicks on every link."""
ANONYMOUS_AT_FIRST = 350


def lead_up(life: Life, diary: Diary) -> None:
    """The lead from its first visit to the day it is ripe, or for as long as it reads us."""
    if life.known_at is None:
        pass_by(life, diary)
        return
    introduce(life, diary)
    until = life.busy_at if life.busy_at is not None else min(life.known_at + life.chance.between(20, 420) * DAY, diary.until)
    for _ in range(life.chance.between(1, 3) if life.busy_at else life.chance.between(2, 8)):
        visit(life, diary, between(life.chance, life.known_at, until), life.chance.between(2, 5))
    if life.busy_at is None:
        read_on(life, diary, until)
    elif life.ripe_at is not None:
        ripen(life, diary, life.busy_at, life.ripe_at, life.campaign)


def touch(
    life: Life, diary: Diary, lead: str, at: int, kind: str, properties: Mapping[str, str | int | bool] | None = None, *,
    source: str = "web", campaign: str | None = None, channel: str | None = None,
) -> None:  # fmt: skip
    """Write down what the lead did, at an hour at which it is up; `lead` is how it is known by then."""
    diary.note(lead, awake(at, life.country), kind, properties, source=source, campaign=campaign, channel=channel)


def between(dice: Dice, low: int, high: int) -> int:
    """Some second from `low` to `high`."""
    return low + dice.below(max((high - low) // SECOND, 1)) * SECOND


def pass_by(life: Life, diary: Diary) -> None:
    """A visitor who looks around, perhaps comes back, and never says who it is."""
    dice, at = life.chance, life.first_at
    arrive(life, diary, life.lead, at)
    for _ in range(dice.early(1, 7)):
        for page in pages(dice, 2, 6):
            touch(
                life,
                diary,
                life.lead,
                at,
                "page_viewed",
                {"url": page},
                channel="direct" if at > life.first_at else life.campaign.channel,
            )
            at += dice.between(15, 200) * SECOND
        at += dice.early(1, 30) * DAY + dice.between(0, 6) * HOUR
    if dice.chance(60):
        touch(life, diary, life.lead, at, "page_viewed", {"url": "/careers"})


def arrive(life: Life, diary: Diary, lead: str, at: int) -> None:
    """The first touch: the one that belongs to the campaign."""
    campaign = life.campaign
    told: Touch = {"campaign": campaign.campaign, "channel": campaign.channel}
    if campaign.channel in ("paid_search", "paid_social"):
        touch(life, diary, lead, at, "ad_clicked", {"url": "/"}, **told)
    elif campaign.channel == "referral":
        touch(life, diary, lead, at, "referral_submitted", {"by": "customer"}, **told)
    elif campaign.channel == "event":
        touch(life, diary, lead, at, "event_attended", {"event": campaign.name}, source="csv", **told)
    elif campaign.channel == "email":
        touch(life, diary, lead, at, "email_clicked", {"url": "/blog/swaps", "forwarded": True}, source="mail", **told)
    else:
        touch(life, diary, lead, at, "page_viewed", {"url": "/guide" if campaign.channel == "content" else "/"}, **told)


def introduce(life: Life, diary: Diary) -> None:
    """From the first visit to the form in which the lead says who it is; before it, some are only known by a cookie."""
    dice, known = life.chance, life.known_at or life.first_at
    hidden = dice.chance(ANONYMOUS_AT_FIRST) and known > life.first_at and life.campaign.channel != "referral"
    before = f"anon-{life.lead.removeprefix('lead-')}" if hidden else life.lead
    arrive(life, diary, before, life.first_at)
    at = life.first_at + dice.between(5, 40) * SECOND
    for page in pages(dice, 2, 6):
        if at < known or not hidden:
            touch(life, diary, before, at, "page_viewed", {"url": page}, channel=life.campaign.channel)
        at += dice.between(15, 200) * SECOND
    if life.sort == "brought":
        touch(life, diary, life.lead, known, "profile_changed", life.profile, source="crm")
        return
    form = "giveaway" if life.campaign.campaign == "giveaway" else FORM_OF_CHANNEL.get(life.campaign.channel, "newsletter")
    told: Touch = {"campaign": life.campaign.campaign, "channel": life.campaign.channel}
    touch(life, diary, life.lead, known, "form_submitted", {"form": form}, **told)
    if hidden:
        touch(life, diary, life.lead, known, "linked", {"with": before, "anonymous": True})
    if life.sort == "subscriber" or dice.chance(650):
        subscribe(life, diary, known)
    first = {name: life.profile[name] for name in ("role", "country", "account", "email_domain")}
    touch(life, diary, life.lead, known, "profile_changed", first)
    enriched = {name: life.profile[name] for name in ("industry", "employees")}
    touch(life, diary, life.lead, known + dice.between(1, 110) * MINUTE, "profile_changed", enriched, source="crm")


def visit(life: Life, diary: Diary, at: int, number: int) -> None:
    """A visit of some pages; those who know us come directly, or by a search for nothing in particular."""
    channel = life.chance.pick(("direct", "direct", "organic_search"))
    for page in pages(life.chance, number, number):
        touch(life, diary, life.lead, at, "page_viewed", {"url": page}, channel=channel)
        at += life.chance.between(15, 240) * SECOND


def pages(dice: Dice, low: int, high: int) -> list[str]:
    """The pages of one visit, none of them the prices."""
    return [dice.pick(PAGES) for _ in range(dice.between(low, high))]


def read_on(life: Life, diary: Diary, until: int) -> None:
    """A subscriber who stays one: perhaps a download, a look at the prices, or the end of it."""
    dice, known = life.chance, life.known_at or life.first_at
    if dice.chance(330):
        touch(life, diary, life.lead, between(dice, known, until), "content_downloaded", {"topic": dice.pick(TOPICS)})
    if dice.chance(120):
        touch(life, diary, life.lead, between(dice, known, until), "page_viewed", {"url": PRICING}, channel="direct")
    if dice.chance(60):
        touch(life, diary, life.lead, between(dice, known, until), "comment_posted", {"url": "/blog/swaps"})


def subscribe(life: Life, diary: Diary, at: int) -> None:
    """The newsletter from `at` on, every other Tuesday; while a lead is busy with us, it is left in peace."""
    dice = life.chance
    touch(life, diary, life.lead, at, "subscribed", {"list": "newsletter"})
    scanned = Dice(f"scanner:{life.profile['account']}").chance(SCANNED)
    at = awake(at, life.country)
    ends = at + dice.between(30, 560) * DAY if life.ripe_at is None and dice.chance(140) else diary.until + DAY
    reads = dice.between(100, 520)
    number = max((at - FIRST_NEWSLETTER) // FORTNIGHT + 1, 0)
    while (sent := FIRST_NEWSLETTER + number * FORTNIGHT) < min(ends, diary.until):
        number += 1
        if life.busy_at is None or life.ripe_at is None or not life.busy_at - 2 * DAY < sent < life.ripe_at + 4 * DAY:
            newsletter(life, diary, sent + dice.between(0, 900) * SECOND, number, reads=reads, scanned=scanned)
    if ends <= diary.until:
        diary.note(life.lead, ends, "unsubscribed", {"list": "newsletter"}, source="mail")


def newsletter(life: Life, diary: Diary, at: int, number: int, *, reads: int, scanned: bool) -> None:
    """One issue: delivered, perhaps opened and clicked; a scanner clicks on both links within seconds."""
    dice = life.chance
    told: Touch = {"campaign": "newsletter", "channel": "email"}
    issue = {"issue": number}
    diary.note(life.lead, at, "email_delivered", issue, source="mail", **told)
    if scanned:
        for link, url in enumerate(("/blog/swaps", PRICING), 1):
            diary.note(
                life.lead, at + link * SECOND, "email_clicked", {**issue, "url": url, "machine": True}, source="mail", **told
            )
    if dice.chance(reads):
        at = awake(at + dice.early(4, 3000) * MINUTE, life.country)
        diary.note(life.lead, at, "email_opened", issue, source="mail", **told)
        if dice.chance(230):
            diary.note(
                life.lead,
                at + dice.between(4, 90) * SECOND,
                "email_clicked",
                {**issue, "url": "/blog/swaps"},
                source="mail",
                **told,
            )


def ripen(life: Life, diary: Diary, busy_at: int, ripe_at: int, campaign: Campaign | None) -> None:
    """The days in which a lead becomes ripe, worth at least 45 points; the last touch is at `ripe_at`.

    Two downloads (30 points) and three looks at the prices (15); instead of the last look, or where the lead does not fit,
    a form for a demo.
    """
    dice, span = life.chance, ripe_at - busy_at
    told: Touch = {"campaign": campaign.campaign, "channel": campaign.channel} if campaign else {"channel": "direct"}
    at = [
        busy_at + span * place // 100
        for place in (dice.between(5, 30), dice.between(35, 60), dice.between(65, 78), dice.between(80, 95))
    ]
    if campaign and campaign.channel == "webinar":
        touch(life, diary, life.lead, busy_at + span // 2, "webinar_attended", {"webinar": campaign.name}, source="csv", **told)
    for place in (0, 1):
        touch(life, diary, life.lead, at[place], "content_downloaded", {"topic": dice.pick(TOPICS)}, **told)
        visit(life, diary, at[place] + MINUTE, dice.between(1, 4))
    for place in (2, 3):
        visit(life, diary, at[place] - 4 * MINUTE, 1)
        touch(life, diary, life.lead, at[place], "page_viewed", {"url": PRICING}, channel="direct")
    if dice.chance(120):
        touch(life, diary, life.lead, at[3] + MINUTE, "chat_started", {"page": PRICING})
    touch(life, diary, life.lead, ripe_at - SECOND, "page_viewed", {"url": PRICING}, **told)
    if life.grade in "CD" or campaign is None or dice.chance(350):
        touch(life, diary, life.lead, ripe_at, "form_submitted", {"form": "demo"}, **told)
    elif dice.chance(100):
        touch(life, diary, life.lead, ripe_at, "trial_started", {"plan": "team"}, **told)
