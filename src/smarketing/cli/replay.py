"""`smarketing replay`: the tables that follow from facts under an agreement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smarketing.cli import output
from smarketing.cli.output import Format
from smarketing.vocabulary.errors import RejectedError, UsageError
from smarketing.vocabulary.problems import errors

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.backends.spark.landing import Landed
    from smarketing.backends.written import Written


class Engine(StrEnum):
    """Where a replay runs."""

    local = "local"
    spark = "spark"


def register(app: typer.Typer) -> None:
    """Add `replay` to the command line."""
    app.command("replay")(replay)


def replay(
    facts: Annotated[str, typer.Option("--facts", help="The journal: a Parquet file or a folder of them; for Spark also s3a://, hdfs://.")],
    agreement: Annotated[Path, typer.Option("--agreement", exists=True, readable=True, help="The agreement (YAML), or a folder with its versions.")],
    out: Annotated[str, typer.Option("--out", help="The folder to write into: one Parquet file for each table.")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="Nothing later is known; left out: the latest fact.")] = None,
    tables: Annotated[str | None, typer.Option("--tables", help="Only these, with commas between: handoffs,commitments.")] = None,
    tables_in: Annotated[Path | None, typer.Option("--tables-in", help="A folder with reps.csv, absences.csv and the other small tables.")] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Left out: one for each core.")] = None,
    engine: Annotated[Engine, typer.Option("--engine", help="Where it runs: in threads here, or on Spark.")] = Engine.local,
    master: Annotated[str | None, typer.Option("--master", help="Where Spark runs: local[4], spark://HOST:7077. Left out: as Spark is configured, else all cores.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How to say what was written.")] = Format.table,
) -> None:  # fmt: skip
    """Write what follows from the facts: receipts, stages, hand-offs, clocks, commitments, the ledger and credits."""
    from smarketing.agreement.checks import load_agreements

    write = chosen(engine, master, threads, (facts, out))
    signed = load_agreements(agreement)
    names = None if tables is None else [name.strip() for name in tables.split(",") if name.strip()]
    if names == []:
        raise UsageError('--tables names no table; write some with commas between, like "handoffs,commitments", or leave it out')
    if Path(out).is_file():
        raise UsageError(f"--out {out} is a file; name a folder, which gets one file for each table")
    with output.counting("Replaying") as progress:
        written = write(facts, signed, as_of, out=out, tables=names, tables_in=tables_in, progress=progress)
    rows = [(name, count, str(written.paths[name])) for name, count in written.rows.items()]
    output.say(f"As of {written.as_of.isoformat().replace('+00:00', 'Z')}, under {said(written.versions)}:")
    output.write_table(["table", "rows", "file"], rows, format=format)
    for note in getattr(written, "notes", ()):
        output.say(note)
    output.doubt(written.problems)
    if amiss := errors(written.problems):
        output.complain("\n".join(str(problem) for problem in amiss))
        raise typer.Exit(RejectedError.exit_code)


def chosen(engine: Engine, master: str | None, threads: int | None, places: Collection[str]) -> Callable[..., Written | Landed]:
    """The function that writes a replay there. Raises UsageError for options of the other engine."""
    if engine is Engine.spark:
        if threads is not None:
            raise UsageError("--threads is of the local engine; on Spark, --master says how many cores there are, as in local[4]")
        from smarketing.backends.spark.session import refuse_without_spark

        refuse_without_spark()
        from smarketing.backends.spark.replay import write_replay as on_spark

        return partial(on_spark, master=master)
    if master is not None:
        raise UsageError(f'--master goes with --engine spark: smarketing replay ... --engine spark --master "{master}"')
    for place in places:
        if "://" in place:
            raise UsageError(f'"{place}" is an address, which only Spark reads and writes: add --engine spark')
    from smarketing.backends.local import write_replay

    return partial(write_replay, threads=threads)


def said(versions: Sequence[Agreement]) -> str:
    """`Hart & Vale (a1b2c3d4e5f6)`, and from when on each version counted where there are several."""
    *before, now = (f"{version.name} ({version.id[:12]})" for version in versions)
    dates = [f"from {version.in_force.from_}" for version in versions]
    return ", then ".join(f"{name} {date}" for name, date in zip([*before, now], dates, strict=True)) if before else now
