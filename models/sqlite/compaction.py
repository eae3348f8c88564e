"""Rewriting a database file without what was deleted or replaced in it."""

from __future__ import annotations

import time
from functools import partial

from peewee import SqliteDatabase

from models.sqlite.full_text import merge, tables
from models.sqlite.locks import retry_while_locked

REWRITE = "VACUUM"
PATIENCE_S = 5.0
RETRY_S = 0.01


def compact(database: SqliteDatabase) -> bool:
    """Rewrite the whole file and empty its log; return whether the log could be emptied.

    Replaced values are then neither in unused parts of the file, nor in the search indexes, nor in the log.
    The log stays for as long as somebody reads an older state. Others can read meanwhile, but not write.
    """
    for table in tables(database):
        retry_while_locked(partial(merge, database, table))
    retry_while_locked(lambda: database.execute_sql(REWRITE))
    deadline = time.monotonic() + PATIENCE_S
    while is_busy := bool(database.pragma("wal_checkpoint(TRUNCATE)")):
        if time.monotonic() > deadline:
            break
        time.sleep(RETRY_S)
    return not is_busy
