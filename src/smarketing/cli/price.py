"""`smarketing price`: what a lead of each grade is worth by history, and a draft amendment that says so."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli import asking, output
from smarketing.cli.asking import (
    AgreementOption,
    AsOfOption,
    FactsOption,
    OutOption,
    PeriodOption,
    ReportFormat,
    Source,
    TablesInOption,
)
from smarketing.cli.workspace import WorkspaceOption, workspace_at
from smarketing.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report


class PriceShape(StrEnum):
    """How the prices are written."""

    table = "table"
    json = "json"
    csv = "csv"


def register(app: typer.Typer) -> None:
    """Add `price` to the command line."""
    app.command("price")(price)


def price(
    facts: FactsOption = None,
    agreement: AgreementOption = None,
    workspace: WorkspaceOption = None,
    period: PeriodOption = None,
    as_of: AsOfOption = None,
    tables_in: TablesInOption = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write", metavar="DRAFT.yaml", help="Write a draft: the agreement with only `worth` changed. Never over a file."
        ),
    ] = None,
    format: Annotated[PriceShape, typer.Option("--format", help="How the result is written.")] = PriceShape.table,
    out: OutOption = None,
) -> None:
    """What a hand-off of each grade is worth: how often such leads are won, times what a win brings. Below 30 the signed price stays."""
    source = Source(facts=facts, agreement=agreement, as_of=as_of, tables_in=tables_in, workspace=workspace)
    if write is not None and write.exists():
        raise UsageError(f"{write} is there already, and a draft is never written over a file; give another name")
    outcome = source.outcome(["stage_entries", "handoffs"])
    with output.progress("Counting"):
        report = outcome.price(period)
    if write is not None:
        text = _draft(outcome, report, period, _files(source))
        with write.open("x", encoding="utf-8") as draft:
            draft.write(text)
        output.say(f"Wrote the draft {write}. Give it a date of its own under in_force before anybody signs it.")
    asking.write_report(report, format=ReportFormat(format.value), to=out)


def _draft(outcome: Outcome, report: Report, period: str | None, files: list[Path]) -> str:
    """The text of the version in force, with the prices that there is enough to say."""
    from smarketing.agreement.changes.amending import with_worth
    from smarketing.agreement.checks import load_agreement
    from smarketing.reports.price.rows import signed_means

    file = next(file for file in files if load_agreement(file).id == outcome.agreement.id)
    worth = {row["grade"]: Decimal(str(row["worth"]["amount"])) for row in report.rows if row["enough"]}
    text = with_worth(file.read_text(encoding="utf-8-sig"), worth, signed_means(outcome, period))
    load_agreement(file, text=text)  # a draft that could not be read again must not be written
    return text


def _files(source: Source) -> list[Path]:
    """Where the versions of the agreement are written."""
    from smarketing.agreement.checks import SUFFIXES

    place = source.agreement or workspace_at(source.workspace).folder / "agreement"
    return sorted(file for file in place.iterdir() if file.suffix.lower() in SUFFIXES) if place.is_dir() else [place]
