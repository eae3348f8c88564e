"""Search indexes are built again: letters with a stroke, apostrophes and unspaced scripts are folded now."""

from __future__ import annotations

from typing import Any

# As in 0002 and 0014. Empty indexes catch up before a search, or when there is time.
TABLE = """CREATE VIRTUAL TABLE {} USING fts5 (
    words, tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
)"""


def up(migrator: Any, db: Any) -> None:
    for name in ("customer_search", "wish_search", "note_search"):
        db.execute_sql(f"DROP TABLE {name}")
        db.execute_sql(TABLE.format(name))
