"""Looking through a table once for every row that breaks one of its rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from models.database import current_database
from models.inspection.rules import Rule
from models.inspection.words import said

NAMED = 10  # rows of a problem


@dataclass
class Broken:
    """The rows of a table that break a rule: their number, and the keys of the first ones."""

    table: str
    words: str
    number: int = 0
    keys: list[str] = field(default_factory=list)

    def add(self, key: object) -> None:
        self.number += 1
        if len(self.keys) < NAMED:
            self.keys.append(str(key))

    def __str__(self) -> str:
        more = f" and {self.number - NAMED} more" if self.number > NAMED else ""
        return f"{self.table} {', '.join(self.keys)}{more}: {self.words}"


def broken_rows(table: str, key: Sequence[str], rules: Sequence[Rule]) -> list[Broken]:
    """Return the rules that rows of a table break, from one pass over the table."""
    if not rules:
        return []
    name = " || '/' || ".join(f"t.{column}" for column in key)
    flags = ", ".join(f"({rule.condition}) IS TRUE" for rule in rules)
    anything = " OR ".join(f"({rule.condition})" for rule in rules)
    found = [Broken(table, rule.words) for rule in rules]
    for number, *wrong in _stream(f"SELECT {name}, {flags} FROM {table} AS t WHERE {anything}"):
        for rule, is_wrong in zip(found, wrong, strict=True):
            if is_wrong:
                rule.add(number)
    return [rule for rule in found if rule.number]


def found_by(table: str, words: str, query: str) -> list[Broken]:
    """Return the rows whose keys a query lists."""
    found = Broken(table, words)
    for (key,) in _stream(query):
        found.add(key)
    return [found] if found.number else []


def _stream(sql: str) -> Iterator[tuple[object, ...]]:
    database = current_database.obj
    rows: Iterator[tuple[object, ...]] = database.run(said(sql, database.inspection_words), ())
    return rows
