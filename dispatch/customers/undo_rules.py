"""A customer under undo: one who came with a lead stays."""

from __future__ import annotations

from dispatch.desk.undo_rules import Row, UndoRules
from models.customers import Customer


class CustomerUndo(UndoRules[Customer]):
    def is_surely_untouched(self, row: Customer, after: Row) -> bool:
        return not after
