"""Rewriting a database file without what was deleted or replaced in it."""

from __future__ import annotations

import time
from functools import partial

from models.database import DeskDatabase, retry_while_locked
from models.inspection import search_index
from models.text_index import INDEXES

REWRITE = "VACUUM"
PATIENCE_S = 5.0
RETRY_S = 0.01


def compact(database: DeskDatabase) -> bool:
    """Rewrite the whole file and empty its log; return whether the log could be emptied.

    Replaced values are then neither in unused parts of the file, nor in the search indexes, nor in the log.
    The log stays for as long as somebody reads an older state. Others can read meanwhile, but not write.
    """
    for index in INDEXES:
        merge = search_index.MERGE.format(index.table.table)
        retry_while_locked(partial(database.run, merge, ()))
    retry_while_locked(lambda: database.run(REWRITE, ()))
    deadline = time.monotonic() + PATIENCE_S
    while is_busy := bool(database.pragma("wal_checkpoint(TRUNCATE)")):
        if time.monotonic() > deadline:
            break
        time.sleep(RETRY_S)
    return not is_busy
