"""Desk files of earlier schemas, and what one of the first may hold: two customers and a booking."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispatch.bootstrap import open_desk
from models import engine

MIGRATIONS = engine.MIGRATIONS
ROWS = """
INSERT INTO customers (name, phone, created_at)
    VALUES ('Kate Nguyen', '+497111234', '2082-01-01 00:00:00'), ('Zoë Li', NULL, '2082-01-01 00:00:00');
INSERT INTO new_customer (customer_id, customer_name, method, source, destination, received_at)
    VALUES (1, 'Kate N.', 'Text', 'Organic', 'Mars', '2082-01-01 00:00:00');
INSERT INTO bookings (lead_id, status, destination, launch_location, created_at, changed_at, voided, version)
    VALUES (1, 'Pending', 'Mars', 'Tokyo', '2082-01-01 00:00:00', '2082-01-01 00:00:00', 0, 1);
INSERT INTO events (at, actor, command, booking_id) VALUES ('2082-01-01 00:00:00', 'kim', 'lead.add', 1);
"""


def make_old(folder: Path, schema: int, rows: str) -> Path:
    """Make a desk by the first migrations alone, with rows given as SQL; returns its file."""
    release = folder / f"schema-{schema}"
    (release / "migrations").mkdir(parents=True)
    for migration in sorted(MIGRATIONS.glob("0*.py"))[:schema]:
        shutil.copy(migration, release / "migrations")
    path = folder / "old.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "MIGRATIONS", release / "migrations")
        patch.setattr(engine, "SCHEMA_VERSION", schema)
        open_desk(path, create=True).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM settings WHERE key IN ('offer_minutes', 'shuffle_seconds')")  # later
        connection.executescript(rows)
    return path
