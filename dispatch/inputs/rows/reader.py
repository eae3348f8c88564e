"""One reader for every file of rows: what it is, is told by its beginning, and it is read row by row."""

from __future__ import annotations

import io
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import BinaryIO

from dispatch.inputs.rows import text_encoding
from dispatch.inputs.rows.csv_head import CsvHead, read_head
from dispatch.inputs.rows.csv_rows import CsvRows
from dispatch.inputs.rows.foreign import refuse_foreign
from dispatch.inputs.rows.json_rows import JsonLines, JsonObjects, JsonRows, shape_of
from dispatch.inputs.rows.json_text import JsonText
from dispatch.inputs.rows.lines import Lines
from dispatch.inputs.rows.row import Known, Row, Unreadable
from dispatch.inputs.rows.sheet_rows import SheetRows
from dispatch.inputs.rows.sql_rows import SQL_START, PassedOver, SqlRows
from dispatch.inputs.rows.sql_tokens import Tokens
from dispatch.inputs.rows.workbook import NoWorkbook, Workbook, is_workbook
from models.errors import InvalidInput

HEAD_CHARACTERS = 65_536
LONGEST_LINE_BYTES = 64_000_000
BLOCK_BYTES = 1 << 20
MOST_PIPED_BYTES = 250_000_000  # two million leads
HINT = "give CSV with a header line, JSON, SQL text or .xlsx"

Rows = CsvRows | JsonLines | JsonRows | SheetRows | SqlRows


class RowReader:
    """An opened file of rows; iterating it yields every Row once.

    ``known`` tells a header from titles, and tables that are wanted from others. ``digest`` identifies the
    content. ``notes`` says how it is read; ``stopped`` says afterwards why it could not be read to its end,
    and ``is_cut`` whether because it ends in the middle. ``header`` are the columns of a CSV
    file; with ``bare`` it may lack them, and the rows have no names.

    Raises InvalidInput if the file is empty, no text, in an unknown encoding, or has no readable header.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        known: Known,
        *,
        encoding: str | None = None,
        errors: str = "strict",
        bare: bool = False,
        hint: str = HINT,
    ) -> None:
        self._stream = stream
        self._name = name
        self._hint = hint
        try:
            found = text_encoding.survey(stream)
        except OSError as error:
            problem = f"{name} cannot be read: {error.strerror or error}"
            raise InvalidInput("file", problem, hint) from error
        self.digest, self.size = found.digest, found.size
        self.notes: list[str] = []
        self.header: tuple[str, ...] = ()
        self.header_line = 0
        self.stopped = ""
        self.is_cut = False
        if is_workbook(stream, found.head):
            self._rows: Rows = self._sheets(known)
            return
        refuse_foreign(found.head, name)
        chosen = text_encoding.decide(stream, found, name, encoding, errors)
        if chosen is None:
            raise self._no_text()
        self.notes += [chosen.note] if chosen.note else []
        self._text = io.TextIOWrapper(stream, encoding=chosen.name, errors=errors, newline="")
        self._rows = self._opened(self._head(), known, bare, found.longest_line)

    def __iter__(self) -> Iterator[Row]:
        is_first = True
        try:
            for row in self._rows:
                is_first = False
                yield row
        except Unreadable as error:
            self.stopped, self.is_cut = f"line {error.line}: {error.problem}", error.is_cut
            if is_first:
                self._refuse(self.stopped)
            yield Row(None, error.line, (), (), error.problem)
        if not self.stopped and self._rows.cut_off:
            self.stopped, self.is_cut = self._rows.cut_off, True

    @property
    def is_sql(self) -> bool:
        return isinstance(self._rows, SqlRows)

    @property
    def has_own_lines(self) -> bool:
        """Return whether each row has lines of its own, which can be read alone below the header."""
        return isinstance(self._rows, CsvRows | JsonLines)

    @property
    def passed_over(self) -> list[PassedOver]:
        """The skipped statements of SQL text, after reading it."""
        return self._rows.passed_over if isinstance(self._rows, SqlRows) else []

    def read_bytes(self) -> int:
        """Return how many bytes have been read."""
        return self._stream.tell()

    def detach(self) -> None:
        """Leave the stream open for the caller."""
        if not isinstance(self._rows, SheetRows):
            self._text.detach()

    def _head(self) -> str:
        """Return the beginning of the text, and go back to it."""
        head = self._text.read(HEAD_CHARACTERS)
        self._text.seek(0)
        if "\0" in head:
            raise self._no_text()
        if not head.strip("\ufeff \t\r\n\f\v"):
            raise InvalidInput("file", f"{self._name}: the file is empty", self._hint)
        return head

    def _opened(self, head: str, known: Known, bare: bool, longest_line: int) -> Rows:
        begins = head.lstrip("\ufeff \t\r\n")
        if SQL_START.match(begins):
            return SqlRows(Tokens(self._text, head), known)
        shape = shape_of(begins, known) if begins[0] in "{[" else ""
        if shape in ("arrays", "objects"):
            text = JsonText(self._text)
            return JsonRows(text) if shape == "arrays" else JsonObjects(text)
        if longest_line > LONGEST_LINE_BYTES:
            self._refuse(f"a line has {longest_line:,} bytes")
        if shape:
            return JsonLines(Lines(self._text))
        return self._csv(head, known, bare)

    def _sheets(self, known: Known) -> SheetRows:
        try:
            rows = SheetRows(Workbook(self._stream), known)
        except NoWorkbook as error:
            problem = f"{self._name}: the workbook cannot be read: {error}"
            raise InvalidInput("file", problem, "save it as CSV (UTF-8)") from error
        if not rows.header:
            raise InvalidInput("file", f"{self._name}: the file is empty", self._hint)
        self.header, self.header_line = rows.header, rows.header_line
        self.notes += rows.notes
        return rows

    def _csv(self, head: str, known: Known, bare: bool) -> CsvRows:
        if len(head) == HEAD_CHARACTERS and "\n" in head:
            head = head[: head.rindex("\n") + 1]
        found = read_head(head, known, bare=bare)
        if not isinstance(found, CsvHead):
            raise InvalidInput("file", f"{self._name}: the header cannot be read: {found}", self._hint)
        self.header, self.header_line = found.columns, found.line
        self.notes += found.notes
        return CsvRows(Lines(self._text), found)

    def _no_text(self) -> InvalidInput:
        return InvalidInput("file", f"{self._name}: it is not a text file", self._hint)

    def _refuse(self, problem: str) -> None:
        raise InvalidInput("file", f"{self._name}: {problem}", self._hint)


@contextmanager
def open_stream(stream: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """Give a stream that can be read twice; one that cannot (a pipe) is copied first.

    Raises InvalidInput if it cannot be read, or is a pipe that does not end.
    """
    with tempfile.TemporaryFile() if _is_pipe(stream) else nullcontext(stream) as file:
        try:
            if file is not stream:
                _copy(stream, file, name)
                file.seek(0)
        except OSError as error:
            raise InvalidInput("file", f"{name} cannot be read: {error.strerror or error}", HINT) from error
        yield file


def _copy(stream: BinaryIO, file: BinaryIO, name: str) -> None:
    """Copy a pipe to its end. Raises InvalidInput if it has none in sight: it would fill the disk."""
    size = 0
    while block := stream.read(BLOCK_BYTES):
        size += len(block)
        if size > MOST_PIPED_BYTES:
            most = f"{MOST_PIPED_BYTES // 1_000_000} MB"
            raise InvalidInput("file", f"{name} is a pipe of more than {most}", "save it to a file first")
        file.write(block)


def _is_pipe(stream: BinaryIO) -> bool:
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, io.UnsupportedOperation):
        return not stream.seekable()
