"""The fictional company as files: the whole chain on it, told in sentences, with the commands to go on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smarketing.cli import output

if TYPE_CHECKING:
    from smarketing.connectors.example.workspace import Example
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report

WIDTH = 100
LINES_OF_A_LIFE = 28


def tell_company(folder: Path) -> None:
    """Write the company to a folder as files, and say what follows from its facts and what people ask."""
    from smarketing.agreement.checks import load_agreement
    from smarketing.backends.local import replay
    from smarketing.connectors.example.workspace import write_example

    output.say("Writing the company ...")
    company = write_example(folder)
    agreement = load_agreement(company.agreements[-1])
    output.say_when_preparing()
    output.say("Replaying its facts ...")
    outcome = replay(company.facts, agreement, tables_in=company.tables)
    channels = outcome.funnel(by="channel")
    table = [channels.to_table(width=WIDTH).rstrip()]
    sections = (_company(company, outcome), table, _found(outcome, channels), _one_lead(outcome, company), _go_on(company))
    output.write("\n\n".join("\n".join(section) for section in sections))


def _company(company: Example, outcome: Outcome) -> Iterator[str]:
    """What there is now, and what followed from it."""
    import polars as pl

    facts = pl.scan_parquet(company.facts).select(pl.len()).collect().item()
    stages = " → ".join(stage.name for stage in outcome.agreement.stages)
    yield f"{outcome.agreement.name}: a fictional company, written to {company.folder}/"
    yield f"{facts:,} facts until {company.last_day}, {len(company.agreements)} agreements; the one in force goes {stages}."
    yield ""
    yield "What follows from them:"
    for name, table in outcome.tables.items():
        yield f"  {len(table):>7,}  {name.replace('_', ' ')}"


def _found(outcome: Outcome, channels: Report) -> Iterator[str]:
    """What the numbers say, as sentences."""
    rows = [row for row in channels.rows if row["by"]]
    everybody = outcome.funnel().rows[0]
    likely, rich = max(rows, key=lambda row: row["won_rate"]["rate"] or 0), max(rows, key=lambda row: row["won_amount"]["amount"])
    yield "What this says:"
    yield f"- {_share(everybody)} Of those from {likely['by']} it is {_rate(likely)}."
    yield f"- The most money came by {rich['by']}: {rich['won_amount']['amount']:,.2f} {rich['won_amount']['currency']}."
    yield f"- {_clocks(outcome)}"
    yield f"- {_second_chances(outcome)}"


def _share(row: dict[str, Any]) -> str:
    return f"Of {row['leads']:,} leads {row['won']:,} became customers, {_rate(row)}."


def _rate(row: dict[str, Any]) -> str:
    rate = row["won_rate"]
    return f"{rate['rate']:.1%} ({rate['low']:.1%} to {rate['high']:.1%})"


def _clocks(outcome: Outcome) -> str:
    states = dict(outcome.table("clocks")["state"].value_counts().sort("count", descending=True).iter_rows())
    told = ", ".join(f"{count:,} {state}" for state, count in states.items())
    return f"Sales had {sum(states.values()):,} clocks running after hand-offs: {told}."


def _second_chances(outcome: Outcome) -> str:
    import polars as pl

    later = outcome.table("handoffs").filter((pl.col("cycle") > 1) & (pl.col("won_amount") > 0))["lead_id"].n_unique()
    return f"{later:,} leads were sent back to marketing, came again, and bought. A hand-back is not an end."


def _one_lead(outcome: Outcome, company: Example) -> Iterator[str]:
    """The beginning of one life, and how to read the rest."""
    lines = outcome.explain(company.misjudged).to_text(width=WIDTH).splitlines()
    yield "Every number opens to the facts behind it. One lead of grade A, sent back as no fit:"
    yield ""
    yield from (f"  {line}".rstrip() for line in lines[:LINES_OF_A_LIFE])
    if len(lines) > LINES_OF_A_LIFE:
        yield f"  ... and {len(lines) - LINES_OF_A_LIFE} lines more."


def _go_on(company: Example) -> Iterator[str]:
    """The commands with which to look further."""
    first, latest = company.agreements[0], company.agreements[-1]
    given = f"--facts {company.facts} --agreement {latest} --tables-in {company.tables}"
    call = program()
    yield "Go on with:"
    yield f"  {call} check {latest}"
    yield f"  {call} diff {first} {latest}"
    yield f"  {call} report funnel {given} --by campaign"
    yield f"  {call} explain {company.misjudged} {given}"
    yield f"  {call} replay {given} --out {company.folder / 'follows'}"


def program() -> str:
    """What to type: `smarketing` where the shell finds it, else the way from here to where it is installed."""
    from os.path import relpath
    from shutil import which

    return "smarketing" if which("smarketing") else relpath(Path(sys.executable).with_name("smarketing"))
