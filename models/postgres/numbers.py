"""The numbers that a thread's next rows have: the highest of each table plus one, read under the desk's lock.

They are kept while nobody else writes. After somebody has, those of all tables that the thread has ever
numbered are asked for in one statement, sent ahead with the first one of the transaction.
"""

from __future__ import annotations

from models.postgres.ahead import Ahead, Answer


def highest(table: str, key: str) -> str:
    return f"SELECT coalesce(max({key}), 0) FROM {table}"


class Numbers:
    """The numbers of the next rows by table, and the question that brings them."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._keys: dict[str, str] = {}
        self._asked: Answer | None = None
        self._question = ""

    def forget(self) -> None:
        """Somebody else may have written, or rows are gone again."""
        self._last.clear()
        self._asked = None

    @property
    def are_known(self) -> bool:
        return bool(self._last)

    def ask(self, ahead: Ahead) -> None:
        """Forget them, and send the question ahead."""
        self.forget()
        if self._question:
            self._asked = ahead.later(self._question)

    def has(self, table: str) -> bool:
        """Whether the number of a table's next row is known."""
        if table not in self._last and self._asked is not None:
            self._last = dict(zip(self._keys, self._asked.fetchall()[0], strict=True)) | self._last
            self._asked = None
        return table in self._last

    def learn(self, table: str, key: str, number: int) -> None:
        """Keep the highest number of a table."""
        self._last[table] = number
        if table not in self._keys:
            self._keys[table] = key
            questions = ", ".join(f"({highest(*each)})" for each in self._keys.items())
            self._question = f"SELECT {questions}"

    def take(self, table: str) -> int:
        """Return the number of a table's next row, which from now on has it."""
        self._last[table] += 1
        return self._last[table]
