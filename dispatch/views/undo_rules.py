"""Undo rules of saved views: one saved by mistake is deleted."""

from __future__ import annotations

from dispatch.desk.commands import Command
from dispatch.desk.undo_rules import UndoRules
from models.views import SavedView


class ViewUndo(UndoRules[SavedView]):
    def retire(self, running: Command, row: SavedView) -> None:
        row.deleted = True
