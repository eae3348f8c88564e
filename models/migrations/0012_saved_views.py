"""Saved views of the desk, and the issues that an event changed beside its own."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    """CREATE TABLE saved_views (
        view_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        list_name TEXT NOT NULL,
        filter_text TEXT NOT NULL,
        columns TEXT NOT NULL,
        sort TEXT NOT NULL,
        descending INTEGER NOT NULL,
        deleted INTEGER NOT NULL,
        version INTEGER NOT NULL
    )""",
    "CREATE UNIQUE INDEX saved_views_name ON saved_views (name COLLATE NOCASE) WHERE NOT deleted",
    """CREATE TABLE event_issues (
        event_id INTEGER NOT NULL REFERENCES events (event_id),
        issue_id INTEGER NOT NULL,
        PRIMARY KEY (event_id, issue_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX event_issues_issue ON event_issues (issue_id)",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
