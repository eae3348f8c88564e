"""SQLite's words for the expressions of ``models/sql.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import SQL, Expression, Node, Select, fn

TRIGRAM = 3


class SqliteDialect:
    """See ``Dialect`` in models/engine.py."""

    def position(self, text: Node, part: Node) -> Node:
        return fn.INSTR(text, part)

    def later_by(self, moment: Node, seconds: Any) -> Node:
        return fn.DATETIME(moment, fn.PRINTF("%+d seconds", seconds))

    def seconds_of(self, moment: Node) -> Node:
        return fn.strftime("%s", moment).cast("integer")

    def least(self, *values: Node) -> Node:
        return fn.MIN(*values)

    def greatest(self, *values: Node) -> Node:
        return fn.MAX(*values)

    def listed(self, numbers: Node) -> Node:
        return Select((fn.json_each(numbers).alias("numbers"),), (SQL("numbers.value"),))

    def joined(self, numbers: Node) -> Node:
        return fn.GROUP_CONCAT(numbers, ",")

    def json_number(self, document: Node, path: Sequence[str]) -> Node:
        return fn.json_extract(document, ".".join(("$", *path)))

    def json_text(self, document: Node, path: Sequence[str]) -> Node:
        return fn.json_extract(document, ".".join(("$", *path)))

    def caseless(self, text: Any) -> Node:
        collated: Node = text.collate("NOCASE")
        return collated

    def index_nulls_first(self, column: Node) -> Node:
        return column  # as SQLite sorts anyway

    def has_trigrams(self, table: Any, needles: Sequence[str]) -> Node:
        return Expression(table._meta.entity, "MATCH", _trigrams(needles))


def _trigrams(needles: Sequence[str]) -> str:
    """Build the full-text query for all trigrams of the needles."""
    found = dict.fromkeys(
        text[place : place + TRIGRAM] for text in needles for place in range(len(text) - TRIGRAM + 1)
    )
    return " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in found)
