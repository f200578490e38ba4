"""`smarketing journal …`: journals in files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smarketing.cli import output

journal = typer.Typer(name="journal", help="Journals in files.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `journal` and what can be done with a journal in files to the command line."""
    app.add_typer(journal)


@journal.command("cluster")
def cluster(
    facts: Annotated[Path, typer.Argument(metavar="FACTS", help="The journal: a Parquet file or a folder of them.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The new folder; it is a journal like any other.")],
) -> None:
    """Lay a journal out by lead, so that replays of it, again and again, are faster: they need not sort it."""
    from smarketing.backends.clustering import cluster as make

    with output.counting("Clustering") as progress:
        made = make(facts, out, progress=progress)
    output.say(f"{made.rows:,} facts in {made.parts:,} {'part' if made.parts == 1 else 'parts'} of {made.folder}")
