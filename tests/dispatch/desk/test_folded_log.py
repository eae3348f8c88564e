"""The clock's acts between two other events are one row of the log, wherever its pages end."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.desk import folded_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Reading, asked
from models.audit import Event

KINDS = "claracctcaaacrcacl"  # a person's act, or one of the clock's; the oldest first
CLOCK = {"c": "issue.sweep", "l": "booking.lapse", "r": "waiting.assign", "t": "agent.turn"}


@pytest.fixture
def checked(desk: Desk) -> Desk:
    """A desk with acts of the clock and of a person in turn."""
    with desk.transaction():
        for kind in KINDS:
            name, actor = (CLOCK[kind], "sweeper") if kind in CLOCK else ("agent.set", "kim")
            Event(at=desk.now(), actor=actor, command=name).save()
    return desk


def shape(rows: list[Any]) -> list[int]:
    """How many events each row stands for, 0 for one of a person."""
    return [row.get("folded", int(row["actor"] == "sweeper")) for row in rows]


def pages(limit: int, *, upwards: bool = False) -> list[Any]:
    """All rows, read page after page from one end."""
    rows: list[Any] = []
    while True:
        if upwards:
            more = folded_log.page(EventFilter(), limit, None, rows[0] if rows else None)
            rows = more + rows
        else:
            more = folded_log.page(EventFilter(), limit, rows[-1] if rows else None)
            rows += more
        if not more:
            return rows


def test_neighbouring_acts_of_the_clock_are_one_row(checked: Desk) -> None:
    with checked.reading():
        rows = folded_log.page(EventFilter(), 100)
    assert shape(rows) == [2, 0, 3, 0, 0, 0, 4, 0, 1, 0, 2]
    assert [row["event_id"] for row in rows] == sorted((row["event_id"] for row in rows), reverse=True)
    assert (rows[0]["event_id"], rows[0]["newest_id"]) == (17, 18)
    assert [row["kinds"] for row in rows if "folded" in row] == [
        {"issue.sweep": 1, "booking.lapse": 1},
        {"issue.sweep": 2, "waiting.assign": 1},
        {"issue.sweep": 3, "agent.turn": 1},
        {"issue.sweep": 1, "booking.lapse": 1},
    ]


def test_a_row_of_several_acts_is_of_none_of_them(checked: Desk) -> None:
    with checked.transaction():
        Event(at=checked.now(), actor="sweeper", command="booking.lapse", booking_id=3, agent_id=6).save()
    with checked.reading():
        row = folded_log.page(EventFilter(), 1)[0]
    assert (row["folded"], row["command"], row["booking_id"], row["agent_id"]) == (3, "", None, None)


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_join_without_a_gap(checked: Desk, limit: int) -> None:
    with checked.reading():
        whole = folded_log.page(EventFilter(), 100)
        assert pages(limit) == whole


@pytest.mark.parametrize("limit", [2, 3, 5])
def test_pages_join_upwards_too(checked: Desk, limit: int) -> None:
    with checked.reading():
        whole = folded_log.page(EventFilter(), 100)
        rows = list(whole[-1:])
        while more := folded_log.page(EventFilter(), limit, None, rows[0]):
            rows = more + rows
        assert rows == whole


@pytest.mark.parametrize(
    ("text", "folds"),
    [
        ("", True),
        ("since:2000-01-01", True),
        ("is:all", False),
        ("by:sweeper", False),
        ("command:sweep", False),
        ("issue:3", False),
        ("sweep", False),
        ("is:all or by:kim", False),
    ],
)
def test_they_are_folded_unless_somebody_asks_for_them(checked: Desk, text: str, folds: bool) -> None:
    reading = Reading("2082-11-24 09:02:03", lambda _: ())
    which = EventFilter(**asked(parse(text), EVENT_KEYS, reading)[0])
    assert folded_log.folds(which) is folds
    if text.startswith("is:all"):
        with checked.reading():
            assert [*which.numbers().execute()]
