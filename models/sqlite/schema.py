"""The schema that the migrations make, compared with that of the file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from peewee import PeeweeException

from models import engine
from models.database import current_database
from models.engine import Engine
from models.inspection.rules import Rule
from models.policy_indexes import keep_order

# What SQLite names itself belongs to a table: its own indexes, and statistics.
OBJECTS = """SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master
    WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"""
COLUMNS = 'SELECT name, type, "notnull", hidden FROM pragma_table_xinfo(?) ORDER BY cid'
KEYS = "SELECT name FROM pragma_table_xinfo(?) WHERE pk ORDER BY pk"
APPLIED = "SELECT count(*) FROM schema_migration"

TYPES = {"INTEGER": "'integer'", "TEXT": "'text'", "REAL": "'real'", "DOUBLE PRECISION": "'real'"}
ORDER = ("index", "view", "trigger")

LEFT_OVER = ("bookings_held",)  # a view of an earlier version, read by nobody

_space = re.compile(r"\s+")
_tight = re.compile(r" ?([(),=]) ?")


class Part(NamedTuple):
    """A table, index, view or trigger, with the statement that makes it."""

    kind: str
    name: str
    table: str
    sql: str


class Column(NamedTuple):
    name: str
    type: str
    required: bool
    generated: bool


class Difference(NamedTuple):
    """A part that is missing (no ``found``), unknown (not ``expected``), or different."""

    expected: Part | None
    found: Part | None

    def __str__(self) -> str:
        part = self.expected or self.found
        assert part is not None
        state = "missing" if self.found is None else "unknown" if self.expected is None else "different"
        return f"{part.kind} {part.name} is {state}"

    @property
    def name(self) -> str:
        part = self.expected or self.found
        return part.name if part else ""

    @property
    def order(self) -> int:
        """Return when to make it again, among others: a view may name an index."""
        return ORDER.index(self.expected.kind) if self.is_mendable and self.expected else len(ORDER)

    @property
    def is_mendable(self) -> bool:
        """Return whether it should be there and holds no data of its own, so that it can be made again."""
        return self.expected is not None and self.expected.kind != "table"

    def mend(self) -> bool:
        """Make a missing or different index, view or trigger again; return whether it was one."""
        expected, found = self
        if not self.is_mendable or expected is None or (found is not None and found.kind == "table"):
            return False
        with suppress(PeeweeException), current_database.atomic():  # rows that break a unique index stay
            if found is not None:
                current_database.execute_sql(f'DROP {found.kind.upper()} "{found.name}"')
            current_database.execute_sql(expected.sql)
            return True
        return False


class SqliteSchema(NamedTuple):
    """The schema of a new desk, and what a desk's own differs from it in."""

    parts: dict[str, Part]
    columns: dict[str, list[Column]]
    keys: dict[str, list[str]]
    checks: dict[str, list[str]]

    @property
    def not_compared(self) -> str:
        return ""

    def types(self, table: str) -> list[Rule]:
        """Return the rules that a table's own definition states."""
        keys = self.keys[table]
        rules = [_type(column, column.name in keys) for column in self.columns[table] if not column.generated]
        if len(keys) == 1:  # text sorts after every number
            rules.append(Rule("numbered below 1", f"t.{keys[0]} < 1"))
        rules += [Rule(f"not {check}", f"NOT ({check})") for check in self.checks[table]]
        return [rule for rule in rules if rule.condition]

    def differences(self) -> list[Difference]:
        """List what the current database lacks, has beyond, or has differently."""
        expected = self.parts
        found = {name: part for name, part in found_parts().items() if name not in LEFT_OVER}
        return [
            Difference(expected.get(name), found.get(name))
            for name in sorted(expected.keys() | found.keys())
            if name not in expected or name not in found or not _is_same(expected[name], found[name])
        ]


def expected(policy: str, blank: Callable[[Path], Engine]) -> SqliteSchema:
    """Return the schema that this version's migrations make, with the indexes of a policy."""
    return _made(blank, engine.MIGRATIONS, policy)


@cache
def _made(blank: Callable[[Path], Engine], migrations: Path, policy: str) -> SqliteSchema:
    from playhouse.migrations import Runner  # slow to import, seldom needed

    with tempfile.TemporaryDirectory() as folder, closing(blank(Path(folder) / "blank.db")) as database:
        database.wait_for_disk(wanted=False)
        with database.active():
            Runner(database, str(migrations)).up()
            keep_order(policy)
            parts = found_parts()
            tables = [part.name for part in parts.values() if part.kind == "table"]
            return SqliteSchema(
                parts,
                {table: _columns(table) for table in tables},
                {table: [name for (name,) in _rows(KEYS, table)] for table in tables},
                {table: checks_in(parts[table].sql) for table in tables},
            )


def found_parts() -> dict[str, Part]:
    """Return the parts of the current database, by name."""
    return {str(row[1]): Part(*map(str, row)) for row in _rows(OBJECTS)}


def _type(column: Column, is_key: bool) -> Rule:
    name, kind = column.name, column.type
    required = column.required or is_key
    accepted = TYPES.get(kind)
    if accepted is None:
        return Rule("", "")
    allowed = accepted if required else f"{accepted}, 'null'"
    what = f"{name} is not {kind.lower()}" if required else f"{name} is not {kind.lower()} or empty"
    return Rule(what, f"typeof(t.{name}) NOT IN ({allowed})")


def checks_in(statement: str) -> list[str]:
    """Return the conditions of a table's CHECK constraints."""
    found = []
    for start in re.finditer(r"\bCHECK\s*\(", statement):
        depth, end = 1, start.end()
        while depth and end < len(statement):
            depth += {"(": 1, ")": -1}.get(statement[end], 0)
            end += 1
        found.append(statement[start.end() : end - 1])
    return found


def plain(statement: str) -> str:
    """Return a statement without what does not matter: spaces and quoted names."""
    return _tight.sub(r"\1", _space.sub(" ", statement.replace('"', ""))).strip()


def _is_same(one: Part, other: Part) -> bool:
    return one[:3] == other[:3] and plain(one.sql) == plain(other.sql)


def _columns(table: str) -> list[Column]:
    rows = _rows(COLUMNS, table)
    return [Column(name, kind.upper(), bool(required), bool(hidden)) for name, kind, required, hidden in rows]


def _rows(sql: str, *values: object) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = current_database.obj.run(sql, values).fetchall()
    return rows
