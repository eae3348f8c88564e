"""Physical lines, counted from 1; those of a broken record can be read again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TextIO

USUAL_RECORD = 131_072  # characters that an open quotation mark may run on for
LONGEST_RECORD = 32_000_000
MOST_LONG_TRIES = 3


class LongRecord(Exception):
    """A record of several lines is longer than expected: probably a stray quotation mark."""


class Lines:
    """The lines of a text, with their line breaks.

    A record of several lines may have USUAL_RECORD characters; ``allow_longer`` lets the record be read again
    up to LONGEST_RECORD, a few times in a file, so that stray quotation marks cannot read it many times over.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._length = 0
        self._longest = USUAL_RECORD
        self._tries_left = MOST_LONG_TRIES
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        record = self._record
        record.append(line)
        self.read += 1
        if len(record) > 1:
            self._length += len(line)
            if self._length > self._longest:
                raise LongRecord
        return line

    def taken(self) -> int:
        """Return the line on which the last record began, and forget the record."""
        begins = self.read - len(self._record) + 1
        self._forget()
        return begins

    def record(self) -> str:
        """Return the text of the record being read."""
        return "".join(self._record)

    def is_plain(self) -> bool:
        """Return whether the record being read has one line only, and no apostrophe in it."""
        return len(self._record) == 1 and "'" not in self._record[0]

    @property
    def is_one(self) -> bool:
        """Return whether the record being read has one line only."""
        return len(self._record) == 1

    def allow_longer(self) -> bool:
        """Put back all lines of a record and let it be longer; False if that was tried too often."""
        if self._longest == LONGEST_RECORD or not self._tries_left:
            return False
        self._tries_left -= 1
        self._back(0)
        self._longest = LONGEST_RECORD
        return True

    def back_to_second(self) -> int:
        """Return the line on which a broken record began, and return its other lines to the input."""
        begins = self.read - len(self._record) + 1
        self._back(1)
        return begins

    def _back(self, kept: int) -> None:
        self._again.extendleft(reversed(self._record[kept:]))
        self.read -= len(self._record) - kept
        self._forget()

    def _forget(self) -> None:
        self._record.clear()
        if self._length:
            self._length = 0
            self._longest = USUAL_RECORD
