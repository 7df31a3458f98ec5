"""A table from outside, CSV or XLSX: bytes in, lines of cells out. What the columns mean is not known here."""

import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import BytesIO, StringIO
from itertools import islice

import openpyxl
from django.utils.translation import gettext_lazy as _

from cases.incoming import UnreadableFile, clean

MAX_ROWS = 10_000
MAX_COLUMNS = 80
MAX_CELL = 1_000
MAX_UNPACKED = 40 * 1024 * 1024
MAX_TAGS = 2_000_000
MAX_PARTS = 500
HEADER_WITHIN = 20
REFUSALS = {
    "too_much": _("There is more in this file than one school can have. Choose the file of one school."),
    "broken_xlsx": _("This Excel file can't be read. Open it in Excel, save it again as XLSX, or save it as CSV."),
    "broken_csv": _("This file can't be read as a list. Save it as CSV or XLSX."),
}

_AS_TEXT = re.compile(r'="([^"]*)"|\'([=+@\d-].*)')

Line = tuple[int, list[str]]


def refused(code: str) -> UnreadableFile:
    """Return the refusal of a table that can't be read, with its words."""
    return UnreadableFile(code, REFUSALS[code])


def csv_lines(text: str, understood: Callable[[Iterable[Line]], int]) -> list[Line]:
    """Return the filled lines of a CSV, with the sign between its cells of which most is `understood`."""
    first, _sign, rest = text.partition("\n")
    if re.fullmatch(r"\ufeff?sep=.\s*", first, re.IGNORECASE):
        text = f"\n{rest}"
    try:
        best = max(";\t,|", key=lambda sign: understood(islice(_csv_rows(text, sign), HEADER_WITHIN)))
        return _bounded(_csv_rows(text, best))
    except csv.Error as wrong:
        raise refused("broken_csv") from wrong


def _csv_rows(text: str, sign: str) -> Iterator[Line]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=sign)
    line = 1
    for cells in reader:
        yield line, [_cell(cell) for cell in cells[:MAX_COLUMNS]]
        line = reader.line_num + 1


def _bounded(lines: Iterable[Line]) -> list[Line]:
    """The lines that hold something, and not more of them than a school can have."""
    filled = list(islice((line for line in lines if any(line[1])), MAX_ROWS + 1))
    if len(filled) > MAX_ROWS:
        raise refused("too_much")
    return filled


def sheets(data: bytes) -> Iterator[list[Line]]:
    """Give the filled lines of each sheet of an XLSX. Raises UnreadableFile."""
    _check_package(data)
    try:
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets[:5]:
            rows = sheet.iter_rows(max_row=MAX_ROWS + HEADER_WITHIN, max_col=MAX_COLUMNS, values_only=True)
            filled = ((line, row) for line, row in enumerate(rows, start=1) if any(value is not None for value in row))
            yield _bounded((line, [_cell(_as_text(value)) for value in row]) for line, row in filled)
    except UnreadableFile:
        raise
    except Exception as wrong:  # a damaged workbook makes openpyxl raise whatever it stumbles on
        raise refused("broken_xlsx") from wrong


def _check_package(data: bytes) -> None:
    """Refuse a workbook that unpacks to more than a list of parents can be, or that declares entities of its own."""
    try:
        fault = _fault_in_package(data)
    except Exception as wrong:  # zipfile and zlib, too, have a dozen ways to say that it is damaged
        raise refused("broken_xlsx") from wrong
    if fault:
        raise refused(fault)


def _fault_in_package(data: bytes) -> str:
    tags = 0
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = package.infolist()
        # A part can't unpack to more than it says: that is an error.
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            return "too_much"
        for part in parts:
            content = package.read(part).replace(b"\0", b"")  # UTF-16 hides its words behind zeros
            if b"<!doctype" in content.lower() or b"<!ENTITY" in content:
                return "broken_xlsx"
            tags += content.count(b"<")
    return "too_much" if tags > MAX_TAGS else ""


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return "" if text in ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#DIV/0!", "#NUM!") else text


def _cell(text: str) -> str:
    text = clean(text[: 2 * MAX_CELL])[:MAX_CELL]
    kept = _AS_TEXT.fullmatch(text)
    return (kept[1] or kept[2] or "").strip() if kept else text
