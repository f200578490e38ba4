"""`smarketing report …`: what people ask of a journal and an agreement."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli import output
from smarketing.cli.output import Format

if TYPE_CHECKING:
    from smarketing.reports.report import Report


class Cohort(StrEnum):
    """What of a lead must lie in the period."""

    first_touch = "first_touch"
    handoff = "handoff"


FactsOption = Annotated[Path, typer.Option("--facts", help="The journal: a Parquet file or a folder of them.")]
AgreementOption = Annotated[
    Path, typer.Option("--agreement", exists=True, dir_okay=False, readable=True, help="The agreement (YAML).")
]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="Nothing later is known; left out: the latest fact.")]
TablesInOption = Annotated[
    Path | None, typer.Option("--tables-in", help="A folder with spend.csv, reps.csv and the other small tables.")
]
PeriodOption = Annotated[str | None, typer.Option("--period", help="2018, 2018-Q1, 2018-05, 2018-W05 or 2018-01-01..2018-02-01.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How the result is written.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file instead of the terminal.")]

reports = typer.Typer(name="report", help="What people ask: one report for each question.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `report` and its reports to the command line."""
    app.add_typer(reports)


@reports.command("funnel")
def funnel_report(
    facts: FactsOption,
    agreement: AgreementOption,
    by: Annotated[
        str | None, typer.Option("--by", help="campaign, channel, persona, rep, grade or an attribute of the lead.")
    ] = None,
    period: PeriodOption = None,
    cohort: Annotated[
        Cohort, typer.Option("--cohort", help="Whose first touch, or first hand-off, lies in the period.")
    ] = Cohort.first_touch,
    as_of: AsOfOption = None,
    tables_in: TablesInOption = None,
    format: FormatOption = Format.table,
    out: OutOption = None,
) -> None:
    """The funnel from lead to won: how many reach each stage, how fast, what is won and what it costs."""
    from smarketing.agreement.checks import load_agreement
    from smarketing.backends.local import replay

    signed = load_agreement(agreement)
    output.say_when_preparing()
    outcome = replay(facts, signed, as_of, tables=["stage_entries", "handoffs"], tables_in=tables_in)
    write_report(outcome.funnel(by, period=period, cohort=cohort.value), format=format, to=out)


def write_report(report: Report, *, format: Format, to: Path | None) -> None:
    """Write a report in the format asked for, to the file `to` or to stdout."""
    if format is Format.json:
        return output.write_json(report.to_dict(), to=to)
    output.write(report.to_csv() if format is Format.csv else report.to_table(), to=to)
