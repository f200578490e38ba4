"""`smarketing report …`: what people ask of a journal and an agreement, or of a workspace."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli import asking, output
from smarketing.cli.asking import FormatOption, PeriodOption, ReportFormat, Source
from smarketing.cli.workspace import WorkspaceOption

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report


class Cohort(StrEnum):
    """What of a lead must lie in the period."""

    first_touch = "first_touch"
    handoff = "handoff"


class Cut(StrEnum):
    """Who gets the credit."""

    campaign = "campaign"
    channel = "channel"


reports = typer.Typer(name="report", help="What people ask: one report for each question.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `report` and its reports to the command line."""
    app.add_typer(reports)


def _report_by_period(name: str, tables: list[str], ask: Callable[[Outcome, str | None], Report], *, help: str) -> None:
    """Add a report that is asked for with a period and nothing else; `tables` are those that it needs."""

    def command(
        facts: asking.FactsOption = None,
        agreement: asking.AgreementOption = None,
        workspace: WorkspaceOption = None,
        period: PeriodOption = None,
        as_of: asking.AsOfOption = None,
        tables_in: asking.TablesInOption = None,
        format: FormatOption = ReportFormat.table,
        out: asking.OutOption = None,
    ) -> None:
        source = Source(facts=facts, agreement=agreement, as_of=as_of, tables_in=tables_in, workspace=workspace)
        _answer(source, tables, lambda outcome: ask(outcome, period), format=format, to=out)

    reports.command(name, help=help)(command)


_report_by_period(
    "scoreboard",
    ["handoffs", "commitments"],
    lambda outcome, period: outcome.scoreboard(period),
    help="Are we keeping our promises? Promised, expected by now, delivered, forecast; the reward; the wins. Default: this quarter.",
)
_report_by_period(
    "campaigns",
    ["stage_entries", "handoffs"],
    lambda outcome, period: outcome.campaigns(period),
    help="What became of the leads that each campaign brought, against what such leads become elsewhere.",
)
_report_by_period(
    "reps",
    ["stage_entries", "handoffs"],
    lambda outcome, period: outcome.reps(period),
    help="What became of the hand-offs that each rep got; inside sales and sales apart.",
)
_report_by_period(
    "plan",
    ["handoffs"],
    lambda outcome, period: outcome.plan(period),
    help="How many hand-offs of each grade the revenue goal and the quotas need each month. Default: this quarter.",
)

_report_by_period(
    "routing",
    ["stage_entries", "handoffs"],
    lambda outcome, period: outcome.routing(period),
    help="Who would have got the leads by the agreement in force and the table of reps, beside who got them. Default: last month.",
)


@reports.command("funnel")
def funnel_report(
    facts: asking.FactsOption = None,
    agreement: asking.AgreementOption = None,
    workspace: WorkspaceOption = None,
    by: Annotated[
        str | None, typer.Option("--by", help="campaign, channel, persona, rep, grade or an attribute of the lead.")
    ] = None,
    period: PeriodOption = None,
    cohort: Annotated[
        Cohort, typer.Option("--cohort", help="Whose first touch, or first hand-off, lies in the period.")
    ] = Cohort.first_touch,
    as_of: asking.AsOfOption = None,
    tables_in: asking.TablesInOption = None,
    format: FormatOption = ReportFormat.table,
    out: asking.OutOption = None,
) -> None:
    """The funnel from lead to won: how many reach each stage, how fast, what is won and what it costs."""
    source = Source(facts=facts, agreement=agreement, as_of=as_of, tables_in=tables_in, workspace=workspace)
    tables = ["stage_entries", "handoffs"]
    _answer(source, tables, lambda outcome: outcome.funnel(by, period=period, cohort=cohort.value), format=format, to=out)


@reports.command("attribution")
def attribution_report(
    facts: asking.FactsOption = None,
    agreement: asking.AgreementOption = None,
    workspace: WorkspaceOption = None,
    by: Annotated[Cut, typer.Option("--by", help="campaign or channel.")] = Cut.campaign,
    period: PeriodOption = None,
    as_of: asking.AsOfOption = None,
    tables_in: asking.TablesInOption = None,
    format: FormatOption = ReportFormat.table,
    out: asking.OutOption = None,
) -> None:
    """Who brought the money: seven models side by side, how far they part, and the return on spend. By wins of the period."""
    source = Source(facts=facts, agreement=agreement, as_of=as_of, tables_in=tables_in, workspace=workspace)
    _answer(source, [], lambda outcome: outcome.attribution(by.value, period=period), format=format, to=out)


def _answer(
    source: Source, tables: list[str], ask: Callable[[Outcome], Report], *, format: ReportFormat, to: Path | None
) -> None:
    """Replay what the report needs, ask, and write the answer."""
    asking.refuse_image_on_terminal(format, to)
    outcome = source.outcome(tables)
    with output.progress("Counting"):
        report = ask(outcome)
    asking.write_report(report, format=format, to=to)
