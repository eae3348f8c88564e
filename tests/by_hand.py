"""A desk looked at and changed by hand, past all of its code, whichever engine keeps it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

Row = tuple[Any, ...]
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'desk\\_%'"
PLAIN_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def ask(desk: Path | str, sql: str) -> list[Row]:
    """Run one statement on a desk, in a transaction of its own, and return its rows."""
    if isinstance(desk, Path):
        with closing(sqlite3.connect(desk)) as file, file:
            return file.execute(sql).fetchall()
    import psycopg

    with psycopg.connect(desk) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def rows_of(desk: Path | str) -> list[object]:
    """All that a desk has, to see that nothing has changed."""
    if isinstance(desk, Path):
        with closing(sqlite3.connect(desk)) as file:
            return list(file.iterdump())
    return [(table, rows) for table, rows in sorted(tables_of(desk).items())]


def tables_of(address: str) -> dict[str, list[dict[str, object]]]:
    """The rows of every table of a desk on a server, as of one moment and by their column's names."""
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(address, row_factory=dict_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        names = [row["tablename"] for row in connection.execute(TABLES).fetchall()]
        return {
            name: connection.execute(f"TABLE {name} ORDER BY {name}".encode()).fetchall() for name in names
        }


def as_file(desk: Path | str, file: Path) -> Path:
    """The desk itself if it is a file, else a file with the same rows, for what reads files."""
    if isinstance(desk, Path):
        return desk
    from dispatch.bootstrap import open_desk

    if not file.exists():
        open_desk(file, create=True).close()
    with closing(sqlite3.connect(file)) as connection, connection:
        own = {name for (name,) in connection.execute(PLAIN_TABLES)}
        for (trigger,) in connection.execute(TRIGGERS).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for table, rows in tables_of(desk).items():
            if table in own:
                _replace(connection, table, rows)
    return file


def _replace(file: sqlite3.Connection, table: str, rows: list[dict[str, object]]) -> None:
    """Put rows in the place of those that a table of a file has; generated columns follow."""
    columns = [name for _, name, *_, hidden in file.execute(f"PRAGMA table_xinfo({table})") if not hidden]
    file.execute(f"DELETE FROM {table}")
    marks = ", ".join("?" * len(columns))
    file.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
        ([_plain(row[name]) for name in columns] for row in rows),
    )


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
