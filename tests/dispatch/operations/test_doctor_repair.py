"""``astra doctor --repair``: what follows from other rows is made again, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dispatch.bootstrap import open_desk
from dispatch.operations import doctor
from tests.conftest import TestClock
from tests.dispatch.operations.conftest import examined

Break = Callable[..., Path]

MENDABLE = """
UPDATE space_travel_agents SET load = load + 1 WHERE agent_id IN (5, 6);
UPDATE space_travel_agents SET issue_load = 3 WHERE agent_id = 7;
UPDATE space_travel_agents SET rating = 1.0, score_sum = 9, score_count = 2 WHERE agent_id = 9;
UPDATE assignment_history SET agent_id = 3 WHERE assignment_id = 40;
UPDATE sla_clocks SET due_at = '2099-01-01 00:00:00' WHERE clock_id = 21;
DELETE FROM match_tallies WHERE agent_id = 12;
UPDATE space_travel_agents SET capped_until = '2099-01-01 00:00:00' WHERE agent_id = 14;
DELETE FROM issue_watch WHERE issue_id = 2;
UPDATE issue_watch SET next_check_at = NULL;
DELETE FROM event_bookings;
DELETE FROM events_log WHERE event_id IN (3, 4);
UPDATE events_log SET actor = 'x' WHERE event_id = 40;
UPDATE customer_search SET words = 'zz' WHERE rowid = 5;
INSERT OR REPLACE INTO wish_search (rowid, words) VALUES (6, 'zz');
INSERT OR REPLACE INTO note_search (rowid, words) VALUES (7, 'zz');
INSERT INTO share_clock VALUES (1, 0, 0, '{}', 1, 0);
DROP VIEW bookings_in_wait;
DROP INDEX bookings_waiting;
DROP INDEX events_request;
DROP TRIGGER interactions_stay;
"""


def repaired(path: Path) -> dict[str, Any]:
    clock = TestClock()
    clock.advance(hours=3)
    desk = open_desk(path, clock=clock, actor="kim")
    try:
        done: dict[str, Any] = doctor.repair(desk)
    finally:
        desk.close()
    return done


def test_what_follows_from_other_rows_is_made_again(broken: Break) -> None:
    path = broken(MENDABLE, keeps_triggers=True)
    assert len(examined(path)) > 8
    done = repaired(path)
    assert examined(path) == {}
    assert done["schema"] == ["bookings_waiting", "events_request", "bookings_in_wait", "interactions_stay"]
    assert [row["agent_id"] for row in done["loads"]] == [5, 6]
    assert [row["agent_id"] for row in done["ratings"]] == [9]
    assert done["log"] > 40
    assert done["search"] == 3
    assert all(done.values())


def test_an_emptied_index_is_filled_again(broken: Break) -> None:
    path = broken("DELETE FROM customer_search")
    assert repaired(path)["search"] > 450
    assert examined(path) == {}


def test_a_repair_of_a_sound_desk_changes_nothing(broken: Break) -> None:
    path = broken()
    assert not any(repaired(path).values())
    assert examined(path) == {}


def test_what_cannot_be_derived_stays_and_is_still_found(broken: Break) -> None:
    path = broken(
        "UPDATE bookings SET changed_at = 'x' WHERE booking_id = 3; DROP TABLE sla_warnings;"
        " UPDATE space_travel_agents SET skills = 'x', load = 9 WHERE agent_id = 2"
    )
    repaired(path)
    assert examined(path).keys() >= {"schema", "values"}
    assert "loads" not in examined(path)


def test_a_unique_index_over_equal_rows_stays_missing(broken: Break) -> None:
    path = broken(
        "DROP INDEX events_request; UPDATE events SET request_id = 'r', result = '1' WHERE event_id < 3"
    )
    assert repaired(path)["schema"] == []
    assert "events_request is missing" in examined(path)["schema"]
