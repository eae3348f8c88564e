"""What a batch, a handover or a departure would do, in words."""

from __future__ import annotations

from typing import Any

import pytest

from screens.wording.consequences import after_a_batch, before_a_batch, of_an_agent

NOW = "2082-03-04 12:00:00"
OPEN: Any = {
    "booking_id": 12,
    "customer_name": "Oskar Sokolov",
    "status": "Pending",
    "voided": False,
    "agent_id": None,
    "agent_name": None,
    "claimed_at": None,
    "follow_up_at": None,
    "method": "Text",
}
HELD = OPEN | {"agent_id": 3, "agent_name": "Nova Singh", "claimed_at": NOW}
REFUSED: Any = {
    "booking_id": 3,
    "ok": False,
    "booking": None,
    "error": {"code": "not_pending", "message": "booking 3 is already cancelled"},
}


def result(after: Any, *others: Any) -> Any:
    done = {"booking_id": 12, "ok": True, "booking": after, "error": None}
    return {"done": 1, "refused": len(others), "results": [done, *others]}


@pytest.mark.parametrize(
    ("before", "changes", "shown"),
    [
        (OPEN, {"status": "Cancelled"}, "○ waiting → ✗ cancelled"),
        (HELD, {"status": "Cancelled", "follow_up_at": None}, "◐ claimed → ✗ cancelled"),
        (HELD, {"claimed_at": None}, "◐ claimed → ○ unclaimed"),
        (
            HELD,
            {"claimed_at": None, "agent_id": 6, "agent_name": "Soren Baker"},
            "◐ claimed → ○ unclaimed  Nova Singh → Soren Baker",
        ),
        (HELD, {"follow_up_at": "2082-03-06 09:00:00"}, "follow-up Fri 2082-03-06 09:00"),
        (HELD | {"follow_up_at": NOW}, {"follow_up_at": None}, "follow-up removed"),
        (HELD, {}, "no change"),
    ],
)
def test_a_preview_shows_what_changes(before: Any, changes: Any, shown: str) -> None:
    text = before_a_batch(result(before | changes), "would be changed", before={12: before})
    assert text.plain == f"1 booking would be changed\n✓     12  Oskar Sokolov  {shown}"


def test_a_closed_booking_has_no_holder() -> None:
    text = after_a_batch(result(HELD | {"status": "Cancelled"}), "cancelled")
    assert text.plain.endswith("12  Oskar Sokolov  ✗ cancelled")


def test_the_counts_say_of_how_many() -> None:
    lines = before_a_batch(result(OPEN, REFUSED), "would be cancelled").plain.splitlines()
    assert lines[0] == "1 of 2 bookings would be cancelled, 1 refused"
    assert lines[1] == "✗      3  already cancelled", "what is refused comes first"


def test_a_waiting_booking_that_gets_the_free_place_is_named() -> None:
    row: Any = {"moves": [], "kept": [], "drained": [12]}
    text = of_an_agent(row, "with Nova Singh", drained=[OPEN | {"agent_name": "Soren Baker"}])
    assert text.plain == "Waiting booking 12 goes to Soren Baker"
    assert of_an_agent(row, "", drained=[OPEN] * 9).plain == "9 waiting bookings get an agent"
