"""Indexes for closing resolved issues on time and for listing issues by time of change."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    "CREATE INDEX issues_unclosed ON issues (resolved_at) WHERE status = 'resolved'",
    "CREATE INDEX issues_changed ON issues (changed_at, issue_id)",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
