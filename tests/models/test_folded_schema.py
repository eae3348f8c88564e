"""Search in a desk whose index was made before letters with a stroke were folded."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispatch import customers
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from dispatch.queries import customer_index

TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
AS_BEFORE = """
UPDATE customer_search SET words = char(9) || char(9) || 'łukasz  żak';
DELETE FROM schema_migration WHERE name LIKE '0016%';
PRAGMA user_version = 14;
"""


@pytest.mark.on_file
def test_the_index_of_an_older_desk_is_built_again(path: Path) -> None:
    with closing(open_desk(path)) as desk:
        intake.receive(desk, name="Łukasz Żak", requests="near L\u2019Oréal", **TRIP)
        assert customer_index.catch_up(desk) == 0
    older = sqlite3.connect(path)
    older.executescript(AS_BEFORE)
    older.close()
    with closing(open_desk(path)) as desk:
        with desk.reading():
            assert [row["name"] for row in customers.find("lukasz zak")] == ["Łukasz Żak"]
        assert customer_index.catch_up(desk) == 0
        with desk.reading():
            assert [row["name"] for row in customers.find("lukasz zak")] == ["Łukasz Żak"]
