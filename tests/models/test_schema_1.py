"""A file of the first schema, from before customers could be searched."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dispatch import customers
from dispatch.bootstrap import open_desk
from dispatch.queries import customer_index
from models import engine
from tests.old_desk import ROWS, make_old


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A desk made by the first migration alone, with two customers and a booking."""
    return make_old(tmp_path, 1, ROWS)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_file_of_the_first_schema_opens_and_can_be_searched(old_file: Path, indexed: bool) -> None:
    desk = open_desk(old_file, actor="kim")
    try:
        if indexed:
            assert customer_index.catch_up(desk) == 0
        with desk.reading():
            assert desk.database.schema_version() == engine.SCHEMA_VERSION
            for text, expected in (("nguyen", 1), ("kate n.", 1), ("7111", 1), ("#1", 1), ("zoe", 2)):
                assert [row["customer_id"] for row in customers.find(text)] == [expected]
        customers.merge(desk, 2, 1)
        with desk.reading():
            assert [row["customer_id"] for row in customers.find("nguyen")] == []
            assert [row["customer_id"] for row in customers.find("kate")] == [2]
    finally:
        desk.close()


def test_a_backup_keeps_the_first_schema(old_file: Path) -> None:
    open_desk(old_file).close()
    backup = sqlite3.connect(old_file.with_name("old.db.v1.bak"))
    assert backup.execute("PRAGMA user_version").fetchall() == [(1,)]
    assert backup.execute("SELECT name FROM customers").fetchall() == [("Kate Nguyen",), ("Zoë Li",)]
    assert backup.execute("SELECT name FROM sqlite_master WHERE name = 'customer_search'").fetchall() == []
    backup.close()
