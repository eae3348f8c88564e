"""Rows written in bulk are in the tallies too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations.row_types import ImportResult
from models import tallies
from seeds.demo.demo import make_demo
from tests.seeds.conftest import Files

Load = Callable[..., ImportResult]

CONFIRMED = {"BookingStatus": "Confirmed", "BookingCompleteDate": "2081-02-01 10:00:00"}
CANCELLED = {"BookingStatus": "Cancelled", "CancelledDate": "2081-02-01 10:00:00"}
UNREACHED = {("all", "", 1): (1, 0, 0), ("method", "Text", 1): (1, 0, 0), ("source", "Organic", 1): (1, 0, 0)}


def stored(desk: Desk) -> tallies.Tallies:
    with desk.reading():
        found = tallies.stored()
        assert tallies.recomputed() == found
    return found


def test_an_assignment_without_a_booking_is_closed(desk: Desk, load: Load, files: Files) -> None:
    load(files.sql("space_travel_agents"), files.sql("assignment_history"))
    assert stored(desk) == UNREACHED


@pytest.mark.parametrize(
    ("outcome", "expected"), [({}, None), (CANCELLED, (1, 0, 0)), (CONFIRMED, (1, 1, 17500050))]
)
@pytest.mark.parametrize("at_once", [True, False])
def test_an_imported_outcome_is_counted_once(
    desk: Desk,
    load: Load,
    files: Files,
    outcome: dict[str, str],
    expected: tuple[int, int, int] | None,
    at_once: bool,
) -> None:
    booking, *others = files.three(booking=outcome)
    if not at_once:
        load(*others)
    load(booking, *others)
    assert stored(desk).get(("all", "", 1)) == expected
    assert stored(desk).get(("destination", "Mars", 1)) == expected


def test_a_demo_desk_is_counted(desk: Desk) -> None:
    make_demo(desk, agents=5, bookings=60)
    with desk.reading():
        closed = sum(row[0] for key, row in tallies.stored().items() if key[0] == "all")
    assert sum(row[0] for key, row in stored(desk).items() if key[0] == "source") == closed > 50


@pytest.mark.on_file
def test_a_file_of_the_previous_schema_is_counted_on_opening(desk: Desk, load: Load, files: Files) -> None:
    """Done by migration 5, which does not use the models."""
    load(*files.three(booking=CONFIRMED))
    load(files.sql("assignment_history", {"AssignmentID": 2, "CommunicationMethod": "Phone Call"}))
    expected, path = stored(desk), desk.database.file
    connection = desk.database.driver()
    connection.executescript(
        "DROP TABLE match_tallies; DROP INDEX bookings_completed; DROP TABLE learned_weights_table;"
        "DELETE FROM schema_migration WHERE name LIKE '0005%'; PRAGMA user_version = 3;"
    )
    desk.close()
    again = open_desk(Path(path))
    try:
        assert stored(again) == expected
    finally:
        again.close()
