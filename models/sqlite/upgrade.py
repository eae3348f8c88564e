"""Upgrading the file of a desk to the schema of this version, after a copy of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from peewee import SqliteDatabase, Table

from models import engine
from models.errors import DatabaseUnavailable
from models.files import put_in_place
from models.hints import act
from models.sqlite import copies
from models.sqlite.desk_file import free_name
from models.sqlite.refusals import no_backup

APPLICATION_ID = 0x41535452  # "ASTR": distinguishes our files from other programs' SQLite files


def migrate(database: SqliteDatabase, path: Path, fill: Callable[[], None], *, keep_copy: bool) -> None:
    """Upgrade the schema, once even if several processes try, after a backup of any data.

    ``fill`` sets up a new desk in the same transaction, so a file never holds half a desk.
    """
    from playhouse.migrations import Runner  # slow to import, seldom needed

    # Rebuilding a table with foreign keys on would delete its children. Has no effect inside BEGIN.
    database.pragma("foreign_keys", 0)
    try:
        with database.atomic():
            version = int(database.pragma("user_version"))
            # under the lock: another process may have upgraded it first
            if version < engine.SCHEMA_VERSION:
                _check_not_lowered(database, path, version)
                if version and keep_copy:
                    backup_before_upgrade(path, version)
                Runner(database, str(engine.MIGRATIONS)).up()
                database.pragma("application_id", APPLICATION_ID)
                database.pragma("user_version", engine.SCHEMA_VERSION)
                fill()
    finally:
        database.pragma("foreign_keys", 1)


def backup_before_upgrade(path: Path, version: int) -> Path:
    """Copy the file to an unused name beside it, as private as it is, before its schema changes.

    The copy gets that name once it is whole: a process that ends before leaves nothing that looks like one.
    """
    target = path.with_name(f"{path.name}.v{version}.bak")
    if target.exists() and not target.is_file():
        raise no_backup(target, "it is there already, and no file")
    target = free_name(target)
    try:
        with copies.beside(target) as temporary:
            copies.copy_file(path, temporary)
            temporary.chmod(stat.S_IMODE(os.stat(path).st_mode) & 0o666)
            put_in_place(temporary, target, force=False)
    except copies.DATABASE_ERRORS as error:
        raise no_backup(target, getattr(error, "strerror", None) or str(error)) from error
    return target


def _check_not_lowered(database: SqliteDatabase, path: Path, version: int) -> None:
    """Refuse a file whose number is lower than its tables say: there is nothing to upgrade."""
    history = Table("schema_migration").bind(database)
    applied = history.select().count() if database.table_exists("schema_migration") else 0
    if applied >= len([*engine.MIGRATIONS.glob("[0-9]*.py")]):
        raise DatabaseUnavailable(
            "damaged",
            f"{path} claims schema {version}, but its tables are of schema {engine.SCHEMA_VERSION}",
            f"{act('restore')} restores a backup",
        )
