"""The rules by which an undo treats the rows of one model; each capability adds those of its own rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Generic, TypeVar

from dispatch.desk.commands import Command
from models.base import BaseModel

Row = dict[str, Any]
M = TypeVar("M", bound=BaseModel)

FOLLOWS = ("changed_at", "version", "assignment_id")  # written by every save, or never undone


class UndoRules(Generic[M]):
    """Rules for rows that change only together with others, and stay when they were made by mistake.

    ``before`` has the columns that the command changed, as it found them; it is None if it made the row.
    """

    def is_surely_untouched(self, row: M, after: Row) -> bool:
        """Does the row itself rule out a later change? Else the log is read, which has no index of rows."""
        return bool(getattr(row, "version", 1) == after.get("version", 1))

    def check(self, row: M, before: Row | None, among: Collection[str], returning: set[int]) -> None:
        """Refuse what must not be put back, ``among`` these rows, with these agents ``returning``."""

    def put_back(self, running: Command, row: M, before: Row | None) -> None:
        """Write the inverse of what the command did to the row."""
        if before is None:
            self.retire(running, row)
        else:
            self.restore(row, before)
        row.save()

    def restore(self, row: M, before: Row) -> None:
        for column, value in before.items():
            if column not in FOLLOWS:
                setattr(row, column, value)

    def retire(self, running: Command, row: M) -> None:
        """Mark a row that was made by mistake, so that it counts in no figure."""

    def finish(self, running: Command, row: M) -> int | None:
        """Refuse the result, or do what follows from it; returns the agent whose load has the row again."""
