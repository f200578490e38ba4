"""The day: breaches appear when time passes and wins are told to everybody; mails keep quiet hours; each team's morning goes out once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smarketing.actions.workspace import Workspace
from tests.records.mailbox import Mailbox, mail_server_running
from tests.records.test_facts import run
from tests.unit.journal.journals import fact, journal

pytestmark = pytest.mark.postgres
RITA, MIA, SAM, CLARA = "rita@hart.example", "mia@hart.example", "sam@hart.example", "clara@hart.example"
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
"""As the facts of the tests count days from another one, these count hours from a Monday."""
REPS = f"rep,name,team,role,calendar\n{RITA},Rita Sommer,sales,rep,default\n"


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server took."""
    return Mailbox()


@pytest.fixture
def house(workspace: Workspace, database_url: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A workspace with people, a mail server, and a clock that the test moves."""
    from smarketing.actions import day
    from smarketing.actions.mail import daily
    from smarketing.records.people import User

    run("TRUNCATE letter")
    for email, role in ((RITA, "sales"), (SAM, "sales"), (MIA, "marketing"), (CLARA, "leader")):
        User.objects.create(email=email, name=email.partition("@")[0].capitalize(), role=role)
    (workspace.folder / "tables" / "reps.csv").write_text(REPS, encoding="utf-8")
    day._LAST.folder, daily._LAST.day = None, None
    instants = [MONDAY]
    monkeypatch.setattr(Workspace, "now", lambda self: instants[-1])
    with mail_server_running(mailbox) as where:
        lines = f"SMARKETING_DATABASE_URL={database_url}\nSMARKETING_MAIL_URL=smtp://{where}\nSMARKETING_URL=https://smarketing.hart.example\n"
        (workspace.folder / ".env").write_text(lines, encoding="utf-8")
        yield House(Workspace(workspace.folder), instants)


class House:
    """A workspace whose time passes as the test says."""

    def __init__(self, workspace: Workspace, instants: list[datetime]) -> None:
        self.workspace, self.instants, self.number = workspace, instants, 0

    def at(self, hours: float, day: int = 0) -> None:
        """It is so many hours (UTC) after the Monday began, or after a later day of the week."""
        self.instants.append(MONDAY + timedelta(days=day, hours=hours))

    def happens(self, lead: str, kind: str, hours: float, **said: Any) -> None:
        """A fact comes in."""
        from smarketing.records.facts import store_facts

        self.number += 1
        days = (MONDAY + timedelta(hours=hours) - datetime(2026, 1, 1, tzinfo=UTC)) / timedelta(days=1)
        store_facts(journal(fact(f"f{self.number}", lead, days, kind, **said)))

    def follows(self) -> None:
        """What follows is brought up to date, and those whom it concerns are told."""
        from smarketing.actions.day import tell_the_day
        from smarketing.actions.live.follow import follow

        follow(self.workspace)
        tell_the_day(self.workspace, self.workspace.now())

    def post(self) -> None:
        """The postman looks."""
        import threading

        from smarketing.actions.mail.postman import Postman

        Postman(self.workspace, threading.Event()).look()


def notices(email: str) -> list[tuple[str, str]]:
    """Kind and text of somebody's notices, the oldest first."""
    asked = "SELECT kind, text FROM notice JOIN user_account ON user_account.id = user_id WHERE email = '{}' ORDER BY notice.id"
    return [tuple(row) for row in run(asked.format(email))]


def handed_over(house: House, lead: str, hours: float) -> None:
    """A lead that asked for a demo is Rita's."""
    house.happens(lead, "form_submitted", hours, form="demo")
    house.happens(lead, "assigned", hours, to=RITA)


def test_a_breach_is_told_when_its_time_passes_to_the_owner_and_the_leaders(house: House) -> None:
    handed_over(house, "a", 8)
    house.at(8.5)
    house.follows()
    assert run("SELECT count(*) FROM notice WHERE kind = 'breach'") == [(0,)]
    ((due,),) = run("SELECT min(due_at) FROM derived.clocks WHERE state = 'open'")
    house.instants.append(due + timedelta(seconds=1))
    house.follows()
    (own,), (leaders,) = notices(RITA), notices(CLARA)
    assert own[0] == leaders[0] == "breach"
    assert own[1].endswith("was not kept for a.")
    assert leaders[1].endswith("was not kept for a, which Rita Sommer has.")
    assert notices(MIA) == []


def test_what_was_told_is_told_by_nobody_again(house: House) -> None:
    from smarketing.actions import day

    handed_over(house, "a", 8)
    house.at(9, day=2)
    house.follows()
    told = run("SELECT count(*) FROM notice")
    assert told[0][0] > 0
    for _ in range(3):  # a worker that began anew has seen nothing
        day._LAST.folder = None
        house.follows()
    assert run("SELECT count(*) FROM notice") == told


def test_a_storm_of_breaches_is_one_notice(house: House) -> None:
    for number in range(12):
        handed_over(house, f"lead-{number}", 8)
    house.at(9, day=1)
    house.follows()
    (own,) = notices(RITA)
    assert own == ("breach", "12 of your promises were broken")


def test_a_history_that_was_imported_is_told_to_nobody(house: House) -> None:
    handed_over(house, "a", 8)
    house.happens("a", "opportunity_won", 9, amount=500)
    house.at(9, day=30)
    house.follows()
    assert run("SELECT count(*) FROM notice") == [(0,)]


def test_a_win_is_told_to_everybody_once_with_who_brought_and_who_closed(house: House) -> None:
    house.happens("a", "profile_changed", 7, account="Falken GmbH")
    house.happens("a", "form_submitted", 8, form="demo", campaign="fair")
    house.happens("a", "assigned", 8, to=RITA)
    house.happens("a", "opportunity_won", 9, amount=12000, actor=SAM)
    house.at(9.5)
    house.follows()
    house.follows()
    for email in (RITA, MIA, SAM, CLARA):
        assert [text for kind, text in notices(email) if kind == "won"] == [
            f"Won: Falken GmbH, €12,000. Brought by fair, worked by Rita Sommer, closed by {SAM}."
        ]


def test_a_win_that_was_taken_back_is_told_to_nobody(house: House) -> None:
    house.happens("a", "opportunity_won", 8, amount=500)
    house.happens("a", "retracted", 8.1, properties='{"fact_id": "f1"}')
    house.at(9)
    house.follows()
    assert run("SELECT count(*) FROM notice") == [(0,)]


def tell_rita(house: House, key: str = "a") -> None:
    """Something is assigned to Rita now."""
    from smarketing.actions.notices import tell

    tell(RITA, key=key, kind="assigned", text=f"Lead {key} was assigned to you.", url=f"/leads/{key}", now=house.workspace.now())


def test_a_notice_is_mailed_a_minute_later_with_a_link(house: House, mailbox: Mailbox) -> None:
    house.at(8)
    tell_rita(house)
    house.post()
    assert mailbox.letters == []
    house.at(8 + 2 / 60)
    house.post()
    house.post()
    (letter,) = mailbox.to(RITA)
    assert letter["Subject"] == "Lead a was assigned to you."
    assert "https://smarketing.hart.example/leads/a" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "https://smarketing.hart.example/leads/a" in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_what_was_read_meanwhile_is_not_mailed(house: House, mailbox: Mailbox) -> None:
    from smarketing.actions.notices import read
    from smarketing.records.people import User

    house.at(8)
    tell_rita(house)
    read(User.objects.get(email=RITA), now=house.workspace.now())
    house.at(8.5)
    house.post()
    assert mailbox.letters == []


def test_at_night_nobody_is_mailed_and_in_the_morning_all_of_it_is_one_letter(house: House, mailbox: Mailbox) -> None:
    house.at(20, day=4)  # a Friday
    for key in "abc":
        tell_rita(house, key)
    house.at(21, day=4)
    house.post()
    house.at(9, day=5)
    house.post()
    assert mailbox.to(RITA) == []
    house.at(8, day=7)
    house.post()
    (letter,) = [letter for letter in mailbox.to(RITA) if "notices" in letter["Subject"]]
    assert letter["Subject"] == "3 notices, the latest: Lead c was assigned to you."


def test_a_letter_says_what_a_notice_stands_for_and_whether_its_leads_may_be_contacted(house: House, mailbox: Mailbox) -> None:
    from smarketing.actions.notices import tell

    handed_over(house, "a", 8)
    house.happens("a", "subscribed", 8)
    house.happens("b", "profile_changed", 8, doNotCall=True)
    house.at(9)
    for lead in "bcdefga":
        told: Any = {"kind": "assigned", "text": f"Lead <{lead}> was assigned to you.", "url": f"/leads/{lead}", "lead_id": lead}
        tell(RITA, key=lead, storm="assigned", now=house.workspace.now(), **told)
    tell(RITA, key="alone", kind="breach", text="A promise to b.", url="/leads/b", lead_id="b", now=house.workspace.now())
    house.at(9.1)
    house.post()
    (letter,) = [letter for letter in mailbox.to(RITA) if "notices" in letter["Subject"]]
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    home = "https://smarketing.hart.example"
    assert plain.split("--")[0].strip().splitlines() == [
        "- A promise to b. (Do not call)", f"  {home}/leads/b", "",
        "- 7 leads were assigned to you", f"  {home}/notices",
        "  - Lead <a> was assigned to you. (May be mailed)", f"    {home}/leads/a",
        *(line for lead in "gfed" for line in (f"  - Lead <{lead}> was assigned to you.", f"    {home}/leads/{lead}")),
        "  - and 2 more",
    ]  # fmt: skip
    assert f'<a href="{home}/leads/a">Lead &lt;a&gt; was assigned to you.</a> <span class="quiet">May be mailed</span>' in html
    assert f'<a href="{home}/leads/b">A promise to b.</a> <span class="bad">Do not call</span>' in html
    assert html.count("<li") == 2 + 5 + 1


def test_an_absence_is_a_quiet_time_of_its_own(house: House, mailbox: Mailbox) -> None:
    absences = f"rep,from,to\n{RITA},2026-06-01,2026-06-04\n"
    (house.workspace.folder / "tables" / "absences.csv").write_text(absences, encoding="utf-8")
    house.at(9)
    tell_rita(house)
    for day in (0, 1, 2):
        house.at(10, day=day)
        house.post()
    assert [letter for letter in mailbox.to(RITA) if "Lead a" in letter["Subject"]] == []
    house.at(10, day=3)
    house.post()
    assert [letter["Subject"] for letter in mailbox.to(RITA) if "Lead a" in letter["Subject"]] == ["Lead a was assigned to you."]


def test_one_letter_follows_another_after_ten_minutes(house: House, mailbox: Mailbox) -> None:
    for minute in range(30):
        house.at(9 + minute / 60)
        tell_rita(house, f"k{minute}")
        house.post()
    assert 2 <= len(mailbox.to(RITA)) <= 3


def test_who_wants_no_mail_has_none(house: House, mailbox: Mailbox) -> None:
    from smarketing.records.people import User

    house.at(9)
    tell_rita(house)
    User.objects.filter(email=RITA).update(mails=False)
    house.at(9.5)
    house.post()
    assert mailbox.to(RITA) == []


def test_the_morning_goes_out_once_on_working_days(house: House, mailbox: Mailbox) -> None:
    from smarketing.actions.mail import daily

    handed_over(house, "a", 8)
    house.happens("a", "opportunity_won", 12, amount=900, actor=SAM)
    house.at(13)
    house.follows()
    house.at(5, day=1)  # 07:00 in the agreement's zone
    house.post()
    assert mailbox.letters == []
    for _ in range(3):
        house.at(5.6, day=1)
        daily._LAST.day = None  # each time another worker
        house.post()
    assert sorted(to for _, (to,) in mailbox.envelopes) == [MIA, RITA, SAM]
    (mia,), (rita,) = mailbox.to(MIA), mailbox.to(RITA)
    assert mia["Subject"].startswith("Marketing, Tuesday 2 June")
    text = rita.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert rita["Subject"].startswith("Sales, Tuesday 2 June")
    assert "1 lead was handed over" in text
    assert "WON" in text
    assert "€900" in text
    house.at(5.6, day=5)
    house.post()
    assert len(mailbox.letters) == 3, "nobody works on a Saturday"


def test_the_morning_has_its_charts_as_pictures(house: House, mailbox: Mailbox) -> None:
    handed_over(house, "a", 8)
    house.at(5.6, day=1)
    house.follows()
    house.post()
    (letter,) = mailbox.to(MIA)
    html = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    pictures = {part["Content-ID"].strip("<>"): part for part in letter.walk() if part.get_content_type() == "image/png"}
    assert pictures
    for name, part in pictures.items():
        assert f'src="cid:{name}"' in html
        assert part.get_content().startswith(b"\x89PNG")


def test_a_morning_is_left_out_where_it_is_off_or_long_over(house: House, mailbox: Mailbox, tmp_path: Path) -> None:
    handed_over(house, "a", 8)
    house.at(12, day=1)
    house.follows()
    house.post()
    settings = house.workspace.folder / ".env"
    settings.write_text(settings.read_text(encoding="utf-8") + "SMARKETING_DAILY_AT=off\n", encoding="utf-8")
    house.workspace = Workspace(house.workspace.folder)
    house.at(5.6, day=2)
    house.follows()
    house.post()
    assert mailbox.letters == []


def test_after_a_weekend_the_morning_tells_of_friday_too(house: House) -> None:
    from smarketing.actions.mail.daily import since_last_working_day
    from smarketing.actions.mail.hours import working_hours

    for day, label in ((7, "2026-06-05..2026-06-08"), (8, "2026-06-08..2026-06-09")):
        now = MONDAY + timedelta(days=day, hours=6)
        assert since_last_working_day(working_hours(house.workspace, now), now).label == label


def test_marketing_is_told_what_waits_for_its_check(house: House) -> None:
    path = next((house.workspace.folder / "agreement").glob("*.yaml"))
    path.write_text(path.read_text(encoding="utf-8").replace("handoff:\n", "handoff:\n  check: true\n", 1), encoding="utf-8")
    for lead in ("a", "b"):
        house.happens(lead, "form_submitted", 8, form="demo")
    house.at(9)
    house.follows()
    assert notices(MIA) == [("check", "2 leads wait for marketing's check")]
    assert notices(RITA) == []
