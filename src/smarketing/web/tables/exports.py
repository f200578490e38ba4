"""A table as a file: all its rows, as filtered and sorted on the page. The figures are the machine's, not the reader's."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from django.http import HttpResponse

from smarketing.reports.report import FORMULA_STARTS
from smarketing.vocabulary.errors import UsageError
from smarketing.web.locale import reader

MOST_ROWS_OF_A_SHEET = 1_048_575
BOM = b"\xef\xbb\xbf"
"""Without it a spreadsheet reads UTF-8 as something else."""
ISO = "%Y-%m-%dT%H:%M:%S%.fZ"


def as_file(frame: pl.DataFrame, *, name: str, form: str, raw: bool = False) -> HttpResponse:
    """The frame as a download `NAME.csv` or `NAME.xlsx`. Raises UsageError for another `form` or too many rows for a sheet."""
    if form == "csv":
        return _download(as_csv(frame, raw=raw), "text/csv; charset=utf-8", f"{name}.csv")
    if form == "xlsx":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _download(as_workbook(frame, name=name, raw=raw), kind, f"{name}.xlsx")
    raise UsageError(f'there is no export as "{form}"; write export=csv or export=xlsx')


def as_csv(frame: pl.DataFrame, *, raw: bool = False) -> bytes:
    """Comma, UTF-8; instants as ISO 8601 in UTC. With `raw` exactly what is there, without a mark at the beginning."""
    flat = frame if raw else harmless(frame)
    text = flat.write_csv(datetime_format=ISO).encode()
    return text if raw else BOM + text


def as_workbook(frame: pl.DataFrame, *, name: str, raw: bool = False) -> bytes:
    """One sheet, its first row frozen; numbers are numbers, instants are times on the clocks of the agreement's zone."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    if frame.height > MOST_ROWS_OF_A_SHEET:
        raise UsageError(f"a sheet holds {MOST_ROWS_OF_A_SHEET:,} rows and this table has {frame.height:,}; take the CSV")
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with Workbook(out, options) as book:
        sheet = book.add_worksheet(name[:31])
        sheet.write_row(0, 0, frame.columns, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        forms = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for line, row in enumerate((frame if raw else harmless(frame)).iter_rows(), 1):
            for place, value in enumerate(row):
                _write(sheet, line, place, value, forms)
        sheet.autofit()
    return out.getvalue()


def harmless_file(path: Path) -> HttpResponse:
    """A CSV file of texts as a download, made harmless as an export is."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return _download(BOM + out.getvalue().encode(), "text/csv; charset=utf-8", path.name)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would run as a formula begin with an apostrophe."""
    text = pl.col(pl.String)
    formula = text.str.slice(0, 1).is_in(FORMULA_STARTS)
    return frame.with_columns(pl.when(formula).then("'" + text).otherwise(text).name.keep())


def _write(sheet: Any, line: int, place: int, value: Any, forms: dict[type[date], Any]) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(line, place, reader().local(value).replace(tzinfo=None), forms[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, forms[date])
    elif isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(line, place, float(value))
    elif value is not None:
        sheet.write_string(line, place, str(value))


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
