"""Undo rules of customers: a customer created with a lead stays."""

from __future__ import annotations

from dispatch.desk.undo_rules import UndoRules
from models.base import Json
from models.customers import Customer


class CustomerUndo(UndoRules[Customer]):
    def is_surely_untouched(self, row: Customer, after: Json) -> bool:
        return not after
