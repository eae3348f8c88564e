"""Full-text search in wishes and notes."""

from __future__ import annotations

from typing import Any

# As customer_search: words arrive folded, and searches compare them themselves (models/search_index.py).
TABLE = """CREATE VIRTUAL TABLE {} USING fts5 (
    words, tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
)"""


def up(migrator: Any, db: Any) -> None:
    for name in ("wish_search", "note_search"):
        db.execute_sql(TABLE.format(name))
