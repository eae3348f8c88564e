"""What an event changed, in words: every row before and after."""

from __future__ import annotations

from typing import Any

from dispatch.commands import TABLES
from screens.text import moment, money

Row = dict[str, Any]

MECHANICAL = frozenset({"changed_at", "version", "assignment_id"})
"""Columns that every save writes, or that only point to a row which is told anyway."""


def changes(event: Row) -> list[tuple[str, list[str]]]:
    """For each row that was made or changed: which one, and what of it. A new row has nothing further."""
    told: list[tuple[str, list[str]]] = []
    for key, after in event["after"].items():
        table, _, number = key.rpartition(":")
        name = f"{TABLES[table].label if table in TABLES else table} {number}"
        before = event["before"].get(key)
        if before is None:
            told.append((f"{name}, new", []))
            continue
        lines = [
            f"{_name(column)}: {_value(column, before.get(column))} → {_value(column, value)}"
            for column, value in after.items()
            if column not in MECHANICAL
        ]
        if lines:
            told.append((name, lines))
    return told


def details(event: Row) -> list[tuple[str, str]]:
    """What was said with the command: a reason, a text, a score."""
    return [(_name(key), _value(key, value)) for key, value in event["detail"].items()]


def _name(column: str) -> str:
    for ending in ("_at", "_id", "_cents"):
        column = column.removesuffix(ending)
    return column.replace("_", " ")


def _value(column: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if column.endswith("_at") and isinstance(value, str):
        return moment(value)
    if column.endswith("_cents"):
        return money(value / 100)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
