"""`smarketing backtest`: a draft over the real past, beside the agreement in force."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smarketing.cli import asking, output
from smarketing.cli.asking import AsOfOption, OutOption, ReportFormat, TablesInOption
from smarketing.cli.workspace import WorkspaceOption, opened, workspace_at
from smarketing.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.reports.report import Report


class BacktestShape(StrEnum):
    """How a back-test is written."""

    table = "table"
    json = "json"
    csv = "csv"


Against = Annotated[
    Path | None,
    typer.Option("--against", exists=True, readable=True, help="The agreement in force (YAML), or a folder with its versions, of which the last one in force counts; left out: the workspace's."),
]  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add `backtest` to the command line."""
    app.command("backtest")(backtest)


def backtest(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", exists=True, dir_okay=False, readable=True, help="The draft (YAML).")],
    against: Against = None,
    facts: Annotated[
        Path | None, typer.Option("--facts", help="The journal: a Parquet file or a folder of them; needs --against.")
    ] = None,
    workspace: WorkspaceOption = None,
    from_: Annotated[str | None, typer.Option("--from", help="Only hand-offs from this day or time on count.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Only hand-offs before this day or time count.")] = None,
    as_of: AsOfOption = None,
    tables_in: TablesInOption = None,
    format: Annotated[BacktestShape, typer.Option("--format", help="How the result is written.")] = BacktestShape.table,
    out: OutOption = None,
) -> None:
    """What would have changed under a draft: who is handed over, what it costs, what of it is won, and what nobody can know."""
    from smarketing.agreement.checks import load_agreement

    if facts is not None and workspace is not None:
        raise UsageError("give either --facts and --against, or --workspace; not both")
    drafted = load_agreement(draft)
    times: dict[str, Any] = {"from_": from_, "to": to}
    if facts is not None:
        report = _of_file(drafted, against, facts, as_of, tables_in, times)
    else:
        report = _of_workspace(drafted, against, workspace, as_of, tables_in, times)
    asking.write_report(report, format=ReportFormat(format.value), to=out)


def _of_file(
    draft: Agreement, against: Path | None, facts: Path, as_of: str | None, tables_in: Path | None, times: dict[str, Any]
) -> Report:
    from smarketing.agreement.checks import load_agreements
    from smarketing.backends.two_replays import backtest as compared

    if against is None:
        raise UsageError("--facts needs --against FILE, the agreement with which the draft is compared")
    versions = load_agreements(against)
    with output.counting("Replaying") as progress:
        return compared(
            draft, against=_in_force(versions, as_of), facts=facts, as_of=as_of, tables_in=tables_in, progress=progress, **times
        )


def _in_force(versions: list[Agreement], as_of: str | None) -> Agreement:
    """The version in force then; of a folder without --as-of, the last one."""
    from smarketing.agreement.sequence import version_at
    from smarketing.backends.local import at_instant

    at = at_instant(as_of, versions)
    return versions[-1] if at is None else version_at(versions, at)


def _of_workspace(
    draft: Agreement,
    against: Path | None,
    workspace: Path | None,
    as_of: str | None,
    tables_in: Path | None,
    times: dict[str, Any],
) -> Report:
    if tables_in is not None:
        raise UsageError("--tables-in goes with --facts; a workspace has its own")
    from smarketing.actions.settled import settled_facts
    from smarketing.agreement.checks import load_agreements
    from smarketing.backends.two_replays import backtest as compared
    from smarketing.cli.workspace import instant_of

    try:
        place = workspace_at(workspace)
    except UsageError as error:
        hint = "" if workspace is not None else "\nOr ask a file: --facts FILE --against FILE"
        raise UsageError(f"{error}{hint}") from error
    at = instant_of(as_of, place) or place.now()
    versions = load_agreements(against) if against is not None else place.agreements()
    with opened(place), output.counting("Replaying") as progress:
        settled = settled_facts(place.folder, at)
        return compared(
            draft, against=_in_force(versions, at.isoformat()), facts=settled.facts, as_of=at, tables_in=place.small_tables(),
            progress=progress, **times,
        )  # fmt: skip
