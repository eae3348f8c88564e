"""Upgrade from schema 17: every booking so far is MEDIUM, and priorities are found by their index."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatch import queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import waiting_list
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import Pair
from dispatch.operations import doctor
from dispatch.operations.undo import undo
from dispatch.queries.bookings import BookingFilter
from models.priorities import MEDIUM
from tests.old_desk import ROWS, make_old
from tests.query_cost import FEW, add_bookings, extra_steps, index_entries_written, plans

HIGH = 3


def test_bookings_of_an_earlier_version_are_medium_and_can_be_changed(tmp_path: Path) -> None:
    with closing(open_desk(make_old(tmp_path, 17, ROWS), actor="kim")) as desk:
        with desk.reading():
            assert queries.booking(1)["priority"] == "MEDIUM"
        assert editing.edit(desk, 1, priority="high")["priority"] == "HIGH"
        undo(desk)
        with desk.reading():
            assert queries.booking(1)["priority"] == "MEDIUM"


@pytest.mark.on_file
def test_the_doctor_finds_nothing_wrong_with_events_that_say_no_priority(
    desk: Desk, lead: Any, path: Path
) -> None:
    """As earlier versions wrote them: a new booking's event had no priority."""
    said = ',"priority":2'
    with closing(sqlite3.connect(path)) as connection, connection:
        ((trigger,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'events_keep'")
        connection.execute("DROP TRIGGER events_keep")
        changed = connection.execute(
            "UPDATE events SET after = replace(after, ?, '') WHERE instr(after, ?)", (said, said)
        ).rowcount
        connection.execute(trigger)
    assert changed == 1
    with desk.reading():
        wrong = [row for row in doctor.examine(desk)["checks"] if not (row["ok"] or row["warning"])]
    assert wrong == []


@pytest.mark.on_file
@pytest.mark.parametrize("number", [0, 6])
def test_the_database_refuses_what_is_no_priority(desk: Desk, lead: Any, path: Path, number: int) -> None:
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="CHECK constraint"),
    ):
        connection.execute("UPDATE bookings SET priority = ?", (number,))


@pytest.mark.on_file
def test_a_usual_lead_is_in_no_further_index(
    desk: Desk, lead: Any, add_lead: Callable[..., Any], path: Path
) -> None:
    def entries() -> int:
        with closing(sqlite3.connect(path)) as connection:
            sql = "SELECT count(*) FROM bookings INDEXED BY bookings_priority WHERE priority <> 2"
            return int(connection.execute(sql).fetchone()[0])

    add_lead()
    assert entries() == 0
    add_lead(priority="low")
    assert entries() == 1
    assert index_entries_written(desk, lambda: editing.edit(desk, 1, priority="high"), "bookings") > 0


@pytest.mark.on_file
@pytest.mark.parametrize("descending", [True, False])
def test_a_page_by_priority_reads_no_other_bookings(desk: Desk, lead: Any, descending: bool) -> None:
    add_bookings(desk, 20)
    add_bookings(desk, 20, priority=HIGH)
    which = BookingFilter(sort="priority", descending=descending)
    assert extra_steps(desk, lambda: queries.list_bookings(which, 5), lambda: add_bookings(desk)) < FEW


@pytest.mark.on_file
@pytest.mark.parametrize(("operator", "value"), [(":", HIGH), (">=", HIGH), (">", MEDIUM)])
def test_a_rare_priority_is_found_without_the_others(
    desk: Desk, lead: Any, operator: str, value: int
) -> None:
    add_bookings(desk, 3, priority=HIGH)
    which = BookingFilter(where=Pair("priority", operator, value))

    def read() -> None:
        assert len(queries.list_bookings(which, 60)) == 3
        assert queries.count_bookings(which) == 3

    assert extra_steps(desk, read, lambda: add_bookings(desk)) < FEW


@pytest.mark.on_file
def test_the_waiting_ones_are_read_in_order_without_sorting(
    desk: Desk, lead: Any, add_lead: Callable[..., Any]
) -> None:
    for agent_id in (1, 2):
        set_presence(desk, agent_id, "busy")
    for name in ("medium", "high"):
        add_lead(priority=name)

    def read() -> None:
        assert [number for number, _ in waiting_list._waiting(desk, None)] == [3, 2]

    of_bookings = [line for line in plans(desk, read) if "bookings" in line]
    assert of_bookings
    assert all("bookings_waiting" in line for line in of_bookings)
    assert not any("TEMP B-TREE" in line for line in plans(desk, read))
    assert extra_steps(desk, read, lambda: add_bookings(desk)) < FEW
