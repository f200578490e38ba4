"""Money: what has no rate is a problem and never 1; the engine of attribution against sums over everything that is possible."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import factorial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.agreement.models import Agreement
from smarketing.backends.local import replay, write_replay
from smarketing.cli.main import main
from smarketing.derivations.attribution import markov
from smarketing.derivations.attribution.cents import cut
from smarketing.derivations.attribution.paths import Floats, Paths, starts_of
from smarketing.derivations.attribution.sets import Sets
from smarketing.derivations.attribution.shapley import shapley_shares
from smarketing.derivations.attribution.shares import rows_of
from smarketing.derivations.attribution.touches import Terms
from smarketing.vocabulary.errors import DocumentError
from tests.spec.tables import BASE
from tests.unit.reports.lives import SIGNED, journal

TEXT = """
    a  2026-03-02T09:00  opportunity_won  amount=100.00  currency=USD  opportunity_id=one
    b  2026-03-01T22:30  opportunity_won  amount=50.00  currency=USD  opportunity_id=two
    c  2026-03-04T09:00  opportunity_won  amount=7.00  currency=CHF
    d  2026-03-04T09:00  opportunity_won  currency=GBP
    e  2026-03-04T09:00  page_viewed  amount=9.00  currency=JPY
"""
RATES = pl.DataFrame([("2026-03-02", "USD", "EUR", "0.5")], schema=("day", "from_currency", "to_currency", "rate"), orient="row")


def test_what_has_no_rate_is_one_problem_for_each_pair():
    found = replay(journal(TEXT), Agreement.model_validate(SIGNED), "2026-05-01", tables_in={"rates": RATES})
    assert [str(problem) for problem in found.problems] == [
        'SMK-M001 rates.csv  1 amount has no rate from CHF to EUR, the first on 2026-03-04; they count as 0.00. Add a row "2026-03-04,CHF,EUR,RATE"',
        'SMK-M001 rates.csv  1 amount has no rate from USD to EUR, the first on 2026-03-01; they count as 0.00. Add a row "2026-03-01,USD,EUR,RATE"',
    ]  # fmt: skip
    assert sorted(map(str, found.ledger["amount"].to_list())) == ["0.00", "0.00", "0.00", "50.00"]


def test_where_every_amount_has_a_rate_or_none_is_asked_for_there_is_no_problem():
    facts, agreement = journal(TEXT).filter(pl.col("lead_id") == "a"), Agreement.model_validate(SIGNED)
    assert replay(facts, agreement, "2026-05-01", tables_in={"rates": RATES}).problems == []
    assert replay(journal(TEXT), agreement, "2026-05-01", tables=["stage_entries"]).problems == []
    assert len(replay(journal(TEXT), agreement, "2026-05-01", tables=["credits"]).problems) == 2


def test_problems_do_not_depend_on_buckets(tmp_path: Path):
    agreement = Agreement.model_validate(SIGNED)
    whole = replay(journal(TEXT), agreement, "2026-05-01")
    cut_up = write_replay(journal(TEXT), agreement, "2026-05-01", out=tmp_path, at_once=2)
    assert cut_up.problems == whole.problems and len(whole.problems) == 2


def test_the_command_says_so_and_leaves_with_eleven(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "agreement.yaml").write_text(BASE, encoding="utf-8")
    journal(TEXT).write_parquet(tmp_path / "facts.parquet")
    asked = [
        "replay",
        "--facts",
        str(tmp_path / "facts.parquet"),
        "--agreement",
        str(tmp_path / "agreement.yaml"),
        "--out",
        str(tmp_path / "out"),
    ]
    with pytest.raises(SystemExit) as left:
        main(asked)
    assert left.value.code == 11
    assert "SMK-M001 rates.csv  2 amounts have no rate from USD to EUR" in capsys.readouterr().err
    assert (tmp_path / "out" / "ledger.parquet").is_file()
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "rates.csv").write_text(
        "day,from_currency,to_currency,rate\n2026-01-01,USD,EUR,0.9\n2026-01-01,CHF,EUR,1.05\n", encoding="utf-8"
    )
    with pytest.raises(SystemExit) as left:
        main([*asked, "--tables-in", str(tmp_path / "tables")])
    assert left.value.code == 0


def test_rates_that_are_none_or_contradict_each_other_are_named(tmp_path: Path):
    lines = [
        "2026-01-01,USD,EUR,0.9",
        "2026-01-01,USD,EUR,0.90",
        "2026-01-01,USD,EUR,0.91",
        "2026-01-02,USD,EUR,0",
        "2026-01-03,USD,EUR,much",
    ]
    (tmp_path / "rates.csv").write_text("\n".join(["day,from_currency,to_currency,rate", *lines]), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        replay(journal(TEXT), load_agreement("agreement.yaml", text=BASE), "2026-05-01", tables_in=tmp_path)
    assert sorted((problem.code, problem.source) for problem in caught.value.problems) == [
        ("SMK-J032", "rates.csv:5"), ("SMK-J032", "rates.csv:6"), ("SMK-J035", "rates.csv:4"),
    ]  # fmt: skip


def test_a_float_is_read_by_its_shortest_text():
    rates = RATES.with_columns(rate=pl.lit(1.005))
    facts = journal("a  2026-03-02T09:00  opportunity_won  amount=1.00  currency=USD")
    found = replay(facts, Agreement.model_validate(SIGNED), "2026-05-01", tables_in={"rates": rates})
    assert str(found.ledger["amount"][0]) == "1.01"


def chance_paths(seed: int, *, n: int, number: int, longest: int) -> Paths:
    """Paths over n names, by a fixed seed."""
    dice = np.random.default_rng(seed)
    lengths = dice.integers(1, longest + 1, number)
    codes = dice.integers(0, n, int(lengths.sum())).astype(np.int32)
    sales = dice.integers(0, 3, number)
    names = pl.Series([f"c{code:03}" for code in range(n)])
    return Paths(names, codes, starts_of(lengths), sales, dice.integers(0, 4, number))


def test_most_of_a_chain_that_is_empty_is_solved_like_the_whole(monkeypatch: pytest.MonkeyPatch):
    paths = chance_paths(3, n=40, number=300, longest=6)
    dense = markov.removal_effects(paths)
    monkeypatch.setattr(markov, "DENSE", 10)
    monkeypatch.setattr(markov, "BLOCK", 7)
    assert markov.removal_effects(paths) == pytest.approx(dense, abs=1e-12)
    assert (dense > 0).sum() > 20


def by_hand(paths: Paths, players: list[set[int]]) -> list[Fraction]:
    """Each player's Shapley value ÷ the value of all, over every order, in fractions; a player may be several campaigns."""
    walked = [set(paths.codes[a:b].tolist()) for a, b in itertools.pairwise(paths.starts.tolist())]

    def value(chosen: tuple[int, ...]) -> Fraction:
        there = set().union(*(players[number] for number in chosen))
        inside = [place for place, those in enumerate(walked) if those <= there]
        walks = sum(int(paths.sales[place] + paths.nulls[place]) for place in inside)
        return Fraction(sum(int(paths.sales[place]) for place in inside), walks) if walks else Fraction(0)

    n, found = len(players), []
    for player in range(n):
        others = [number for number in range(n) if number != player]
        total = Fraction(0)
        for size in range(n):
            for chosen in itertools.combinations(others, size):
                total += Fraction(factorial(size) * factorial(n - size - 1), factorial(n)) * (
                    value((*chosen, player)) - value(chosen)
                )
        found.append(total / value(tuple(range(n))))
    return found


def played(paths: Paths, touches: list[int]) -> Floats:
    """What the engine gives to all names, where all play."""
    n = len(paths.names)
    rows = rows_of(paths.codes, paths.starts, n_codes=n)
    sets, _ = Sets.of(rows.codes, rows.starts, paths.sales, paths.nulls, n_codes=n)
    return shapley_shares(
        sets, np.zeros(1, np.int64), np.array([0, n]), np.arange(n, dtype=np.int32), np.array(touches, dtype=np.int64)
    )


@pytest.mark.parametrize(("n", "number"), [(1, 5), (4, 40), (6, 500)])
def test_shapley_is_the_sum_over_all_sets(n: int, number: int):
    paths = chance_paths(n, n=n, number=number, longest=4)
    assert played(paths, [1] * n) == pytest.approx(
        [float(share) for share in by_hand(paths, [{code} for code in range(n)])], abs=1e-12
    )


def test_a_path_of_few_campaigns_among_many_sets_is_played_the_same():
    """Where the tree is larger than the game it is walked, else passed through as a whole: here as both."""
    paths = chance_paths(9, n=30, number=4000, longest=4)
    rows = rows_of(paths.codes, paths.starts, n_codes=30)
    sets, node = Sets.of(rows.codes, rows.starts, paths.sales, paths.nulls, n_codes=30)
    assert sets.number > 2**11
    shares = shapley_shares(sets, node, rows.starts, rows.codes, np.ones(len(rows.codes), np.int64), threads=2)
    for place in [place for place in range(200) if paths.sales[place]]:
        members = rows.codes[rows.starts[place] : rows.starts[place + 1]].tolist()
        wanted = [float(share) for share in by_hand(paths, [{code} for code in members])]
        assert shares[rows.starts[place] : rows.starts[place + 1]] == pytest.approx(wanted, abs=1e-12)


def test_beyond_sixteen_the_rarest_play_as_one():
    paths, touches = chance_paths(5, n=17, number=60, longest=2), [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 3, 3, 1]
    shares = played(paths, touches)
    assert shares.sum() == pytest.approx(1, abs=1e-12)
    assert shares[15] == pytest.approx(3 * shares[16], abs=1e-15)  # they share one player's part by their touches


def test_cents_add_up_also_below_nothing():
    amounts, starts = np.array([100, -100, 1, 0], dtype=np.int64), np.array([0, 3, 6, 9, 9], dtype=np.int64)
    shares = np.array([1 / 3, 1 / 3, 1 / 3, 1.5, -0.25, -0.25, 0.5, 0.5, 0.0])
    assert cut(amounts, starts, shares).tolist() == [34, 33, 33, -150, 25, 25, 1, 0, 0]


def test_without_a_clause_every_touch_of_the_leads_counts():
    assert Terms.of(Agreement.model_validate(SIGNED)) == Terms(None, False)
