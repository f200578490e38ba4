"""Templates: `{column}`, `{column|text where it is empty}` and text around them, as one expression over a row's cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import polars as pl

PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of one column; `otherwise` is the text where it is empty (None: then the whole template is empty)."""

    column: str
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """Pieces of text and cells in order.

    A template is empty where one of its cells is empty and has no text of its own for that: an id made of half its parts
    would be the wrong id. `{column|}` stands for nothing there, so that the rest remains.
    """

    pieces: tuple[str | Cell, ...]

    @property
    def columns(self) -> list[str]:
        """The columns it reads."""
        return [piece.column for piece in self.pieces if isinstance(piece, Cell)]

    @property
    def constant(self) -> str | None:
        """Its text where it reads no column."""
        return None if self.columns else "".join(str(piece) for piece in self.pieces)

    def expression(self) -> pl.Expr:
        """Text, null where it is empty; cells must be text with null for empty."""
        pieces = [_piece(piece) for piece in self.pieces]
        if not pieces:
            return pl.lit(None, pl.String)
        text = pieces[0] if len(pieces) == 1 else pl.concat_str(pieces)
        defaulted = any(isinstance(piece, Cell) and piece.otherwise is not None for piece in self.pieces)
        return text.replace("", None) if defaulted else text


def _piece(piece: str | Cell) -> pl.Expr:
    if isinstance(piece, str):
        return pl.lit(piece)
    cell = pl.col(piece.column)
    return cell if piece.otherwise is None else cell.fill_null(piece.otherwise)


@cache
def parse_template(text: str) -> Template:
    """Read a template; `{{` and `}}` stand for braces. Raises ValueError with what would be right."""
    pieces: list[str | Cell] = []
    place = 0
    for found in PIECE.finditer(text):
        pieces.append(text[place : found.start()])
        pieces.append(_read(found, text))
        place = found.end()
    pieces.append(text[place:])
    return Template(tuple(piece for piece in pieces if piece != ""))


def _read(found: re.Match[str], whole: str) -> str | Cell:
    if found[0] in ("{{", "}}"):
        return found[0][0]
    if found[1] is None:
        raise ValueError(f'"{whole}" has a brace without its partner; write {{column}}, or {{{{ for a brace itself')
    column, bar, otherwise = found[1].partition("|")
    if not column.strip():
        raise ValueError(f'"{whole}" has braces without a column in them; write {{column}} or {{column|text}}')
    return Cell(column.strip(), otherwise if bar else None)


def column_template(column: str) -> Template:
    """The template of one cell as it is."""
    return Template((Cell(column),))
