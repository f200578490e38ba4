"""Makes a workspace of a journal, its facts taken in and what follows derived: `python -m benchmarks.workspaces JOURNAL FOLDER AS_OF`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(journal: str, folder: str, as_of: str) -> None:
    """Make it, and print how many facts it has."""
    from smarketing.actions.init import make_workspace
    from smarketing.actions.refresh import refresh
    from smarketing.actions.settings import FILE
    from smarketing.actions.workspace import Workspace

    place = make_workspace(Path(folder), agreement=Path(journal) / "agreement.yaml").folder
    (place / FILE).write_text(f"SMARKETING_AS_OF={as_of}\n", encoding="utf-8")
    with Workspace(place).open() as opened:
        import polars as pl

        from smarketing.records.facts import store_facts

        stored = store_facts(pl.read_parquet(Path(journal) / "facts.parquet"))
        refresh(opened.workspace)
    print(json.dumps({"facts": stored.new}))


if __name__ == "__main__":
    main(*sys.argv[1:])
