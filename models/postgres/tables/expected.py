"""The schema that the migrations make, compared with that of the database.

The migrations run once more, in a schema of their own and a transaction that is rolled back, and both are
read from the server's catalogue, which says everything in one form. What a column holds needs no second look:
the server keeps types, checks and references itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from peewee import PeeweeException

from models.database import current_database
from models.policy_indexes import keep_order
from models.postgres import refusals
from models.postgres.tables import upgrade

if TYPE_CHECKING:
    from models.postgres.server_database import ServerDatabase

THEN = "/* then */"
SCRATCH = "astra_expected"
ORDER = ("index", "view", "trigger")
KEYS = """SELECT c.relname, a.attname FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND c.relnamespace = to_regnamespace(%s)
    ORDER BY 1, array_position(i.indkey, a.attnum)"""
PARTS = """
    SELECT 'index', c.relname, t.relname, pg_get_indexdef(c.oid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
        WHERE c.relnamespace = to_regnamespace(%(schema)s)
            AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)
    UNION ALL
    SELECT 'view', c.relname, c.relname, 'CREATE VIEW ' || c.relname || ' AS ' || pg_get_viewdef(c.oid)
        FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = to_regnamespace(%(schema)s)
    UNION ALL
    SELECT 'trigger', t.tgname, c.relname,
            pg_get_functiondef(t.tgfoid) || ' /* then */ ' || pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace(%(schema)s)
    UNION ALL
    SELECT 'constraint', c.relname || '.' || o.conname, c.relname, pg_get_constraintdef(o.oid)
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
        WHERE o.contype <> 'n' AND o.connamespace = to_regnamespace(%(schema)s)
    UNION ALL
    SELECT 'column', c.relname || '.' || a.attname, c.relname,
            format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' COLLATE ' || (SELECT collname FROM pg_collation WHERE oid = a.attcollation), '')
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
            AND c.relnamespace = to_regnamespace(%(schema)s)"""


class Part(NamedTuple):
    """A part of a schema, with the text that makes or describes it."""

    kind: str
    name: str
    table: str
    sql: str


class Difference(NamedTuple):
    """A part that is missing (no ``found``), unknown (not ``expected``), or different."""

    expected: Part | None
    found: Part | None

    def __str__(self) -> str:
        state = "missing" if self.found is None else "unknown" if self.expected is None else "different"
        return f"{self._part.kind} {self._part.name} is {state}"

    @property
    def _part(self) -> Part:
        part = self.expected or self.found
        assert part is not None
        return part

    @property
    def name(self) -> str:
        return self._part.name

    @property
    def order(self) -> int:
        return ORDER.index(self.expected.kind) if self.expected and self.is_mendable else len(ORDER)

    @property
    def is_mendable(self) -> bool:
        return self.expected is not None and self.expected.kind in ORDER

    def mend(self) -> bool:
        """Make a missing or different index, view or trigger again; return whether it was one."""
        if self.expected is None or not self.is_mendable:
            return False
        with suppress(PeeweeException), current_database.atomic():  # rows that break a unique index stay
            if self.found is not None:
                on = f" ON {self.found.table}" if self.found.kind == "trigger" else ""
                current_database.execute_sql(f'DROP {self.found.kind.upper()} "{self.found.name}"{on}')
            for statement in self.expected.sql.split(THEN):
                current_database.execute_sql(statement)
            return True
        return False


class ServerSchema:
    """The schema of a new desk with the indexes of a policy, and how the desk's own differs."""

    def __init__(self, database: ServerDatabase, policy: str) -> None:
        self._database = database
        self._policy = policy
        self.not_compared = ""

    @cached_property
    def keys(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for table, column in self._database.run(KEYS, (_own_schema(self._database),)).fetchall():
            found.setdefault(table, []).append(column)
        return found

    def types(self, table: str) -> list[Any]:
        """No rules: the server keeps what a table's definition states."""
        return []

    def differences(self) -> list[Difference]:
        """List what the database lacks, has beyond, or has differently; none if it is ``not_compared``."""
        own = _own_schema(self._database)
        found = _parts(self._database.run(PARTS, {"schema": own}).fetchall(), own)
        try:
            expected = self._expected()
        except PeeweeException as error:
            if not refusals.lacks_right(error):
                raise
            self.not_compared = f"{self._database.login} may make no schema to compare it with"
            return []
        names = sorted(expected.keys() | found.keys())
        pairs = [Difference(expected.get(name), found.get(name)) for name in names]
        return [pair for pair in pairs if pair.expected != pair.found]

    def _expected(self) -> dict[str, Part]:
        with closing(self._database.another()) as scratch, scratch.active(), scratch.making() as transaction:
            scratch.run(f"CREATE SCHEMA {SCRATCH}", ())
            scratch.run(f"SET LOCAL search_path = {SCRATCH}", ())  # nothing of the desk's own is to be found
            upgrade.make_tables(scratch)
            keep_order(self._policy)
            scratch.run(f"SET LOCAL search_path = {SCRATCH}, public", ())
            found = _parts(scratch.run(PARTS, {"schema": SCRATCH}).fetchall(), SCRATCH)
            transaction.rollback()
            return found


def _own_schema(database: ServerDatabase) -> str:
    return str(database.run("SELECT current_schema()", ()).fetchall()[0][0])


def _parts(rows: Sequence[Any], schema: str) -> dict[str, Part]:
    parts = (Part(*(str(text).replace(f"{schema}.", "") for text in row)) for row in rows)
    return {part.name: part for part in parts}
