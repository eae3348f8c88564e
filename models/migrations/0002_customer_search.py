"""Customer search by parts of words, merged customers, and a narrow copy of the log."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    "ALTER TABLE customers ADD COLUMN merged_into INTEGER REFERENCES customers (customer_id)",
    "CREATE INDEX customers_merged ON customers (merged_into) WHERE merged_into IS NOT NULL",
    "ALTER TABLE events ADD COLUMN customer_id INTEGER",
    "CREATE INDEX events_customer ON events (customer_id) WHERE customer_id IS NOT NULL",
    # The log's filter columns in the log's order: any filter scans about 50 MB for a million events, and a
    # new event costs one appended row.
    "CREATE INDEX events_log ON events (event_id, at, actor, command, agent_id)",
    # Words arrive folded (models/customer_index.py), so the index is case-sensitive. It stores only which
    # rows have a trigram: searches compare the words themselves.
    """CREATE VIRTUAL TABLE customer_search USING fts5 (
        words, tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
    )""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
