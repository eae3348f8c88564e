"""``astra booking follow-up``, ``list --due`` and ``contact`` with a note and the next attempt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dispatch.bookings import follow_ups
from dispatch.desk.desk import Desk
from dispatch.queries.wording import short_moment
from tests.astra_tui.conftest import Run, check_refused, words


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The terminal's zone is three hours east of UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EAST-3")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def overdue(booked: Run, desk: Desk, add_lead: Callable[..., Any], clock: Any) -> Run:
    """Both bookings are long overdue, booking 2 by more."""
    add_lead("Ann Able")
    clock.moment = clock.moment.replace(year=2020)
    follow_ups.follow_up(desk, 1, "in 3 hours")
    follow_ups.follow_up(desk, 2, "in 2 hours")
    return booked


def test_a_follow_up_is_set_in_the_terminals_zone_and_cleared(booked: Run, zone: None) -> None:
    row = booked("booking", "follow-up", 1, "--at", "2090-11-23 09:00", "--json").json
    assert row["follow_up_at"] == "2090-11-23 06:00:00"
    assert row == booked("booking", "list", "--json").json[0]
    shown = booked("booking", "show", 1).out
    assert "set the follow-up of 1 (Kate Nguyen) to 23 Nov 2090 09:00\n" in shown
    assert ["follow", "up", "2090-11-23", "09:00"] in [line.split() for line in shown.splitlines()]
    ended = booked("booking", "follow-up", 1, "--clear")
    assert ended.out == "Booking 1: Kate Nguyen, Mars, Pending, unclaimed, Grace Hopper (2)\n"
    assert "removed the follow-up of 1 (Kate Nguyen)\n" in booked("booking", "show", 1).out


def test_text_output_has_a_line_and_a_column(booked: Run) -> None:
    assert "Follow-up" not in booked("booking", "list").out
    told = booked("booking", "follow-up", 1, "--at", "tomorrow 9:00").out
    assert told.endswith(" 09:00\n")
    assert "(2), follow-up 20" in told
    assert "Follow-up" in booked("booking", "list").out


def test_contact_takes_a_note_and_the_next_attempt(booked: Run) -> None:
    given = ("--text", "voice mail", "--follow-up", "in 2 hours")
    row = booked("booking", "contact", 1, "--outcome", "no_answer", *given, "--json").json
    assert (row["contact_attempts"], row["last_outcome"], row["contacted_at"]) == (1, "no_answer", None)
    newest = booked("log", "--limit", 1, "--json").json[0]
    told = {"outcome": "no_answer", "text": "voice mail", "follow_up_at": row["follow_up_at"]}
    assert newest["detail"] == told
    shown = booked("booking", "show", 1).out
    line = shown.splitlines()[-1]
    assert "contacted 1 (Kate Nguyen): no answer, voice mail; follow-up " in line
    assert line.endswith(short_moment(row["follow_up_at"]))


def test_due_bookings_are_listed_longest_overdue_first(overdue: Run) -> None:
    assert ids(overdue("booking", "list", "--due", "--json").json) == [2, 1]
    assert ids(overdue("booking", "list", "--due", "--sort", "id", "--ascending", "--json").json) == [1, 2]
    assert ids(overdue("booking", "list", "--due", "--text", "ann", "--json").json) == [2]
    overdue("booking", "follow-up", 2, "--at", "tomorrow")
    assert ids(overdue("booking", "list", "--due", "--json").json) == [1]


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["booking_id"] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "named"),
    [
        (["follow-up", "1"], 2, "--at or --clear"),
        (["follow-up", "1", "--at", "9:00", "--clear"], 2, "--at or --clear"),
        (["follow-up", "1", "--at", " "], 2, "required"),
        (["follow-up", "1", "--at", "soon"], 2, "'soon'"),
        (["follow-up", "1", "--at", "2026-01-01"], 2, "passed"),
        (["follow-up", "1", "--clear"], 1, "no follow-up"),
        (["follow-up", "77", "--at", "9:00"], 1, "77"),
        (["contact", "1", "--outcome", "no_answer", "--follow-up", "soon"], 2, "'soon'"),
        (["contact", "1", "--outcome", "no_answer", "--text", "\x1b[2J"], 2, "U+001B"),
    ],
    ids=words,
)
def test_a_refused_follow_up_changes_nothing(
    booked: Run, path: Path, arguments: list[str], exit_code: int, named: str
) -> None:
    check_refused(booked, path, ["booking", *arguments], exit_code, named)
