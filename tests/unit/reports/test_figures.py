"""Rates, times, money and rows with one level."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.reports.figures import days, flat, iso, money, rate


def roots(n: int, of: int) -> list[float]:
    """The interval by its definition: the shares p at which |n/of - p| is z standard errors of p."""
    z, share = 1.6449, n / of
    a, b, c = 1 + z * z / of, -(2 * share + z * z / of), share * share
    spread = sqrt(max(0.0, b * b - 4 * a * c))
    return [(-b - spread) / (2 * a), (-b + spread) / (2 * a)]


@given(st.integers(1, 100_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_rate_has_the_interval_that_solves_wilsons_equation(case: tuple[int, int]):
    figure = rate(*case)
    low, high = roots(*case)
    assert isclose(figure["low"], low, abs_tol=1e-7)
    assert isclose(figure["high"], high, abs_tol=1e-7)
    assert 0 <= figure["low"] <= figure["rate"] <= figure["high"] <= 1


def test_a_rate_of_nothing_is_not_known():
    assert rate(0, 0) == {"n": 0, "of": 0, "rate": None, "low": None, "high": None}


def test_a_known_interval():
    """842 of 8,000: 10.525%, between 9.97 and 11.10%."""
    figure = rate(842, 8000)
    assert figure["rate"] == 0.10525
    assert (round(figure["low"], 4), round(figure["high"], 4)) == (0.0997, 0.1110)


def test_times_are_in_days():
    assert days(3, 43_200_000_000, 86_400_000_000) == {"n": 3, "median_days": 0.5, "p90_days": 1.0}
    assert days(0, None, None) == {"n": 0, "median_days": None, "p90_days": None}


@pytest.mark.parametrize(
    ("amount", "shown"), [("0", 0.0), ("1234.5", 1234.5), ("0.125", 0.13), ("-0.125", -0.13), ("33.335", 33.34)]
)
def test_money_has_two_decimals(amount: str, shown: float):
    assert money(Decimal(amount), "EUR") == {"amount": shown, "currency": "EUR"}


def test_instants_are_utc():
    assert iso(datetime.fromisoformat("2018-06-01T00:00:00-03:00")) == "2018-06-01T03:00:00Z"
    assert iso(datetime(2018, 6, 1, 3, 0, 0, 500, UTC)) == "2018-06-01T03:00:00.000500Z"


def test_a_flat_row_has_a_column_for_every_figure():
    row = {
        "by": "a",
        "won_rate": rate(1, 2),
        "stages": [{"stage": "mql", "reached": 2, "time": days(0, None, None)}],
        "spend": None,
    }
    assert list(flat(row)) == [
        "by", "won_rate", "won_rate_n", "won_rate_of", "won_rate_low", "won_rate_high",
        "mql_reached", "mql_time_n", "mql_time_median_days", "mql_time_p90_days", "spend",
    ]  # fmt: skip
    assert flat({"won_amount": money(Decimal(3), "EUR")}) == {"won_amount": 3.0, "won_amount_currency": "EUR"}


def test_what_is_below_zero_has_a_minus_sign_in_text_too():
    from smarketing.reports.layout import amount

    assert amount({"amount": -1234.5, "currency": "EUR"}) == "−1,234.50 EUR"
    assert amount({"amount": 1234.5, "currency": "X-Y"}) == "1,234.50 X-Y"
