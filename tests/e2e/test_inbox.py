"""A day in the inbox: accepted, rejected, taken by a colleague, put aside; by mouse, by keys, on a phone, after sleep."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from docs.windows import PHONE, Windows, go, watched
from tests.e2e.reading import leads, said, text_of

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LEAST_TARGET = 44
STALE = 412


def beside(page: Page) -> str:
    """The lead beside the list."""
    return str(page.locator("[data-lead-beside]").get_attribute("data-lead-beside"))


def test_a_rep_accepts_the_first_lead_before_its_clock_ends(desks: Windows):
    page = desks.at("anna", "/inbox")
    seen = watched(page, desks.site)
    first = beside(page)
    assert first == leads(page)[0]
    expect(page.locator(".lead-beside-clock")).to_contain_text("Persistence")
    page.get_by_role("button", name="Accept").click()
    expect(said(page)).to_contain_text("Accepted")
    assert beside(page) == first
    expect(page.locator(".lead-beside-step")).to_have_text("Follow up")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.reload()
    expect(page.locator(".lead-beside-step")).to_have_text("Follow up")
    assert seen.errors == []
    assert seen.foreign == []


def test_of_two_at_once_one_accepts_and_the_other_sees_who(desks: Windows):
    ben, leader = (
        desks.at("sam", "/inbox?rep=ben%40alderfinch.example"),
        desks.at("leader", "/inbox?rep=ben%40alderfinch.example"),
    )
    lead = leads(leader)[0]
    go(leader, f"/leads/{lead}")
    second = desks.at("operations", f"/leads/{lead}")
    leader.get_by_role("button", name="Accept").click()
    expect(said(leader)).to_contain_text("Accepted")
    second.get_by_role("button", name="Accept").click()
    expect(said(second)).to_contain_text("Clara Whitfield accepted it")
    expect(second.get_by_role("button", name="Accept")).to_have_count(0)
    assert lead in leads(ben)


def test_a_doubtful_reason_is_said_and_stands_in_no_way(desks: Windows):
    page = desks.at("leader", "/inbox?rep=nils%40alderfinch.example")
    lead = next(each for each in leads(page) if _grade(page, each) == "A")
    page.locator(f"[data-lead='{lead}']").click()
    expect(page.locator(f"[data-lead-beside='{lead}']")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(said(page)).to_contain_text("Rejected")
    expect(said(page)).to_contain_text("grade")
    assert lead not in leads(page)
    page.keyboard.press("u")
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    expect(page.locator(f"#inbox-list [data-lead='{lead}']")).to_have_count(1)


def _grade(page: Page, lead: str) -> str:
    html = page.request.get(f"/inbox?rep=nils%40alderfinch.example&lead={lead}").text()
    found = re.search(r"grade ([A-D])", html)
    return found[1] if found else ""


def test_everything_is_done_by_keys_alone(desks: Windows):
    page = desks.at("anna", "/inbox")
    order = leads(page)
    here = order.index(beside(page))
    page.keyboard.press("j")
    expect(page.locator(f"[data-lead-beside='{order[here + 1]}']")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.lead") == order[here + 1]
    page.keyboard.press("c")
    expect(page.locator("[data-panel='c']")).to_be_visible()
    page.keyboard.press("2")
    expect(said(page)).to_contain_text("Call logged")
    page.keyboard.press("o")
    page.keyboard.press("1")
    expect(said(page)).to_contain_text("Obstacle noted")
    page.keyboard.press("n")
    page.locator("[data-panel='n'] textarea").wait_for()
    page.keyboard.type("asked for 3 references, jku")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Comment kept")
    expect(page.locator("#inbox-lead .comments")).to_contain_text("asked for 3 references, jku")
    page.keyboard.press("s")
    page.keyboard.press("1")
    expect(said(page)).to_contain_text("Put aside")
    assert leads(page)[-1] == order[here + 1]
    page.keyboard.press("u")
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("undo what was done last")


EVERY_ACT = (
    ("a", None, "Accepted"),
    ("c", "1", "Call logged"),
    ("m", "1", "Mail logged"),
    ("m", "2", "Message logged"),
    ("m", "3", "Meeting noted"),
    ("m", "4", "Meeting logged"),
    ("o", "1", "Obstacle noted"),
    ("n", "a word on the phone", "Comment kept"),
    ("f", "https://files.example/offer.pdf", "File attached"),
    ("s", "1", "Put aside"),
    ("r", "2", "Rejected"),
    ("b", "1", "Given back for later"),
    ("d", "1", "Disqualified"),
    ("p", "1", "Passed on to"),
)
"""Each group of acts: its letter, what is chosen or written in it, and what the page answers."""


def _undecided(page: Page, rep: str) -> str:
    """A lead of a rep's inbox that nobody accepted."""
    rows = page.request.get(f"/api/inbox?rep={rep}%40alderfinch.example").json()["rows"]
    return str(next(row["lead_id"] for row in rows if row["accepted_at"] is None))


def _taken_back(page: Page, lead: str) -> None:
    page.keyboard.press("u")
    expect(said(page)).to_contain_text("Taken back")
    expect(page.locator(f"#inbox-list [data-lead='{lead}']")).to_have_count(1)


def test_each_act_is_done_and_taken_back_by_keys(desks: Windows):
    page = desks.at("leader", "/inbox?rep=carla%40alderfinch.example")
    lead = _undecided(page, "carla")
    go(page, f"/inbox?rep=carla%40alderfinch.example&lead={lead}")
    for letter, then, answer in EVERY_ACT:
        if beside(page) != lead:
            page.locator(f"#inbox-list [data-lead='{lead}']").click()
        expect(page.locator(f"[data-lead-beside='{lead}'] [data-letter='{letter}']")).to_have_count(1)
        page.keyboard.press(letter)
        if then and len(then) > 1:
            page.keyboard.type(then)
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
        elif then:
            page.keyboard.press(then)
        expect(said(page)).to_contain_text(answer)
        _taken_back(page, lead)
    page.keyboard.press("e")
    page.wait_for_url("**/leads/*")


def test_each_act_is_done_with_a_thumb(desks: Windows):
    page = desks.at("leader", "/inbox?rep=diego%40alderfinch.example", width=PHONE, height=844, has_touch=True, is_mobile=True)
    lead = _undecided(page, "diego")
    for letter, then, answer in EVERY_ACT:
        go(page, f"/inbox?rep=diego%40alderfinch.example&lead={lead}")
        opener = page.locator(f"[data-lead-beside='{lead}'] [data-letter='{letter}']")
        if not opener.is_visible():
            page.get_by_role("button", name="More", exact=True).and_(page.locator(".acting-all")).tap()
        opener.tap()
        if then:
            panel = page.locator(f"[data-panel='{letter}']")
            expect(panel).to_be_visible()
            assert panel.evaluate("each => each.getBoundingClientRect().right <= innerWidth")
            if len(then) > 1:
                panel.locator("textarea, input[type=url]").first.fill(then)
                panel.locator(".act-submit").tap()
            else:
                panel.locator(f"[data-pick='{then}']").tap()
        expect(said(page)).to_contain_text(answer)
        undo = page.locator("#toasts").get_by_role("button", name="Undo").last
        assert (undo.bounding_box() or {})["height"] >= LEAST_TARGET
        undo.tap()
        expect(said(page)).to_contain_text("Taken back")


def test_keys_are_for_the_lead_that_was_chosen_also_where_it_is_on_its_way(desks: Windows):
    page = desks.at("leader", "/inbox?rep=ben%40alderfinch.example")
    before, after = leads(page)[:2]
    page.route(re.compile(r"/inbox\?.*lead="), lambda route: (page.wait_for_timeout(400), route.continue_()))
    heard = {lead: _calls(page, lead) for lead in (before, after)}
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.press("3")
    expect(said(page)).to_contain_text("Call logged")
    assert beside(page) == after
    assert {lead: _calls(page, lead) - heard[lead] for lead in heard} == {before: 0, after: 1}


def _calls(page: Page, lead: str) -> int:
    """How many calls were made to a lead."""
    story = page.request.get(f"/api/leads/{lead}").json()["rows"]
    return sum(each["kind"] == "call_made" for each in story if each["what"] == "fact")


def test_an_older_answer_does_not_take_the_lead_away_that_was_chosen_since(desks: Windows):
    page, other = desks.at("leader", "/inbox?rep=helen%40alderfinch.example"), desks.at("operations", "/agreement")
    first, second = leads(page)[:2]
    held: list[Any] = []
    page.route(re.compile(rf"/inbox\?.*lead={first}$"), lambda route: held.append(route))
    go(other, f"/leads/{first}")
    with page.expect_request(re.compile(rf"/inbox\?.*lead={first}$")):  # the page hears of it, and asks for the lead anew
        other.keyboard.press("m")
        other.keyboard.press("1")
        expect(said(other)).to_contain_text("Mail logged")
    page.locator(f"#inbox-list [data-lead='{second}']").click()
    expect(page.locator(f"[data-lead-beside='{second}']")).to_be_visible()
    with page.expect_response(re.compile(rf"/inbox\?.*lead={first}$")):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert beside(page) == second
    page.keyboard.press("c")
    page.keyboard.press("3")
    expect(said(page)).to_contain_text("Call logged")
    assert beside(page) == second


def test_who_is_chosen_while_an_act_is_on_its_way_comes_after_it(desks: Windows):
    page = desks.at("leader", "/inbox?rep=helen%40alderfinch.example")
    first, second = leads(page)[1:3]
    page.locator(f"#inbox-list [data-lead='{first}']").click()
    expect(page.locator(f"[data-lead-beside='{first}']")).to_be_visible()
    held: list[Any] = []
    page.route("**/acts", lambda route: held.append(route))
    with page.expect_request("**/acts"):
        page.keyboard.press("c")
        page.keyboard.press("3")
    page.locator(f"#inbox-list [data-lead='{second}']").click()
    assert beside(page) == first
    held[0].continue_()
    expect(said(page)).to_contain_text("Call logged")
    expect(page.locator(f"[data-lead-beside='{second}']")).to_be_visible()
    page.unroute("**/acts")
    page.keyboard.press("o")
    page.keyboard.press("1")
    expect(said(page)).to_contain_text("Obstacle noted")
    assert beside(page) == second


def test_g_and_a_letter_still_go_to_a_page_and_do_nothing_else(desks: Windows):
    page = desks.at("anna", "/inbox")
    before = page.request.get("/inbox/list").headers["etag"]
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/agreement")
    assert page.request.get("/inbox/list").headers["etag"] == before


def test_g_and_a_letter_that_no_page_of_the_menu_has_is_no_key_of_the_lead(desks: Windows):
    page = desks.at("anna", "/inbox")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("[data-panel]:popover-open")).to_have_count(0)
    page.keyboard.press("m")
    expect(page.locator("[data-panel='m']:popover-open")).to_have_count(1)


def test_every_colleague_is_two_keys_away_and_arrows_walk_to_them(desks: Windows):
    page = desks.at("leader", "/inbox?rep=emma%40alderfinch.example")
    page.keyboard.press("p")
    choices = page.locator("[data-panel='p'] [data-pick]")
    keys = [str(each.get_attribute("data-pick")) for each in choices.all()]
    assert len(keys) > 9
    assert keys == [each.locator("kbd").inner_text() for each in choices.all()] == list("1234567890abc")[: len(keys)]
    expect(choices.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(choices.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(choices.first).to_be_focused()
    lead = beside(page)
    page.keyboard.press(keys[-1])
    expect(said(page)).to_contain_text("Passed on")
    expect(page.locator(f"#inbox-list [data-lead='{lead}']")).to_have_count(0)


def test_whom_no_key_is_left_for_is_reached_by_arrows_and_the_list_of_keys_says_so(desks: Windows):
    page = desks.at("leader", "/inbox?rep=emma%40alderfinch.example")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("walk to a choice that has no key; Enter takes it")
    page.keyboard.press("Escape")
    choices = page.locator("[data-panel='p'] [data-pick]")
    page.evaluate("""() => {
      const last = [...document.querySelectorAll("[data-panel='p'] [data-pick]")].at(-1);
      for (let more = 0; more < 40; more += 1) {
        const fresh = last.cloneNode(true);
        fresh.dataset.pick = "";
        fresh.querySelector("kbd").remove();
        last.after(fresh);
      }
    }""")
    page.keyboard.press("p")
    expect(choices.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(choices.last).to_be_focused()
    expect(choices.last).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Passed on")


def test_on_a_phone_what_there_is_to_do_lies_at_the_thumb(desks: Windows):
    page = desks.at("anna", "/inbox", width=PHONE, height=844, has_touch=True)
    assert page.locator(".inbox-lead").is_hidden()
    page.locator(".inbox-row").first.tap()
    expect(page.locator("[data-lead-beside]")).to_be_visible()
    expect(page.locator(".inbox-list")).to_be_hidden()
    for button in page.locator(".acting > .button:visible, .acting > form .button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= LEAST_TARGET
        assert box["y"] > page.viewport_size["height"] / 2  # type: ignore[index]
    page.locator("[data-letter='c']").tap()
    choices = page.locator("[data-panel='c'] [data-pick]")
    for choice in choices.all():
        assert (choice.bounding_box() or {})["height"] >= LEAST_TARGET
    choices.nth(2).tap()
    expect(said(page)).to_contain_text("Call logged")
    page.get_by_role("link", name=re.compile("^All ")).tap()
    expect(page.locator(".inbox-list")).to_be_visible()


def test_a_lead_that_comes_in_leaves_the_selection_and_the_typing_alone(desks: Windows):
    page = desks.at("anna", "/inbox")
    page.keyboard.press("j")
    chosen = leads(page)[1]
    expect(page.locator(f"[data-lead-beside='{chosen}']")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("half a sent")
    other = desks.at("leader", "/inbox?rep=carla%40alderfinch.example")
    moved = beside(other)
    other.keyboard.press("p")
    other.locator("[data-panel='p'] [data-pick]", has_text="Anna Keller").click()
    expect(said(other)).to_contain_text("Passed on")
    expect(page.locator(f"#inbox-list [data-lead='{moved}']")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("New: ")
    assert beside(page) == chosen
    assert page.locator("[data-panel='n'] textarea").input_value() == "half a sent"


def test_an_older_page_says_what_changed_and_is_up_to_date_then(desks: Windows):
    page, other = desks.at("anna", "/inbox"), desks.at("leader", "/inbox?rep=anna%40alderfinch.example")
    page.route("**/inbox/list*", lambda route: route.abort())  # it is not told of what the colleague does
    lead = beside(page)
    go(other, f"/leads/{lead}")
    other.keyboard.press("m")
    other.keyboard.press("1")
    expect(said(other)).to_contain_text("Mail logged")
    with page.expect_response("**/acts") as answer:
        page.keyboard.press("m")
        page.keyboard.press("2")
    assert answer.value.status == STALE
    expect(said(page)).to_contain_text("Not done: the lead has changed. Clara Whitfield logged a mail")
    page.keyboard.press("m")
    page.keyboard.press("2")
    expect(said(page)).to_contain_text("Message logged")


def test_a_lead_that_was_given_back_comes_again_as_a_new_cycle(desks: Windows):
    page = desks.at("anna", "/inbox")
    lead = leads(page)[-1]
    page.locator(f"[data-lead='{lead}']").click()
    expect(page.locator(f"[data-lead-beside='{lead}']")).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.press("1")
    expect(said(page)).to_contain_text("Given back")
    go(page, f"/leads/{lead}")
    expect(page.locator("main")).to_contain_text("Cycle 2", timeout=30_000)
    assert "Cycle 1" in text_of(page)


TICKING = re.compile(r'data-speed="0(\.0)?"')
SHOWN = "document.querySelector('#inbox-list [data-clock] [data-left]').textContent"


def ticking(desks: Windows, now: int, work: list[tuple[int, int]], due: int) -> Page:
    """The page as the server would send it at an instant, its first clock with so much work ahead; the browser's clock is in our hands."""
    page = desks.window("anna")
    page.clock.install(time=now / 1000)

    def sent(route: Any) -> None:
        answer = route.fetch()
        html = TICKING.sub('data-speed="1"', answer.text())
        html = re.sub(r'data-now="\d+"', f'data-now="{now}"', html)
        spans = " ".join(f"{begin}-{end}" for begin, end in work)
        html = re.sub(r'data-due="\d+" data-work="[^"]*"', f'data-due="{due}" data-work="{spans}"', html)
        route.fulfill(response=answer, body=html)

    page.route(re.compile(r"/inbox$"), sent)
    page.route("**/inbox/list*", lambda route: route.abort())
    page.goto("/inbox")
    return page


def test_a_clock_is_right_after_sleep(desks: Windows):
    now = 1_793_602_800_000  # Monday 2 November 2026, 08:00 in Berlin
    begin, due = now + HOUR // 2, now + HOUR // 2 + 4 * HOUR
    page = ticking(desks, now, [(begin, due)], due)
    page.clock.run_for(2_000)
    assert page.evaluate(SHOWN) == "4 h, from Mon 08:30"
    page.clock.fast_forward(90 * MINUTE)  # the machine slept: no timer ran meanwhile
    page.clock.run_for(1_000)
    assert page.evaluate(SHOWN) == "2 h 59 min"
    page.clock.fast_forward(3 * HOUR - 5 * MINUTE)
    page.clock.run_for(1_000)
    assert re.fullmatch(r"4 min \d\d s", page.evaluate(SHOWN))
    page.clock.fast_forward(6 * MINUTE)
    page.clock.run_for(1_000)
    assert page.locator("#inbox-list .left.is-over").first.inner_text() == "breached"


def test_a_clock_is_right_across_the_end_of_summer_time(desks: Windows):
    now = 1_792_836_000_000  # Saturday 24 October 2026, 12:00 in Berlin; the night after is an hour longer
    monday = now + 45 * HOUR + HOUR // 2  # Monday 26 October, 08:30 by winter time
    page = ticking(desks, now, [(monday, monday + 4 * HOUR)], monday + 4 * HOUR)
    page.clock.run_for(1_000)
    assert page.evaluate(SHOWN) == "4 h, from Mon 08:30"
    page.clock.fast_forward(46 * HOUR + HOUR // 2)
    page.clock.run_for(1_000)
    assert page.evaluate(SHOWN) == "2 h 59 min"
