"""What people do with leads: each act once, told as facts, decided by one update, taken back where that is honest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from smarketing.actions.acts.asked import NoSuchLead, NotAllowed, Refused, Stale, Taken
from smarketing.actions.clock import Clock, write_clock
from smarketing.actions.workspace import Workspace
from tests.records.acting import Desk, told
from tests.records.test_facts import run
from tests.unit.journal.journals import day, fact

pytestmark = pytest.mark.postgres
At = Callable[[str], Desk]


def follow(workspace: Workspace) -> None:
    from smarketing.actions.live.follow import follow_and_wait

    follow_and_wait(workspace)


def test_an_accepted_lead_is_a_fact_and_its_owner_is_who_accepted_it(at_desk: At, desk_company: Workspace) -> None:
    done = at_desk("anna")("accepted", "one", key="k-1", note="called her before")
    assert done.status == 201
    assert done.body["fact_ids"] == ["app:k-1", "app:k-1:2"]
    assert run("SELECT fact_id, kind, actor, source, properties::text FROM fact WHERE source = 'app' ORDER BY fact_id") == [
        ("app:k-1", "accepted", "anna@hart.example", "app", "{}"),
        ("app:k-1:2", "assigned", "anna@hart.example", "app", '{"to":"anna@hart.example"}'),
    ]
    assert run("SELECT name, value FROM personal_value WHERE fact_id = 'app:k-1'") == [("note", '"called her before"')]
    follow(desk_company)
    assert run("SELECT owner, accepted_at FROM derived.handoffs WHERE lead_id = 'one'") == [("anna@hart.example", day(10))]


def test_the_same_key_again_is_the_same_act_with_the_same_answer(at_desk: At) -> None:
    first = at_desk("anna")("accepted", "one", key="twice")
    again = at_desk("anna")("accepted", "one", key="twice")
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert run("SELECT count(*) FROM fact WHERE kind = 'accepted'") == [(1,)]
    with pytest.raises(Refused, match="another act was done under this key"):
        at_desk("anna")("accepted", "two", key="twice")
    with pytest.raises(Refused, match="another act was done under this key"):
        at_desk("ben")("accepted", "one", key="twice")


def test_the_second_to_accept_is_told_who_was_first_and_when(at_desk: At, desk_clock: list[datetime]) -> None:
    at_desk("anna")("accepted", "one")
    desk_clock.append(day(10) + timedelta(minutes=3))
    with pytest.raises(Taken) as taken:
        at_desk("ben")("accepted", "one")
    assert taken.value.body == {
        "code": "taken", "message": "Anna Somebody accepted it 3 minutes ago.", "by": "anna@hart.example", "name": "Anna Somebody",
        "verb": "accepted", "at": "2026-01-11T00:00:00Z",
    }  # fmt: skip
    assert run("SELECT count(*) FROM act") == [(1,)]


def test_a_decision_that_came_by_import_counts_before_anything_is_derived(at_desk: At, desk_company: Workspace) -> None:
    from smarketing.records.facts import store_facts
    from tests.unit.journal.journals import journal

    store_facts(journal(fact("crm-7", "one", 9, "accepted", actor="sam@hart.example")))
    with pytest.raises(Taken, match=r"sam@hart.example accepted it 1 day ago\."):
        at_desk("anna")("accepted", "one")
    assert run("SELECT count(*) FROM act") == [(0,)]
    store_facts(journal(fact("crm-8", "one", 9.5, "retracted", fact_id_="", properties='{"fact_id": "crm-7"}')))
    assert at_desk("anna")("accepted", "one").status == 201


def test_what_somebody_accepted_they_or_a_leader_give_back_and_nobody_else(at_desk: At, desk_clock: list[datetime]) -> None:
    at_desk("anna")("accepted", "one")
    desk_clock.append(day(10.1))
    with pytest.raises(Taken, match="Anna Somebody accepted it"):
        at_desk("ben")("rejected", "one", reason="duplicate")
    assert at_desk("anna")("recycled", "one", reason="no timing").status == 201
    at_desk("anna")("accepted", "two")
    desk_clock.append(day(10.2))
    assert at_desk("lea")("rejected", "two", reason="duplicate").status == 201


def test_a_lead_that_was_given_back_and_handed_over_anew_is_decided_anew(
    at_desk: At, desk_clock: list[datetime], desk_company: Workspace
) -> None:
    at_desk("anna")("recycled", "one", reason="no timing")
    follow(desk_company)
    desk_clock.append(day(11))
    with pytest.raises(Refused, match="the lead is not with sales"):
        at_desk("anna")("rejected", "one", reason="duplicate")
    told(fact("again", "one", 10.5, "form_submitted", form="demo"), workspace=desk_company)
    assert run("SELECT cycle FROM derived.handoffs WHERE lead_id = 'one' ORDER BY cycle") == [(1,), (2,)]
    assert at_desk("ben")("accepted", "one").status == 201
    with pytest.raises(Taken, match="Ben Somebody accepted it"):
        at_desk("anna")("accepted", "one")


def test_who_may_do_what_with_whose_leads(at_desk: At) -> None:
    for name, verb, lead, said in (
        ("vic", "commented", "one", "Your role, viewer, does not comment; ask somebody of marketing, sales"),
        ("mia", "accepted", "one", "Your role, marketing, does not accept leads; ask somebody of sales, leader or operations"),
        ("anna", "passed", "early", "Your role, sales, does not pass leads to sales"),
        ("anna", "accepted", "owned", "This lead belongs to Ben Somebody; ask them, or have it passed on to you"),
    ):
        with pytest.raises(NotAllowed, match=said):
            at_desk(name)(verb, lead, **({"text": "hello"} if verb == "commented" else {}))
    assert at_desk("ben")("accepted", "owned").status == 201
    assert at_desk("mia")("commented", "owned", text="she came to the fair").status == 201
    assert at_desk("lea")("call_made", "owned", outcome="connected").status == 201


def test_what_makes_no_sense_is_refused_with_its_place_and_a_mend(at_desk: At) -> None:
    anna = at_desk("anna")
    for verb, place, said in (
        ("fired", "verb", {}), ("rejected", "reason", {}), ("rejected", "reason", {"reason": "ugly"}), ("accepted", "reason", {"reason": "x"}),
        ("snoozed", "until", {"until": "soon"}), ("snoozed", "until", {"until": "2020-01-01"}), ("assigned", "to", {"to": "nobody@x.example"}),
        ("attached", "url", {"url": "javascript:alert(1)"}), ("commented", "text", {"text": "a\0b"}), ("commented", "text", {"text": "a" * 4001}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            anna(verb, "one", **said)
        assert refused.value.body["place"] == place
        assert refused.value.body["mend"]
    with pytest.raises(Refused):
        anna("accepted", "one", key="a:b")
    with pytest.raises(NoSuchLead):
        anna("accepted", "nobody")
    assert run("SELECT count(*) FROM act") == run("SELECT count(*) FROM turn") == [(0,)]


def test_a_stale_page_is_told_what_changed_and_ones_own_acts_are_no_news(
    at_desk: At, desk_clock: list[datetime], desk_company: Workspace
) -> None:
    from smarketing.actions.acts.standing import etag_of

    seen = etag_of("one", now=desk_clock[-1])
    at_desk("mia")("commented", "one", text="she asked for Ben")
    desk_clock.append(day(10) + timedelta(hours=2))
    with pytest.raises(Stale) as stale:
        at_desk("anna")("accepted", "one", seen=seen)
    assert stale.value.body["changed"] == ["Mia Somebody left a comment 2 hours ago."]
    fresh = at_desk("anna")("accepted", "one", seen=stale.value.body["etag"])
    follow(desk_company)
    assert etag_of("one", now=desk_clock[-1]) == fresh.body["etag"]
    assert at_desk("anna")("call_made", "one", seen=seen and stale.value.body["etag"], outcome="connected").status == 201
    with pytest.raises(Stale, match="none of this lead's"):
        at_desk("anna")("call_made", "one", seen='"nonsense"')


def test_an_act_is_taken_back_and_the_lead_is_free_again(
    at_desk: At, desk_clock: list[datetime], desk_company: Workspace
) -> None:
    at_desk("anna")("accepted", "one", key="oops")
    follow(desk_company)
    desk_clock.append(day(10) + timedelta(minutes=14))
    back = at_desk("anna").undo("oops", new="back")
    assert back.status == 201
    assert at_desk("anna").undo("oops", new="back") == (200, back.body)
    follow(desk_company)
    assert run("SELECT accepted_at, owner FROM derived.handoffs WHERE lead_id = 'one'") == [(None, None)]
    assert run("SELECT decided, owner, serial FROM turn") == [(None, None, 2)]
    assert at_desk("ben")("accepted", "one").status == 201


def test_taking_back_is_refused_where_it_would_not_be_honest(at_desk: At, desk_clock: list[datetime]) -> None:
    at_desk("anna")("accepted", "one", key="mine")
    with pytest.raises(NotAllowed, match="by somebody else"):
        at_desk("ben").undo("mine")
    at_desk("mia")("commented", "one", text="good luck", key="comment")
    with pytest.raises(Refused, match="Mia Somebody left a comment since"):
        at_desk("anna").undo("mine")
    at_desk("mia").undo("comment")
    assert at_desk("anna").undo("mine", new="gone").status == 201
    with pytest.raises(Refused, match="taken back just now"):
        at_desk("anna").undo("mine")
    with pytest.raises(Refused, match="this was a taking back itself; do anew what it took back"):
        at_desk("anna").undo("gone")
    with pytest.raises(NoSuchLead):
        at_desk("anna").undo("never")
    at_desk("anna")("accepted", "two", key="late")
    desk_clock.append(day(10) + timedelta(minutes=16))
    with pytest.raises(Refused, match="within 15 minutes"):
        at_desk("anna").undo("late")


def test_the_quarter_of_an_hour_is_that_of_the_person_where_time_passes_faster(
    at_desk: At, desk_clock: list[datetime], desk_company: Workspace
) -> None:
    """The night passes in an instant: for whoever sits there a minute has gone by, not half a day."""
    six = day(10) + timedelta(hours=18)
    desk_clock.append(six + timedelta(minutes=45))
    evening, morning = six + timedelta(hours=1), six + timedelta(hours=13, minutes=30)
    write_clock(desk_company.data, Clock(morning, datetime.now(UTC), 30, skipped=((evening, morning),)))
    assert at_desk("anna")("accepted", "one", key="evening").body["undo_until"] == "2026-01-12T02:15:00Z"
    at_desk("anna")("accepted", "two", key="too-late")
    desk_clock.append(morning + timedelta(minutes=15))
    assert at_desk("anna").undo("evening").status == 201
    desk_clock.append(morning + timedelta(hours=7, minutes=16))
    with pytest.raises(Refused, match="it was done 15 minutes ago, and is taken back within 15 minutes; act anew"):
        at_desk("anna").undo("too-late")


def test_what_was_accepted_before_a_hand_back_holds_again_when_that_is_taken_back(
    at_desk: At, desk_clock: list[datetime]
) -> None:
    at_desk("anna")("accepted", "one", key="kept")
    desk_clock.append(day(10.001))
    at_desk("anna")("rejected", "one", reason="duplicate", key="wrong")
    at_desk("anna").undo("wrong")
    assert run("SELECT decided, decided_by, decided_fact, owner FROM turn") == [
        ("accepted", "anna@hart.example", "app:kept", "anna@hart.example")
    ]
    with pytest.raises(Taken, match="Anna Somebody accepted it"):
        at_desk("lea")("accepted", "one")


def test_who_is_mentioned_or_given_a_lead_is_told_once(at_desk: At) -> None:
    said = at_desk("mia")(
        "commented", "owned", text="@anna, @ben@hart.example and @nobody: call before noon, not at ada@ben.example", key="c"
    )
    assert said.body["mentions"] == ["anna@hart.example", "ben@hart.example"]
    at_desk("mia")("commented", "owned", text="and be kind")
    at_desk("ben")("assigned", "owned", to="ANNA@hart.example")
    told = run(
        "SELECT email, kind, text, lead_id FROM notice JOIN user_account ON user_account.id = user_id ORDER BY email, kind"
    )
    assert told == [
        ("anna@hart.example", "assigned", "Ben Somebody passed owned on to you.", "owned"),
        ("anna@hart.example", "mention", "Mia Somebody mentioned you in a comment on owned.", "owned"),
        ("ben@hart.example", "comment", "Mia Somebody commented on your lead owned.", "owned"),
        ("ben@hart.example", "mention", "Mia Somebody mentioned you in a comment on owned.", "owned"),
    ]
    assert run("SELECT count(*) FROM fact WHERE properties::text LIKE '%noon%'") == [(0,)]
    assert run("SELECT name FROM personal_value WHERE fact_id = 'app:c'") == [("text",)]


def test_a_reason_that_the_facts_contradict_is_doubted_and_done_all_the_same(
    at_desk: At, desk_company: Workspace, desk_clock: list[datetime]
) -> None:
    from smarketing.actions.acts.doubts import doubts_before

    assert run("SELECT lead_id, grade FROM derived.leads WHERE grade = 'A'") == [("two", "A")]
    anna = at_desk("anna")
    assert doubts_before(desk_company, "one", now=desk_clock[-1]) == {
        "disqualified": {}, "rejected": {}, "recycled": {"no answer": "Nobody has tried to reach the lead since the hand-off."},
    }  # fmt: skip
    said = anna("rejected", "two", reason="not a fit").body["doubt"]
    assert said == 'By the agreement "not a fit" is doubtful at grade A, and so it is here.'
    anna("call_made", "one", outcome="connected")
    assert doubts_before(desk_company, "one", now=desk_clock[-1])["recycled"] == {}
    assert doubts_before(desk_company, "one", now=desk_clock[-1])["rejected"] == {
        "wrong contact data": "The lead was reached: call made, the same day."
    }
    assert anna("rejected", "one", reason="duplicate").body["doubt"] is None
    assert run("SELECT reason, doubt <> '' FROM act WHERE verb = 'rejected' ORDER BY reason") == [
        ("duplicate", False),
        ("not a fit", True),
    ]


def test_doubts_are_counted_for_both_teams_also_of_what_was_imported(at_desk: At, desk_company: Workspace) -> None:
    from smarketing.actions.refresh import load_following
    from smarketing.reports.handed.doubts import Doubted, doubted

    at_desk("anna")("rejected", "two", reason="not a fit")
    told(fact("crm", "one", 3, "recycled", reason="no answer", actor="sam@hart.example"), fact("x", "owned", 2, "call_made"),
         fact("crm-2", "owned", 3, "recycled", reason="no answer", actor="sam@hart.example"), workspace=desk_company)  # fmt: skip
    assert doubted(load_following(desk_company)) == [
        Doubted("recycled", "no answer", "sam@hart.example", 1, 2),
        Doubted("rejected", "not a fit", "anna@hart.example", 1, 1),
    ]


def test_the_words_by_which_reasons_are_known() -> None:
    from smarketing.reports.handed.doubts import NO_ANSWER, WRONG_CONTACT

    wrong = ["wrong contact data", "Wrong number", "invalid e-mail address", "phone number is wrong", "mail bounced"]
    silent = ["no answer", "not reached", "never replied", "unreachable", "did not pick up", "no response"]
    neither = ["not a fit", "duplicate", "no timing", "no budget", "competitor", "bad timing"]
    for reasons, is_wrong, is_silent in ((wrong, True, False), (silent, False, True), (neither, False, False)):
        assert {one: (bool(WRONG_CONTACT.search(one)), bool(NO_ANSWER.search(one))) for one in reasons} == dict.fromkeys(
            reasons, (is_wrong, is_silent)
        )


def test_everything_that_people_do_is_a_fact_of_its_kind_and_can_be_taken_back(at_desk: At, desk_clock: list[datetime]) -> None:
    said = [
        ("ben", "call_made", {"outcome": "no answer"}), ("ben", "email_sent", {}), ("ben", "message_sent", {"note": "on the fair's app"}),
        ("ben", "meeting_booked", {"outcome": "booked"}), ("ben", "meeting_held", {"outcome": "held"}), ("ben", "obstacle_noted", {"obstacle": "budget"}),
        ("ben", "snoozed", {"until": "2026-02-01T09:00"}), ("ben", "commented", {"text": "slow"}), ("mia", "passed", {}),
        ("ben", "attached", {"url": "https://files.example/a.pdf", "name": "Offer for Ada"}), ("lea", "assigned", {"to": "anna@hart.example"}),
        ("lea", "disqualified", {"reason": "closed down"}),
    ]  # fmt: skip
    for place, (name, verb, properties) in enumerate(said):
        desk_clock.append(day(10) + timedelta(minutes=place))
        done = at_desk(name)(verb, "owned", key=f"{verb}-1", **properties)
        assert done.body["doubt"] is None
    kept = run("SELECT kind, actor, properties::text FROM fact WHERE source = 'app' ORDER BY at")
    assert [(kind, actor) for kind, actor, _ in kept] == [(verb, f"{name}@hart.example") for name, verb, _ in said]
    told = {kind: properties for kind, _, properties in kept}
    assert told["snoozed"] == '{"until":"2026-02-01T08:00:00Z"}'
    assert told["attached"] == '{"url":"https://files.example/a.pdf"}'
    assert told["obstacle_noted"] == '{"obstacle":"budget"}'
    assert run("SELECT name FROM personal_value WHERE fact_id LIKE 'app:%' ORDER BY name") == [("name",), ("note",), ("text",)]
    assert run("SELECT decided, checked, owner, snoozed_until, serial FROM turn") == [
        ("disqualified", "passed", "anna@hart.example", datetime.fromisoformat("2026-02-01T08:00:00Z"), len(said))
    ]
    for name, verb, _ in reversed(said):
        if desk_clock[-1] - day(10) < timedelta(minutes=20):
            assert at_desk(name).undo(f"{verb}-1").status == 201
    assert run("SELECT decided, checked, owner, snoozed_until FROM turn") == [(None, None, "ben@hart.example", None)]


def test_what_is_held_back_can_be_passed_later_and_what_was_passed_is_passed(at_desk: At) -> None:
    mia = at_desk("mia")
    mia("held", "early", reason="no phone number yet", key="h")
    with pytest.raises(Taken, match="Mia Somebody held it back"):
        at_desk("lea")("held", "early", reason="me too")
    mia("passed", "early")
    with pytest.raises(Taken, match="Mia Somebody passed it to sales"):
        at_desk("lea")("held", "early", reason="too-late")


def test_a_lead_is_found_by_every_id_it_goes_by(at_desk: At, desk_company: Workspace) -> None:
    told(
        fact("l", "one", 5, "linked", with_="anon-7", anonymous=True),
        fact("v", "anon-7", 5, "page_viewed"),
        workspace=desk_company,
    )
    assert at_desk("anna")("accepted", "anon-7").body["lead_id"] == "one"
    with pytest.raises(Taken):
        at_desk("ben")("accepted", "one")


def test_a_lead_of_which_nothing_is_derived_yet_can_be_worked_with(at_desk: At) -> None:
    from smarketing.records.facts import store_facts
    from tests.unit.journal.journals import journal

    store_facts(journal(fact("fresh", "brand new", 9, "form_submitted", form="demo")))
    assert at_desk("anna")("accepted", "brand new").status == 201
    with pytest.raises(Taken):
        at_desk("ben")("accepted", "brand new")


def test_a_lead_is_passed_to_a_rep_of_the_table_while_they_are_there(at_desk: At, desk_company: Workspace) -> None:
    (desk_company.small_tables() / "reps.csv").write_text(
        "rep,role,active_from,active_to\nSam@hart.example,sales,2025-01-01,\ngone@hart.example,sales,,2026-01-05\npr@hart.example,marketing,,\n",
        encoding="utf-8",
    )
    assert at_desk("lea")("assigned", "one", to="sam@hart.example", key="to-sam").status == 201
    assert run("SELECT properties ->> 'to' FROM fact WHERE fact_id = 'app:to-sam'") == [("Sam@hart.example",)]
    for nobody in ("gone@hart.example", "pr@hart.example", "vic@hart.example"):
        with pytest.raises(Refused, match="is nobody in sales who is there today"):
            at_desk("lea")("assigned", "one", to=nobody)
    with pytest.raises(Refused, match=r"Sam@hart\.example has it already; name somebody else"):
        at_desk("lea")("assigned", "one", to="SAM@hart.example")
    assert run("SELECT count(*) FROM fact WHERE kind = 'assigned' AND properties ->> 'to' = 'Sam@hart.example'") == [(1,)]


def test_after_a_hand_back_was_taken_back_the_page_is_not_older_than_what_follows(
    at_desk: At, desk_clock: list[datetime], desk_company: Workspace
) -> None:
    """The cycle that it ended goes on, at once, whether that is derived already or not."""
    told(fact("check", "one", 6, "passed", actor="mia@hart.example"), workspace=desk_company)
    at_desk("anna")("accepted", "one")
    desk_clock.append(day(10.001))
    at_desk("anna")("recycled", "one", reason="no timing", key="wrong")
    follow(desk_company)
    assert run("SELECT cycle FROM derived.leads WHERE lead_id = 'one'") == [(2,)]
    shown = at_desk("anna").undo("wrong").body["etag"]
    assert etag(at_desk, "one") == shown
    follow(desk_company)
    assert run("SELECT cycle FROM derived.leads WHERE lead_id = 'one'") == [(1,)]
    assert etag(at_desk, "one") == shown
    assert at_desk("anna")("email_sent", "one", seen=shown).status == 201


def etag(at_desk: At, lead_id: str) -> str | None:
    """The tag that a page shows now."""
    from smarketing.actions.acts.standing import etag_of

    return etag_of(lead_id, now=at_desk("anna").now)
