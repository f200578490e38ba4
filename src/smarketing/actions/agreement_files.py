"""The documents of a workspace's agreement as they were written, comments included."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from smarketing.agreement.checks import SUFFIXES, check_agreement

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement


def document_of(folder: Path, version: Agreement) -> str:
    """The text of the file in `folder` that holds this version; where none does any more, its canonical form, laid out (JSON is YAML)."""
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.suffix.lower() in SUFFIXES and not file.name.startswith("."):
            text = file.read_text(encoding="utf-8", errors="replace")
            if _id_of(file, text) == version.id:
                return text
    return json.dumps(json.loads(version.canonical), indent=2, ensure_ascii=False) + "\n"


@lru_cache(maxsize=32)
def _id_of(file: Path, text: str) -> str | None:
    """Which version a text is; None where it is none. Reading one takes a tenth of a second, and files seldom change."""
    found, _ = check_agreement(file, text=text)
    return found.id if found is not None else None
