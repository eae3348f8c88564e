"""Expressions that databases say differently, as every query of the desk says them.

Each engine has its own words for them (``Dialect`` in models/engine.py), chosen when a query is compiled. A
query that compares, cuts or sorts in any other way must mean the same everywhere: see the rules in
docs/decisions/0037.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from peewee import SQL, Case, ColumnBase, Context, Node, Value, fn

from models.database import database_at_work

ONE, ZERO = SQL("1"), SQL("0")  # no parameters, so that indexes on one of them alone are used
TRUE = SQL("TRUE")
_TO_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


class Portable(ColumnBase):
    """An expression in the words of the engine that it is compiled for; its value is not converted."""

    def __init__(self, word: str, *arguments: Any) -> None:
        super().__init__()
        self._word = word
        self._arguments = arguments

    def __sql__(self, context: Context) -> Context:
        said: Node = getattr(database_at_work().dialect, self._word)(*self._arguments)
        compiled: Context = context.sql(said)
        return compiled


def position(text: Any, part: Any) -> Portable:
    """Where a text has a part, as written: 1 for its beginning, 0 for nowhere."""
    return Portable("position", text, part)


def later_by(moment: Any, seconds: Any) -> Portable:
    """A stored time, so many seconds later (64 bits), as a stored time."""
    return Portable("later_by", moment, seconds)


def seconds_of(moment: Any) -> Portable:
    """Convert a stored time (column or text) to whole seconds since the epoch (64 bits)."""
    return Portable("seconds_of", moment)


def least(*values: Any) -> Portable:
    """The smallest of several values, none of them NULL."""
    return Portable("least", *values)


def greatest(*values: Any) -> Portable:
    """The greatest of several values, none of them NULL."""
    return Portable("greatest", *values)


def listed(numbers: Iterable[int] | Value) -> Portable:
    """Wrap numbers in a query for ``in_()``: one parameter for any number of them.

    In a CompiledQuery, give a ``parameter()`` and pass the numbers as JSON later.
    """
    return Portable("listed", numbers if isinstance(numbers, Value) else json.dumps(list(numbers)))


def joined(numbers: Any) -> Portable:
    """The numbers of a group as one text, with commas between; in no order."""
    return Portable("joined", numbers)


def json_number(document: Any, *path: str) -> Portable:
    """A number inside a JSON object, by the names that lead to it; NULL if there is none."""
    return Portable("json_number", document, path)


def json_text(document: Any, *path: str) -> Portable:
    """A text inside a JSON object, or a list or object there as JSON; NULL if there is none."""
    return Portable("json_text", document, path)


def caseless(text: Any) -> Portable:
    """A text to sort and compare regardless of the case of its letters from A to Z, as indexes on names are.

    What it is compared with has to be ``in_small_letters()``.
    """
    return Portable("caseless", text)


def in_small_letters(text: str) -> str:
    """A value to compare with what is ``caseless()``."""
    return text.translate(_TO_SMALL)


def index_nulls_first(column: Any) -> Portable:
    """A column of an index for queries that sort it with ``asc(nulls="FIRST")``, as every index here does.

    Whoever sorts a column that may be NULL says where they go: engines differ.
    """
    return Portable("index_nulls_first", column)


def has_trigrams(table: Any, needles: Sequence[str]) -> Portable:
    """Whether a document of a SearchTable may contain all needles, by its index; it may not, after all."""
    return Portable("has_trigrams", table, needles)


def beginning(text: Any, length: int) -> Any:
    """The first letters of a text; without parameters, so that a query can group by it."""
    return fn.SUBSTR(text, ONE, SQL(str(int(length))))


def count_if(condition: Any) -> Any:
    """In how many rows of a group a condition is true: 0, not NULL, if it is in none."""
    return fn.SUM(Case(None, [(condition, ONE)], ZERO))


def is_any(condition: Any) -> Any:
    """Whether a condition is true in any row of a group: 1 or 0."""
    return fn.MAX(Case(None, [(condition, ONE)], ZERO))
