"""The login of the server that wrote an event, as the server itself knows it; empty in a file."""

from __future__ import annotations

from typing import Any

LOGIN = "ALTER TABLE events ADD COLUMN db_user TEXT"


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(LOGIN)
