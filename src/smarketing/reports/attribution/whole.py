"""Attribution of whole paths: what each model gives to each channel, in conversions and in value.

First, last, linear and position share out each path; they are exact sums. Markov solves one chain over all rows, weighted by
conversions and nulls; a channel gets its removal effect ÷ the sum of all, of the conversions and of the value. Shapley plays all
channels against one another; the value of a set of channels is conversions ÷ (conversions + nulls) of the rows whose channels all lie in
it, and what each gets is scaled so that all get everything. Without times there is no time decay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.attribution.cents import cut
from smarketing.derivations.attribution.markov import removal_effects
from smarketing.derivations.attribution.paths import Floats
from smarketing.derivations.attribution.sets import Sets
from smarketing.derivations.attribution.shapley import PLAYERS, shapley_shares
from smarketing.derivations.attribution.shares import HEURISTICS, Rows, heuristic_shares, rows_of
from smarketing.derivations.attribution.touches import USUAL
from smarketing.reports.attribution.paths_file import WholePaths, read_paths
from smarketing.reports.figures import CENT, flat
from smarketing.reports.layout import NOTHING, Grid, draw, paragraph
from smarketing.reports.report import Note
from smarketing.vocabulary.errors import NotEnoughData

MODELS = ("first", "last", "linear", "position", "markov", "shapley")
MILLION = 1_000_000
"""Conversions are told to a millionth, so that those of a model add up."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One row for each channel, by name: `{"by", "models": {MODEL: {"conversions", "amount"}}, "spread": {"low", "high"}}`.

    Amounts are in the file's own currency, to the cent; those of a model add up to the file's, and so do its conversions. `spread`: the
    least and the most that a model gives, as an amount.
    """

    rows: list[dict[str, Any]]
    notes: list[Note] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of a report."""
        notes = [note._asdict() for note in self.notes]
        return {"report": "attribute", "period": None, "as_of": None, "agreement": None, "rows": self.rows, "notes": notes}

    def to_polars(self) -> pl.DataFrame:
        """One row for each channel: `MODEL` (the amount) and `MODEL_conversions` for each model, `spread_low`, `spread_high`."""
        return pl.DataFrame([flat(row) for row in self.rows])

    def to_table(self, *, width: int = 100) -> str:
        """What each model gives to each channel as people read it: the amounts, then the conversions."""
        grids = [grid_of(self.rows, "amount", "Value by model"), grid_of(self.rows, "conversions", "Conversions by model")]
        parts = [part for grid in grids for part in draw(grid, width=width)]
        return (
            "\n\n".join([*parts, *(paragraph(f"{note.code}  {note.text}", width=width, indent=10) for note in self.notes)]) + "\n"
        )


def attribute(file: Path) -> Attribution:
    """Attribution of a file of whole paths. Raises UsageError, DocumentError, and NotEnoughData where nothing was sold."""
    told = read_paths(file)
    if not told.paths.sales.any():
        raise NotEnoughData(f"no path of {file.name} has a conversion: there is nothing to give to anybody")
    shares = {model: (by_count, by_value) for model, by_count, by_value in models_of(told)}
    names = told.paths.names.to_list()
    total = {"conversions": int(told.paths.sales.sum()) * MILLION, "amount": int(told.total.quantize(CENT, ROUND_HALF_UP) * 100)}
    counts = {model: parts(total["conversions"], by_count, MILLION) for model, (by_count, _) in shares.items()}
    amounts = {model: parts(total["amount"], by_value, 100) for model, (_, by_value) in shares.items()}
    return Attribution([row_of(name, place, counts, amounts) for place, name in enumerate(names)], list(notes_of(told)))


def models_of(told: WholePaths) -> list[tuple[str, Floats, Floats]]:
    """Each model with the share that each channel gets of the conversions, and of the value."""
    paths, n = told.paths, len(told.paths.names)
    rows = rows_of(paths.codes, paths.starts, n_codes=n)
    touches, shares = heuristic_shares(paths.codes, paths.starts, np.zeros(len(paths.codes)), USUAL, rows, n_codes=n)
    path = np.repeat(np.arange(paths.number), np.diff(rows.starts))
    found = []
    for model in MODELS[:4]:
        given = shares[:, HEURISTICS.index(model)]
        by_count, by_value = (summed(rows, given * whole[path], n) for whole in (paths.sales, told.values))
        found.append((model, part_of(by_count), part_of(by_value)))
    effects = part_of(removal_effects(paths))
    played = played_by_all(told, rows, summed(rows, touches * paths.sales[path], n))
    return [*found, ("markov", effects, effects), ("shapley", played, played)]


def summed(rows: Rows, amounts: NDArray[Any], n: int) -> Floats:
    """What each name gets on all paths."""
    return np.bincount(rows.codes, amounts, n).astype(np.float64)


def played_by_all(told: WholePaths, rows: Rows, touches: Floats) -> Floats:
    """What Shapley gives to each channel, where all play; `touches`: how many of each led to a conversion."""
    paths, n = told.paths, len(told.paths.names)
    sets, _ = Sets.of(rows.codes, rows.starts, paths.sales, paths.nulls, n_codes=n)
    everybody, once = np.arange(n, dtype=np.int32), np.array([0, n], dtype=np.int64)
    return shapley_shares(sets, np.zeros(1, np.int64), once, everybody, np.maximum(touches.astype(np.int64), 1))


def part_of(amounts: Floats) -> Floats:
    """Each one's part of all; equal parts of nothing."""
    whole = amounts.sum()
    return amounts / whole if whole else np.full(len(amounts), 1 / max(len(amounts), 1))


def parts(total: int, shares: Floats, units: int) -> list[float]:
    """A total in whole units cut into shares that add up to it, as numbers."""
    cents = cut(np.array([total], dtype=np.int64), np.array([0, len(shares)], dtype=np.int64), shares)
    return [float(Decimal(cent) / units) for cent in cents.tolist()]


def row_of(name: str, place: int, counts: Mapping[str, list[float]], amounts: Mapping[str, list[float]]) -> dict[str, Any]:
    given = {model: {"conversions": counts[model][place], "amount": amounts[model][place]} for model in MODELS}
    all_amounts = [one["amount"] for one in given.values()]
    return {"by": name, "models": given, "spread": {"low": min(all_amounts), "high": max(all_amounts)}}


def notes_of(told: WholePaths) -> list[Note]:
    """What a reader has to know before using the figures."""
    notes = []
    if not told.paths.nulls.any():
        notes.append(Note("SMK-R070", "No path without a sale is in the file: Markov and Shapley know only what sold."))
    if len(told.paths.names) > PLAYERS:
        text = f"There are more than {PLAYERS} channels: for Shapley the {PLAYERS - 1} with the most touches play by themselves, all others as one."
        notes.append(Note("SMK-R071", text))
    glued = [name for name in told.paths.names if ">" in name]
    if glued:
        notes.append(
            Note("SMK-R072", f'"{glued[0]}" is read as one channel: between touches stands " > ", with a blank on both sides.')
        )
    return notes


def grid_of(rows: list[dict[str, Any]], figure: str, title: str) -> Grid:
    """One figure of every model, and their sums."""
    lines = [[row["by"], *(f"{row['models'][model][figure]:,.2f}" for model in MODELS)] for row in rows]
    sums = [sum(Decimal(str(row["models"][model][figure])) for row in rows) for model in MODELS]
    lines.append(["together", *(f"{whole:,.2f}" for whole in sums)])
    return Grid(title, ("channel", *MODELS), lines or [[NOTHING]])
