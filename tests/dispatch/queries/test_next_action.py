"""The next action for a booking."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch import bookings
from dispatch.bookings import follow_ups
from dispatch.queries.next_action import is_due, next_action

NOW = "2082-11-24 09:00:00"
EARLIER, LATER = "2082-11-24 08:59:59", "2082-11-24 09:00:01"
FRESH: Any = {
    "status": "Pending",
    "agent_id": 1,
    "claimed_at": None,
    "contacted_at": None,
    "follow_up_at": None,
}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "claim"),
        ({"agent_id": None}, "reassign"),
        ({"claimed_at": EARLIER}, "contact"),
        ({"claimed_at": EARLIER, "follow_up_at": LATER}, "contact"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER}, "confirm"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER, "follow_up_at": LATER}, "confirm"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER, "follow_up_at": EARLIER}, "contact"),
        ({"claimed_at": EARLIER, "contacted_at": EARLIER, "follow_up_at": NOW}, "contact"),
        ({"follow_up_at": EARLIER}, "claim"),
        ({"status": "Confirmed", "claimed_at": EARLIER}, None),
        ({"status": "Cancelled"}, None),
    ],
)
def test_next_action(row: dict[str, Any], expected: str | None) -> None:
    assert next_action(FRESH | row, NOW) == expected


def test_every_next_action_is_a_command() -> None:
    for name in ("claim", "contact", "confirm", "reassign"):
        assert callable(getattr(bookings, name))
    assert callable(follow_ups.follow_up)


@pytest.mark.parametrize(("at", "due"), [(None, False), (EARLIER, True), (NOW, True), (LATER, False)])
def test_a_follow_up_is_due_from_its_moment_on(at: str | None, due: bool) -> None:
    assert is_due(at, NOW) is due
