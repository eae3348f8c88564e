"""CSV and JSONL files, read as rows of the table that their column names indicate."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from dispatch.inputs.json_lines import refuse_constant
from models.base import Json
from seeds.importing.columns import Layout, Record, Value, check_columns, layout_of, refuse

NO_TABLE = "unknown columns: BookingID, AssignmentID or FirstName is needed"
CUT_OFF = "nothing was imported; get the complete file"


def read_csv(file: str, text: str) -> Iterator[Record]:
    """Read rows below a header line. Raises InvalidInput for a wrong header or a cut-off file."""
    first = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, header = next(_csv_rows(file, reader))
    layout = layout_of(header)
    if layout is None:
        refuse(file, NO_TABLE)
    places = check_columns(file, line, layout, header)
    nullable = [column in layout.nullable for column in layout.columns]
    unfinished = 0 if text.endswith(("\n", "\r")) else text.count("\n") + 1
    for row, (line, cells) in enumerate(_csv_rows(file, reader), start=1):
        fault = None
        if len(cells) != len(header):
            fault = f"{len(cells)} values for {len(header)} columns"
            if len(cells) < len(header) and reader.line_num == unfinished:
                refuse(file, f"line {line}: {fault}, the file is cut off", CUT_OFF)
            cells = cells + [""] * len(header)
        values = [None if place is None else cells[place] for place in places]
        yield Record(layout.kind, row, line, tuple(map(_csv_value, values, nullable)), fault)


def _csv_rows(file: str, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with the line where each begins; blank lines are skipped."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            refuse(file, f"line {line}: {error}, the file is cut off or not CSV", CUT_OFF)
        if cells is None:
            return
        if cells:
            yield line, cells


def _csv_value(value: Value, nullable: bool) -> Value:
    # NULL can be a customer's name, but not a date
    return None if value == "" or (nullable and value == "NULL") else value


def read_jsonl(file: str, text: str) -> Iterator[Record]:
    """Read one JSON object per line. Raises InvalidInput for a wrong first object or a cut-off file."""
    lines = io.StringIO(text)
    row = 0
    first: Layout | None = None
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        row += 1
        found, fault = _parse(line)
        if fault and not line.endswith("\n"):
            refuse(file, f"line {number}: {fault}, the file is cut off", CUT_OFF)
        layout = layout_of(list(found)) or first
        if layout is None:
            refuse(file, f"line {number}: {fault or NO_TABLE}")
        if first is None:
            check_columns(file, number, layout, list(found), nullable_optional=True)
            first = layout
        yield _record(layout, row, number, found, fault)


def _parse(line: str) -> tuple[Json, str | None]:
    """Parse a line's object, keeping numbers as text; returns it with a fault, if any."""
    try:
        found = json.loads(line, parse_float=str, parse_int=str, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return {}, "the line is not JSON"
    if not isinstance(found, dict):
        return {}, "the line is not a JSON object"
    return found, None


def _record(layout: Layout, row: int, line: int, found: Json, fault: str | None) -> Record:
    places = layout.positions(found)
    cells = list(found.values())
    values: list[Value] = []
    for column in layout.columns:
        cell = cells[places[column]] if column in places else None
        if cell is not None and not isinstance(cell, str):
            fault, cell = fault or f"{column} is neither text nor number", None
        values.append(cell or None)
    return Record(layout.kind, row, line, tuple(values), fault)
