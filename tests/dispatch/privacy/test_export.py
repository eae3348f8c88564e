"""The export of a customer holds everything that an erasure would erase."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import bookings, customers, privacy
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from models.errors import NotFound, Refused
from tests.dispatch.privacy.conftest import WORDS

Look = Callable[..., Any]


def test_it_holds_every_word_about_the_person(desk: Desk, person: int, look: Look) -> None:
    content = json.dumps(look(privacy.export, desk, person)).lower()
    assert [word for word in WORDS if word.lower() not in content] == []


def test_it_holds_whole_rows_of_nobody_else(desk: Desk, person: int, look: Look) -> None:
    exported = look(privacy.export, desk, person)
    assert [row["customer_id"] for row in exported["rows"]["customers"]] == [1, 4]
    assert [row["booking_id"] for row in exported["rows"]["bookings"]] == [1, 3, 5]
    assert exported["rows"]["bookings"][0]["destination_revenue"] == 1000
    assert [row["status"] for row in exported["rows"]["issues"]] == ["resolved"]
    numbers = [event["event_id"] for event in exported["events"]]
    assert numbers == sorted(numbers)


def test_the_events_tell_nothing_of_others(desk: Desk, person: int, look: Look) -> None:
    """Several leads at once and a batch changed rows of two persons; a merge was undone."""
    content = json.dumps(look(privacy.export, desk, person)["events"])
    assert "Another One" not in content
    assert "+49401234" not in content
    bookings.cancel(desk, 2, "no")
    customers.merge(desk, 2, 3)
    undo.undo(desk)
    events = look(privacy.export, desk, 3)["events"]
    assert [event["command"] for event in events[-2:]] == ["customer.merge", "undo"]
    assert "+49301234" not in json.dumps(events)
    assert "Someone Else" not in json.dumps(events)


def test_nobody_erased_or_unknown_is_exported(desk: Desk, person: int, look: Look) -> None:
    privacy.forget(desk, person)
    with pytest.raises(Refused):
        look(privacy.export, desk, person)
    with pytest.raises(NotFound):
        look(privacy.export, desk, 99)
