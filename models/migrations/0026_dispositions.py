"""Outcomes of attempts to reach a customer are data; attempts in a row are counted; notices are marked."""

from __future__ import annotations

from typing import Any

FIRST = [
    "1, 'reached', '2d', NULL, 'open', NULL, TRUE",
    "2, 'no_answer', '4h', 6, 'unreachable', NULL, FALSE",
    "3, 'voicemail', '1d', 6, 'unreachable', NULL, FALSE",
    "4, 'wrong_number', NULL, 1, 'unreachable', NULL, FALSE",
    "5, 'call_back', '1d', NULL, 'open', NULL, TRUE",
    "6, 'not_interested', NULL, 1, 'cancelled', 'not interested', TRUE",
    "7, 'duplicate', NULL, 1, 'cancelled', 'duplicate', FALSE",
]
STATEMENTS = [
    """CREATE TABLE dispositions (
        disposition_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        delay TEXT,
        attempts INTEGER CHECK (attempts BETWEEN 1 AND 100),
        ends TEXT NOT NULL CHECK (ends IN ('open', 'unreachable', 'cancelled')),
        reason TEXT,
        reaches INTEGER NOT NULL CHECK (reaches IN (0, 1)),
        retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
        version INTEGER NOT NULL,
        CHECK ((ends = 'open') = (attempts IS NULL)),
        CHECK ((ends = 'cancelled') = (reason IS NOT NULL))
    )""",
    """ALTER TABLE bookings ADD COLUMN attempts_in_row INTEGER NOT NULL DEFAULT 0
        CHECK (attempts_in_row >= 0)""",
    """ALTER TABLE bookings ADD COLUMN unreachable INTEGER NOT NULL DEFAULT 0
        CHECK (unreachable IN (0, 1))""",
    """CREATE TABLE notice_marks (
        mark_id INTEGER PRIMARY KEY,
        scope TEXT NOT NULL UNIQUE,
        event_id INTEGER NOT NULL,
        follow_ups_at TEXT NOT NULL,
        sent_at TEXT
    )""",
    """CREATE TABLE notice_failures (
        failure_id INTEGER PRIMARY KEY,
        scope TEXT NOT NULL,
        at TEXT NOT NULL,
        notice TEXT NOT NULL,
        problem TEXT NOT NULL
    )""",
    *(
        f"""INSERT INTO dispositions
            (disposition_id, name, delay, attempts, ends, reason, reaches, retired, version)
        VALUES ({values}, FALSE, 1)"""
        for values in FIRST
    ),
]


def up(migrator: Any, db: Any) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)
