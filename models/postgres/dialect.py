"""The words of ``models/sql.py`` in PostgreSQL's SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import SQL, Cast, Expression, Node, NodeList, fn

TIME = SQL("'YYYY-MM-DD HH24:MI:SS'")
TRIGRAM = 3


class PostgresDialect:
    """Expressions as ``models.engine.Dialect`` lists them."""

    def position(self, text: Any, part: Any) -> Node:
        return fn.STRPOS(text, part)

    def later_by(self, moment: Any, seconds: Any) -> Node:
        return fn.TO_CHAR(_moment(moment) + fn.MAKE_INTERVAL(NodeList((SQL("secs =>"), seconds))), TIME)

    def seconds_of(self, moment: Any) -> Node:
        return Cast(fn.EXTRACT(NodeList((SQL("EPOCH FROM"), _moment(moment)))), "BIGINT")

    def least(self, *values: Any) -> Node:
        return fn.LEAST(*values)

    def greatest(self, *values: Any) -> Node:
        return fn.GREATEST(*values)

    def listed(self, numbers: Any) -> Node:
        found = fn.JSON_ARRAY_ELEMENTS_TEXT(Cast(numbers, "JSON"))
        return NodeList((SQL("(SELECT CAST(number AS BIGINT) FROM"), found, SQL("AS listed (number))")))

    def joined(self, values: Any) -> Node:
        return fn.STRING_AGG(Cast(values, "TEXT"), SQL("','"))

    def json_number(self, document: Any, path: Sequence[str]) -> Node:
        return Cast(self.json_text(document, path), "NUMERIC")  # whole or not, as it is written

    def json_text(self, document: Any, path: Sequence[str]) -> Node:
        return fn.JSON_EXTRACT_PATH_TEXT(Cast(document, "JSON"), *(SQL(_quoted(name)) for name in path))

    def caseless(self, text: Any) -> Node:
        return fn.LOWER(text)  # of A to Z: the tables' texts have the collation C

    def index_nulls_first(self, column: Any) -> Node:
        return NodeList((column, SQL("NULLS FIRST")))

    def has_trigrams(self, table: Any, needles: Sequence[str]) -> Node:
        found: Any = None
        for text in needles:
            one = Expression(table.words, "LIKE", f"%{_escaped(text)}%")
            found = one if found is None else found & one
        node: Node = found
        return node


def _moment(text: Any) -> Any:
    return Cast(text, "TIMESTAMP")


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _escaped(text: str) -> str:
    """A text in which LIKE finds no wildcards."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
