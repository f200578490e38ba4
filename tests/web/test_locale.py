"""Figures as the reader writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

pytest.importorskip("babel", reason="needs the extra `app`")

from babel import Locale

from smarketing.web.locale import Reader, preferred_locale, reader, reading
from smarketing.web.templatetags import said

AT = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de_DE"), ("en", "en_GB"), ("en-US", "en_US"), ("en-GB;q=0.2, fr;q=0.9", "fr"),
        ("xx-YY, pt-BR;q=0.5", "pt_BR"), ("de-XX", "de"), ("", "en_GB"), ("*", "en_GB"), ("de;q=0", "en_GB"), (";;q=x,,", "en_GB"),
        ("zh-Hant-TW", "zh_Hant_TW"), ("a" * 5000, "en_GB"), ("../../etc", "en_GB"),
    ],
)  # fmt: skip
def test_the_best_known_locale_is_taken(header: str, locale: str) -> None:
    assert str(preferred_locale(header)) == locale


@pytest.mark.parametrize(
    ("locale", "number", "share", "money", "cents", "moment"),
    [
        ("en_GB", "1,848,110", "12.3%", "€1,848,110", "€1,848,110.35", "1 Jun 2026, 00:30"),
        ("en_US", "1,848,110", "12.3%", "€1,848,110", "€1,848,110.35", "Jun 1, 2026, 12:30 AM"),
        ("de_DE", "1.848.110", "12,3 %", "1.848.110 €", "1.848.110,35 €", "01.06.2026, 00:30"),
        ("hi_IN", "18,48,110", "12.3%", "€18,48,110", "€18,48,110.35", "1 जून 2026, 12:30 am"),
    ],
)
def test_each_locale_has_its_own_figures(locale: str, number: str, share: str, money: str, cents: str, moment: str) -> None:
    who = Reader(Locale.parse(locale), "Europe/Berlin")
    found = (
        who.number(1848110), who.share(0.1234), who.money(1848110.35, "EUR"), who.money(1848110.35, "EUR", cents=True), who.datetime(AT),
    )  # fmt: skip
    assert tuple(text.replace("\xa0", " ").replace("\u202f", " ") for text in found) == (number, share, money, cents, moment)


@pytest.mark.parametrize("locale", ["en_GB", "de_DE", "sv_SE", "fr_CH", "ar_EG"])
def test_what_is_below_zero_has_a_minus_sign_and_no_hyphen(locale: str) -> None:
    who = Reader(Locale.parse(locale))
    below = [who.number(-5), who.number(-2.5, decimals=1), who.share(-0.05), who.money(-5, "EUR"), who.money(-5, "EUR", cents=True),
             who.short_money(-12_000, "EUR")]  # fmt: skip
    assert ["-" in text for text in below] == [False] * 6
    assert ["\N{MINUS SIGN}" in text for text in below] == [True] * 6


def test_a_figure_is_written_alike_on_a_page_and_in_its_chart() -> None:
    from smarketing.reports.charts.numbers import ENGLISH
    from smarketing.web.charting import numbers

    money = {"amount": -5.0, "currency": "EUR"}
    assert (
        {said.money(money), said.short_money(money)} == {numbers().amount(money), ENGLISH.amount(money)} == {"\N{MINUS SIGN}€5"}
    )
    assert said.number(-5) == numbers().count(-5) == ENGLISH.count(-5) == "\N{MINUS SIGN}5"
    assert ENGLISH.share(-0.05) == "\N{MINUS SIGN}5%"


def test_ratios_line_up() -> None:
    assert [said.ratio(value) for value in (9.8, 10, 2.66, 0, -1, None)] == [
        "9.8",
        "10.0",
        "2.7",
        "0.0",
        "\N{MINUS SIGN}1.0",
        "–",
    ]
    with reading(Reader(Locale.parse("de_DE"))):
        assert said.ratio(1234.5) == "1.234,5"


def test_a_day_is_the_day_in_the_agreements_zone() -> None:
    assert Reader(Locale.parse("en_GB"), "Europe/Berlin").date(AT) == "1 Jun 2026"
    assert Reader(Locale.parse("en_GB"), "America/New_York").date(AT) == "31 May 2026"
    assert Reader(Locale.parse("en_GB")).date(date(2026, 5, 31)) == "31 May 2026"


def test_weeks_start_where_the_reader_starts_them() -> None:
    assert [Reader(Locale.parse(name)).week_starts for name in ("en_GB", "en_US", "de_DE")] == [0, 6, 0]


def test_the_reader_is_forgotten_after_the_request() -> None:
    with reading(Reader(Locale.parse("de_DE"))):
        assert reader().tag == "de-DE"
    assert reader().tag == "en-GB"


def test_what_is_not_there_is_a_dash() -> None:
    filters = (
        said.number,
        said.money,
        said.exact_money,
        said.short_money,
        said.share,
        said.interval,
        said.days,
        said.minutes,
        said.day,
        said.moment,
        said.exactly,
    )
    assert {str(each(None)) for each in filters} == {"–"}


def test_times_are_said_as_people_say_them() -> None:
    assert [said.minutes(value) for value in (0, 45, 60, 185)] == ["0 min", "45 min", "1 h", "3 h 5 min"]
    assert said.days({"n": 3, "median_days": 3.25, "p90_days": 8}) == "3.2 days"
    assert said.interval({"n": 195, "of": 1586, "rate": 0.123, "low": 0.109, "high": 0.135}) == "195 of 1,586, 10.9% to 13.5%"
    assert said.machine_time("2026-05-31T22:30:00Z") == "2026-05-31T22:30:00+00:00"
