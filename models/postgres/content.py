"""The rows of a desk on a server, to be copied: by COPY, with references and indexes made afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from graphlib import TopologicalSorter
from itertools import count
from typing import TYPE_CHECKING

import psycopg
from peewee import PeeweeException

from models.content import AT_ONCE, Batch, Content, Shape
from models.errors import Refused
from models.hints import act
from models.postgres import refusals

if TYPE_CHECKING:
    from models.postgres.server_database import ServerDatabase

ONLY_HERE = ["desk_lock", "desk_sweep", "schema_migration"]
"""Tables that are not the desk's, but this server's."""
HERE = "to_regnamespace(current_schema())"
COLUMNS = f"""SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = {HERE} AND a.attgenerated = '' AND c.relname <> ALL (%s)
    GROUP BY c.relname ORDER BY c.relname"""
KEYS = f"""SELECT c.relname, array_agg(a.attname::text ORDER BY array_position(i.indkey, a.attnum))
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND c.relnamespace = {HERE} GROUP BY c.relname"""
REFERENCES = f"""SELECT t.relname, o.conname, pg_get_constraintdef(o.oid), r.relname
    FROM pg_constraint o JOIN pg_class t ON t.oid = o.conrelid JOIN pg_class r ON r.oid = o.confrelid
    WHERE o.contype = 'f' AND o.connamespace = {HERE} ORDER BY 1, 2"""
INDEXES = f"""SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = {HERE} AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)
    AND i.indrelid::regclass::text <> ALL (%s) ORDER BY 1"""
# The other side of a copy takes longer over a large table than a terminal may hang; who holds the lock, less.
PATIENT = """SELECT set_config('idle_in_transaction_session_timeout',
    CASE current_setting('transaction_read_only') WHEN 'on' THEN '1h' ELSE '2min' END, true)"""
WHOLE = "SET LOCAL row_security = off"  # who may not see every row is refused, instead of copying some
ROOMY = "SET LOCAL maintenance_work_mem = '256MB'"  # for the indexes of a large table


class ServerContent(Content):
    """The rows of a database, without those that are about the server itself."""

    def __init__(self, database: ServerDatabase) -> None:
        self._database = database
        self._numbers = count(1)

    def tables(self) -> Mapping[str, Shape]:
        with self._explained():
            self._database.run(PATIENT, ())
            self._database.run(WHOLE, ())
            keys = dict(self._database.run(KEYS, ()).fetchall())
            columns = dict(self._database.run(COLUMNS, (ONLY_HERE,)).fetchall())
            references = self._references()
        after = TopologicalSorter({name: set[str]() for name in columns})
        for table, _, _, other in references:
            if table != other:
                after.add(table, other)
        return {
            name: Shape(tuple(columns[name]), tuple(keys.get(name) or columns[name]))
            for name in after.static_order()
        }

    def _references(self) -> list[tuple[str, str, str, str]]:
        found: list[tuple[str, str, str, str]] = self._database.run(REFERENCES, ()).fetchall()
        return found

    def hold(self, tables: Iterable[str]) -> None:
        """An upgrade may write a table anew, which is empty for snapshots from before."""
        with self._explained():
            self._database.run(f"LOCK TABLE {_listed(tables)} IN ACCESS SHARE MODE", ())

    def count(self, table: str) -> int:
        with self._explained():
            return int(self._database.run(f'SELECT count(*) FROM "{table}"', ()).fetchall()[0][0])

    def read(self, table: str, shape: Shape) -> Iterator[Batch]:
        sql = f'SELECT {_listed(shape.columns)} FROM "{table}" ORDER BY {_listed(shape.key)}'
        name = f"content_{next(self._numbers)}"
        with self._explained(), self._database.driver().cursor(name=name) as cursor:
            cursor.execute(sql.encode())
            while batch := cursor.fetchmany(AT_ONCE):
                yield batch

    def write(self, table: str, shape: Shape, batches: Iterable[Batch]) -> None:
        sql = f'COPY "{table}" ({_listed(shape.columns)}) FROM STDIN'
        with self._explained(table), self._database.driver().cursor().copy(sql.encode()) as copy:
            for batch in batches:
                for row in batch:
                    copy.write_row(row)

    @contextmanager
    def _explained(self, table: str = "a table") -> Iterator[None]:
        """Turn the driver's errors into refusals; of values that no desk should have, too."""
        try:
            yield
        except (psycopg.Error, PeeweeException) as error:
            cause = refusals.cause_of(error)
            if isinstance(cause, (psycopg.DataError, psycopg.IntegrityError)):
                problem = f"{table} has a row that {self._database.address} does not take: {_said(cause)}"
                raise Refused("not_copied", problem, f"{act('doctor')} names the rows") from error
            raise self._database.refusal(error) from error

    @contextmanager
    def unhindered(self) -> Iterator[None]:
        """Without references and indexes, which are quicker to check and to make afterwards."""
        run = self._database.run
        references = self._references()
        indexes = run(INDEXES, (ONLY_HERE,)).fetchall()
        for table, name, *_ in references:
            run(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"', ())
        for name, _ in indexes:
            run(f'DROP INDEX "{name}"', ())
        yield
        with self._explained():
            run(ROOMY, ())
            for _, sql in indexes:
                run(sql, ())
            for table, name, sql, _ in references:
                run(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {sql}', ())
            run("ANALYZE", ())

    @contextmanager
    def replaced(self) -> Iterator[None]:
        """Without the rows so far; nobody can read until the transaction ends, either.

        Not by TRUNCATE: a snapshot from before, such as a backup's, would find every table empty afterwards.
        """
        tables = self.tables()
        with self.unhindered():
            with self._explained():
                for table in tables:
                    self._database.run(f'ALTER TABLE "{table}" DISABLE TRIGGER USER', ())  # append-only ones
                    self._database.run(f'DELETE FROM "{table}"', ())
                    self._database.run(f'ALTER TABLE "{table}" ENABLE TRIGGER USER', ())
            yield


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _said(error: BaseException) -> str:
    return str(error).partition("\n")[0]
