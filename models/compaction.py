"""Rewriting a database file without what was deleted or replaced in it."""

from __future__ import annotations

import time

from models.database import DeskDatabase, retry_while_locked
from models.inspection import search_index

REWRITE = "VACUUM"
PATIENCE_S = 5.0
RETRY_S = 0.01


def compact(database: DeskDatabase) -> bool:
    """Rewrite the whole file and empty its log; return whether the log could be emptied.

    Replaced values are then neither in unused parts of the file, nor in the search index, nor in the log. The
    log stays for as long as somebody reads an older state. Others can read meanwhile, but not write.
    """
    retry_while_locked(lambda: database.run(search_index.MERGE, ()))
    retry_while_locked(lambda: database.run(REWRITE, ()))
    deadline = time.monotonic() + PATIENCE_S
    while is_busy := bool(database.pragma("wal_checkpoint(TRUNCATE)")):
        if time.monotonic() > deadline:
            break
        time.sleep(RETRY_S)
    return not is_busy
