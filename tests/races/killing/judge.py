"""The judge of what was killed: reads the desk itself, with SQL of its own, past all of the desk's code."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.by_hand import as_file, tables_of
from tests.races.killing.kinds import Dump, Kind, desk_in
from tests.races.killing.server import Told
from tests.races.killing.soundness import broken_rules

BEFORE, AFTER, PARTLY = "before", "after", "partly"
SHOWN = 3  # rows of a table that differ
OUTSIDE_TIME = {"schema_migration": "applied"}
"""The column of a table that holds the time outside, of which a desk knows nothing."""
SQLITES_OWN = ("-wal", "-shm", "-journal")


@contextmanager
def copied(database: Path) -> Iterator[sqlite3.Connection]:
    """A copy of a file and its log as a killed process left them, open; the original stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / database.name
        for end in ("", "-wal", "-journal"):
            if (beside := database.with_name(database.name + end)).exists():
                shutil.copyfile(beside, copy.with_name(copy.name + end))
        with closing(sqlite3.connect(copy)) as connection:
            yield connection


def dump(connection: sqlite3.Connection) -> Dump:
    """Everything in a database, except the time outside; nothing if it has no table yet."""
    ask = connection.execute
    schema = ask("SELECT name, type, tbl_name, sql FROM sqlite_master ORDER BY name, type").fetchall()
    if not schema:
        return {}
    tables: Dump = {"schema": schema, "version": ask("PRAGMA user_version").fetchall()}
    for name, kind, _, sql in schema:
        if kind == "table" and not sql.startswith("CREATE VIRTUAL"):
            columns = _columns(connection, name)
            tables[name] = ask(f"SELECT {columns} FROM {name} ORDER BY {columns}").fetchall()
    return tables


def _columns(connection: sqlite3.Connection, table: str) -> str:
    names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(name for name in names if name != OUTSIDE_TIME.get(table))


def dump_of(desk: Path | str) -> Dump:
    """Everything in a desk; nothing if there is none. A server's schema is not compared."""
    if isinstance(desk, Path):
        with copied(desk) as connection:
            return dump(connection)
    return {
        table: [
            tuple(value for name, value in row.items() if name != OUTSIDE_TIME.get(table)) for row in rows
        ]
        for table, rows in tables_of(desk).items()
    }


def damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with a file."""
    ask = connection.execute
    found = [text for (text,) in ask("PRAGMA integrity_check") if text != "ok"]
    return found + [f"dangling reference: {row}" for row in ask("PRAGMA foreign_key_check")]


def differences(one: Dump, other: Dump) -> list[str]:
    """Where two dumps differ, a line for each table."""
    found = []
    for table in sorted(one.keys() | other.keys()):
        mine, theirs = one.get(table, []), other.get(table, [])
        if mine != theirs:
            more = [row for row in mine if row not in theirs][:SHOWN]
            less = [row for row in theirs if row not in mine][:SHOWN]
            found.append(f"{table}: {more} instead of {less}")
    return found


@dataclass(frozen=True)
class Reference:
    """A kind of work that nothing interrupted: the desk before and after it, and its answer.

    ``files`` are those in the folder before and after; ``copies`` what a copy of the desk may hold.
    """

    kind: Kind
    before: Dump
    after: Dump
    answer: Any
    files: frozenset[str]
    copies: tuple[Dump, ...]

    def verdict(self, folder: Path, told: Told) -> tuple[str, list[str]]:
        """The state of a desk after a kill, and all that is wrong with it."""
        wrong = [told["error"]] if told["error"] else []
        if told["answered"] and told["answer"] != self.answer:
            wrong.append(f"it answered {told['answer']} instead of {self.answer}")
        found, damaged = self._look(desk_in(folder))
        wrong += damaged + self._wrong_files(folder)
        if found == self.after:
            return AFTER, wrong
        if told["answered"]:
            wrong += ["what was answered is lost", *differences(found, self.after)]
        if found == self.before:
            return BEFORE, wrong
        if not self.kind.in_parts:
            wrong += ["the desk is neither as before nor as after", *differences(found, self.after)]
        return PARTLY, wrong

    def verdict_again(self, folder: Path, state: str, told: Told) -> list[str]:
        """All that is wrong after the same was run again, to its end."""
        found, wrong = self._look(desk_in(folder))
        wrong += self._wrong_files(folder)
        if told["error"] or not told["answered"]:
            wrong.append(f"it failed when it was run again: {told['error']}")
        if found != self.after:
            wrong += ["run again, it does not end as it should", *differences(found, self.after)]
        if self.kind.answers_again and told["answer"] != self.answer:
            wrong.append(f"run again, it answered {told['answer']} instead of {self.answer}")
        return wrong

    def _look(self, desk: Path | str) -> tuple[Dump, list[str]]:
        return self._look_at_file(desk) if isinstance(desk, Path) else self._look_at_server(desk)

    def _look_at_server(self, address: str) -> tuple[Dump, list[str]]:
        """The server itself sees to sound pages and references."""
        found, wrong = dump_of(address), []
        if self.kind.in_parts and found:
            with tempfile.TemporaryDirectory() as folder:
                file = as_file(address, Path(folder) / "rows.db")
                with closing(sqlite3.connect(file)) as connection:
                    wrong = broken_rules(connection)
        return self.kind.left_out(found), wrong

    def _look_at_file(self, database: Path) -> tuple[Dump, list[str]]:
        try:
            with copied(database) as connection:
                found, wrong = dump(connection), damage(connection)
                if self.kind.in_parts and found:
                    wrong += broken_rules(connection)
        except sqlite3.Error as error:
            return {}, [f"{database.name} cannot be read: {error}"]
        return self.kind.left_out(found), wrong

    def _wrong_files(self, folder: Path) -> list[str]:
        """Copies that are not whole, files nobody expects, and leftovers that others could read."""
        wrong = []
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = str(file.relative_to(folder))
            if any(file.match(pattern) for pattern in self.kind.copies):
                held, damaged = self._look(file)
                wrong += [f"{name}: {one}" for one in damaged]
                if held not in self.copies:
                    wrong.append(f"{name} is no whole copy of the desk")
            elif hidden := _hidden(file, folder):
                if stat.S_IMODE(hidden.stat().st_mode) & 0o077:
                    wrong.append(f"others can read the leftover {name}")
            elif name not in self.files and not name.endswith(SQLITES_OWN):
                wrong.append(f"{name} is left behind")
        return wrong


def _hidden(file: Path, folder: Path) -> Path | None:
    """The file, or the folder around it, that has a hidden name: what Astra makes before it is whole."""
    around = [file, *file.parents]
    return next((path for path in around[: around.index(folder)] if path.name.startswith(".")), None)
