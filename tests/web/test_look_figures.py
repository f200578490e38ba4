"""Figures, bars and words of the components, before they are drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from babel import Locale

from smarketing.web.locale import Reader, reading
from smarketing.web.look import bars, formats, states, words
from smarketing.web.look.icons import DRAWINGS

AS_OF = datetime(2026, 5, 14, 9, 41, tzinfo=UTC)
NARROW = "\N{NO-BREAK SPACE}"


def test_short_money_is_exact_below_a_million():
    assert [formats.money(amount, "EUR", short=True) for amount in (31_060, 999_999, 1_848_110)] == [
        "€31,060",
        "€999,999",
        "€1.8M",
    ]
    assert formats.of_unit(10_400.0, "money", "EUR") == "€10,400"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (None, "–"),
        (0, "0 min"),
        (42.4, "42 min"),
        (60, "1 h"),
        (200, "3 h 20 min"),
        (2 * 1440, "2 days"),
        (1440 * 3.25, "3.2 days"),
    ],
)
def test_a_span_is_said_in_the_two_units_that_matter(minutes: float | None, said: str):
    assert formats.span(minutes) == said


def test_a_change_always_shows_its_direction():
    assert [formats.signed(value) for value in (12, -3.5, 0)] == ["+12", "\N{MINUS SIGN}3.5", "0"]


def test_a_german_reader_reads_german_figures():
    with reading(Reader(Locale.parse("de_DE"))):
        assert formats.number(1848110) == "1.848.110"
        assert formats.share(0.4331) == f"43,3{NARROW}%"
        assert formats.money(1848110, "EUR") == f"1.848.110{NARROW}€"


def test_a_rate_is_never_said_without_its_numbers():
    rate = {"n": 68, "of": 157, "rate": 68 / 157, "low": 0.369, "high": 0.499}
    assert formats.rate_words(rate) == "68 of 157, 90% interval 36.9% to 49.9%"
    assert formats.rate_words({"n": 0, "of": 0, "rate": None, "low": None, "high": None}) == "nothing to count yet"


def test_a_due_time_says_what_is_left_and_what_is_over():
    assert formats.left(AS_OF + timedelta(hours=3, minutes=20), AS_OF) == "3 h 20 min left"
    assert formats.left(AS_OF - timedelta(minutes=5), AS_OF) == "5 min over"


def test_lengths_are_percentages_between_nothing_and_everything():
    assert [bars.percent(value, 200) for value in (-5, 0, 85, 200, 400)] == ["0%", "0%", "42.5%", "100%", "100%"]
    assert bars.percent(3, 0) == "0%"


def test_a_bullet_has_room_for_its_longest_mark():
    marks = bars.bullet(actual=52, target=92, expected=60, forecast=(74, 82, 90), longest=100)
    assert marks == bars.Bullet("52%", "92%", "60%", "82%", ("74%", "16%"))
    assert bars.bullet(actual=10, target=100).target == "96.15%"


def test_a_bullet_of_nothing_draws_nothing():
    assert bars.bullet(actual=None, target=None) == bars.Bullet("0%", None, None, None, None)


def test_a_goal_is_the_middle_of_its_bar():
    assert bars.goal(actual=0.06, target=0.05, widest=0.1) == bars.Goal(over=True, begin="50%", reach="5%")
    assert bars.goal(actual=0.0, target=0.05, widest=0.1) == bars.Goal(over=False, begin="25%", reach="25%")
    assert bars.goal(actual=1.0, target=0.05, widest=0.1).reach == "50%"


def test_a_bullet_says_in_words_what_it_draws():
    row = {
        "actual": 231,
        "target": 480,
        "expected_by_now": 226,
        "forecast_low": 455,
        "forecast": 488,
        "forecast_high": 521,
        "unit": "leads",
    }
    assert words.of_bullet(row) == "231 of 480, expected by now 226, forecast 488 (455 to 521)"
    assert words.of_bullet({**row, "actual": None}) == "nothing due yet, target 480"
    share = {"actual": 0.942, "target": 0.9, "forecast": 0.942, "unit": "share"}
    assert words.of_bullet(share) == "94.2%, target 90.0%"


def test_every_state_has_a_shape_that_is_drawn_and_a_word():
    for state in [*states.STATES.values(), states.NONE]:
        assert state.shape in DRAWINGS
        assert state.word


def test_states_of_one_kind_are_told_apart_without_colour():
    for family in (["met", "on_pace", "behind", "missed", "trial"], ["kept", "late", "breached", "open", "void"]):
        assert len({states.STATES[name].shape for name in family}) == len(family)
        assert len({states.STATES[name].word for name in family}) == len(family)


def test_a_state_nobody_knows_speaks_for_itself():
    assert states.state_named("half_done").word == "half done"
    assert states.state_named(None) == states.NONE


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mia Sommer", "MS"), ("mia.sommer@hart.example", "MS"), ("Otto", "O"), ("Ana Maria Ruiz", "AR"), ("", "?")],
)
def test_initials(name: str, letters: str):
    assert words.initials(name) == letters
