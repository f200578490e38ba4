"""`smarketing attribute`: attribution of a file of whole paths."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smarketing.cli import output
from smarketing.cli.asking import OutOption
from smarketing.cli.output import Format


def register(app: typer.Typer) -> None:
    """Add `attribute` to the command line."""
    app.command("attribute")(attribute)


def attribute(
    paths: Annotated[Path, typer.Option("--paths", help="A CSV: path (touches with ' > ' between), total_conversions, total_conversion_value, total_null.")],
    format: Annotated[Format, typer.Option("--format", help="How the result is written.")] = Format.table,
    out: OutOption = None,
) -> None:  # fmt: skip
    """What each model gives to each channel, of whole paths: first, last, linear, position, Markov and Shapley, solved exactly."""
    from smarketing.reports.attribution.whole import attribute as attributed

    output.say_when_preparing()
    with output.progress("Counting"):
        found = attributed(paths)
    if format is Format.json:
        return output.write_json(found.to_dict(), to=out)
    if format is Format.csv:
        frame = found.to_polars()
        return output.write_table(frame.columns, frame.rows(), format=Format.csv, to=out)
    output.write(found.to_table(), to=out)
