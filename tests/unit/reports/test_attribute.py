"""Attribution of whole paths: against the published sample, against a chain solved here by hand, and what is refused."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import factorial
from pathlib import Path

import numpy as np
import pytest

from smarketing.cli.main import main
from smarketing.reports.attribution.whole import MODELS, Attribution, attribute
from smarketing.vocabulary.errors import DocumentError, NotEnoughData, UsageError

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "attribution_paths" / "PathData.csv"
HEADER = "path,total_conversions,total_conversion_value,total_null\n"
needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the public sample is not beside the clone")
Paths = list[tuple[list[str], int, Fraction, int]]


def read(file: Path) -> Paths:
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            (
                row["path"].split(" > "),
                int(row["total_conversions"]),
                Fraction(row["total_conversion_value"]),
                int(row["total_null"]),
            )
            for row in csv.DictReader(lines)
        ]


def heuristic(paths: Paths, weights: Callable[[int], list[Fraction]]) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Conversions and value by channel, exactly; `weights` gives what each of n touches gets."""
    counts: dict[str, Fraction] = defaultdict(Fraction)
    values: dict[str, Fraction] = defaultdict(Fraction)
    for touches, sales, value, _ in paths:
        for touch, weight in zip(touches, weights(len(touches)), strict=True):
            counts[touch] += sales * weight
            values[touch] += value * weight
    return counts, values


def ladder(n: int) -> list[Fraction]:
    if n < 3:
        return [Fraction(1, n)] * n
    return [Fraction(2, 5), *[Fraction(1, 5 * (n - 2))] * (n - 2), Fraction(2, 5)]


EXACT: dict[str, Callable[[int], list[Fraction]]] = {
    "first": lambda n: [Fraction(1), *[Fraction(0)] * (n - 1)],
    "last": lambda n: [*[Fraction(0)] * (n - 1), Fraction(1)],
    "linear": lambda n: [Fraction(1, n)] * n,
    "position": ladder,
}


def chance_of_sale(paths: Paths, without: str | None = None) -> float:
    """Of the absorbing chain with a removed channel: whoever goes there is lost. Solved as it stands, channel by channel."""
    steps: Counter[tuple[str, str]] = Counter()
    for touches, sales, _, nulls in paths:
        for one, two in pairwise(["(start)", *touches]):
            steps[one, two] += sales + nulls
        steps[touches[-1], "(sale)"] += sales
        steps[touches[-1], "(none)"] += nulls
    states = sorted({one for one, _ in steps})
    out: Counter[str] = Counter()
    for (one, _), times in steps.items():
        out[one] += times
    matrix, sale = np.eye(len(states)), np.zeros(len(states))
    for (one, two), times in steps.items():
        if two == "(sale)":
            sale[states.index(one)] += times / out[one]
        elif two != "(none)" and two != without:
            matrix[states.index(one), states.index(two)] -= times / out[one]
    return float(np.linalg.solve(matrix, sale)[states.index("(start)")])


def removal_shares(paths: Paths) -> dict[str, float]:
    channels = sorted({touch for touches, *_ in paths for touch in touches})
    effects = {channel: 1 - chance_of_sale(paths, channel) / chance_of_sale(paths) for channel in channels}
    return {channel: effect / sum(effects.values()) for channel, effect in effects.items()}


def shapley_shares(paths: Paths) -> dict[str, Fraction]:
    """Every channel's share, summed over all sets of the others in fractions."""
    channels = sorted({touch for touches, *_ in paths for touch in touches})
    n, exactly = len(channels), defaultdict(lambda: [0, 0])
    for touches, sales, _, nulls in paths:
        counts = exactly[sum(1 << channels.index(touch) for touch in set(touches))]
        counts[0] += sales
        counts[1] += sales + nulls
    value = []
    for members in range(1 << n):
        inside = [counts for those, counts in exactly.items() if those & ~members == 0]
        sales, walks = sum(counts[0] for counts in inside), sum(counts[1] for counts in inside)
        value.append(Fraction(sales, walks) if walks else Fraction(0))
    weight = [Fraction(factorial(t) * factorial(n - t - 1), factorial(n)) for t in range(n)]
    found = {}
    for place, channel in enumerate(channels):
        others = [members for members in range(1 << n) if not members >> place & 1]
        found[channel] = (
            sum((weight[m.bit_count()] * (value[m | 1 << place] - value[m]) for m in others), Fraction(0)) / value[-1]
        )
    return found


def given(found: Attribution, model: str, figure: str) -> dict[str, float]:
    return {row["by"]: row["models"][model][figure] for row in found.rows}


@needs_sample
def test_first_last_linear_and_position_of_the_sample_are_exact():
    paths, found = read(SAMPLE), attribute(SAMPLE)
    for model, weights in EXACT.items():
        counts, values = heuristic(paths, weights)
        for figure, wanted, unit in (("conversions", counts, 1e-6), ("amount", values, 0.01)):
            told = given(found, model, figure)
            assert told.keys() == wanted.keys()
            assert all(abs(told[channel] - float(wanted[channel])) <= unit for channel in told), (model, figure)


@needs_sample
def test_markov_of_the_sample_is_the_closed_form_with_nulls():
    found, shares = given(attribute(SAMPLE), "markov", "conversions"), removal_shares(read(SAMPLE))
    assert all(found[channel] == pytest.approx(19785 * share, abs=2e-6) for channel, share in shares.items())
    assert {channel: round(found[channel], 2) for channel in ("alpha", "iota", "kappa", "mi")} == {
        "alpha": 5344.95, "iota": 3884.61, "kappa": 274.36, "mi": 1.72,
    }  # fmt: skip


@needs_sample
def test_every_model_gives_everything_away():
    found = attribute(SAMPLE)
    for model in MODELS:
        assert sum(round(count * 1e6) for count in given(found, model, "conversions").values()) == 19785 * 10**6
        assert sum(round(amount * 100) for amount in given(found, model, "amount").values()) == 7480297


def some_paths(tmp_path: Path) -> Path:
    """Five channels, paths of every length, some of them twice, one that only failed."""
    channels, rows = "abcde", []
    for number in range(60):
        touches = [channels[(number * step + step * step) % 5] for step in range(1, 2 + number % 5)]
        rows.append(f"{' > '.join(touches)},{number % 3},{number % 3 * 1.255:.3f},{number % 4}\n")
    file = tmp_path / "paths.csv"
    file.write_text(HEADER + "".join(rows) + "a > a > f,0,0,3\n", encoding="utf-8")
    return file


def test_markov_and_shapley_of_small_paths_equal_what_is_computed_here(tmp_path: Path):
    file = some_paths(tmp_path)
    found, paths = attribute(file), read(file)
    sales = sum(count for _, count, *_ in paths)
    for model, shares in (("markov", removal_shares(paths)), ("shapley", shapley_shares(paths))):
        told = given(found, model, "conversions")
        assert told == {channel: pytest.approx(sales * float(share), abs=2e-6) for channel, share in shares.items()}, model


def test_the_spread_is_from_the_least_to_the_most_that_a_model_gives(tmp_path: Path):
    for row in attribute(some_paths(tmp_path)).rows:
        amounts = [given["amount"] for given in row["models"].values()]
        assert row["spread"] == {"low": min(amounts), "high": max(amounts)}


def test_more_channels_than_sixteen_are_said_and_still_add_up(tmp_path: Path):
    names = [f"c{number:02}" for number in range(20)]
    rows = [f"{one} > {two},{1 + place % 3},1.5,2\n" for place, (one, two) in enumerate(pairwise(names))]
    (tmp_path / "many.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    found = attribute(tmp_path / "many.csv")
    assert [note.code for note in found.notes] == ["SMK-R071"]
    assert sum(round(count * 1e6) for count in given(found, "shapley", "conversions").values()) == 37 * 10**6


def test_rows_that_cannot_be_read_are_named_by_file_and_line(tmp_path: Path):
    bad = 'a > b,1,2.5,3\na > > b,1,2.5,3\n"a\nb",x,,-2\n'
    (tmp_path / "bad.csv").write_text(HEADER + bad, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        attribute(tmp_path / "bad.csv")
    assert [(problem.code, problem.source) for problem in caught.value.problems] == [
        ("SMK-P002", "bad.csv:3"), ("SMK-P002", "bad.csv:4"), ("SMK-P002", "bad.csv:4"), ("SMK-P002", "bad.csv:4"),
    ]  # fmt: skip
    assert '"x" is not a whole number, like 12' in str(caught.value)


def test_a_file_without_a_column_or_without_a_sale_is_refused(tmp_path: Path):
    (tmp_path / "short.csv").write_text("path,total_conversions\na,1\n", encoding="utf-8")
    with pytest.raises(DocumentError, match='SMK-P001 short.csv:1  has no column "total_conversion_value"'):
        attribute(tmp_path / "short.csv")
    (tmp_path / "other.csv").write_text(HEADER.replace(",", ";") + "a;1;1;5\n", encoding="utf-8")
    with pytest.raises(
        DocumentError, match='SMK-P001 other.csv:1  has no column "path"; .*, total_null. Separate the columns by commas'
    ):
        attribute(tmp_path / "other.csv")
    (tmp_path / "none.csv").write_text(HEADER + "a,0,0,5\n", encoding="utf-8")
    with pytest.raises(NotEnoughData, match="no path of none.csv has a conversion"):
        attribute(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="there is no file"):
        attribute(tmp_path / "nowhere.csv")


def test_the_command_writes_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = some_paths(tmp_path)
    written = {}
    for format in ("table", "json", "csv"):
        with pytest.raises(SystemExit) as left:
            main(["attribute", "--paths", str(file), "--format", format])
        assert left.value.code == 0
        written[format] = capsys.readouterr().out
    assert json.loads(written["json"])["rows"] == attribute(file).rows
    assert written["csv"].splitlines()[0].startswith("by,first,first_conversions,last")
    assert "together" in written["table"]
