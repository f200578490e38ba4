"""Where the journals that are measured come from: the shared generator where it lies beside the repository, else our own."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from benchmarks.workload import AS_OF, write_workload

ROOT = Path(__file__).parents[1]
SHARED = ROOT / "../shared/workloads/journal.py"
"""Writes a journal of the same shape, as of the same day: `journal.py FACTS FOLDER`."""
KEPT = ROOT / "build" / "bench"
"""Journals stay here from one run to the next; `make clean` removes them."""
MAPPING = """zone: Europe/Vienna
files:
  - match: "facts.csv"
    facts:
      - kind: form_submitted
        fact_id: "sheet:{number}"
        lead_id: "{person}"
        at: {column: day, format: "%Y-%m-%d %H:%M:%S"}
        campaign: "{campaign|none}"
        properties: {wish: "{wish}", page: "{page}"}
"""


def which() -> str:
    """The generator in use."""
    return "the shared workload" if SHARED.is_file() else "benchmarks/workload.py"


def journal(facts: int) -> Path:
    """The folder of a journal with so many facts (`facts.parquet`, `agreement.yaml`), made if it is not there yet."""
    folder = KEPT / f"{'shared' if SHARED.is_file() else 'own'}-{facts}"
    if (folder / "done").exists():
        return folder
    if SHARED.is_file():
        subprocess.run([sys.executable, SHARED, str(facts), folder], check=True)
    else:
        write_workload(facts, folder)
    (folder / "done").touch()
    return folder


def csv_to_import(rows: int) -> Path:
    """The folder of a CSV file with so many rows (`facts.csv`) and what they mean (`mapping.yaml`)."""
    folder, chance = KEPT / f"csv-{rows}", random.Random(rows)
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "facts.csv").open("w", encoding="utf-8") as file:
            file.write("number,person,day,campaign,wish,page\n")
            for number in range(rows):
                day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02} {chance.randint(0, 23):02}:15:00"
                file.write(f"{number},person-{chance.randrange(rows)},{day},campaign-{number % 40},quote,/page/{number % 500}\n")
        (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
        (folder / "done").touch()
    return folder


__all__ = ["AS_OF", "csv_to_import", "journal", "which"]
