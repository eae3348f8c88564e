"""The migrations make the same schema on both engines."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from models.postgres.tables.translation import BOOLEANS
from tests.server import Server, database_of

NOTES = "schema_migration"  # the migrations' own
KINDS = {"INTEGER": "bigint", "REAL": "double precision", "DOUBLE": "double precision", "TEXT": "text"}
COLUMNS = """SELECT table_name, column_name, data_type, is_nullable = 'YES' FROM information_schema.columns
    WHERE table_schema = 'public'"""
KEYS = """SELECT c.conrelid::regclass::text, c.contype::text, array_agg(a.attname::text ORDER BY k.place)
    FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY AS k (number, place), pg_attribute a
    WHERE a.attrelid = c.conrelid AND a.attnum = k.number AND c.contype IN ('p', 'u', 'f')
    AND c.connamespace = 'public'::regnamespace GROUP BY c.oid, c.conrelid, c.contype"""
CHECKS = """SELECT conrelid::regclass::text, count(*) FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace GROUP BY 1"""
INDEXES = """SELECT i.relname, x.indisunique::int, x.indpred IS NOT NULL, x.indnkeyatts::int
    FROM pg_index x, pg_class i, pg_class t
    WHERE i.oid = x.indexrelid AND t.oid = x.indrelid AND t.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.oid)"""


@pytest.fixture
def file(empty_desk_file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(empty_desk_file)) as opened:
        yield opened


@pytest.fixture
def ask(server: Server, empty_database: str) -> Callable[[str], list[tuple[Any, ...]]]:
    return lambda sql: server.execute(sql, empty_database)


def tables(file: sqlite3.Connection) -> list[str]:
    """The tables of a file, without those that SQLite keeps for itself and for its full text."""
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    known = dict(file.execute(found).fetchall())
    virtual = {name for name, sql in known.items() if sql.startswith("CREATE VIRTUAL")}
    of_text = {name for name in known for one in virtual if name == one or name.startswith(f"{one}_")}
    return [name for name in known if name not in of_text | {NOTES}]


def columns_of(file: sqlite3.Connection, table: str) -> list[tuple[str, str, bool, int]]:
    rows = file.execute(f"PRAGMA table_xinfo({table})").fetchall()
    return [(row[1], row[2], bool(row[3]), row[5]) for row in rows]


def test_columns_types_and_null(file: sqlite3.Connection, ask: Callable[[str], Any]) -> None:
    there: dict[str, dict[str, tuple[str, bool]]] = {}
    for table, column, kind, may_be_null in ask(COLUMNS):
        there.setdefault(table, {})[column] = kind, may_be_null
    for table in tables(file):
        found = there[table]
        wanted = columns_of(file, table)
        assert set(found) == {name for name, *_ in wanted}, table
        for name, kind, is_required, key in wanted:
            plain = "boolean" if found[name][0] == "boolean" else KINDS[kind.partition(" ")[0]]
            assert found[name][0] == plain, (table, name)
            assert (plain != "boolean") or name in (*BOOLEANS, "closed"), (table, name)
            assert found[name][1] == (not is_required and not key), (table, name)


def test_keys_and_references(file: sqlite3.Connection, ask: Callable[[str], Any]) -> None:
    there: dict[tuple[str, str], list[list[str]]] = {}
    for table, kind, columns in ask(KEYS):
        there.setdefault((table, kind), []).append(columns)
    for table in tables(file):
        key = [name for name, *_, place in sorted(columns_of(file, table), key=lambda row: row[3]) if place]
        assert there.get((table, "p"), [[]]) == [key], table
        references: dict[int, list[str]] = {}
        for number, _, _, column, *_ in file.execute(f"PRAGMA foreign_key_list({table})"):
            references.setdefault(number, []).append(column)
        assert sorted(references.values()) == sorted(there.get((table, "f"), [])), table
        uniques = [row[1] for row in file.execute(f"PRAGMA index_list({table})") if row[3] == "u"]
        columns_of_each = [
            [row[2] for row in file.execute(f"PRAGMA index_info({name})").fetchall()] for name in uniques
        ]
        assert sorted(columns_of_each) == sorted(there.get((table, "u"), [])), table


def test_checks(file: sqlite3.Connection, ask: Callable[[str], Any]) -> None:
    """A boolean needs none; every other one is there."""
    there = dict(ask(CHECKS))
    for table in tables(file):
        (sql,) = file.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        wanted = sql.upper().count("CHECK (") + sql.upper().count("CHECK(")
        of_booleans = sql.count("IN (0, 1)")
        assert wanted - of_booleans <= there.get(table, 0) <= wanted, table


def test_indexes(file: sqlite3.Connection, ask: Callable[[str], Any]) -> None:
    there = {name: tuple(rest) for name, *rest in ask(INDEXES)}
    for table in tables(file):
        for _, name, unique, origin, partial in file.execute(f"PRAGMA index_list({table})").fetchall():
            if origin != "c":
                continue
            parts = len([row for row in file.execute(f"PRAGMA index_xinfo({name})").fetchall() if row[5]])
            assert there[name] == (unique, bool(partial), parts), name


def test_views_and_triggers(file: sqlite3.Connection, ask: Callable[[str], Any]) -> None:
    def names(kind: str) -> set[str]:
        return {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = ?", (kind,))}

    views = "SELECT viewname FROM pg_views WHERE schemaname = 'public'"
    assert {name for (name,) in ask(views)} == names("view")
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    assert {name for (name,) in ask(triggers)} == names("trigger")


@pytest.mark.parametrize(
    ("damage", "named", "is_repairable"),
    [
        ("DROP INDEX bookings_agent", "bookings_agent", True),
        ("DROP VIEW agent_rank_tracker", "agent_rank_tracker", True),
        ("DROP TRIGGER events_stay ON events", "events_stay", True),
        ("ALTER TABLE bookings DROP CONSTRAINT bookings_check2", "bookings_check2", False),
        ("ALTER TABLE bookings ADD COLUMN extra TEXT", "bookings.extra", False),
        ("CREATE TABLE beside (one TEXT)", "beside", False),
    ],
)
def test_the_doctor_finds_what_differs(
    server: Server, address: str, damage: str, named: str, is_repairable: bool
) -> None:
    server.execute(damage, database_of(address))
    with closing(open_desk(address)) as desk:
        found = look(desk)
        assert not found["ok"]
        assert named in found["detail"]
        doctor.repair(desk)
        assert look(desk)["ok"] == is_repairable


def look(desk: Desk) -> Any:
    with desk.reading():
        return next(row for row in doctor.examine(desk)["checks"] if row["check"] == "schema")
