"""Bookings and agents read the same on every screen and from every command."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.queries.wording import booking_state, contact_rate, holder, plural, presence_words

CLAIMED = {"claimed_at": "2082-03-04 12:00:00"}
PENDING: Any = {"voided": False, "status": "Pending", "agent_id": 1, "agent_name": "Ada", "claimed_at": None}
HERE: Any = {"presence": "break", "presence_until": None, "presence_reason": None, "left_at": None}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Pending, unclaimed"),
        (CLAIMED, "Pending, claimed"),
        ({"due": "due"}, "Due, unclaimed"),
        (CLAIMED | {"due": "overdue 2 h"}, "Due, claimed"),
        (CLAIMED | {"due": "due", "asked_at": "2082-03-04 13:00:00"}, "Still on it? claimed"),
        (CLAIMED | {"unattended": True}, "! unattended"),
        ({"agent_id": None}, "Waiting"),
        ({"status": "Confirmed"}, "Confirmed"),
        ({"status": "Cancelled"}, "Cancelled"),
        ({"status": "Cancelled", "voided": True}, "entered by mistake"),
    ],
)
def test_a_bookings_state_is_a_word_or_two(changes: dict[str, Any], words: str) -> None:
    assert booking_state(PENDING | changes) == words


def test_a_holder_has_a_number() -> None:
    assert holder(PENDING) == "Ada (1)"
    assert holder(PENDING | {"agent_id": None}) == "waiting"
    assert holder(PENDING | {"agent_id": None}, "nobody yet") == "nobody yet"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "break"),
        ({"presence_until": "2082-11-22 12:30:00"}, "break until 12:30 (11-22)"),
        (
            {"presence_until": "2082-11-22 12:30:00", "presence_reason": "lunch"},
            "break until 12:30 (11-22), lunch",
        ),
        ({"left_at": "2082-11-22 12:30:00", "presence_reason": "lunch"}, "left"),
    ],
)
def test_a_presence_has_its_end_and_reason(changes: dict[str, Any], words: str) -> None:
    assert presence_words(HERE | changes) == words


def test_a_contact_rate_has_its_interval_and_of_how_many() -> None:
    rated: Any = {"contact_rate": 0.5, "contact_low": 0.41, "contact_high": 0.66, "contact_assigned": 8}
    assert contact_rate(rated) == " 50% (41%-66%) of 8"
    assert contact_rate(rated | {"contact_rate": None}) == contact_rate(HERE) == "–"


def test_a_number_has_its_noun() -> None:
    assert [plural(number, "booking") for number in (0, 1, 1200)] == [
        "0 bookings",
        "1 booking",
        "1,200 bookings",
    ]
