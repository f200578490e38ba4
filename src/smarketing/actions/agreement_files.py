"""The documents of a workspace's agreement as they were written, comments included."""

from __future__ import annotations

import json
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
            found, _ = check_agreement(file, text=text)
            if found is not None and found.id == version.id:
                return text
    return json.dumps(json.loads(version.canonical), indent=2, ensure_ascii=False) + "\n"
