"""The rows of a desk in a SQLite file, to be copied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any

from peewee import PeeweeException

from models.content import AT_ONCE, Batch, Content, Shape
from models.sqlite import full_text

NOT_THE_DESKS = "schema_migration"  # when this file had its migrations
TABLES = """SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid"""
INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid"
PARTS = ("data", "idx", "content", "docsize", "config")  # the tables of a full-text index
GENERATED = (2, 3)


class SqliteContent(Content):
    """The rows of a file; the full-text indexes as tables of their documents."""

    def __init__(self, database: Any) -> None:
        """``database`` is the engine, which imports this module."""
        self._database = database

    def tables(self) -> Mapping[str, Shape]:
        indexes = full_text.tables(self._database)
        theirs = {f"{name}_{part}" for name in indexes for part in PARTS}
        names = [name for (name,) in self._database.execute_sql(TABLES).fetchall()]
        shapes = {name: self._shape(name) for name in names if name not in theirs and name != NOT_THE_DESKS}
        return shapes | {name: Shape(("rowid", "words"), ("rowid",)) for name in indexes}

    def _shape(self, table: str) -> Shape:
        rows = self._database.execute_sql(f'PRAGMA table_xinfo("{table}")').fetchall()
        columns = tuple(name for _, name, _, _, _, _, hidden in rows if hidden not in GENERATED)
        places = sorted((place, name) for _, name, _, _, _, place, _ in rows if place)
        return Shape(columns, tuple(name for _, name in places) or columns)

    def hold(self, tables: Iterable[str]) -> None:
        """Nothing to do: a snapshot of a file has its tables as they were, too."""

    def count(self, table: str) -> int:
        with self._explained():
            return int(self._database.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0])

    def read(self, table: str, shape: Shape) -> Iterator[Batch]:
        sql = f'SELECT {_listed(shape.columns)} FROM "{table}" ORDER BY {_listed(shape.key)}'
        with self._explained():
            cursor = self._database.execute_sql(sql)
            while batch := cursor.fetchmany(AT_ONCE):
                yield batch

    def write(self, table: str, shape: Shape, batches: Iterable[Batch]) -> None:
        places = ", ".join("?" for _ in shape.columns)
        sql = f'INSERT INTO "{table}" ({_listed(shape.columns)}) VALUES ({places})'
        with self._explained():
            self._database.driver().executemany(sql, chain.from_iterable(batches))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, PeeweeException) as error:
            raise self._database.refusal(error) from error

    @contextmanager
    def unhindered(self) -> Iterator[None]:
        """Without indexes, which are quicker to make afterwards."""
        indexes = self._database.execute_sql(INDEXES).fetchall()
        for name, _ in indexes:
            self._database.execute_sql(f'DROP INDEX "{name}"')
        yield
        for _, sql in indexes:
            self._database.execute_sql(sql)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
