"""Tables in pieces: the rows of some leads are replaced, and what others have is neither changed nor copied."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.actions import pieces
from smarketing.actions.pieces import in_pieces, put

SCHEMA = {"lead_id": pl.String, "number": pl.Int64, "word": pl.String}


def rows(*leads: str, word: str | None = "a word", first: int = 0) -> pl.DataFrame:
    """A row for each lead named."""
    return pl.DataFrame([(lead, number, word) for number, lead in enumerate(leads, start=first)], schema=SCHEMA, orient="row")


def places(frame: pl.DataFrame) -> set[int]:
    """Where in memory the numbers of each piece lie."""
    return {each.to_numpy(allow_copy=False).__array_interface__["data"][0] for each in frame["number"].get_chunks()}


def same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    """The same rows in whatever order."""
    assert_frame_equal(one, other, check_row_order=False)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "ROWS", 10)
    monkeypatch.setattr(pieces, "FRESH", 5)


@pytest.fixture
def many() -> pl.DataFrame:
    """A hundred leads with three rows each, those of one far from each other."""
    return rows(*(f"lead {number % 100:02d}" for number in range(300)))


def test_the_rows_are_the_same_and_those_of_a_lead_stand_together(many: pl.DataFrame) -> None:
    laid = in_pieces(many)
    same(laid, many)
    assert laid.n_chunks() == 30
    assert laid["lead_id"].rle().len() == 100


def test_a_small_table_is_left_as_it_is(many: pl.DataFrame) -> None:
    assert in_pieces(many[:10]).equals(many[:10])


def test_the_rows_of_some_leads_are_replaced(many: pl.DataFrame) -> None:
    fresh = rows("lead 07", "lead new", first=1000)
    after = put(in_pieces(many), ["lead 07", "lead 93", "nobody"], fresh)
    same(after, pl.concat([many.filter(~pl.col("lead_id").is_in(["lead 07", "lead 93"])), fresh]))


def test_pieces_without_a_row_that_goes_are_not_copied(many: pl.DataFrame) -> None:
    before = in_pieces(many)
    after = put(before, ["lead 50"], rows("lead 50"))
    assert len(places(before) & places(after)) >= 28


def test_after_many_changes_it_is_laid_out_anew(many: pl.DataFrame) -> None:
    frame, wanted, most = in_pieces(many), many, 0
    for number in range(40):
        lead, word = f"lead {number % 7:02d}", None if number % 2 else "another"
        fresh = rows(lead, lead, word=word, first=1000 + number)
        frame = put(frame, [lead], fresh)
        wanted = pl.concat([wanted.filter(pl.col("lead_id") != lead), fresh])
        same(frame, wanted)
        most = max(most, frame.n_chunks())
    assert 30 < most <= 36
    assert {*frame.n_chunks("all")} == {frame.n_chunks()}


def test_columns_that_came_in_other_pieces_than_others_do_not_make_everything_one_piece(many: pl.DataFrame) -> None:
    two = pl.concat([rows("lead 07"), rows("lead 07", first=5)])
    uneven = two.with_columns(word=two["word"].rechunk())
    assert len({*uneven.n_chunks("all")}) == 2
    after = put(in_pieces(many), ["lead 07"], uneven)
    assert {*after.n_chunks("all")} == {after.n_chunks()}
