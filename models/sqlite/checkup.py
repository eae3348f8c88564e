"""What the doctor finds out about the file of a desk itself."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from peewee import SqliteDatabase

from models.engine import Checked
from models.hints import act

NETWORKED = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "davfs")
MOUNTS = Path("/proc/self/mounts")
FAULTY_SQLITE = ((3, 7, 0), (3, 51, 2))  # the first and the last version with the fault
DAMAGE = "SELECT integrity_check FROM pragma_integrity_check LIMIT 20"
DANGLING = 'SELECT "table", rowid, parent FROM pragma_foreign_key_check'
RESTORE = f"{act('restore')} restores a backup"


def checks(database: SqliteDatabase, path: Path) -> dict[str, Callable[[], Checked]]:
    """Return every check by the name that the doctor shows."""
    return {
        "integrity": partial(_integrity, database),
        "references": partial(_references, database),
        "journal": partial(_journal, database),
        "sqlite": sqlite_itself,
        "permissions": partial(_permissions, path),
        "file system": partial(_file_system, path),
    }


def _integrity(database: SqliteDatabase) -> Checked:
    found = [str(text) for (text,) in database.execute_sql(DAMAGE) if text != "ok"]
    return Checked("the file is intact", found, RESTORE)


def _references(database: SqliteDatabase) -> Checked:
    dangling: Iterable[tuple[str, int, str]] = database.execute_sql(DANGLING)
    return Checked(
        "every reference leads to a row",
        [f"row {row} of {table} refers to no row of {parent}" for table, row, parent in dangling],
        RESTORE,
    )


def _journal(database: SqliteDatabase) -> Checked:
    words = f"journal mode {database.pragma('journal_mode')}"
    problem = [] if words.endswith(" wal") else [words]
    hint = "several terminals at once will wait for each other"
    return Checked(words, problem, hint, is_warning=True)


def sqlite_itself() -> Checked:
    """Several terminals can damage the file, rarely: sqlite.org/wal.html, "The WAL-reset bug"."""
    first, last = FAULTY_SQLITE
    is_faulty = first <= sqlite3.sqlite_version_info <= last
    detail = f"SQLite {sqlite3.sqlite_version}"
    problem = [f"{detail} can damage a file, rarely, that several programs write"] if is_faulty else []
    hint = f"use SQLite {'.'.join(map(str, (last[0], last[1], last[2] + 1)))} or newer, and keep backups"
    return Checked(detail, problem, hint, is_warning=True)


def _permissions(path: Path) -> Checked:
    sound = "the file and its folder are writable"
    for place in (path, path.absolute().parent):
        if not os.access(place, os.W_OK):
            return Checked(sound, [f"{place} is not writable"], "change its permissions")
    if path.stat().st_mode & 0o002:
        return Checked(sound, [f"{path} is writable by everybody"], f"chmod o-w {path}", is_warning=True)
    if path.stat().st_mode & 0o004:
        detail = f"{path} can be read by everybody on this machine: names, phone numbers and e-mail addresses"
        return Checked(sound, [detail], f"chmod o-r {path}*", is_warning=True)
    return Checked(sound)


def _file_system(path: Path) -> Checked:
    kind = _kind_of_file_system(path)
    if kind is None:
        return Checked("not known on this system")
    problem = [f"{kind}, a network file system"] if kind.startswith(NETWORKED) else []
    hint = "keep the file on a local disk: the write-ahead log does not work across hosts"
    return Checked(kind, problem, hint, is_warning=True)


def _kind_of_file_system(path: Path) -> str | None:
    """Return the type of the deepest mount that holds the file; None where that is not known."""
    try:
        mounts = [line.split(" ") for line in MOUNTS.read_text("utf-8", "surrogateescape").splitlines()]
        real = path.resolve()
    except OSError:
        return None
    under = [
        (len(place), kind)
        for _, place, kind, *_ in mounts
        if real.is_relative_to(place.replace("\\040", " "))
    ]
    return max(under)[1] if under else None
