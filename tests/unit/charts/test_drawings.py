"""What is drawn is what the report says: its figures, its words, its colours, and nothing where there is nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from smarketing.reports.charts.form.drawing import Drawing
from smarketing.reports.charts.lines import score_chart, thresholds_of
from smarketing.reports.charts.numbers import ENGLISH, Numbers, local_day
from smarketing.reports.charts.page import page_spec, room
from smarketing.reports.charts.render import as_chart, drawing, drawings, parts, svg
from smarketing.reports.charts.theme import PALETTES
from smarketing.reports.report import Report
from smarketing.vocabulary.errors import MissingExtra, UsageError
from smarketing.vocabulary.periods import parse_period
from tests.golden.company import golden_agreement
from tests.unit.charts import reports_by_hand as by_hand

REPORTS = {
    "scoreboard": by_hand.scoreboard(), "funnel": by_hand.funnel(), "funnel by group": by_hand.funnel_by_group(),
    "campaigns": by_hand.leaderboard("campaigns", "leads"), "reps": by_hand.leaderboard("reps", "handoffs"), "plan": by_hand.plan(),
    "routing": by_hand.routing(), "price": by_hand.price(), "backtest": by_hand.backtest(), "backtest of what is known": by_hand.backtest(0.0),
}  # fmt: skip
EVERY = [(name, part) for name, report in REPORTS.items() for part in parts(report)]


def words(document: str) -> list[str]:
    """Every text of an SVG document, in its order."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(document).iter() if each.tag.endswith("}text")]


def values(drawn: Drawing, field: str) -> list[Any]:
    """What the layers of a drawing hold under a name."""
    return [row[field] for layer in drawn.spec("light")["layer"] for row in layer["data"]["values"] if field in row]


def nested(part: Any) -> Iterator[Any]:
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from nested(each)
    else:
        yield part


@pytest.mark.parametrize(("name", "part"), EVERY)
def test_every_chart_is_an_svg_document_that_tells_its_answer(name: str, part: str):
    drawn = drawing(REPORTS[name], part=part, theme="print")
    document = svg(drawn, theme="print")
    root = ElementTree.fromstring(document)
    assert root.get("role") == "img"
    assert root.get("aria-label") == f"{drawn.question} {drawn.answer}"
    assert len(words(document)) > 3


@pytest.mark.parametrize(("name", "part"), EVERY)
def test_the_room_of_a_chart_is_known_before_it_is_drawn(name: str, part: str):
    for width in (328, 720):
        root = ElementTree.fromstring(svg(drawing(REPORTS[name], part=part), width=width))
        assert float(root.attrib["height"]) == pytest.approx(room(REPORTS[name], part=part), abs=1)
        assert float(root.attrib["width"]) == pytest.approx(width, abs=1)


@pytest.mark.parametrize(("name", "part"), EVERY)
def test_every_chart_is_what_altair_calls_valid(name: str, part: str):
    drawn = drawing(REPORTS[name], part=part, theme="page")
    assert as_chart(drawn, theme="page", width="container").to_dict()["width"] == "container"


def test_the_scoreboard_shows_the_figures_of_its_rows():
    shown = words(svg(drawing(by_hand.scoreboard()), theme="light"))
    for told in (
        "66 of 120",
        "92.5% vs 90%",
        "€1,848,110 of €500,000",
        "promised 95%",
        "behind",
        "on pace",
        "met",
        "nothing due yet",
    ):
        assert told in shown
    assert "expected 72 · forecast 88–111" in shown
    assert "before: Jan 2026 131 met" in shown
    assert "on trial" in shown
    assert [each for each in shown if "promised" in each and "95" not in each] == [
        "Marketing promised",
        "Sales promised",
        "promised",
    ]


def test_a_bar_of_the_scoreboard_is_the_share_of_what_was_promised():
    drawn = drawing(by_hand.scoreboard())
    assert sorted({round(value, 3) for value in values(drawn, "actual")}) == [0.55, 1.028, 1.75]
    assert [round(value, 3) for value in values(drawn, "low") if value] == [0.733, 0.9, 0.733, 0.9]


def test_teams_have_their_colours_and_their_names():
    for theme in ("light", "dark", "print"):
        colours = PALETTES[theme]
        assert (colours.marketing, colours.sales, colours.both) == (
            ("#2DD4BF", "#FBBF24", "#A78BFA") if theme == "dark" else ("#0F766E", "#B45309", "#6D28D9")
        )
        drawn = drawing(by_hand.scoreboard(), theme=theme)
        text = json.dumps(drawn.spec(theme))
        assert all(colour in text for colour in (colours.marketing, colours.sales, colours.both))
    heads = [value for value in values(drawn, "text") if str(value).startswith(("Marketing", "Sales", "Promised"))]
    assert heads == ["Marketing promised", "Sales promised", "Promised together"]


def test_on_a_page_every_colour_is_a_property_of_its_stylesheet():
    for report in REPORTS.values():
        for part in parts(report):
            spec = page_spec(report, part=part)
            loose = {each for each in nested(spec) if isinstance(each, str) and re.fullmatch("#[0-9A-Fa-f]{6}", each)}
            assert loose == set()
            assert "var(--ink, #0F172A)" in json.dumps(spec)


def test_the_waterfall_says_what_was_delivered_and_promised():
    drawn = drawing(by_hand.scoreboard(), part="waterfall")
    shown = words(svg(drawn))
    assert "delivered €15,300 by 17 Feb 2026" in shown
    assert "promised €28,000 by 28 Feb 2026" in shown
    assert drawn.answer == "By 17 Feb 2026 €15,300 were delivered, €1,700 less than promised by then."
    assert len([value for value in values(drawn, "delivered") if isinstance(value, float)]) == 2 * 17


def test_the_funnel_shows_every_step_with_its_interval():
    shown = words(svg(drawing(by_hand.funnel())))
    assert ["4,000", "1,061", "212", "212"] == [each for each in shown if each.replace(",", "").isdigit()]
    assert "26.5% of those before (25.4% to 27.7%) · median 3.5 days" in shown
    assert "5.3% of all leads (4.7% to 5.9%) · €1,848,110" in shown


def test_of_many_groups_the_largest_are_drawn_and_the_answer_says_so():
    drawn = drawing(by_hand.funnel_by_group())
    assert drawn.answer.endswith("Drawn are the 12 largest of 15 groups.")
    assert len(set(values(drawn, "name"))) == 12


def test_a_verdict_has_a_word_and_a_shape():
    drawn = drawing(by_hand.leaderboard("campaigns", "leads"))
    assert set(values(drawn, "word")) == {"above", "below", "as expected", "too few"}
    shapes = {layer["mark"]["shape"] for layer in drawn.layers if layer["mark"].get("shape")}
    assert {"triangle-up", "triangle-down", "stroke"} < shapes
    assert "25% · 30 of 120" in words(svg(drawn))


def test_inside_sales_and_sales_stand_apart():
    drawn = drawing(by_hand.leaderboard("reps", "handoffs"))
    assert [value for value in values(drawn, "text") if value in ("Inside sales", "Sales", "Without a role")] == [
        "Inside sales", "Sales", "Without a role",
    ]  # fmt: skip
    assert parts(by_hand.leaderboard("reps", "handoffs")) == ["won", "owners", "goals"]


def test_goals_are_bars_over_and_under():
    drawn = drawing(by_hand.leaderboard("campaigns", "leads"), part="goals")
    assert drawn.answer == "3 of 4 goals are met, 1 is not."
    assert sorted(round(value, 3) for value in values(drawn, "off")) == [-0.07, 0.02, 0.1, 0.15]


def test_the_plan_says_what_is_missing():
    drawn = drawing(by_hand.plan())
    shown = words(svg(drawn))
    assert {"18 of 22", "4 missing", "32 of 30", "enough", "Feb 2026", "Mar 2026", "grade A"} <= set(shown)
    assert drawn.answer == "52 hand-offs are needed, 50 expected, 4 are missing."


def test_a_price_has_its_interval_and_where_there_are_too_few_it_is_the_signed_one():
    drawn = drawing(by_hand.price(), link=lambda question: f"/behind?grade={question['grade']}")
    assert drawn.answer == "A hand-off of grade A is worth €1,250 (€1,010 to €1,520); of grade B there are too few to say."
    assert values(drawn, "high") == [1520.0]
    shown = words(svg(drawn))
    assert {
        "Grade A",
        "€1,250",
        "€1,010 to €1,520 · 50 of 200 won",
        "Grade B",
        "the signed price · 1 of 12 won",
        "not enough",
    } <= {*shown}
    assert "Grade C" not in shown
    assert set(values(drawn, "href")) == {"/behind?grade=A", "/behind?grade=B"}


def test_a_back_test_shows_how_far_what_nobody_knows_could_move_it():
    drawn = drawing(by_hand.backtest())
    assert drawn.answer.endswith("25% of its hand-offs were never worked: what became of them nobody knows.")
    assert (values(drawn, "worst"), values(drawn, "best")) == ([0.15, 0.75, 0.25], [0.4, 0.889, 0.5625])
    assert "15% to 40%, as far as anybody knows" in words(svg(drawn))
    known = drawing(by_hand.backtest(0.0))
    assert "never worked" not in known.answer
    assert (values(known, "worst"), values(known, "best")) == ([], [])


def test_who_would_have_got_more_or_fewer_is_told_in_words():
    drawn = drawing(by_hand.routing())
    assert drawn.answer == "Of 10 hand-offs 5 would have gone to somebody else."
    said = words(svg(drawn))
    assert [each for each in ("3 more", "3 fewer", "as many") if any(each in one for one in said)] == [
        "3 more",
        "3 fewer",
        "as many",
    ]


@pytest.mark.parametrize("name", ["scoreboard", "funnel", "campaigns", "reps", "plan", "routing", "price", "backtest"])
def test_a_report_without_anything_says_so(name: str):
    drawn = drawings(by_hand.empty(name))
    assert len(drawn) == 1
    shown = words(svg(drawn[0]))
    assert shown[0] == "Nothing to draw yet."
    assert drawn[0].answer == " ".join(shown)


def test_a_figure_leads_where_its_question_leads():
    drawn = drawing(
        by_hand.scoreboard(), link=lambda question: "/behind?" + "&".join(f"{key}={value}" for key, value in question.items())
    )
    assert set(values(drawn, "href")) == {"/behind?of=handoffs&period=2026-02"}
    assert values(drawing(by_hand.scoreboard()), "href") == []


def test_a_reader_has_their_own_way_of_writing_figures():
    german = Numbers(lambda value: f"{value:,.0f}".replace(",", "."), lambda amount, currency: f"{amount:,.0f} {currency}".replace(",", "."),
                     ENGLISH.share, ENGLISH.day, ENGLISH.month)  # fmt: skip
    assert "1.848.110 EUR of 500.000 EUR" in values(drawing(by_hand.scoreboard(), numbers=german), "figure")


def test_a_chart_that_a_report_does_not_have_is_wrong_use():
    with pytest.raises(UsageError, match='no chart "waterfal"; it has commitments, waterfall. Did you mean "waterfall"'):
        drawing(by_hand.scoreboard(), part="waterfal")
    with pytest.raises(UsageError, match='"wins" has no chart'):
        drawing(by_hand.report("wins", []))
    with pytest.raises(UsageError, match='"drak" is no theme; choose light, dark, print or page. Did you mean "dark"'):
        drawing(by_hand.plan(), theme="drak")


def test_without_the_extra_its_install_line_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("smarketing.reports.charts.render.find_spec", lambda name: None)
    for ask in (Report.plot, Report.to_svg, Report.to_png, Report.to_html):
        with pytest.raises(MissingExtra, match=r'pip install "smarketing\[charts\]"'):
            ask(by_hand.plan())


def test_a_report_is_a_chart_in_a_notebook_and_a_file():
    report = by_hand.plan()
    assert report.plot(theme="dark").to_dict()["config"]["background"] == "transparent"
    assert report.to_svg().startswith("<svg ")
    assert report.to_png().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [("Europe/Berlin", "2026-02-16T23:00", "17 Feb 2026"), ("America/Sao_Paulo", "2026-02-17T02:00", "16 Feb 2026")],
)
def test_a_file_says_what_it_is_of_and_when(zone: str, at: str, day: str):
    report = replace(by_hand.plan(), period=parse_period("2026-02", zone), as_of=datetime.fromisoformat(at).replace(tzinfo=UTC))
    shown = words(report.to_svg())
    assert "What do we need, and what is missing?" in shown
    assert any(f"Plan, 2026-02, as of {day}" in each for each in shown)


def score(*lines: tuple[str, str, float]) -> pl.DataFrame:
    rows = [
        {"at": datetime.fromisoformat(at).replace(tzinfo=UTC), "axis": axis, "balance": balance} for at, axis, balance in lines
    ]
    return pl.DataFrame(rows, schema={"at": pl.Datetime("us", "UTC"), "axis": pl.String, "balance": pl.Float64})


def test_a_score_is_fit_engagement_and_their_sum_on_the_wall_clock():
    changes = score(
        ("2026-01-10T23:30", "fit", 25.0), ("2026-01-12T08:00", "engagement", 20.0), ("2026-01-20T08:00", "engagement", 5.0)
    )
    drawn = score_chart(
        changes, as_of=by_hand.AS_OF, zone="Europe/Berlin", thresholds=[{"axis": "engagement", "points": 40, "label": "mql"}]
    )
    steps = next(layer["data"]["values"] for layer in drawn.layers if layer["mark"]["type"] == "line")
    assert [(row["at"], row["fit"], row["engagement"], row["total"]) for row in steps] == [
        ("2026-01-11T00:30:00", 0.0, 0.0, 0.0), ("2026-01-11T00:30:00", 25.0, 0.0, 25.0), ("2026-01-12T09:00:00", 25.0, 20.0, 45.0),
        ("2026-01-20T09:00:00", 25.0, 5.0, 30.0), ("2026-02-17T13:00:00", 25.0, 5.0, 30.0),
    ]  # fmt: skip
    assert drawn.answer == "On 17 Feb 2026 the score is fit 25, engagement 5, total 30."
    assert {"fit 25", "engagement 5", "total 30", "mql 40"} <= set(words(svg(drawn)))


def test_a_lead_without_points_has_a_chart_that_says_so():
    assert score_chart(score(), as_of=by_hand.AS_OF).answer == "Nothing to draw yet. This lead has earned no points."


def test_the_points_that_an_agreement_asks_for_are_lines():
    asked = thresholds_of(golden_agreement())
    assert {each["axis"] for each in asked} <= {"fit", "engagement", "total"}
    assert [each["label"] for each in asked if each["label"].startswith("grade")]


@pytest.mark.parametrize(
    ("start", "end", "called"),
    [
        ("2025-12-31T23:00:00Z", "2026-01-31T23:00:00Z", "Jan 2026"),
        ("2018-01-01T02:00:00Z", "2018-04-01T03:00:00Z", "Q1 2018"),
        ("2026-02-01T23:00:00Z", "2026-02-08T23:00:00Z", "week of 2 Feb 2026"),
        ("2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z", "2026"),
        ("2026-02-01T23:00:00Z", "2026-02-11T23:00:00Z", "2 Feb 2026 to 11 Feb 2026"),
    ],
)
def test_a_period_is_called_as_people_call_it(start: str, end: str, called: str):
    assert ENGLISH.period(local_day(start), local_day(end)) == called


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(1_848_110.0, "EUR", "€1,848,110"), (12.5, "GBP", "£12.50"), (-300.0, "CHF", "−CHF 300"), (1000.4, "", "1,000")],
)
def test_money_is_written_without_cents_from_a_thousand_on(amount: float, currency: str, written: str):
    assert ENGLISH.money(amount, currency) == written
