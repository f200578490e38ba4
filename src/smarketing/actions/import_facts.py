"""Import: the rows of files become facts in a journal and rows of the small tables; every row is accounted for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from smarketing.actions.clustered_journal import ClusteredJournal, is_clustered
from smarketing.actions.journal_file import FactCounts, JournalFile, workplace
from smarketing.actions.rejects_file import RejectsFile
from smarketing.actions.table_files import complete_table
from smarketing.connectors.files.document import MappingDocument, load_mapping
from smarketing.connectors.files.plan import Plan, make_plan
from smarketing.connectors.files.reading import ReadBatch, read_file
from smarketing.connectors.files.sources import open_source
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.problems import Problem

SHOWN = 5
"""Rejected rows of a file that are told at once; all of them are in the file of rejects."""
ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
BY_ADDRESS = (
    'a lead_id looks like a mail address. Ids are never forgotten: map the source\'s own id of the person (lead_id: "crm-{id}"), '
    "and the address as the property email, which can be"
)
Progress = Callable[[float], None]


class Journal(Protocol):
    """Where facts go to. `counts`: what became of them so far; `aside`: the file of those in conflict, where they go to one."""

    counts: FactCounts
    aside: Path | None

    def add(self, facts: pl.DataFrame) -> None:
        """Tell facts (FACT_SCHEMA, any order)."""

    def finish(self) -> None:
        """All was told."""


@dataclass(slots=True)
class FileCount:
    """What became of the rows of one file: `read` = `gave` + `skipped` (by `where`) + `rejected`."""

    file: str
    read: int = 0
    gave: int = 0
    skipped: int = 0
    rejected: int = 0
    ignored_columns: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ImportResult:
    """What an import did. `rejects` are the files with the rejected rows, `problems` the first of their reasons.

    `aside` is the file of the facts in conflict where there is one; `tables` counts the rows of each small table that was told.
    """

    files: list[FileCount] = field(default_factory=list)
    facts: FactCounts = field(default_factory=FactCounts)
    ignored_files: list[str] = field(default_factory=list)
    rejects: list[Path] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)
    aside: Path | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Rows rejected in all files."""
        return sum(count.rejected for count in self.files)

    def as_json(self) -> dict[str, Any]:
        """The result as `--format json` shows it; `rejects` is a list only where several files had rejected rows."""
        rejects = [str(path) for path in self.rejects]
        shown: dict[str, Any] = {
            "files": [asdict(count) for count in self.files],
            "facts": asdict(self.facts),
            "ignored_files": self.ignored_files,
            "rejects": rejects if len(rejects) > 1 else (rejects[0] if rejects else None),
        }
        return shown | ({"tables": self.tables} if self.tables else {})


def import_facts(
    files: Sequence[str | Path],
    *,
    mapping: str | Path,
    out: str | Path | None = None,
    tables_out: str | Path | None = None,
    recorded_at: datetime | None = None,
    dry_run: bool = False,
    warn: Callable[[Problem], None] | None = None,
    progress: Callable[[int], Progress] | None = None,
) -> ImportResult:
    """Tell the rows of `files` as `mapping` says and complete the journal `out`; again, it changes nothing. `out`: a Parquet file, or
    the folder of a clustered journal.

    Small tables go to `tables_out` (default: the folder `tables` beside `out`), rejected rows to `FILE.rejected.csv` beside
    `out`. `recorded_at` is the moment of import (default: now). With `dry_run` everything is read and counted and nothing
    written. `progress` is told how much there is to read and gives back what is called with how much more was read.
    Raises DocumentError for a mapping with problems, UsageError for files that cannot be read.
    """
    document = load_mapping(mapping)
    target = Path(out) if out is not None else None
    tables = Path(tables_out) if tables_out else (target.parent / "tables" if target else None)
    _check_targets(document, target, tables, dry_run)
    for problem in document.warnings:
        (warn or _unheard)(problem)
    with tempfile.TemporaryDirectory(prefix="smarketing-") if dry_run or target is None else workplace(target) as work:
        journal = (
            ClusteredJournal(target, Path(work), dry_run=dry_run)
            if target is not None and is_clustered(target)
            else JournalFile(target, Path(work), dry_run=dry_run)
        )
        rejects = None if dry_run else (target.parent if target else Path())
        return tell(
            files, document, journal, work=Path(work), rejects=rejects, tables=None if dry_run else tables,
            recorded_at=recorded_at, progress=progress,
        )  # fmt: skip


def tell(
    files: Sequence[str | Path], document: MappingDocument, journal: Journal, *, work: Path, rejects: Path | None,
    tables: Path | None, recorded_at: datetime | None = None, progress: Callable[[int], Progress] | None = None,
    rejected_before: Sequence[Path] = (),
) -> ImportResult:  # fmt: skip
    """Tell the rows of `files` to a journal; `work` is a folder for unfinished work.

    Small tables are completed in the folder `tables`, rejected rows written to the folder `rejects`; None: they are only counted.
    `rejected_before`: the files with rejected rows that another mapping has just written there.
    """
    run = _Run(document, work, recorded_at or datetime.now(UTC), rejected_before)
    plan = run.plan([Path(file) for file in files])
    return run.read(plan, journal, rejects, progress or _unseen).written(journal, tables)


def _check_targets(document: MappingDocument, out: Path | None, tables: Path | None, dry_run: bool) -> None:
    """Raise UsageError where what is told has no place to go to."""
    tells_tables = any(entries for _, entries in document.mapping.tables)
    if not dry_run and out is None and (document.mapping.files or (tells_tables and tables is None)):
        raise UsageError("where to? Name the journal with --out facts.parquet, or try the mapping with --dry-run")
    if out is not None and out.is_dir() and not is_clustered(out):
        raise UsageError(
            f"{out} is a folder; --out names one file, such as {out / 'facts.parquet'}, or what `smarketing journal cluster` made"
        )


def _unheard(problem: Problem) -> None:
    """Nobody listens."""


def _unseen(total: int) -> Progress:
    """Nobody watches."""
    return lambda more: None


class _Run:
    """One import: the files are planned and read, then what was told is written."""

    def __init__(
        self, document: MappingDocument, work: Path, recorded_at: datetime, rejected_before: Sequence[Path] = ()
    ) -> None:
        self.document, self.work, self.recorded_at = document, work, recorded_at
        self.rejected_before = rejected_before
        self.result = ImportResult()
        self.told: dict[str, list[pl.DataFrame]] = {}
        self.named_by_address = False

    def plan(self, files: Sequence[Path]) -> Plan:
        """Open every file once and match it with the mapping."""
        sources = [open_source(path, scratch=self.work) for path in dict.fromkeys(files)]
        plan = make_plan(self.document, sources, open_other=lambda path: open_source(path, scratch=self.work))
        self.result.ignored_files = [str(path) for path in plan.ignored]
        lookups = [lookup for one in plan.files for use in one.uses for lookup in use.lookups]
        self.result.problems = list(dict.fromkeys(problem for lookup in lookups for problem in lookup.broken[:SHOWN]))
        return plan

    def read(self, plan: Plan, journal: Journal, rejects: Path | None, progress: Callable[[int], Progress]) -> _Run:
        """Read every file; `rejects` is the folder for rejected rows, None to write none."""
        advance = progress(sum(one.source.size for one in plan.files))
        for one in plan.files:
            count = FileCount(str(one.source.path), ignored_columns=one.ignored_columns)
            self.result.files.append(count)
            taken, before = self.result.rejects, self.rejected_before
            with RejectsFile(one.source.path, one.source.header, rejects, taken=taken, before=before) as rejected:
                for batch in read_file(one, zone=self.document.mapping.zone, recorded_at=self.recorded_at):
                    self._count(count, batch)
                    self._look_for_addresses(count.file, batch.facts)
                    journal.add(batch.facts)
                    rejected.add(batch.rejected)
                    advance(batch.size)
        return self

    def _count(self, count: FileCount, batch: ReadBatch) -> None:
        count.read += batch.read
        count.gave += batch.gave
        count.skipped += batch.skipped
        count.rejected += len(batch.rejected)
        shown = SHOWN - sum(problem.source.startswith(f"{count.file}:") for problem in self.result.problems)
        self.result.problems += [
            Problem("SMK-I001", f"{count.file}:{one.line}", one.reason) for one in batch.rejected[: max(shown, 0)]
        ]
        for table, rows in batch.tables.items():
            self.told.setdefault(table, []).append(rows)

    def _look_for_addresses(self, file: str, facts: pl.DataFrame) -> None:
        if not self.named_by_address and facts["lead_id"].str.contains(ADDRESS).any():
            self.named_by_address = True
            self.result.problems.append(Problem("SMK-I002", file, BY_ADDRESS, "warning"))

    def written(self, journal: Journal, tables: Path | None) -> ImportResult:
        """Write the small tables and the journal; the result of it all."""
        merged = {name: pl.concat(parts) for name, parts in self.told.items()}
        self.result.tables = {name: rows.height for name, rows in merged.items()}
        for name, rows in merged.items():
            if tables is not None:
                complete_table(tables, name, rows)
        if self.document.mapping.files:
            journal.finish()
        self.result.facts = journal.counts
        self.result.aside = journal.aside if journal.aside and journal.aside.exists() else None
        return self.result
