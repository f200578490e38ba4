"""What follows, as tables: what every report reads."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from smarketing.agreement.sequence import version_at
from smarketing.derivations.money.rates import Rates, rates_in
from smarketing.reports.figures import iso
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement

T = TypeVar("T")


@dataclass(repr=False)
class Following:
    """What follows from a journal under an agreement as of an instant.

    `agreement`: the version in force then, in whose language the tables speak; `versions`: it and those before it, in sequence.
    `tables`: the derived tables by name (`score_changes`, `stage_entries`, `handoffs`, `clocks`, `commitments`, `ledger`,
    `credits`), each also an attribute.
    `facts`: the facts of the lives, as scanned: machine facts, retractions, duplicates and facts after `as_of` are gone and
    `lead_id` is the united lead. `small`: the small tables that were given (`campaigns`, `spend`, `reps`, …). `united`: one row
    for each id that became part of another lead: `id`, and `lead_id`, whose life it is now. `notes`: what was met on the way.
    `problems`: what the replay has to say: money for which there is no rate.
    """

    agreement: Agreement
    as_of: datetime
    tables: dict[str, pl.DataFrame]
    facts: pl.LazyFrame
    small: dict[str, pl.DataFrame] = field(default_factory=dict)
    notes: list[Any] = field(default_factory=list)
    united: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"id": pl.String, "lead_id": pl.String}))
    versions: tuple[Agreement, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        self.versions = self.versions or (self.agreement,)

    def __repr__(self) -> str:
        rows = ", ".join(f"{frame.height:,} {name}" for name, frame in self.tables.items())
        return f"<{type(self).__name__} of {self.agreement.name} as of {iso(self.as_of)}: {rows}>"

    def __getattr__(self, name: str) -> pl.DataFrame:
        tables: dict[str, pl.DataFrame] = self.__dict__.get("tables", {})
        if name not in tables:
            raise AttributeError(f'this outcome has no "{name}".{did_you_mean(name, tables)}')
        return tables[name]

    def version_at(self, at: datetime) -> Agreement:
        """The version that was in force at an instant; the first one also before it began."""
        return version_at(self.versions, at)

    @property
    def rates(self) -> Rates:
        """What money in other currencies was worth, by the small table of rates."""
        return self.once("rates", lambda: rates_in(self.small, self.versions))

    def table(self, name: str) -> pl.DataFrame:
        """One derived table. Raises UsageError when the replay was asked to leave it out."""
        if name not in self.tables:
            raise UsageError(f'the replay left out "{name}"; ask for it with tables=[..., "{name}"].')
        return self.tables[name]

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, computed when `key` is first asked for and kept: an outcome never changes.

        Two threads that ask at the same time may both compute it; the results are equal.
        """
        if key not in self._known:
            self._known[key] = make()
        kept: T = self._known[key]
        return kept

    def asked_so_far(self, key: Hashable) -> Any:
        """What `once` keeps under a key; None where nobody has asked for it."""
        return self._known.get(key)

    def write(self, folder: str | Path, tables: Iterable[str] | None = None) -> list[Path]:
        """Write the derived tables (all, or those named) as `FOLDER/NAME.parquet`, zstd; returns the paths."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        paths = []
        for name in self.tables if tables is None else tables:
            paths.append(target / f"{name}.parquet")
            self.table(name).write_parquet(paths[-1], compression="zstd")
        return paths
