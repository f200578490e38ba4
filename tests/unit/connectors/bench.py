"""A bench for imports: write a file, map it, see what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from smarketing.actions.import_facts import ImportResult, import_facts
from smarketing.journal.parquet import scan_facts

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACT = """
      - kind: form_submitted
        fact_id: "t:{id}"
        lead_id: "{id}"
        at: {column: at}
"""


@dataclass(frozen=True)
class Bench:
    """One folder with files, a mapping and a journal."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out" / "facts.parquet"

    def file(self, name: str, content: bytes | str | pl.DataFrame) -> Path:
        path = self.folder / name
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def mapping(self, text: str) -> Path:
        return self.file("mapping.yaml", text)

    def mapped(self, *fields: str, where: str = "", zone: str = "UTC") -> Path:
        """A mapping of `*.csv` and `*.parquet` with one fact and these further fields."""
        more = "".join(f"        {field}\n" for field in fields)
        entry = f'  - match: "*.*"\n{where}    facts:{FACT}{more}'
        return self.mapping(f"zone: {zone}\nfiles:\n{entry}")

    def run(self, *names: str, **more: Any) -> ImportResult:
        """Import these files, by default with the moment of import fixed."""
        options = {"mapping": self.folder / "mapping.yaml", "out": self.out, "recorded_at": MOMENT} | more
        return import_facts([self.folder / name for name in names], **options)

    def facts(self) -> pl.DataFrame:
        """The journal as it is now, in order of id."""
        return scan_facts(self.out).collect().sort("fact_id")

    def told(self, content: bytes | str | pl.DataFrame, *fields: str, zone: str = "UTC") -> pl.DataFrame:
        """The facts of one file under `mapped`."""
        name = "data.parquet" if isinstance(content, pl.DataFrame) else "data.csv"
        self.file(name, content)
        self.mapped(*fields, zone=zone)
        self.run(name)
        return self.facts()
