"""How a text file is written: its encoding, what separates its cells, what ends its lines. Told from the text itself."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from smarketing.connectors.files.records import Layout, records

HEAD = 1 << 16
"""Bytes from which separator and ends of lines are told."""
PIECE = 1 << 22
SEPARATORS = ",;\t|"
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
CP1252 = "".join(chr(byte) if byte in _UNDEFINED else bytes([byte]).decode("cp1252") for byte in range(256))
"""Windows-1252 with its five holes read as the control signs of the same number."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written; `start` is the byte on which its first record begins, in UTF-8, and `line` that record's line."""

    encoding: str
    start: int
    line: int
    layout: Layout


def find_encoding(path: Path) -> tuple[str, int]:
    """The encoding and the length of its mark (BOM): UTF-8, UTF-16, else Windows-1252.

    A file in which more bytes fit UTF-8's longer signs than break them is UTF-8 with broken rows, not Windows-1252.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    if b"\0" in head[:512]:
        even, odd = head[0:512:2].count(0), head[1:512:2].count(0)
        if max(even, odd) > len(head[:512]) // 5:
            return ("utf-16-le" if odd > even else "utf-16-be"), 0
    return ("utf-8" if _is_utf8(path) else "cp1252"), 0


def _is_utf8(path: Path) -> bool:
    """True where the longer signs of UTF-8 outnumber the bytes that break them."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    for piece, last in _pieces(path):
        if piece.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(piece, last)
        kept = text.encode("utf-8", "ignore")
        bad += len(text.encode("utf-8", "surrogateescape")) - len(kept)
        good += len(kept) - len(kept.decode("utf-8"))
    return bad == 0 or good > bad


def _pieces(path: Path) -> Iterator[tuple[bytes, bool]]:
    with path.open("rb") as file:
        piece = file.read(PIECE)
        while piece:
            following = file.read(PIECE)
            yield piece, not following
            piece = following


def write_utf8(path: Path, encoding: str, skip: int, out: IO[bytes]) -> None:
    """The same text in UTF-8, piece by piece; what cannot be read becomes the replacement sign."""
    decoder = None if encoding == "cp1252" else codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as file:
        file.seek(skip)
        while piece := file.read(PIECE):
            text = codecs.charmap_decode(piece, "strict", CP1252)[0] if decoder is None else decoder.decode(piece)
            out.write(text.encode("utf-8", "replace"))
        if decoder is not None:
            out.write(decoder.decode(b"", True).encode("utf-8", "replace"))


def find_dialect(path: Path, *, encoding: str, start: int) -> Dialect:
    """The dialect of a file in UTF-8 whose text begins at byte `start`."""
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(HEAD)
    newline = _newline(head)
    named = re.match(rb"(?i)(?:\"?sep=(.)\"?)\r?\n?", head)
    if named:  # a line that only names the separator, as spreadsheets write it
        return Dialect(encoding, start + named.end(), 2, Layout(named[1].decode("latin-1"), newline))
    return Dialect(encoding, start, 1, Layout(_separator(head, newline), newline))


def _newline(head: bytes) -> str:
    outside = re.sub(rb'"[^"]*"', b"", head)
    return "\r" if b"\r" in outside and b"\n" not in outside else "\n"


def _separator(head: bytes, newline: str) -> str:
    """The sign that cuts most of the first records into as many cells as the header; of equals, into the most."""
    scores = [(_fit(head, Layout(sign, newline)), -place) for place, sign in enumerate(SEPARATORS)]
    return SEPARATORS[-max(scores)[1]]


def _fit(head: bytes, layout: Layout) -> tuple[float, int]:
    counts: list[int] = []
    for record in records(head, layout, final=len(head) < HEAD):
        if not record.blank:
            counts.append(len(record.cells))
        if len(counts) == 51:
            break
    if not counts or counts[0] < 2:
        return 0.0, 1
    same = sum(count == counts[0] for count in counts[1:])
    return (same + 1) / len(counts), counts[0]
