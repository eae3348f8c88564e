"""Opening the file of a desk, or refusing to."""

from __future__ import annotations

import os
from pathlib import Path

from models import engine
from models.engine import newer, older
from models.errors import DatabaseUnavailable
from models.hints import act
from models.private_files import PRIVATE_FILE
from models.sqlite import copies, read_only
from models.sqlite.desk_file import has_foreign_log, log_of
from models.sqlite.engine import SqliteEngine
from models.sqlite.locks import retry_while_locked
from models.sqlite.refusals import LOG_HINT, unavailable
from models.sqlite.upgrade import APPLICATION_ID

UNWRITABLE = ("read_only", "cannot_open")


def connect(path: Path, *, create: bool) -> tuple[SqliteEngine, int]:
    """Open the file; returns it with its schema version (0: empty). Raises DatabaseUnavailable."""
    _check_place(path, create)
    _refuse_foreign_log(path)
    if not os.access(path, os.W_OK):
        return _connect(SqliteEngine(path, read_only.source(path, engine.SCHEMA_VERSION)))
    try:
        return _connect(SqliteEngine(path))
    except DatabaseUnavailable as error:
        if error.code not in UNWRITABLE or not read_only.reason(path):
            raise
        return _connect(SqliteEngine(path, read_only.source(path, engine.SCHEMA_VERSION)))


def _connect(database: SqliteEngine) -> tuple[SqliteEngine, int]:
    path = database.file
    try:
        version = retry_while_locked(lambda: _checked_version(database))
        if not database.why_read_only:
            retry_while_locked(lambda: database.pragma("journal_mode", "wal"))
    except DatabaseUnavailable:
        database.close()
        raise
    except Exception as error:
        database.close()
        raise unavailable(error, path) from error
    return database, version


def _check_place(path: Path, create: bool) -> None:
    """Refuse what is no file, and make a missing one, for its owner alone. Raises DatabaseUnavailable."""
    exists = os.path.exists(path)  # False, not an error, if the folder is not readable
    if not exists and not create:
        raise DatabaseUnavailable(
            "no_database",
            f"no desk at {path}",
            f"check --db; {act('new')}, {act('first_steps')} or {act('demo')} creates one",
        )
    if os.path.isdir(path):
        raise DatabaseUnavailable("not_a_database", f"{path} is a folder", "name a file")
    if exists and not os.path.isfile(path):  # opening a pipe would wait for its other end
        raise DatabaseUnavailable("not_a_database", f"{path} is a device or a pipe", "name a file")
    if not os.path.isdir(path.parent):
        raise DatabaseUnavailable(
            "no_folder", f"no folder {path.parent}", "create it first, or choose another --db"
        )
    if not exists:
        _make_private(path)


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives the files beside it the same mode."""
    try:
        copies.create(Path(os.path.realpath(path)), PRIVATE_FILE)
    except FileExistsError:
        pass  # another process was faster
    except (OSError, ValueError) as error:
        raise unavailable(error, path) from error


def open_read_only(path: Path) -> SqliteEngine:
    """Open an existing desk without creating, migrating or writing anything. Raises DatabaseUnavailable."""
    if not os.path.isfile(path):
        raise DatabaseUnavailable("no_database", f"no desk at {path}")
    _refuse_foreign_log(path)
    is_writable = os.access(path, os.W_OK)
    database = SqliteEngine(path, None if is_writable else read_only.source(path, engine.SCHEMA_VERSION))
    try:
        database.pragma("query_only", 1)
        version = _checked_version(database)
    except DatabaseUnavailable:
        database.close()
        raise
    except Exception as error:
        database.close()
        raise unavailable(error, path) from error
    if version < engine.SCHEMA_VERSION:
        database.close()
        raise older(str(path))
    return database


def _refuse_foreign_log(path: Path) -> None:
    """Raise DatabaseUnavailable if opening the file would apply the log of another one to it."""
    if has_foreign_log(path):
        raise DatabaseUnavailable(
            "foreign_log", f"a leftover log of another file is beside {path}: {log_of(path)}", LOG_HINT
        )


def _checked_version(database: SqliteEngine) -> int:
    # all three in one snapshot: another process may be creating the file
    with database.snapshot():
        version = database.schema_version()
        ours = database.pragma("application_id") == APPLICATION_ID
        foreign = not ours and (version or database.get_tables())
    if foreign:
        raise DatabaseUnavailable(
            "foreign_database",
            f"{database.file} belongs to another program",
            "choose another file with --db",
        )
    if version > engine.SCHEMA_VERSION:
        raise newer(database.address, "made", version)
    return version


def looked_at(path: Path) -> SqliteEngine:
    """Open a copy of a desk, of any schema, that nobody writes to, and leave nothing beside it."""
    return SqliteEngine(path, read_only.Source("only looked at", f"{path.absolute().as_uri()}?immutable=1"))
