"""The rejected rows of one file, given back as a file: mend them there and import it."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from smarketing.connectors.files.records import Broken
from smarketing.connectors.files.sources import distinct

MARKS = ("line", "reason")


class RejectsFile:
    """`NAME.rejected.csv`: the columns of the original, then the `line` it stood on and the `reason`; comma, UTF-8.

    It appears when the reading is over, and only where a row was rejected. A row with too many cells has them in `reason`.
    `taken`: the files of this import, to which this one is added; `before`: those of other mappings of the same import.
    A column of the original called `line` or `reason` keeps its name; ours is then `reason (2)`.
    """

    def __init__(
        self, original: Path, header: Sequence[str], folder: Path | None, *, taken: list[Path], before: Sequence[Path] = ()
    ) -> None:
        self.folder, self.header, self.taken = folder, list(header), taken
        self.path = (folder or Path()) / f"{original.stem}.rejected.csv"
        there = [*before, *taken]
        if self.path in there:
            self.path = self.path.with_name(f"{original.stem}-{len(there) + 1}.rejected.csv")
        self.partial = self.path.with_name(f".{self.path.name}.part")
        self.out: IO[str] | None = None
        self.writer: Any = None

    def __enter__(self) -> Self:
        return self

    def add(self, rejected: Sequence[Broken]) -> None:
        """Write these rows."""
        if not rejected or self.folder is None:
            return
        if self.out is None:
            self.out = self.partial.open("w", encoding="utf-8", newline="")
            self.writer = csv.writer(self.out, lineterminator="\r\n")  # so that a lone CR in a cell is quoted too
            self.writer.writerow(distinct([*self.header, *MARKS]))
        self.writer.writerows(self._row(one) for one in rejected)

    def _row(self, one: Broken) -> list[object]:
        width = len(self.header)
        more = f"; beyond them: {', '.join(one.cells[width:])}" if len(one.cells) > width else ""
        return [*one.cells[:width], *[""] * (width - len(one.cells)), one.line, one.reason + more]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.out is None:
            return
        self.out.close()
        if error is not None:
            self.partial.unlink(missing_ok=True)
            return
        os.replace(self.partial, self.path)
        self.taken.append(self.path)
