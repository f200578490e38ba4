"""What people do with leads: each act once, told as facts, decided by one update, taken back where that is honest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from smarketing.actions.acts.asked import NoSuchLead, NotAllowed, Refused, Stale, Taken
from smarketing.actions.workspace import Workspace
from tests.records.acting import Desk, handed, make_people, told
from tests.records.test_facts import run
from tests.unit.journal.journals import day, fact

pytestmark = pytest.mark.postgres
AGREEMENT = Path(__file__).parents[2] / "examples" / "hart_vale" / "agreement.yaml"
At = Callable[[str], Desk]


@pytest.fixture
def clock(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """The workspace's clock: the last instant of the list is now."""
    settings = workspace.folder / ".env"
    settings.write_text(settings.read_text(encoding="utf-8").replace("SMARKETING_AS_OF", "#SMARKETING_AS_OF"), encoding="utf-8")
    (workspace.folder / "agreement" / "agreement.yaml").write_text(AGREEMENT.read_text(encoding="utf-8"), encoding="utf-8")
    instants = [day(10)]
    monkeypatch.setattr(Workspace, "now", lambda self: instants[-1])
    yield instants


@pytest.fixture
def company(clock: list[datetime], workspace: Workspace) -> Workspace:
    """Three leads are with sales; `owned` is Ben's, `early` is with marketing yet."""
    fresh = Workspace(workspace.folder)
    told(
        *handed("one"), *handed("two", role="operations", employees=100, industry="logistics", country="DE"), *handed("owned"),
        fact("a", "owned", 1, "assigned", to="ben@hart.example"), fact("e", "early", 1, "page_viewed"), workspace=fresh,
    )  # fmt: skip
    return fresh


@pytest.fixture
def at_desk(company: Workspace) -> At:
    """Somebody at work, by name."""
    people = make_people()
    return lambda name: Desk(company, people[name])


def follow(workspace: Workspace) -> None:
    from smarketing.actions.live.follow import follow_and_wait

    follow_and_wait(workspace)


def test_an_accepted_lead_is_a_fact_and_its_owner_is_who_accepted_it(at_desk: At, company: Workspace) -> None:
    done = at_desk("anna")("accepted", "one", key="k-1", note="called her before")
    assert done.status == 201
    assert done.body["fact_ids"] == ["app:k-1", "app:k-1:2"]
    assert run("SELECT fact_id, kind, actor, source, properties::text FROM fact WHERE source = 'app' ORDER BY fact_id") == [
        ("app:k-1", "accepted", "anna@hart.example", "app", "{}"),
        ("app:k-1:2", "assigned", "anna@hart.example", "app", '{"to":"anna@hart.example"}'),
    ]
    assert run("SELECT name, value FROM personal_value WHERE fact_id = 'app:k-1'") == [("note", '"called her before"')]
    follow(company)
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


def test_the_second_to_accept_is_told_who_was_first_and_when(at_desk: At, clock: list[datetime]) -> None:
    at_desk("anna")("accepted", "one")
    clock.append(day(10) + timedelta(minutes=3))
    with pytest.raises(Taken) as taken:
        at_desk("ben")("accepted", "one")
    assert taken.value.body == {
        "code": "taken", "message": "Anna Somebody accepted it 3 minutes ago.", "by": "anna@hart.example", "name": "Anna Somebody",
        "verb": "accepted", "at": "2026-01-11T00:00:00Z",
    }  # fmt: skip
    assert run("SELECT count(*) FROM act") == [(1,)]


def test_a_decision_that_came_by_import_counts_before_anything_is_derived(at_desk: At, company: Workspace) -> None:
    from smarketing.records.facts import store_facts
    from tests.unit.journal.journals import journal

    store_facts(journal(fact("crm-7", "one", 9, "accepted", actor="sam@hart.example")))
    with pytest.raises(Taken, match=r"sam@hart.example accepted it 1 day ago\."):
        at_desk("anna")("accepted", "one")
    assert run("SELECT count(*) FROM act") == [(0,)]
    store_facts(journal(fact("crm-8", "one", 9.5, "retracted", fact_id_="", properties='{"fact_id": "crm-7"}')))
    assert at_desk("anna")("accepted", "one").status == 201


def test_what_somebody_accepted_they_or_a_leader_give_back_and_nobody_else(at_desk: At, clock: list[datetime]) -> None:
    at_desk("anna")("accepted", "one")
    clock.append(day(10.1))
    with pytest.raises(Taken, match="Anna Somebody accepted it"):
        at_desk("ben")("rejected", "one", reason="duplicate")
    assert at_desk("anna")("recycled", "one", reason="no timing").status == 201
    at_desk("anna")("accepted", "two")
    clock.append(day(10.2))
    assert at_desk("lea")("rejected", "two", reason="duplicate").status == 201


def test_a_lead_that_was_given_back_and_handed_over_anew_is_decided_anew(
    at_desk: At, clock: list[datetime], company: Workspace
) -> None:
    at_desk("anna")("recycled", "one", reason="no timing")
    follow(company)
    clock.append(day(11))
    with pytest.raises(Refused, match="the lead is not with sales"):
        at_desk("anna")("rejected", "one", reason="duplicate")
    told(fact("again", "one", 10.5, "form_submitted", form="demo"), workspace=company)
    assert run("SELECT cycle FROM derived.handoffs WHERE lead_id = 'one' ORDER BY cycle") == [(1,), (2,)]
    assert at_desk("ben")("accepted", "one").status == 201
    with pytest.raises(Taken, match="Ben Somebody accepted it"):
        at_desk("anna")("accepted", "one")


def test_who_may_do_what_with_whose_leads(at_desk: At) -> None:
    for name, verb, lead, said in (
        ("vic", "commented", "one", "commented is not for viewer"),
        ("mia", "accepted", "one", "accepted is not for marketing"),
        ("anna", "passed", "early", "passed is not for sales"),
        ("anna", "accepted", "owned", "This lead belongs to Ben Somebody"),
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
    at_desk: At, clock: list[datetime], company: Workspace
) -> None:
    from smarketing.actions.acts.standing import etag_of

    seen = etag_of("one", now=clock[-1])
    at_desk("mia")("commented", "one", text="she asked for Ben")
    clock.append(day(10) + timedelta(hours=2))
    with pytest.raises(Stale) as stale:
        at_desk("anna")("accepted", "one", seen=seen)
    assert stale.value.body["changed"] == ["Mia Somebody left a comment 2 hours ago."]
    fresh = at_desk("anna")("accepted", "one", seen=stale.value.body["etag"])
    follow(company)
    assert etag_of("one", now=clock[-1]) == fresh.body["etag"]
    assert at_desk("anna")("call_made", "one", seen=seen and stale.value.body["etag"], outcome="connected").status == 201
    with pytest.raises(Stale, match="none of this lead's"):
        at_desk("anna")("call_made", "one", seen='"nonsense"')


def test_an_act_is_taken_back_and_the_lead_is_free_again(at_desk: At, clock: list[datetime], company: Workspace) -> None:
    at_desk("anna")("accepted", "one", key="oops")
    follow(company)
    clock.append(day(10) + timedelta(minutes=14))
    back = at_desk("anna").undo("oops", new="back")
    assert back.status == 201
    assert at_desk("anna").undo("oops", new="back") == (200, back.body)
    follow(company)
    assert run("SELECT accepted_at, owner FROM derived.handoffs WHERE lead_id = 'one'") == [(None, None)]
    assert run("SELECT decided, owner, serial FROM turn") == [(None, None, 2)]
    assert at_desk("ben")("accepted", "one").status == 201


def test_taking_back_is_refused_where_it_would_not_be_honest(at_desk: At, clock: list[datetime]) -> None:
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
    with pytest.raises(Refused, match="this was a taking back"):
        at_desk("anna").undo("gone")
    with pytest.raises(NoSuchLead):
        at_desk("anna").undo("never")
    at_desk("anna")("accepted", "two", key="late")
    clock.append(day(10) + timedelta(minutes=16))
    with pytest.raises(Refused, match="within 15 minutes"):
        at_desk("anna").undo("late")


def test_what_was_accepted_before_a_hand_back_holds_again_when_that_is_taken_back(at_desk: At, clock: list[datetime]) -> None:
    at_desk("anna")("accepted", "one", key="kept")
    clock.append(day(10.001))
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
        ("anna@hart.example", "assigned", "Ben Somebody passed a lead on to you", "owned"),
        ("anna@hart.example", "mention", "Mia Somebody mentioned you in a comment", "owned"),
        ("ben@hart.example", "comment", "Mia Somebody commented on a lead of yours", "owned"),
        ("ben@hart.example", "mention", "Mia Somebody mentioned you in a comment", "owned"),
    ]
    assert run("SELECT count(*) FROM fact WHERE properties::text LIKE '%noon%'") == [(0,)]
    assert run("SELECT name FROM personal_value WHERE fact_id = 'app:c'") == [("text",)]


def test_a_reason_that_the_facts_contradict_is_doubted_and_done_all_the_same(
    at_desk: At, company: Workspace, clock: list[datetime]
) -> None:
    from smarketing.actions.acts.doubts import doubts_before

    assert run("SELECT lead_id, grade FROM derived.leads WHERE grade = 'A'") == [("two", "A")]
    anna = at_desk("anna")
    assert doubts_before(company, "one", now=clock[-1]) == {
        "disqualified": {}, "rejected": {}, "recycled": {"no answer": "Nobody has tried to reach the lead since the hand-off."},
    }  # fmt: skip
    said = anna("rejected", "two", reason="not a fit").body["doubt"]
    assert said == 'By the agreement "not a fit" is doubtful at grade A, and so it is here.'
    anna("call_made", "one", outcome="connected")
    assert doubts_before(company, "one", now=clock[-1])["recycled"] == {}
    assert doubts_before(company, "one", now=clock[-1])["rejected"] == {
        "wrong contact data": "The lead was reached: call made, the same day."
    }
    assert anna("rejected", "one", reason="duplicate").body["doubt"] is None
    assert run("SELECT reason, doubt <> '' FROM act WHERE verb = 'rejected' ORDER BY reason") == [
        ("duplicate", False),
        ("not a fit", True),
    ]


def test_doubts_are_counted_for_both_teams_also_of_what_was_imported(at_desk: At, company: Workspace) -> None:
    from smarketing.actions.refresh import load_following
    from smarketing.reports.doubts import Doubted, doubted

    at_desk("anna")("rejected", "two", reason="not a fit")
    told(fact("crm", "one", 3, "recycled", reason="no answer", actor="sam@hart.example"), fact("x", "owned", 2, "call_made"),
         fact("crm-2", "owned", 3, "recycled", reason="no answer", actor="sam@hart.example"), workspace=company)  # fmt: skip
    assert doubted(load_following(company)) == [
        Doubted("recycled", "no answer", "sam@hart.example", 1, 2),
        Doubted("rejected", "not a fit", "anna@hart.example", 1, 1),
    ]


def test_the_words_by_which_reasons_are_known() -> None:
    from smarketing.reports.doubts import NO_ANSWER, WRONG_CONTACT

    wrong = ["wrong contact data", "Wrong number", "invalid e-mail address", "phone number is wrong", "mail bounced"]
    silent = ["no answer", "not reached", "never replied", "unreachable", "did not pick up", "no response"]
    neither = ["not a fit", "duplicate", "no timing", "no budget", "competitor", "bad timing"]
    for reasons, is_wrong, is_silent in ((wrong, True, False), (silent, False, True), (neither, False, False)):
        assert {one: (bool(WRONG_CONTACT.search(one)), bool(NO_ANSWER.search(one))) for one in reasons} == dict.fromkeys(
            reasons, (is_wrong, is_silent)
        )
