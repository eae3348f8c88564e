"""Files of leads: CSV or JSONL, read line by line."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import stat
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import BinaryIO

from dispatch.inputs import json_lines
from models.errors import InvalidInput

REQUIRED = ("name", "method", "source", "destination", "launch")
OPTIONAL = ("requests", "phone", "email")
FIELDS = (*REQUIRED, *OPTIONAL)
LOOKED_AT_BYTES = 65_536
BLOCK_BYTES = 1 << 20
MOST_PIPED_BYTES = 250_000_000  # two million leads
IGNORED_NAMED = 20
HINT = "give a CSV file with a header line or a JSONL file; fields: " + ", ".join(FIELDS)
BARE_FIELDS = f"{len(REQUIRED)}: {', '.join(REQUIRED)}, then optionally {', '.join(OPTIONAL)}"
NOT_UTF8 = "the line is not UTF-8 text"
UNDECODED = re.compile(r"[\udc80-\udcff]")  # what surrogateescape makes of other bytes

Fields = dict[str, str | None]
Record = tuple[int, Fields | str]
"""The physical line number, and its fields or its error."""


class LeadFile:
    """An opened file of leads. ``digest`` identifies its content, ``ignored`` lists unknown fields.

    With ``bare`` a CSV may lack its header: if the first line names no field, all lines hold values, in the
    order of FIELDS.
    """

    def __init__(self, stream: BinaryIO, name: str, *, bare: bool = False) -> None:
        self._stream = stream
        self._name = name
        self._bare = bare
        self.ignored: list[str] = []
        self.digest, self.size = _digest(stream)
        stream.seek(0)
        self._head = stream.read(LOOKED_AT_BYTES)
        stream.seek(0)
        self._start = self._check_head()
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._text = text
        self._lines = _Lines(text)
        self._records = self._jsonl() if self._start == "{" else self._csv(*self._header())

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def read_bytes(self) -> int:
        """Return how many bytes have been read."""
        return self._stream.tell()

    def detach(self) -> None:
        """Leave the stream open for the caller."""
        self._text.detach()

    def _check_head(self) -> str:
        """Return the first character that is not a space. Raises InvalidInput if the file is not text."""
        if b"\0" in self._head:
            raise InvalidInput("file", f"{self._name} is not a text file", HINT)
        text = self._head.decode("utf-8-sig", "surrogateescape").lstrip()
        if not text:
            raise InvalidInput("file", f"{self._name} is empty", HINT)
        if text[0] == "[":
            raise InvalidInput("file", f"{self._name} is a JSON array", "write one object per line (JSONL)")
        return text[0]

    def _header(self) -> tuple[list[str], str]:
        """Return the CSV file's columns and separator. Raises InvalidInput if a column is missing."""
        first = next((line for line in self._lines if line.strip()), "")
        self._lines.taken()
        separator = max(",;\t", key=first.count)
        try:
            columns = [
                column.strip().lower()
                for column in next(csv.reader([first], delimiter=separator, strict=True))
            ]
        except csv.Error as error:
            raise InvalidInput("file", f"the header of {self._name} cannot be read: {error}", HINT) from error
        if not _is_text(first):
            raise InvalidInput("file", f"{self._name} is not UTF-8 text", HINT)
        if self._bare and not set(columns) & set(FIELDS):
            self._lines.put_back(first)
            return [], separator
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise InvalidInput("file", f"{self._name} lacks the column {', '.join(missing)}", HINT)
        for name in FIELDS:
            if columns.count(name) > 1:
                raise InvalidInput("file", f"{self._name} has the column {name} twice", HINT)
        self.ignored = [column for column in columns if column not in FIELDS][:IGNORED_NAMED]
        return columns, separator

    def _csv(self, columns: list[str], separator: str) -> Iterator[Record]:
        places = [(name, columns.index(name)) for name in FIELDS if name in columns]
        lines, width = self._lines, len(columns)
        while True:
            reader = csv.reader(lines, delimiter=separator, strict=True)
            try:
                for row in reader:
                    number, text = lines.taken()
                    if not row:
                        continue
                    if not width and not len(REQUIRED) <= len(row) <= len(FIELDS):
                        yield number, f"{_fields(row)}; a lead needs {BARE_FIELDS}"
                    elif not width:
                        yield number, dict(zip(FIELDS, row, strict=False)) if text else NOT_UTF8
                    elif len(row) != width:
                        yield number, f"{_fields(row)}; the header names {width}"
                    elif not text:
                        yield number, NOT_UTF8
                    else:
                        yield number, {name: row[place] for name, place in places}
                return
            except csv.Error as error:
                # an extra quotation mark must cost its own line only, not all lines up to the next one
                yield lines.back_to_second(), f"the line cannot be read as CSV: {error}"

    def _jsonl(self) -> Iterator[Record]:
        lines = self._lines
        for line in lines:
            number, text = lines.taken()
            if line.strip():
                yield number, self._object(line) if text else NOT_UTF8

    def _object(self, line: str) -> Fields | str:
        try:
            value = json_lines.loads(line)
        except ValueError as error:
            return f"the line cannot be read as JSON: {error}"
        if not isinstance(value, dict):
            return "the line is not a JSON object"
        for name in value:
            if name not in FIELDS and name not in self.ignored and len(self.ignored) < IGNORED_NAMED:
                self.ignored.append(name)
        fields: Fields = {}
        for name in FIELDS:
            given = value.get(name)
            if isinstance(given, dict | list | bool):
                return f"{name} is not a text"
            fields[name] = None if given is None else str(given)
        return fields


def _fields(row: list[str]) -> str:
    return f"{len(row)} field{'' if len(row) == 1 else 's'}"


class _Lines:
    """Physical lines, counted from 1; those of a broken record can be read again."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._read = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self._record.append(line)
        self._read += 1
        return line

    def taken(self) -> tuple[int, bool]:
        """Return the line on which the last record began, and whether all of it is text."""
        record = self._record
        begins = self._read - len(record) + 1
        whole = all(map(_is_text, record))
        record.clear()
        return begins, whole

    def put_back(self, line: str) -> None:
        """Return the last line to the input."""
        self._again.appendleft(line)
        self._read -= 1

    def back_to_second(self) -> int:
        """Return the line on which a broken record began, and return its other lines to the input."""
        begins = self._read - len(self._record) + 1
        self._again.extendleft(reversed(self._record[1:]))
        self._read = begins
        self._record.clear()
        return begins


def _is_text(line: str) -> bool:
    """Return whether every byte of the line was decoded."""
    return line.isascii() or not UNDECODED.search(line)


def _digest(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK_BYTES):
        digest.update(block)
        size += len(block)
    return digest.hexdigest()[:32], size


@contextmanager
def open_leads(stream: BinaryIO, name: str) -> Iterator[LeadFile]:
    """Open a file of leads from a stream; a stream that cannot be reread (a pipe) is copied first.

    Raises InvalidInput if it is empty, not text, lacks a column, or is a pipe that does not end.
    """
    with tempfile.TemporaryFile() if _is_pipe(stream) else nullcontext(stream) as file:
        try:
            if file is not stream:
                _copy(stream, file, name)
                file.seek(0)
            leads = LeadFile(file, name)
        except OSError as error:
            raise InvalidInput("file", f"{name} cannot be read: {error.strerror or error}", HINT) from error
        try:
            yield leads
        finally:
            leads.detach()


def _copy(stream: BinaryIO, file: BinaryIO, name: str) -> None:
    """Copy a pipe to its end. Raises InvalidInput if it has none in sight: it would fill the disk."""
    size = 0
    while block := stream.read(BLOCK_BYTES):
        size += len(block)
        if size > MOST_PIPED_BYTES:
            most = f"{MOST_PIPED_BYTES // 1_000_000} MB"
            problem = f"{name} is a pipe of more than {most}"
            raise InvalidInput("file", problem, "save it to a file first")
        file.write(block)


def _is_pipe(stream: BinaryIO) -> bool:
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, io.UnsupportedOperation):
        return not stream.seekable()
