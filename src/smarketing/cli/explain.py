"""`smarketing explain LEAD`: one lead's life in order of time, in sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from smarketing.cli import output
from smarketing.cli.reports import AgreementOption, AsOfOption, FactsOption, OutOption, TablesInOption


class Shape(StrEnum):
    """How an explanation is written."""

    text = "text"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add `explain` to the command line."""
    app.command("explain")(explain_lead)


def explain_lead(
    lead: Annotated[str, typer.Argument(help="The lead: any id that it goes by.")],
    facts: FactsOption,
    agreement: AgreementOption,
    as_of: AsOfOption = None,
    tables_in: TablesInOption = None,
    format: Annotated[Shape, typer.Option("--format", help="How the result is written.")] = Shape.text,
    out: OutOption = None,
) -> None:
    """One lead's life in order of time: receipt, stages, hand-offs, clocks, and why."""
    from smarketing.agreement.checks import load_agreements
    from smarketing.backends.one_life import replay_life

    signed = load_agreements(agreement)
    output.say_when_preparing()
    with output.progress("Replaying one life"):
        life = replay_life(facts, signed, lead, as_of, tables_in=tables_in)
        explanation = life.explain(lead)
    output.doubt(life.problems)
    if format is Shape.json:
        output.write_json(explanation.to_dict(), to=out)
    else:
        output.write(explanation.to_text(), to=out)
