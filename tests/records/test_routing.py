"""Hand-offs of a workspace get their reps: each once, by the agreement, told as a fact; what nobody can take waits with a reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from smarketing.actions.workspace import Workspace
from tests.records.mailbox import Mailbox, mail_server_running
from tests.records.routed_office import MONDAY, REPS, Company, company
from tests.records.test_facts import run

pytestmark = pytest.mark.postgres
Made = Callable[..., Company]


@pytest.fixture
def made(empty_records: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """A company whose agreement says how leads are routed."""
    return lambda route="by: round_robin": company(tmp_path, database_url, monkeypatch, route=route)


def test_a_lead_that_is_handed_over_gets_a_rep_by_a_fact_that_says_why(made: Made) -> None:
    here = made()
    here.asks("l1")
    assert here.owners() == {"l1": None}
    assert here.route() == [("l1", "anna")]
    assert here.owners() == {"l1": "anna"}
    why = "It is the turn of Anna Keller, one of 3 who can take it."
    told = run(
        "SELECT fact_id, at, actor, source, properties ->> 'to', properties ->> 'by', properties ->> 'why' FROM fact WHERE kind = 'assigned'"
    )
    assert told == [("app:routing:l1:1:0", MONDAY, None, "app", "anna@hart.example", "routing", why)]
    assert run("SELECT rep, why, fact_id FROM routed") == [("anna@hart.example", why, "app:routing:l1:1:0")]
    assert run("SELECT owner, cycle, serial FROM turn") == [("anna@hart.example", 1, 1)]
    assert run("SELECT turns, last_at FROM rotation WHERE rep = 'anna@hart.example'") == [(1, MONDAY)]


def test_nothing_is_routed_twice_whether_it_is_derived_yet_or_not(made: Made) -> None:
    from smarketing.actions.routing.waiting import route_waiting

    here = made()
    here.asks("l1", "l2")
    assert len(route_waiting(here.workspace, here.now)) == 2
    assert route_waiting(here.workspace, here.now) == []
    here.follow()
    assert route_waiting(here.workspace, here.now) == []
    assert run("SELECT count(*) FROM fact WHERE kind = 'assigned'") == [(2,)]


def test_what_goes_wrong_in_the_middle_leaves_nothing_behind(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the worker is killed: no fact, no turn, no row; and the next one does it whole."""
    from smarketing.records import unrouted

    here = made()
    here.asks("l1", "l2")
    kept = unrouted.keep_turns

    def killed(*rows: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr(unrouted, "keep_turns", killed)
    with pytest.raises(OSError, match="killed"):
        here.route()
    for table in ("routed", "turn", "rotation", "fact WHERE kind = 'assigned'", "notice"):
        assert run(f"SELECT count(*) FROM {table}") == [(0,)], table
    monkeypatch.setattr(unrouted, "keep_turns", kept)
    assert here.route() == [("l1", "anna"), ("l2", "ben")]


def test_leads_go_round_and_what_comes_while_nobody_looked_is_no_reason_to_begin_anew(made: Made) -> None:
    here = made()
    here.asks("l1", "l2", "l3", "l4")
    assert here.route() == [("l1", "anna"), ("l2", "ben"), ("l3", "carla"), ("l4", "anna")]
    here.later(hours=1)
    here.asks("l5")
    assert here.route() == [("l5", "ben")]


def test_whoever_has_somebody_already_or_was_touched_is_not_routed(made: Made) -> None:
    """Assigned by another program, called by somebody, accepted, sent back, or not handed over at all; the control is routed."""
    here = made()
    here.asks("assigned", "called", "accepted", "rejected", "control")
    here.later(minutes=5)
    here.tell(("assigned", "assigned", {"to": "dora@hart.example"}), ("visitor", "page_viewed"))
    here.tell(
        ("called", "call_made"),
        ("accepted", "accepted"),
        ("rejected", "rejected", {"reason": "a student"}),
        actor="ben@hart.example",
    )
    assert here.route() == [("control", "anna")]
    assert here.owners()["assigned"] == "dora"


def test_a_fact_that_is_not_derived_yet_holds_routing_up(made: Made) -> None:
    """Somebody assigned it a moment ago: that is known before the lead is given away."""
    from smarketing.records.facts import store_facts
    from tests.records.routed_office import _frame

    here = made()
    here.asks("l1")
    row = {"fact_id": "crm:1", "lead_id": "l1", "at": here.now, "recorded_at": here.now, "kind": "assigned", "properties": '{"to":"dora@hart.example"}', "source": "crm"}  # fmt: skip
    store_facts(_frame([row]))
    assert here.route() == []
    assert here.owners() == {"l1": "dora"}


def test_hand_offs_of_more_than_two_weeks_ago_are_left_to_people(made: Made) -> None:
    here = made()
    here.tell(("old", "form_submitted"), at=MONDAY - timedelta(days=14, seconds=1))
    here.tell(("new", "form_submitted"), at=MONDAY - timedelta(days=14))
    assert here.route() == [("new", "anna")]


def test_an_agreement_that_says_nothing_of_routing_routes_nothing(made: Made) -> None:
    here = made(route="")
    here.asks("l1")
    assert here.route() == []
    assert here.waits() == []


def test_a_workspace_that_stands_still_routes_nothing(made: Made) -> None:
    from smarketing.actions.workspace import Workspace

    here = made()
    here.asks("l1")
    settings = here.workspace.folder / ".env"
    settings.write_text(settings.read_text(encoding="utf-8") + "SMARKETING_AS_OF=2026-03-02\n", encoding="utf-8")
    here.workspace = Workspace(here.workspace.folder)
    assert here.route() == []
    assert run("SELECT count(*) FROM routed") == [(0,)]


def test_what_nobody_can_take_waits_with_the_reason_and_is_tried_again(made: Made) -> None:
    here = made()
    here.table(
        "absences",
        "rep,from,to\n"
        + "".join(f"{rep}@hart.example,2026-03-01,2026-03-0{to}\n" for rep, to in (("anna", 5), ("ben", 4), ("carla", 6))),
    )
    here.asks("l1")
    assert here.route() == []
    assert here.waits() == [("l1", "Nobody can take it now: all 3 are away (Ben Okafor until Wed 4 Mar 00:00).")]
    assert run("SELECT kind FROM fact WHERE kind = 'assigned'") == []
    here.later(days=1)
    assert here.route() == []
    assert run("SELECT asked_at FROM routed") == [(MONDAY,)]
    here.later(days=1)
    assert here.route() == [("l1", "ben")]
    assert here.waits() == []
    assert run("SELECT count(*), min(asked_at), min(routed_at) FROM routed") == [(1, MONDAY, here.now)]


def test_what_somebody_else_took_meanwhile_waits_no_more(made: Made) -> None:
    here = made()
    here.table("reps", "rep,name,role\nmia@hart.example,Mia Lindqvist,marketing\n")
    here.asks("l1", "l2")
    assert here.route() == []
    assert [lead for lead, _ in here.waits()] == ["l1", "l2"]
    here.tell(("l1", "assigned", {"to": "dora@hart.example"}))
    assert here.route() == []
    assert here.waits() == [("l2", "Nobody in the table of reps is in sales and with the company now.")]


def test_a_worker_tries_what_waits_only_now_and_then_but_what_is_new_at_once(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.actions.routing import waiting

    here = made()
    here.table(
        "absences",
        "rep,from,to\nanna@hart.example,2026-03-01,2026-03-09\nben@hart.example,2026-03-01,2026-03-09\ncarla@hart.example,2026-03-01,2026-03-09\n",
    )
    here.asks("l1")
    assert waiting.keep_routing(here.workspace, here.now) == []
    assert [lead for lead, _ in here.waits()] == ["l1"]
    here.table("absences", "rep,from,to\n")
    here.asks("l2")
    assert [one.lead_id for one in waiting.keep_routing(here.workspace, here.now)] == ["l2"]
    monkeypatch.setattr(waiting, "SECONDS_BETWEEN_TRIES", 0.0)
    assert [one.lead_id for one in waiting.keep_routing(here.workspace, here.now)] == ["l1"]


def test_nobody_gets_more_open_leads_than_their_capacity_and_what_is_closed_makes_room(made: Made) -> None:
    here = made()
    here.table("reps", REPS.replace("inside_sales,,,", "inside_sales,1,,"))
    here.asks("l1", "l2")
    assert here.route() == [("l1", "anna"), ("l2", "ben")]
    here.asks("l3", "l4", "l5")
    assert here.route() == [("l3", "carla")]
    assert [lead for lead, _ in here.waits()] == ["l4", "l5"]
    here.tell(("l2", "rejected", {"reason": "a student"}), actor="ben@hart.example")
    assert here.route() == [("l4", "ben")]
    here.tell(("l1", "opportunity_won"), actor="anna@hart.example")
    assert here.route() == [("l5", "anna")]


def test_leads_of_an_account_go_to_whoever_has_it_also_those_of_the_same_moment(made: Made) -> None:
    here = made(route="account_owner_first: true")
    here.asks("l1", account="Acme")
    assert here.route() == [("l1", "anna")]
    here.asks("l2", "l3", account="Acme")
    here.asks("l4", "l5", account="Bolt")
    assert here.route() == [("l2", "anna"), ("l3", "anna"), ("l4", "ben"), ("l5", "ben")]


def test_preferences_are_by_the_profile_as_it_is_known(made: Made) -> None:
    here = made(route="prefer: [{when: {country: AT}, to: [carla@hart.example]}]")
    here.asks("l1", country="AT")
    here.asks("l2", country="DE")
    here.tell(("l2", "profile_changed", {"country": "at"}))
    here.asks("l3", country="AT")
    here.tell(("l3", "profile_changed", {"country": None}))
    assert here.route() == [("l1", "carla"), ("l2", "carla"), ("l3", "anna")]


def test_a_lead_that_comes_back_goes_to_whoever_had_it_and_is_told_as_new(made: Made) -> None:
    here = made()
    here.asks("l1", "l2")
    assert here.route() == [("l1", "anna"), ("l2", "ben")]
    here.later(hours=1)
    here.tell(("l2", "recycled", {"reason": "no timing"}), actor="ben@hart.example")
    here.later(days=1)
    here.asks("l2")
    assert here.route() == [("l2", "ben")]
    assert run("SELECT cycle, why FROM routed WHERE lead_id = 'l2' ORDER BY cycle")[1] == (2, "Ben Okafor had this lead before.")


class TestAfterABreach:
    def test_the_next_rep_gets_the_lead_once_for_each_promise_that_was_broken_and_never_the_same(self, made: Made) -> None:
        here = made(route="after_breach: reassign")
        here.asks("l1")
        assert here.route() == [("l1", "anna")]
        here.later(hours=4)
        assert here.route() == []
        here.later(minutes=1)
        assert here.route() == [("l1", "ben")]
        assert here.owners() == {"l1": "ben"}
        here.later(hours=3)
        assert here.route() == []
        here.later(hours=1)
        assert here.route() == [("l1", "carla")]
        here.later(days=1)
        assert here.route() == []
        found = run("SELECT round, rep, why FROM routed ORDER BY round")
        assert [(number, rep.partition("@")[0]) for number, rep, _ in found] == [(0, "anna"), (1, "ben"), (2, "carla")]
        assert found[1][2] == "Anna Keller did not answer in time. It is the turn of Ben Okafor, one of 2 who can take it."

    def test_two_promises_broken_at_once_move_it_once(self, made: Made) -> None:
        here = made(route="after_breach: reassign")
        here.asks("l1")
        assert here.route() == [("l1", "anna")]
        here.later(hours=9)
        assert here.route() == [("l1", "ben")]
        assert here.route() == []

    def test_who_answered_or_accepted_keeps_the_lead_and_so_does_everybody_without_that_clause(self, made: Made) -> None:
        here = made(route="after_breach: reassign")
        here.asks("called", "accepted", "control")
        assert len(here.route()) == 3
        here.tell(("called", "call_made"), ("accepted", "accepted"), actor="anna@hart.example")
        here.later(hours=5)
        assert here.route() == [("control", "anna")]

    def test_without_the_clause_everybody_keeps_it(self, made: Made) -> None:
        here = made()
        here.asks("l1")
        assert here.route() == [("l1", "anna")]
        here.later(hours=5)
        assert here.route() == []

    def test_a_breach_of_more_than_three_days_ago_moves_nothing(self, made: Made) -> None:
        here = made(route="after_breach: reassign")
        here.asks("l1")
        assert here.route() == [("l1", "anna")]
        here.later(days=3, hours=8, seconds=1)
        assert here.route() == []

    def test_where_nobody_else_is_there_it_stays_and_waits_with_the_reason(self, made: Made) -> None:
        here = made(route="after_breach: reassign")
        here.table("reps", "".join(REPS.splitlines(keepends=True)[:2]))
        here.asks("l1")
        assert here.route() == [("l1", "anna")]
        here.later(hours=5)
        assert here.route() == []
        assert here.waits() == [
            ("l1", "Anna Keller did not answer in time. Nobody can take it now: Anna Keller has let it wait too long already.")
        ]
        assert here.owners() == {"l1": "anna"}


class TestTheRepIsTold:
    def test_at_once_and_whoever_lost_the_lead_too(self, made: Made) -> None:
        users("anna", "ben")
        here = made(route="after_breach: reassign")
        here.asks("l1", account="Acme")
        assert here.route() == [("l1", "anna")]
        assert told() == [
            (
                "anna",
                "assigned",
                "A lead for you: Acme. It is the turn of Anna Keller, one of 3 who can take it.",
                "/leads/l1",
            )
        ]
        here.later(hours=5)
        assert here.route() == [("l1", "ben")]
        assert [(who, text.partition(".")[0]) for who, _, text, _ in told()[1:]] == [
            ("anna", "Acme went on to Ben Okafor: nobody had answered in time"),
            ("ben", "A lead for you: Acme"),
        ]

    def test_by_mail_too_a_minute_later(self, made: Made) -> None:
        from smarketing.actions.mail.postman import Postman

        users("anna", "ben")
        run("TRUNCATE letter")
        here, mailbox = made(), Mailbox()
        with mail_server_running(mailbox) as where, (here.workspace.folder / ".env").open("a", encoding="utf-8") as settings:
            print(
                f"SMARKETING_MAIL_URL=smtp://{where}", "SMARKETING_URL=https://smarketing.hart.example", sep="\n", file=settings
            )
            settings.flush()
            post = Postman(Workspace(here.workspace.folder), threading.Event()).look
            here.asks("l1")
            assert here.route() == [("l1", "anna")]
            here.later(minutes=2)
            post()
            (letter,) = mailbox.about("A lead", "anna@hart.example")
            assert letter["Subject"].strip() == "A lead for you: l1. It is the turn of Anna Keller, one of 3 who can take it."
            assert "https://smarketing.hart.example/leads/l1" in letter.get_body(("plain",)).get_content()

    def test_a_rep_who_cannot_be_told_gets_the_lead_all_the_same(
        self, made: Made, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        from smarketing.actions import notices
        from smarketing.vocabulary.errors import UsageError

        def broken(*args: object, **options: object) -> bool:
            raise UsageError("nobody listens")

        monkeypatch.setattr(notices, "tell", broken)
        here = made()
        here.asks("l1")
        assert here.route() == [("l1", "anna")]
        assert here.owners() == {"l1": "anna"}
        assert "could not be told" in caplog.text


def users(*names: str) -> None:
    from smarketing.records.people import User

    for name in names:
        User.objects.create(email=f"{name}@hart.example", name=name, role="sales", password="!")


def told() -> list[tuple[str, str, str, str]]:
    from smarketing.records.notices import Notice

    rows = Notice.objects.order_by("id").values_list("user__name", "kind", "text", "url")
    return [(who, kind, text, url) for who, kind, text, url in rows]
