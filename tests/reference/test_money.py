"""The reference's ledger, credits and rates against answers worked out by hand: January 2026, the 5th is a Monday."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.reference.attribution import Path, by_joining, by_removal, conversion_rate, removal_effects
from tests.reference.replay import Tables, reference_replay
from tests.reference.small import agreement, at, journal, line_of, replayed

MQL = "05 10:00 form_submitted\n"
WORTH: dict[str, Any] = {"grades": {"A": 5}, "worth": {"D": 250}}
STAGES = [
    {"name": "lead", "owner": "marketing"},
    {"name": "mql", "owner": "marketing", "when": {"fact": "form_submitted"}},
    {"name": "sal", "owner": "sales", "when": {"fact": "accepted"}},
]


def ledger(facts: str, as_of: str = "31 00:00", tables: Tables | None = None, **sections: Any) -> list[str]:
    return replayed(facts, as_of, tables, **({"stages": STAGES} | WORTH | sections))["ledger"]


def credit(facts: str, model: str, as_of: str = "31 00:00", tables: Tables | None = None, **attribution: Any) -> list[str]:
    """campaign, channel, touches, share, amount of one model, for each opportunity."""
    found = replayed(facts, as_of, tables, attribution={"model": "first"} | attribution)["credits"]
    return [" ".join(line.split()[:1] * several_deals(found) + line.split()[2:]) for line in found if line.split()[1] == model]


def several_deals(lines: list[str]) -> bool:
    return len({line.split()[0] for line in lines}) > 1


def rates(*lines: str) -> Tables:
    return {"rates": [dict(zip(("day", "from_currency", "to_currency", "rate"), line.split(), strict=True)) for line in lines]}


class TestLedger:
    def test_what_marketing_brought_is_delivered(self) -> None:
        assert ledger(MQL) == ["05 10:00 marketing 1 delivered - 250"]

    def test_what_sales_brought_is_not(self) -> None:
        assert ledger("05 10:00 accepted") == []

    def test_without_a_worth_there_is_nothing_to_write(self) -> None:
        assert ledger(MQL, worth=None) == []
        assert ledger(MQL, worth={"A": 900}) == ["05 10:00 marketing 1 delivered - 0"]

    @pytest.mark.parametrize("kind", ["rejected", "recycled", "disqualified"])
    def test_what_comes_back_without_having_been_accepted(self, kind: str) -> None:
        assert ledger(f"{MQL}06 10:00 {kind}") == ["05 10:00 marketing 1 delivered - 250", "06 10:00 marketing 1 returned - -250"]

    def test_a_lost_opportunity_brings_back_too(self) -> None:
        facts = f"{MQL}06 10:00 opportunity_opened opp=x\n07 10:00 opportunity_lost opp=x"
        assert ledger(facts)[1:] == ["07 10:00 marketing 1 returned - -250"]

    def test_once_accepted_it_stays_delivered(self) -> None:
        assert len(ledger(f"{MQL}05 12:00 accepted\n06 10:00 recycled")) == 1
        assert len(ledger(f"{MQL}05 12:00 accepted\n06 10:00 disqualified")) == 1

    def test_but_not_where_it_is_rejected_after_all(self) -> None:
        assert ledger(f"{MQL}05 12:00 accepted\n06 10:00 rejected")[1:] == ["06 10:00 marketing 1 returned - -250"]

    def test_while_the_cycle_goes_on_nothing_is_returned(self) -> None:
        assert len(ledger(f"{MQL}06 10:00 call_made")) == 1

    def test_a_win(self) -> None:
        assert ledger("05 10:00 opportunity_won opp=x amount=100") == ["05 10:00 sales 1 won x 100"]
        assert ledger("05 10:00 opportunity_won") == ["05 10:00 sales 1 won - 0"]

    def test_a_win_that_is_lost_later_is_undone_in_its_own_cycle(self) -> None:
        facts = "05 10:00 opportunity_won opp=x amount=100\n06 10:00 rejected\n07 10:00 opportunity_lost opp=x"
        assert ledger(facts) == ["05 10:00 sales 1 won x 100", "07 10:00 sales 1 undone x -100"]

    def test_by_whichever_lead(self) -> None:
        facts = (
            "05 10:00 opportunity_won opp=x amount=100\n07 10:00 opportunity_lost opp=x lead=b\n08 10:00 opportunity_lost opp=x"
        )
        assert ledger(facts)[1:] == ["07 10:00 sales 1 undone x -100"]

    def test_without_an_id_by_the_same_lead_alone(self) -> None:
        facts = "05 10:00 opportunity_won amount=100\n07 10:00 opportunity_lost lead=b"
        assert len(ledger(facts)) == 1
        assert ledger(facts + "\n08 10:00 opportunity_lost")[1:] == ["08 10:00 sales 1 undone - -100"]

    def test_each_win_counts_and_is_undone(self) -> None:
        facts = "05 10:00 opportunity_won opp=x amount=100\n06 10:00 opportunity_won opp=x amount=20\n07 10:00 opportunity_lost opp=x\n"
        facts += "08 10:00 opportunity_won opp=x amount=3"
        assert ledger(facts) == [
            "05 10:00 sales 1 won x 100",
            "06 10:00 sales 1 won x 20",
            "07 10:00 sales 1 undone x -120",
            "08 10:00 sales 2 won x 3",
        ]

    def test_at_one_time_the_order_of_ids_decides(self) -> None:
        facts = "05 10:00 opportunity_won opp=x amount=1 id={}\n05 10:00 opportunity_lost opp=x id=k"
        assert len(ledger(facts.format("j"))) == 2
        assert len(ledger(facts.format("l"))) == 1

    def test_every_cycle_delivers_anew(self) -> None:
        facts = f"{MQL}06 10:00 recycled\n07 10:00 form_submitted"
        assert [line.split()[3:5] for line in ledger(facts)] == [["1", "delivered"], ["1", "returned"], ["2", "delivered"]]

    def test_columns(self) -> None:
        (row,) = reference_replay(journal("05 10:00 opportunity_won"), agreement(), at("31 00:00"))["ledger"]
        assert list(row) == "at team lead_id cycle reason opportunity_id amount".split()


class TestRates:
    WON = "05 23:30 opportunity_won opp=x amount=100.10 currency=USD"

    def won(self, *lines: str, facts: str = WON, **sections: Any) -> str:
        (line,) = ledger(facts, tables=rates(*lines), **sections)
        return line.split()[-1]

    def test_of_its_day(self) -> None:
        assert self.won("2026-01-05 USD EUR 0.9", "2026-01-06 USD EUR 0.5") == "90.09"
        assert self.won("2026-01-01 USD EUR 0.9", "2026-01-03 USD EUR 0.5") == "50.05"

    def test_of_the_day_in_the_zone_of_the_last_version(self) -> None:
        assert self.won("2026-01-05 USD EUR 0.9", "2026-01-06 USD EUR 0.5", timezone="Europe/Berlin") == "50.05"

    def test_before_the_first_row_there_is_none(self) -> None:
        assert self.won("2026-01-06 USD EUR 0.9") == "0"

    def test_neither_turned_round_nor_by_way_of_a_third(self) -> None:
        assert self.won("2026-01-01 EUR USD 2") == "0"
        assert self.won("2026-01-01 USD CHF 2", "2026-01-01 CHF EUR 2") == "0"

    def test_the_same_currency_stays(self) -> None:
        assert self.won("2026-01-01 EUR EUR 2", facts="05 23:30 opportunity_won amount=100") == "100"

    def test_half_a_cent_is_rounded_away_from_zero(self) -> None:
        facts = "05 10:00 opportunity_won amount={} currency=USD"
        assert self.won("2026-01-01 USD EUR 0.05", facts=facts.format("0.10")) == "0.01"
        assert self.won("2026-01-01 USD EUR 0.05", facts=facts.format("-0.10")) == "-0.01"
        assert self.won("2026-01-01 USD EUR 0.05", facts=facts.format("0.09")) == "0"

    def test_hand_offs_and_revenue_are_converted_too(self) -> None:
        revenue = {"name": "revenue", "by": "both", "revenue": 100, "per": "month"}
        document = agreement(commitments=[revenue])
        facts = journal(f"{MQL}{self.WON}")
        found = reference_replay(facts, document, at("31 00:00"), rates("2026-01-01 USD EUR 0.5"))
        assert str(found["handoffs"][0]["won_amount"]) == "50.05"
        assert found["commitments"][0]["actual"] == 50.05

    def test_worth_is_money_of_the_version_that_hands_over(self) -> None:
        first = agreement(**WORTH, stages=STAGES, in_force={"from": "2026-01-01"}, currency="USD")
        versions = [first, first | {"in_force": {"from": "2026-01-10"}, "currency": "EUR"}]
        for day, worth in [("2026-01-05", "125"), ("2026-01-06", "0")]:
            found = reference_replay(journal(MQL), versions, at("31 00:00"), rates(f"{day} USD EUR 0.5"))
            assert [line_of(row) for row in found["ledger"]] == [f"05 10:00 marketing 1 delivered - {worth}"]


TWO = "01 10:00 ad_clicked campaign=b channel=paid\n02 10:00 page_viewed campaign=a\n"
THREE = TWO + "03 10:00 page_viewed campaign=b channel=web\n"
SALE = "05 10:00 opportunity_won opp=x amount=100.01\n"


class TestCredits:
    def test_first_last_and_linear(self) -> None:
        assert credit(THREE + SALE, "first") == ["a - 1 0.0 0", "b paid 2 1.0 100.01"]
        assert credit(TWO + SALE, "last") == ["a - 1 1.0 100.01", "b paid 1 0.0 0"]
        assert credit(THREE + SALE, "linear") == [f"a - 1 {1 / 3} 33.34", f"b paid 2 {2 / 3} 66.67"]

    def test_a_cent_that_is_left_goes_to_the_largest_remainder_then_by_name(self) -> None:
        assert [line.split()[-1] for line in credit(TWO + SALE, "linear")] == ["50.01", "50"]

    def test_by_position(self) -> None:
        assert [line.split()[3] for line in credit(THREE + SALE, "position")] == ["0.2", "0.8"]
        assert [line.split()[3] for line in credit(TWO + SALE, "position", position=["30%", "60%", "10%"])] == ["0.25", "0.75"]
        assert [line.split()[3] for line in credit(TWO + SALE, "position", position=["0%", "100%", "0%"])] == ["0.5", "0.5"]
        assert credit("01 10:00 ad_clicked campaign=b\n" + SALE, "position", position=["0%", "100%", "0%"]) == [
            "b - 1 1.0 100.01"
        ]

    def test_by_age(self) -> None:
        assert [line.split()[3] for line in credit(TWO + SALE, "time_decay", half_life="24h")] == [str(2 / 3), str(1 / 3)]
        assert credit(TWO + SALE, "time_decay", half_life="1m")[0].split()[3] == "1.0"

    def test_only_before_the_win_and_in_the_look_back(self) -> None:
        facts = "03 09:59 ad_clicked campaign=a\n03 10:00 ad_clicked campaign=b\n05 10:00 ad_clicked campaign=c\n" + SALE
        assert [line.split()[0] for line in credit(facts, "linear", lookback="48h")] == ["b"]
        assert [line.split()[0] for line in credit(facts, "linear")] == ["a", "b"]

    def test_only_touches_with_a_campaign(self) -> None:
        facts = "01 10:00 email_delivered campaign=a\n01 10:00 call_made campaign=a\n01 10:00 page_viewed\n01 10:00 watched campaign=b\n"
        assert [line.split()[0] for line in credit(facts + SALE, "linear")] == ["b"]

    def test_without_a_touch(self) -> None:
        assert credit(SALE, "markov") == ["- - 0 1.0 100.01"]

    def test_the_table_of_campaigns_knows_a_channel(self) -> None:
        small: Tables = {"campaigns": [{"campaign": "a", "channel": "print"}, {"campaign": "b", "channel": "print"}]}
        assert [line.split()[1] for line in credit(TWO + SALE, "last", tables=small)] == ["print", "paid"]

    def test_of_all_its_leads(self) -> None:
        facts = (
            TWO
            + "01 10:00 ad_clicked campaign=c lead=c\n01 09:00 opportunity_moved opp=x lead=c\n01 09:00 ad_clicked campaign=d lead=d\n"
            + SALE
        )
        assert [line.split()[0] for line in credit(facts, "linear")] == ["a", "b", "c"]

    def test_of_their_accounts(self) -> None:
        facts = (
            TWO
            + "01 10:00 profile_changed account=acme\n01 09:00 ad_clicked campaign=c lead=c\n20 10:00 profile_changed account=acme lead=c\n"
        )
        facts += "01 10:00 ad_clicked campaign=d lead=d\n01 10:00 profile_changed account=acme lead=d\n02 10:00 profile_changed account=null lead=d\n"
        assert [line.split()[0] for line in credit(facts + SALE, "linear", scope="account")] == ["a", "b", "c"]
        assert [line.split()[0] for line in credit(facts + SALE, "linear", as_of="19 00:00", scope="account")] == ["a", "b"]

    def test_the_last_win_that_stands(self) -> None:
        again = "06 10:00 opportunity_won opp=x amount=7\n"
        assert [line.split()[-1] for line in credit(TWO + SALE + again, "last")] == ["7", "0"]
        assert credit(TWO + SALE + "06 10:00 opportunity_lost opp=x lead=b", "last") == []
        assert credit(TWO + "06 10:00 opportunity_opened opp=x", "last") == []

    def test_without_an_id_one_for_each_lead(self) -> None:
        facts = (
            TWO
            + "05 10:00 opportunity_won amount=1\n01 10:00 ad_clicked lead=b campaign=c\n05 10:00 opportunity_won amount=2 lead=b"
        )
        assert sorted(credit(facts, "first")) == ["a - 1 0.0 0", "b paid 1 1.0 1", "c - 1 1.0 2"]

    def test_paths_without_a_sale_count(self) -> None:
        lost = "01 10:00 ad_clicked campaign=b lead=c\n"
        # Whole: from the start to b with 1; from b to a 1/2, to nothing 1/2; from a to the sale. Without either there is none.
        assert [line.split()[3] for line in credit(TWO + lost + SALE, "markov")] == ["0.5", "0.5"]
        # {b}: 0 of 1, {a}: nothing, {a, b}: 1 of 2. a: (0 + 1/2) ÷ 2 of 1/2.
        assert [line.split()[3] for line in credit(TWO + lost + SALE, "shapley")] == ["0.5", "0.5"]

    def test_paths_without_a_sale_end_as_of_now(self) -> None:
        other = "03 09:00 ad_clicked campaign=b lead=c\n05 09:00 opportunity_won opp=y amount=1 lead=c\n"
        facts = TWO + other + "01 12:00 ad_clicked campaign=b lead=d\n" + SALE
        # {b}: 1 of 2, {a}: nothing, {a, b}: 2 of 3. a: (0 + 1/6) ÷ 2 of 2/3. Without the look-back's one, b alone sells always.
        assert [line.split()[4] for line in credit(facts, "shapley") if line.startswith("x")] == ["0.125", "0.875"]
        later = credit(facts, "shapley", as_of="07 00:00", lookback="5d")
        assert [line.split()[4] for line in later if line.startswith("x")] == ["0.0", "1.0"]

    def test_columns(self) -> None:
        rows = reference_replay(journal(SALE), agreement(), at("31 00:00"))["credits"]
        assert list(rows[0]) == "opportunity_id model campaign channel touches share amount".split()
        assert [row["model"] for row in rows] == sorted("first last linear position time_decay markov shapley".split())


class TestByDefinition:
    def test_removal_effects_of_a_small_chain(self) -> None:
        paths = [Path(("C1", "C2", "C3"), True), Path(("C1",), False), Path(("C2", "C3"), False)]
        # start: C1 2/3, C2 1/3; C1: C2 1/2, none 1/2; C2: C3; C3: sale 1/2. P = (2/3 · 1/2 + 1/3) · 1/2 = 1/3.
        # Without C1: 1/3 · 1/2 = 1/6, so 1/2; without C2 or C3 nothing, so 1.
        effects = removal_effects(paths)
        assert effects == {"C1": Fraction(1, 2), "C2": 1, "C3": 1}
        assert by_removal(("C1", "C3"), effects) == {"C1": Fraction(1, 3), "C3": Fraction(2, 3)}

    def test_a_campaign_that_follows_itself(self) -> None:
        paths = [Path(("a", "a", "b"), True), Path(("a",), False)]
        # a: to a 1/3, b 1/3, none 1/3: of those that leave, half go to b, which sells.
        assert removal_effects(paths) == {"a": 1, "b": 1}

    def test_shapley_of_three(self) -> None:
        worth = {"": 0, "a": 1, "b": 2, "c": 0, "ab": 4, "ac": 1, "bc": 2, "abc": 6}
        shares = by_joining(("c", "a", "b", "a"), lambda some: Fraction(worth["".join(sorted(some))]))
        # a: 1/3·1 + 1/6·(4-2) + 1/6·(1-0) + 1/3·(6-2) = 13/6; b: 1/3·2 + 1/6·(4-1) + 1/6·(2-0) + 1/3·(6-1) = 19/6; c: 4/6.
        assert shares == {"a": Fraction(13, 36), "b": Fraction(19, 36), "c": Fraction(4, 36)}

    def test_the_rate_of_a_set(self) -> None:
        paths = [Path(("a", "b"), True), Path(("a",), False), Path(("b", "b"), True), Path(("c",), True)]
        rates = [conversion_rate(frozenset(some), paths) for some in ("", "a", "b", "ab", "abc")]
        assert rates == [0, 0, 1, Fraction(2, 3), Fraction(3, 4)]
