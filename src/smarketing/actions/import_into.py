"""Import into a workspace: the rows of files become facts in its database and rows of its small tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import polars as pl

from smarketing.actions.import_facts import ImportResult, Progress, tell
from smarketing.actions.journal_file import FactCounts, workplace
from smarketing.actions.workspace import Workspace
from smarketing.connectors.files.document import MappingDocument, load_mapping
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.problems import Problem


class StoredJournal:
    """The journal of the open workspace. Every `add` is durable when it returns, so that a killed import begins where it was."""

    def __init__(self) -> None:
        self.counts = FactCounts()
        self.aside: Path | None = None

    def add(self, facts: pl.DataFrame) -> None:
        """Tell facts (FACT_SCHEMA, any order)."""
        from smarketing.records.facts import store_facts

        new, known, conflicts = store_facts(facts)
        self.counts = FactCounts(self.counts.new + new, self.counts.known + known, self.counts.conflicts + conflicts)

    def finish(self) -> None:
        """All was told, and all is there already."""


def import_into(
    workspace: Workspace,
    files: Sequence[str | Path],
    *,
    mappings: Sequence[str | Path] = (),
    dry_run: bool = False,
    recorded_at: datetime | None = None,
    warn: Callable[[Problem], None] | None = None,
    progress: Callable[[int], Progress] | None = None,
) -> ImportResult:
    """Tell the rows of `files` to the open workspace by these mappings (none named: all of its own); again, it changes nothing.

    Small tables go to the workspace's, rejected rows to `data/rejected/FILE.rejected.csv`, one for each mapping that
    rejects some. What follows from the facts is not
    derived here (see `refresh`). With `dry_run` everything is read and counted, and nothing is kept. Raises UsageError where
    there is no mapping or another import is at work, DocumentError for a mapping with problems.
    """
    documents = [load_mapping(path) for path in mappings or workspace.mappings()]
    if not documents:
        raise UsageError(f"what do the rows mean? Name a mapping with --mapping, or put one into {workspace.folder / 'mappings'}")
    for problem in (problem for document in documents for problem in document.warnings):
        if warn is not None:
            warn(problem)
    with ExitStack() as around:
        work = around.enter_context(workplace(workspace.data / "import"))
        if dry_run:
            around.enter_context(_forgotten())
        told: list[ImportResult] = []
        for document in documents:
            before = [path for one in told for path in one.rejects]
            told.append(_tell(workspace, files, document, work, dry_run, recorded_at, progress, before))
    return _together(told)


def _tell(
    workspace: Workspace, files: Sequence[str | Path], document: MappingDocument, work: Path, dry_run: bool,
    recorded_at: datetime | None, progress: Callable[[int], Progress] | None, before: Sequence[Path],
) -> ImportResult:  # fmt: skip
    rejects = workspace.data / "rejected"
    rejects.mkdir(exist_ok=True)
    return tell(
        files, document, StoredJournal(), work=work, rejects=None if dry_run else rejects,
        tables=None if dry_run else workspace.small_tables(), recorded_at=recorded_at, progress=progress,
        rejected_before=before,
    )  # fmt: skip


def _together(told: list[ImportResult]) -> ImportResult:
    """One result of several mappings over the same files; a file is ignored where none of them reads it."""
    whole = told[0]
    for one in told[1:]:
        whole.files += one.files
        whole.facts = FactCounts(
            *(getattr(whole.facts, name) + getattr(one.facts, name) for name in ("new", "known", "conflicts"))
        )
        whole.ignored_files = [path for path in whole.ignored_files if path in one.ignored_files]
        whole.rejects += one.rejects
        whole.tables = {name: whole.tables.get(name, 0) + one.tables.get(name, 0) for name in {**whole.tables, **one.tables}}
        whole.problems += one.problems
    return whole


@contextmanager
def _forgotten() -> Iterator[None]:
    """A transaction that is rolled back in the end."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
