"""A full-text index of trigrams that catches up later (docs/decisions/0007).

It holds one *document* per row of a table: a folded text. The highest number in it is the watermark: newer
rows are not indexed yet. Rows without a text have no document, except at the watermark.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from peewee import Expression, IntegerField, ModelSelect, TextField

from models.base import CompiledQuery, DeskModel, parameter, tuples
from models.sql import has_trigrams, position

TRIGRAM = 3


class SearchTable(DeskModel):
    """A table of documents, by the number of the row each is made of."""

    number = IntegerField(primary_key=True, column_name="rowid")
    words = TextField()


class SearchIndex:
    """The documents of some rows, called ``rows`` in messages, kept up to ``newest()`` of their numbers.

    ``documents(low, high)`` makes those of a range, lowest number first; an empty one cannot be found.
    """

    def __init__(
        self,
        rows: str,
        table: type[SearchTable],
        newest: CompiledQuery,
        documents: Callable[[int, int], list[tuple[int, str]]],
    ) -> None:
        self.rows = rows
        self.table = table
        self.documents = documents
        self._newest = newest
        self._last = CompiledQuery(lambda: table.select(table.number).order_by(table.number.desc()).limit(1))
        self._document = CompiledQuery(
            lambda: table.select(table.words).where(table.number == parameter("number"))
        )
        self._insert = CompiledQuery(
            lambda: table.insert({table.number: parameter("number"), table.words: parameter("words")})
        )

    def newest(self) -> int:
        """Return the highest number that the index could have; 0 without rows."""
        return int(self._newest()[0][0] or 0)

    def last_indexed(self) -> int:
        """Return the highest number in the index; 0 if it is empty."""
        rows = self._last()
        return int(rows[0][0]) if rows else 0

    def backlog(self) -> int:
        """Return how many of the newest numbers are not indexed yet."""
        return max(0, self.newest() - self.last_indexed())

    def document_of(self, number: int) -> str | None:
        """Return an indexed document; None if there is none."""
        rows = self._document(number=number)
        return rows[0][0] if rows else None

    def append(self, limit: int) -> int:
        """Index the next rows, under the write lock; returns how many numbers were processed."""
        low = self.last_indexed() + 1
        high = min(low + limit - 1, self.newest())
        for number, words in self.documents(low, high) if low <= high else ():
            if words and number < high:
                self._insert(number=number, words=words)
        if low <= high:
            self._insert(number=high, words=self._made(high))
        return max(0, high - low + 1)

    def add(self, number: int) -> None:
        """Index one row that has no document, if it has a text."""
        if words := self._made(number):
            self._insert(number=number, words=words)

    def _made(self, number: int) -> str:
        return dict(self.documents(number, number)).get(number, "")

    def renew(self, number: int) -> None:
        """Rewrite the document of a row up to the watermark, under the write lock."""
        if number > self.last_indexed():
            return
        before = self.document_of(number)
        if before is None:
            self.add(number)
        elif before != (words := self._made(number)):
            self.table.update(words=words).where(self.table.number == number).execute()

    def has_all(self, needles: Collection[str]) -> Expression:
        """Build the condition that a document, looked up by its number, contains all needles."""
        condition: Expression = position(self.table.words, next(iter(needles))) > 0
        for text in list(needles)[1:]:
            condition &= position(self.table.words, text) > 0
        return condition

    def indexed(self, needles: Collection[str], limit: int) -> list[int]:
        """Return the numbers whose indexed documents contain all needles, newest first."""
        return self._ids(self._with_trigrams(needles).where(self.has_all(needles)), limit)

    def not_indexed(self, needles: Collection[str], most: int) -> list[int]:
        """Look for all needles in the newest rows that are not indexed, at most so many; newest first."""
        newest, last = self.newest(), self.last_indexed()
        if newest <= last:
            return []
        rows = self.documents(max(last + 1, newest - most + 1), newest)
        return [number for number, words in reversed(rows) if all(text in words for text in needles)]

    def has_more_than(self, count: int, needles: Collection[str]) -> bool:
        """Return whether more than ``count`` indexed documents have the needles' trigrams.

        An upper bound: the trigrams may be scattered, but no document has to be read. In no order: a server
        might go through all documents in theirs.
        """
        return len(tuples(self._with_trigrams(needles).limit(count + 1))) > count

    def _with_trigrams(self, needles: Collection[str]) -> ModelSelect[Any]:
        return self.table.select(self.table.number).where(has_trigrams(self.table, [*needles]))

    def _ids(self, query: ModelSelect[Any], limit: int) -> list[int]:
        return [number for (number,) in tuples(query.order_by(self.table.number.desc()).limit(limit))]
