"""Bookings and agents read the same on every screen and from every command."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from dispatch.queries import wording
from dispatch.queries.wording import (
    age,
    booking_state,
    contact_rate,
    holder,
    plural,
    presence_words,
    short_age,
    until,
)
from models.calendars import Calendar

CLAIMED = {"claimed_at": "2082-03-04 12:00:00"}
PENDING: Any = {"voided": False, "status": "Pending", "agent_id": 1, "agent_name": "Ada", "claimed_at": None}
HERE: Any = {"presence": "break", "presence_until": None, "presence_reason": None, "left_at": None, "owed": 0}


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
        ({"status": "Cancelled", "unreachable": True}, "Unreachable"),
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
        ({"presence_until": "2082-11-22 12:30:00"}, "break until 12:30 (22 Nov)"),
        (
            {"presence_until": "2082-11-22 12:30:00", "presence_reason": "lunch"},
            "break until 12:30 (22 Nov), lunch",
        ),
        ({"left_at": "2082-11-22 12:30:00", "presence_reason": "lunch"}, "left"),
        ({"presence": "available", "owed": 3}, "available, owed 3"),
    ],
)
def test_a_presence_has_its_end_and_reason(changes: dict[str, Any], words: str) -> None:
    assert presence_words(HERE | changes) == words


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2082-11-22 09:00:00", "break to 12:30, lunch"),
        ("2082-11-21 09:00:00", "break to 12:30 (22 Nov), lunch"),
    ],
)
def test_a_column_of_presences_tells_the_time_first(now: str, words: str) -> None:
    row: Any = HERE | {"presence_until": "2082-11-22 12:30:00", "presence_reason": "lunch"}
    assert presence_words(row, now) == words


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


@pytest.mark.parametrize(
    ("then", "text"),
    [
        ("2082-03-04 12:00:00", "0s"),
        ("2082-03-04 12:05:00", "0s"),  # by the clock of another terminal
        ("2082-03-04 11:59:48", "12s"),
        ("2082-03-04 11:59:00", "1m"),
        ("2082-03-04 11:00:01", "59m"),
        ("2082-03-03 12:00:01", "23h"),
        ("2082-03-03 12:00:00", "Tue 12:00"),
        ("2082-02-26 12:00:01", "Thu 12:00"),
        ("2082-02-26 12:00:00", "26 Feb"),
        ("2081-11-12 12:00:00", "12 Nov 2081"),
    ],
)
def test_an_age_is_short_and_a_date_once_it_is_old(
    then: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "terminal", lambda: Calendar(UTC, 0))
    assert age(then, "2082-03-04 12:00:00") == text


@pytest.mark.parametrize(
    ("then", "text"),
    [
        ("2082-03-04 12:00:00", "0s"),
        ("2082-03-04 11:50:00", "10m"),  # late
        ("2082-03-02 12:00:00", "2 Mar"),
        ("2082-03-04 12:10:00", "10m"),
        ("2082-03-05 11:59:59", "23h"),
        ("2082-03-05 12:00:00", "Thu 12:00"),
        ("2082-03-06 09:00:00", "Fri 09:00"),
        ("2082-03-14 09:00:00", "14 Mar"),
        ("2083-01-06 09:00:00", "Jan 83"),
    ],
)
def test_a_time_ahead_is_as_far_away_as_it_is(then: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "terminal", lambda: Calendar(UTC, 0))
    now = "2082-03-04 12:00:00"
    assert until(then, now) == text
    assert then > now or short_age(then, now) == text
