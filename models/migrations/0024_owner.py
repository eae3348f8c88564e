"""The setting ``returning`` becomes ``owner``; a desk from before keeps what it has chosen.

``owner_since_event`` is the last event under the former rule, by which ``astra verify`` knows what decided.
"""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    # A new desk has no settings yet: it begins with the default.
    """INSERT INTO settings (key, value)
        SELECT 'owner', CASE WHEN EXISTS (SELECT 1 FROM settings
            WHERE key = 'returning' AND lower(value) IN ('true', 'on', 'yes')) THEN 'seller' ELSE 'off' END
        FROM settings WHERE key = 'settings_version'""",
    """INSERT INTO settings (key, value)
        SELECT 'owner_since_event', CAST((SELECT COALESCE(MAX(event_id), 0) FROM events) AS TEXT)
        FROM settings WHERE key = 'settings_version'""",
    "DELETE FROM settings WHERE key = 'returning'",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
