"""Tables that are held in pieces: where the rows of a few leads are replaced, only the pieces they lie in are copied."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

ROWS = 16_384
"""A piece has so many rows at first."""
FRESH = 128
"""Of so many pieces that came later everything is laid out anew."""


def in_pieces(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows, those of a lead together, in pieces."""
    if frame.height <= ROWS:
        return frame
    return _laid_out(frame if frame["lead_id"].is_sorted() else frame.sort("lead_id", maintain_order=True))


def put(frame: pl.DataFrame, gone: Iterable[str], rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of all leads but those that are `gone`, as they are, and after them these `rows`, of the same columns."""
    stays = ~pl.col("lead_id").is_in(pl.Series(list(gone), dtype=pl.String).implode())
    fresh = rows.select(frame.columns).cast(dict(frame.schema))  # type: ignore[arg-type]
    after = pl.concat([frame.filter(stays), fresh.rechunk()])  # where columns have other pieces than others, all of it is copied
    return in_pieces(after.rechunk()) if after.n_chunks() > FRESH + after.height // ROWS else after


def _laid_out(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame[start : start + ROWS] for start in range(0, frame.height, ROWS)], rechunk=False)
