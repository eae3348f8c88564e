"""Searching customers by parts of words, merging two that are one, and a narrow copy of the log."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    "ALTER TABLE customers ADD COLUMN merged_into INTEGER REFERENCES customers (customer_id)",
    "CREATE INDEX customers_merged ON customers (merged_into) WHERE merged_into IS NOT NULL",
    "ALTER TABLE events ADD COLUMN customer_id INTEGER",
    "CREATE INDEX events_customer ON events (customer_id) WHERE customer_id IS NOT NULL",
    # What the log is filtered by, in the log's own order: whatever is asked for, a million events are
    # some 50 MB to look through, and an event costs one row appended.
    "CREATE INDEX events_log ON events (event_id, at, actor, command, agent_id)",
    # The words come folded (models/customer_index.py), so the index need not fold them once more. Which rows
    # have a trigram is enough: whoever searches compares the words themselves.
    """CREATE VIRTUAL TABLE customer_search USING fts5 (
        words, tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
    )""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
