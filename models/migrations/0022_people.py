"""People: users with a role, the tokens they use in scripts, and failed tries to sign in."""

from __future__ import annotations

from typing import Any

STATEMENTS = [
    """CREATE TABLE users (
        user_id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('dispatcher', 'agent', 'supervisor', 'auditor')),
        agent_id INTEGER,
        account TEXT UNIQUE,
        password_hash TEXT,
        created_at TEXT NOT NULL,
        disabled_at TEXT,
        version INTEGER NOT NULL,
        CHECK (role <> 'agent' OR agent_id IS NOT NULL)
    )""",
    """CREATE TABLE user_tokens (
        token_id INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (user_id),
        digest TEXT NOT NULL UNIQUE,
        note TEXT,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        revoked_at TEXT,
        version INTEGER NOT NULL
    )""",
    "CREATE INDEX user_tokens_user ON user_tokens (user_id)",
    "CREATE INDEX users_agent ON users (agent_id)",
    # Of any name that was tried, known or not, by its digest: people type passwords into the wrong field.
    """CREATE TABLE sign_in_failures (
        login_digest TEXT PRIMARY KEY,
        failures INTEGER NOT NULL CHECK (failures > 0),
        last_at TEXT NOT NULL
    )""",
    "CREATE INDEX sign_in_failures_last ON sign_in_failures (last_at)",
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
