"""What every question shares: of what journal, under which agreement, as of when, in what form."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli import output
from smarketing.cli.workspace import instant_of, opened, workspace_at
from smarketing.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from smarketing.actions.workspace import Workspace
    from smarketing.agreement.models import Agreement
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report

WIDTH = 100
"""How wide a table is where there is no terminal, or a narrower one."""


class ReportFormat(StrEnum):
    """How a report is written."""

    table = "table"
    json = "json"
    csv = "csv"
    html = "html"
    svg = "svg"
    png = "png"


FactsOption = Annotated[
    Path | None, typer.Option("--facts", help="The journal: a Parquet file or a folder of them; needs --agreement.")
]
AgreementOption = Annotated[
    Path | None,
    typer.Option(
        "--agreement", exists=True, readable=True, help="The agreement (YAML), or a folder with its versions; with --facts."
    ),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Nothing later is known; left out: now in a workspace, else the latest fact.")
]
TablesInOption = Annotated[
    Path | None, typer.Option("--tables-in", help="A folder with spend.csv, reps.csv and the other small tables; with --facts.")
]
PeriodOption = Annotated[str | None, typer.Option("--period", help="2018, 2018-Q1, 2018-05, 2018-W05 or 2018-01-01..2018-02-01.")]
FormatOption = Annotated[ReportFormat, typer.Option("--format", help="How the result is written.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file instead of the terminal.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the facts come from: a file with its agreement, or a workspace (the one named, else the nearest)."""

    facts: Path | None
    agreement: Path | None
    as_of: str | None
    tables_in: Path | None
    workspace: Path | None

    def outcome(self, tables: Collection[str]) -> Outcome:
        """What follows, with those tables; what is doubtful in the small ones is said.

        Raises UsageError that names what to give, DocumentError, MissingExtra, OutsideError.
        """
        from smarketing.journal.small_tables import doubts_of

        found = self._from_workspace(tables) if self.facts is None else self._from_file(self.facts, tables)
        output.doubt(doubts_of(found.small, calendars=found.agreement.calendars))
        return found

    def life(self, lead_id: str) -> Outcome:
        """What follows for one lead, under any of its ids; its receipt is among the tables. Doubts are said; raises as `outcome`."""
        from smarketing.backends.one_life import replay_life

        if self.facts is None:
            life = self._life_from_workspace(lead_id)
        else:
            signed = self._signed()
            output.say_when_preparing()
            with output.progress("Replaying one life"):
                life = replay_life(self.facts, signed, lead_id, self.as_of, tables_in=self.tables_in)
        output.doubt(life.problems)
        return life

    def _from_file(self, facts: Path, tables: Collection[str]) -> Outcome:
        from smarketing.backends.local import replay

        signed = self._signed()
        with output.counting("Replaying") as progress:
            return replay(facts, signed, self.as_of, tables=tables, tables_in=self.tables_in, progress=progress)

    def _signed(self) -> list[Agreement]:
        """The versions that judge the facts of the file."""
        from smarketing.agreement.checks import load_agreements

        if self.workspace is not None:
            raise UsageError("give either --facts and --agreement, or --workspace; not both")
        if self.agreement is None:
            raise UsageError("--facts needs --agreement FILE, under which they are judged")
        return load_agreements(self.agreement)

    def _from_workspace(self, tables: Collection[str]) -> Outcome:
        workspace = self._workspace()
        as_of = instant_of(self.as_of, workspace)
        with opened(workspace):
            return _now(workspace) if as_of is None else _then(workspace, as_of, tables)

    def _life_from_workspace(self, lead_id: str) -> Outcome:
        from smarketing.actions.settled import settled_facts
        from smarketing.backends.one_life import replay_life

        workspace = self._workspace()
        as_of, small = instant_of(self.as_of, workspace) or workspace.now(), workspace.small_tables()
        output.say_when_preparing()
        with opened(workspace), output.progress("Replaying one life"):
            settled = settled_facts(workspace.folder, as_of)
            return replay_life(settled.facts, workspace.agreements(), lead_id, as_of, tables_in=small)

    def _workspace(self) -> Workspace:
        for option, given in (("--agreement", self.agreement), ("--tables-in", self.tables_in)):
            if given is not None:
                raise UsageError(f"{option} goes with --facts; a workspace has its own")
        try:
            return workspace_at(self.workspace)
        except UsageError as error:
            hint = "" if self.workspace is not None else "\nOr ask a file: --facts FILE --agreement FILE"
            raise UsageError(f"{error}{hint}") from error


def _now(workspace: Workspace) -> Outcome:
    """The open workspace as it is now."""
    from smarketing.actions.live.follow import follow_if_due
    from smarketing.actions.refresh import load_following

    output.say_when_preparing()
    with output.progress("Reading the workspace"):
        follow_if_due(workspace)
        return load_following(workspace)


def _then(workspace: Workspace, as_of: datetime, tables: Collection[str]) -> Outcome:
    """The open workspace as it was at an instant: its facts, replayed."""
    from smarketing.actions.settled import settled_facts
    from smarketing.backends.local import replay

    settled, small = settled_facts(workspace.folder, as_of), workspace.small_tables()
    with output.counting("Replaying") as progress:
        return replay(settled.facts, workspace.agreements(), as_of, tables=tables, tables_in=small, progress=progress)


def write_report(report: Report, *, format: ReportFormat, to: Path | None) -> None:
    """Write a report in the format asked for, to the file `to` or to stdout. Raises UsageError for an image on a terminal."""
    if format is ReportFormat.png:
        return _write_bytes(report.to_png(), to=to)
    if format is ReportFormat.json:
        return output.write_json(report.to_dict(), to=to)
    if format is ReportFormat.table:
        return output.write(report.to_table(width=_width(to)), to=to)
    write = {ReportFormat.csv: report.to_csv, ReportFormat.html: report.to_html, ReportFormat.svg: report.to_svg}[format]
    output.write(write(), to=to)


def refuse_image_on_terminal(format: ReportFormat, to: Path | None) -> None:
    """Raise UsageError before any work is done for an image that would go to a terminal."""
    if format is ReportFormat.png and to is None and sys.stdout.isatty():
        raise UsageError("an image is nothing for a terminal; write it to a file with -o FILE.png, or pipe it")


def _width(to: Path | None) -> int:
    """As wide as the terminal, where one reads."""
    if to is not None or not sys.stdout.isatty():
        return WIDTH
    from shutil import get_terminal_size

    return max(WIDTH, get_terminal_size().columns)


def _write_bytes(content: bytes, *, to: Path | None) -> None:
    """To stdout, or to the file, written beside its place and moved there when it is whole."""
    if to is None:
        sys.stdout.buffer.write(content)
        return
    partial = to.with_name(to.name + ".part")
    try:
        partial.write_bytes(content)
        os.replace(partial, to)
    finally:
        partial.unlink(missing_ok=True)
