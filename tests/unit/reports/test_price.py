"""The price of a lead: its statistics against integrals done by hand, its rows against counts, its draft against the agreement."""

from __future__ import annotations

import json
from decimal import Decimal
from math import exp, lgamma, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smarketing.agreement.changes.amending import with_worth
from smarketing.agreement.checks import load_agreement
from smarketing.cli.main import main
from smarketing.reports.outcome import Outcome
from smarketing.reports.price.shrinkage import drawn_together, likelihood, posterior, strength
from smarketing.vocabulary.errors import NotEnoughData
from tests.unit.reports.lives import journal, outcome_of

COUNTS = [(9, 40), (12, 110), (3, 160), (1, 12)]
MEAN = 25 / 322
FINE = np.linspace(0, 1, 400_001)[1:-1]
"""Shares from 0 to 1, for sums that stand for integrals."""


def density(a: float, b: float) -> np.ndarray:
    """Beta(a, b) at FINE, from its definition."""
    constant = lgamma(a + b) - lgamma(a) - lgamma(b)
    return np.exp(constant + (a - 1) * np.log(FINE) + (b - 1) * np.log1p(-FINE))


def chance_of(won: int, of: int, a: float, b: float) -> float:
    """The probability of one order of so many wins, its rate being drawn from Beta(a, b): an integral over the rate."""
    return float(np.sum(FINE**won * (1 - FINE) ** (of - won) * density(a, b)) * (FINE[1] - FINE[0]))


def by_hand(s: float) -> float:
    """The logarithm of the marginal likelihood of COUNTS."""
    return sum(log(chance_of(k, n, s * MEAN, s * (1 - MEAN))) for k, n in COUNTS)


@pytest.mark.parametrize("s", [15.0, 30.0, 80.0, 300.0])
def test_the_marginal_likelihood_is_the_integral_over_all_rates(s: float):
    assert likelihood(COUNTS, MEAN, s) == pytest.approx(by_hand(s), abs=1e-4)


def test_the_strength_of_the_prior_has_the_highest_likelihood():
    found = strength(COUNTS, MEAN)
    tried = np.geomspace(1, 322, 400)
    best = max(tried, key=lambda s: _by_gamma(float(s)))
    assert found == pytest.approx(best, rel=0.02)
    assert 1 < found < 322


def _by_gamma(s: float) -> float:
    """The same from factorials: Γ(s)/Γ(s + n) · Γ(sm + k)/Γ(sm) · Γ(s(1 − m) + n − k)/Γ(s(1 − m)), group by group."""
    a, b = s * MEAN, s * (1 - MEAN)
    parts = (lgamma(s) - lgamma(s + n) + lgamma(a + k) - lgamma(a) + lgamma(b + n - k) - lgamma(b) for k, n in COUNTS)
    return sum(parts)


@pytest.mark.parametrize(("won", "of", "s"), [(9, 40, 30.0), (0, 35, 12.0), (120, 160, 50.0)])
def test_mean_and_interval_are_those_of_the_density(won: int, of: int, s: float):
    weight = FINE**won * (1 - FINE) ** (of - won) * density(s * 0.3, s * 0.7)
    share = np.cumsum(weight) / weight.sum()
    found = posterior(won, of, 0.3, s)
    assert found.rate == pytest.approx(float((weight * FINE).sum() / weight.sum()), abs=1e-5)
    assert found.low == pytest.approx(float(FINE[np.searchsorted(share, 0.05)]), abs=1e-4)
    assert found.high == pytest.approx(float(FINE[np.searchsorted(share, 0.95)]), abs=1e-4)


def test_every_grade_is_drawn_towards_all_and_the_small_one_most():
    drawn = drawn_together(COUNTS)
    for (won, of), one in zip(COUNTS, drawn, strict=True):
        own = won / of
        assert min(own, MEAN) <= one.rate <= max(own, MEAN)
        assert one.low < one.rate < one.high
    moved = [abs(one.rate - k / n) / abs(MEAN - k / n) for (k, n), one in zip(COUNTS, drawn, strict=True)]
    assert moved[3] == max(moved)


def test_grades_that_do_not_differ_are_taken_together():
    """Their own rates are all but given up; still each is no surer than all hand-offs together."""
    drawn = drawn_together([(20, 100), (21, 100), (19, 100)])
    assert [one.rate for one in drawn] == pytest.approx([0.2, 0.2, 0.2], abs=0.004)
    assert drawn[0].strength == pytest.approx(200, rel=0.01)
    together = posterior(60, 300, 0.2, 1e-9)
    assert drawn[0].high - drawn[0].low == pytest.approx(together.high - together.low, rel=0.05)


def test_a_single_grade_keeps_its_own_rate():
    [one] = drawn_together([(12, 60)])
    assert one.rate == pytest.approx(0.2)
    assert one.strength == 1.0


def test_where_all_or_nearly_none_were_won_there_is_still_doubt():
    [one] = drawn_together([(40, 40)])
    assert one.low < one.rate < 1
    none, some = drawn_together([(0, 40), (4, 40)])
    assert 0 < none.rate < some.rate


# ── The report ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PERSONAS = [{"name": "anybody", "fit": [{"when": {"role": "boss"}, "points": 20}, {"when": {"role": "clerk"}, "points": 10}]}]
GRADES: dict[str, Any] = {"personas": PERSONAS, "grades": {"A": 20, "B": 10}, "worth": {"A": 900, "B": 400, "D": 5}}


def many(name: str, role: str, n: int, won: int, amount: int) -> str:
    """So many leads handed over on 1 March, of whom some are won for the amount."""
    lines = []
    for number in range(n):
        lead = f"{name}{number:03}"
        lines += [f"{lead} 2026-03-01T09:00 profile_changed role={role}", f"{lead} 2026-03-01T10:00 form_submitted"]
        if number < won:
            lines.append(f"{lead} 2026-03-09T10:00 opportunity_won amount={amount}")
    return "\n".join(lines) + "\n"


FACTS = many("a", "boss", 60, 18, 1000) + many("b", "clerk", 40, 4, 2000) + many("d", "nobody", 7, 1, 300)


def test_worth_is_the_drawn_chance_times_what_a_win_brings():
    report = outcome_of(FACTS, **GRADES).price()
    mean = (18 * 1000 + 4 * 2000 + 300) / 23
    drawn = drawn_together([(18, 60), (4, 40), (1, 7)])
    assert [(row["grade"], row["n"], row["won"]["n"], row["enough"]) for row in report.rows] == [
        ("A", 60, 18, True), ("B", 40, 4, True), ("D", 7, 1, False),
    ]  # fmt: skip
    for row, one in zip(report.rows[:2], drawn, strict=False):
        assert row["worth"] == {"amount": pytest.approx(one.rate * mean, abs=0.006), "currency": "EUR"}
        assert (row["low"], row["high"]) == (pytest.approx(one.low * mean, abs=0.006), pytest.approx(one.high * mean, abs=0.006))
        assert 0.1 * mean < row["worth"]["amount"] < 0.3 * mean
    assert list(report.rows[0]) == ["grade", "n", "won", "worth", "low", "high", "enough"]


def test_below_30_hand_offs_the_signed_price_stays():
    row = outcome_of(FACTS, **GRADES).price().rows[2]
    assert (row["worth"], row["low"], row["high"], row["enough"]) == ({"amount": 5.0, "currency": "EUR"}, None, None, False)
    assert outcome_of(FACTS, **GRADES | {"worth": None}).price().rows[2]["worth"] is None
    text = " ".join(outcome_of(FACTS, **GRADES).price().to_table().split())
    assert "not enough" in text and "D (7); the signed price stays" in text


def test_29_are_too_few_and_30_enough():
    few, enough = (outcome_of(many("a", "boss", 31, 9, 10) + many("b", "clerk", n, 4, 10), **GRADES) for n in (29, 30))
    assert (few.price().rows[1]["enough"], enough.price().rows[1]["enough"]) == (False, True)
    with pytest.raises(NotEnoughData, match="the grade with most has 29"):
        outcome_of(many("b", "clerk", 29, 4, 10), **GRADES).price()


def test_without_a_win_there_is_nothing_to_say():
    with pytest.raises(NotEnoughData, match="no hand-off brought any money"):
        outcome_of(many("b", "clerk", 40, 0, 10), **GRADES).price()


def test_a_win_without_an_amount_is_a_win_of_nothing():
    facts = FACTS.replace(" amount=300", "")
    report = outcome_of(facts, **GRADES).price()
    assert report.rows[2]["won"]["n"] == 1
    assert "SMK-R053" in [note.code for note in report.notes]


def test_wins_without_a_rate_are_named():
    told = outcome_of(FACTS.replace("amount=300", "amount=300 currency=USD"), **GRADES).price().notes
    assert "1 win in USD counts as won, but not in the amounts, which are in EUR." in [note.text for note in told]
    assert "SMK-R004" not in [note.code for note in outcome_of(FACTS, **GRADES).price().notes]


def test_what_sales_brings_in_itself_has_no_price():
    own = "\n".join(f"s{n:02} 2026-03-01T10:00 opportunity_won amount=9999" for n in range(40))
    report = outcome_of(FACTS + own, **GRADES)
    assert report.price().rows == outcome_of(FACTS, **GRADES).price().rows
    assert report.table("handoffs").filter(sourced="sales").height == 40


def test_a_period_leaves_out_who_is_too_young():
    facts = FACTS + many("y", "boss", 50, 0, 0).replace("2026-03-01", "2026-03-20")
    outcome: Outcome = outcome_of(facts, **GRADES)
    assert [row["n"] for row in outcome.price().rows] == [110, 40, 7]
    assert [row["n"] for row in outcome.price("2026-03-01..2026-03-10").rows] == [60, 40, 7]
    assert any("50 of the 157 hand-offs are younger" in note.text for note in outcome.price().notes)


def test_numbers_open_to_their_hand_offs():
    outcome = outcome_of(FACTS, **GRADES)
    report = outcome.price()
    assert [outcome.behind(asked["n"]).frame.height for asked in report.behind] == [row["n"] for row in report.rows]
    assert [outcome.behind(asked["won"]).frame.height for asked in report.behind] == [row["won"]["n"] for row in report.rows]


# ── The draft ────────────────────────────────────────────────────────────────────────────────────────────────────────────

AGREEMENT = """\
# What we promised each other.
name: Test                         # nobody else's
currency: EUR
timezone: Europe/Berlin
in_force: {from: 2026-01-01}
personas:
  - {name: anybody, fit: [{when: {role: boss}, points: 20}, {when: {role: clerk}, points: 10}]}   # two sorts
grades: {A: 20, B: 10}
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {any: [{fact: form_submitted}]}}

  # sales from here on
  - {name: customer, owner: sales, when: {fact: opportunity_won}}
handoff: {at: mql}
worth:
  A: 900   # dear
  B: 400
  D: 5     # hardly anything
rankings: "open"
"""


def price(folder: Path, *words: object, agreement: str = AGREEMENT, facts: str = FACTS) -> int:
    """The exit code of the command."""
    journal(facts).write_parquet(folder / "facts.parquet")
    (folder / "agreement.yaml").write_text(agreement, encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["price", "--facts", str(folder / "facts.parquet"), "--agreement", str(folder / "agreement.yaml"), *map(str, words)])
    return int(left.value.code or 0)


def test_the_draft_differs_in_worth_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert price(tmp_path, "--write", tmp_path / "draft.yaml", "--format", "json") == 0
    rows = {row["grade"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    changed = AGREEMENT.replace("A: 900   # dear", f"A: {rows['A']['worth']['amount']} # dear").replace(
        "B: 400", f"B: {rows['B']['worth']['amount']}"
    )
    assert (tmp_path / "draft.yaml").read_text(encoding="utf-8").split() == changed.split()
    before, after = load_agreement(tmp_path / "agreement.yaml"), load_agreement(tmp_path / "draft.yaml")
    assert {**after.written, "worth": None} == {**before.written, "worth": None}
    worth = {grade: float(after.worth_of(grade, Decimal(0)) or 0) for grade in "ABD"}
    assert worth == {"A": rows["A"]["worth"]["amount"], "B": rows["B"]["worth"]["amount"], "D": 5.0}


def test_a_draft_is_never_written_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "draft.yaml").write_text("mine")
    assert price(tmp_path, "--write", tmp_path / "draft.yaml") == 2
    assert (tmp_path / "draft.yaml").read_text() == "mine"
    assert "never written over a file" in capsys.readouterr().err


def test_not_enough_is_exit_13_and_writes_no_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert price(tmp_path, "--write", tmp_path / "draft.yaml", facts=many("a", "boss", 12, 5, 10)) == 13
    assert not (tmp_path / "draft.yaml").exists()
    assert "Not enough" in capsys.readouterr().err


def test_an_agreement_without_worth_gets_one(tmp_path: Path):
    bare = AGREEMENT[: AGREEMENT.index("worth:")]
    assert price(tmp_path, "--write", tmp_path / "draft.yaml", agreement=bare) == 0
    text = (tmp_path / "draft.yaml").read_text(encoding="utf-8")
    assert text.startswith(bare.rstrip()) and "worth:" in text


def test_bands_keep_their_proportions():
    bands = AGREEMENT.replace("A: 900   # dear", "A: {0: 600, 40: 900}   # dear")
    text = with_worth(bands, {"A": Decimal(1400)}, {"A": Decimal(700)})
    assert "A: {0: 1200, 40: 1800}" in text and "# dear" in text


def test_a_folder_of_versions_is_amended_in_its_last_one(tmp_path: Path):
    folder = tmp_path / "agreements"
    folder.mkdir()
    (folder / "1.yaml").write_text(AGREEMENT.replace("2026-01-01", "2025-01-01").replace("B: 400", "B: 399"), encoding="utf-8")
    (folder / "2.yaml").write_text(AGREEMENT, encoding="utf-8")
    journal(FACTS).write_parquet(tmp_path / "facts.parquet")
    with pytest.raises(SystemExit) as left:
        main(
            ["price", "--facts", str(tmp_path / "facts.parquet"), "--agreement", str(folder), "--write", str(tmp_path / "d.yaml")]
        )
    assert not left.value.code
    assert load_agreement(tmp_path / "d.yaml").in_force == load_agreement(folder / "2.yaml").in_force


def test_the_sums_behind_the_integrals_are_fine_enough():
    """The control: the density adds up to 1, and a wrong prior would be seen."""
    assert float(density(4.0, 9.0).sum() * (FINE[1] - FINE[0])) == pytest.approx(1, abs=1e-5)
    assert exp(by_hand(30.0) - by_hand(80.0)) != pytest.approx(1, abs=0.05)
