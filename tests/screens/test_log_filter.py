"""The log's filter language, and the wording of an event."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest

from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Reading, asked
from models.calendars import Calendar
from models.errors import InvalidInput
from screens.log.screen import EXAMPLE
from screens.wording.events import changes, details

NOW, ZONE = "2082-11-24 09:02:03", Calendar(timezone(timedelta(hours=1)), 0)
YESTERDAY = "2082-11-22 23:00:00"


def parsed(text: str) -> EventFilter:
    return EventFilter(**asked(parse(text), EVENT_KEYS, Reading(NOW, lambda _: (), clock=ZONE))[0])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ("booking:12 agent:6", {"booking_id": 12, "agent_id": 6}),
        ("BY:Kim command:Claim", {"actor": "Kim", "command": "Claim"}),
        ('by:"kim lee"', {"actor": "kim lee"}),
        ('by:"kim le', {"actor": "kim le"}),  # the closing quote is still to be typed
        ("is:undone", {"undone": True}),
        ("since:yesterday", {"since": YESTERDAY}),
        ("until:yesterday", {"until": "2082-11-23 23:00:00"}),
        ('since:"2 h ago" until:9:30', {"since": "2082-11-24 07:02:03", "until": "2082-11-24 08:30:00"}),
        ("since:2h until:30m", {"since": "2082-11-24 07:02:03", "until": "2082-11-24 08:32:03"}),
        ("since:2082-11-22T09:30", {"since": "2082-11-22 08:30:00"}),
        ("kim  claim", {"text": "kim claim"}),
        ("note booking:3 lee", {"booking_id": 3, "text": "note lee"}),
        ("[/] 12:30", {"text": "[/] 12:30"}),
    ],
)
def test_parsing(text: str, wanted: dict[str, Any]) -> None:
    assert parsed(text) == EventFilter(**wanted)


def test_the_example_is_understood() -> None:
    assert parsed(EXAMPLE).text == ""


@pytest.mark.parametrize(
    "text", ["since:2082-11-3x", "booking:x", "booking:", "booking:" + "9" * 19, "is:lost", "a:b", 'by:""']
)
def test_an_invalid_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parsed(text)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("dispatch.queries.wording._currency", "USD")  # of the desk shown last


def test_every_changed_row_is_described_before_and_after() -> None:
    event: Any = {
        "before": {
            "bookings:3": {"status": "Pending", "completed_at": None, "version": 2, "changed_at": "x"},
            "new_customer:4": {"customer_id": 8},
            "space_travel_agents:1": {"version": 1},
        },
        "after": {
            "bookings:3": {
                "status": "Confirmed",
                "completed_at": "2082-11-22 01:02:03",
                "package_revenue_cents": 2_500_050,
                "voided": True,
                "version": 3,
                "changed_at": "y",
            },
            "new_customer:4": {"customer_id": 7},
            "space_travel_agents:1": {"version": 2},  # nothing that anyone would search for
            "customers:9": {},
            "gone_table:1": {},
        },
    }
    assert changes(event) == [
        (
            "booking 3",
            [
                "completed: – → 22 Nov 2082 01:02",
                "package revenue: – → 25,000.50 USD",
                "status: Pending → Confirmed",
                "voided: – → yes",
            ],
        ),
        ("lead 4", ["customer: 8 → 7"]),
        ("customer 9, new", []),
        ("gone_table 1, new", []),
    ]


def test_messages_are_described() -> None:
    said = {"reason": "[/] ill", "follow_up_at": "2082-11-22 01:02:03", "score": 4}
    event: Any = {"detail": said}
    assert details(event) == [
        ("reason", "[/] ill"),
        ("follow up", "22 Nov 2082 01:02"),
        ("score", "4"),
    ]
