"""Undo rules for the rows of one model; each capability adds its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

from dispatch.desk.commands import Command
from models.base import BaseModel, Json

M = TypeVar("M", bound=BaseModel)

FOLLOWS = ("changed_at", "version", "assignment_id", "due_at")
"""Columns written by every save, or never undone; when an agent is due to change is worked out again."""


class UndoRules(Generic[M]):
    """Rules for rows that change only together with others, and are kept when created by mistake.

    ``before`` has the old values of the columns the command changed; None if it created the row.
    """

    def is_surely_untouched(self, row: M, after: Json) -> bool:
        """Return whether the row itself rules out a later change; if not, the log is searched."""
        return bool(getattr(row, "version", 1) == after.get("version", 1))

    def check(self, row: M, before: Json | None, among: Collection[str], agents: Mapping[int, Json]) -> None:
        """Refuse a row that must not be restored, ``among`` these rows; ``agents`` get these values back."""

    def put_back(self, running: Command, row: M, before: Json | None) -> None:
        """Write the inverse of the command's change to the row."""
        if before is None:
            self.retire(running, row)
        else:
            self.restore(row, before)
        row.save()

    def restore(self, row: M, before: Json) -> None:
        for column, value in before.items():
            if column not in FOLLOWS:
                setattr(row, column, value)

    def retire(self, running: Command, row: M) -> None:
        """Mark a row created by mistake, so that it counts in no figure."""

    def finish(self, running: Command, row: M) -> int | None:
        """Apply the consequences of the result; return the agent whose load has the row again."""
