"""Next steps and alerts from the shell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dispatch import bookings
from dispatch.agents.presence import set_presence
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from tests.astra_tui.conftest import Run
from tests.conftest import TestClock

TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


@pytest.fixture
def neglected(booked: Run, path: Path) -> Run:
    """Since three weeks: 1 unclaimed; 2 reached and left alone; 3 promised a call; 4 claimed."""
    clock = TestClock()
    desk = open_desk(path, actor="kim", clock=clock)
    for name in ("Liam Ode", "Mia Ode", "Nia Ode"):
        row = intake.receive(desk, name=name, **TRIP)
        bookings.claim(desk, row["booking_id"], row["agent_id"] or 0)
    bookings.contact(desk, 2, "reached", follow_up="none")
    bookings.contact(desk, 3, "reached", follow_up="in 2 h")
    desk.close()
    return booked


def numbers(rows: list[dict[str, Any]]) -> list[int]:
    return sorted(row["booking_id"] for row in rows)


def test_late_bookings_are_listed_by_option_and_filter(neglected: Run) -> None:
    listed = {flag: numbers(neglected("booking", "list", flag, "--json").json) for flag in FLAGS}
    assert listed == {"--due": [3], "--overdue": [1, 3, 4], "--rotten": [2]}
    for flag, word in FLAGS.items():
        found = neglected("booking", "list", "--filter", f"is:{word}", "--json").json
        assert numbers(found) == listed[flag]
    rest = neglected("booking", "list", "--filter", "-is:overdue -is:rotten", "--json").json
    assert numbers(rest) == []


FLAGS = {"--due": "due", "--overdue": "overdue", "--rotten": "rotten"}


def test_json_has_the_next_step_and_its_time_and_csv_too(neglected: Run) -> None:
    rows = {row["booking_id"]: row for row in neglected("booking", "list", "--json").json}
    kinds = {number: row["next_step"] for number, row in rows.items()}
    assert kinds == {1: "assigned", 2: "rotten", 3: "follow_up", 4: "claimed"}
    assert rows[3]["next_step_at"] == rows[3]["follow_up_at"]
    head, *_ = neglected("booking", "list", "--format", "csv").out.splitlines()
    assert head.endswith("next_step,next_step_at")
    assert "rotten since" in neglected("booking", "show", 2).out
    closed = neglected("booking", "cancel", 2, "--reason", "gone", "--json").json
    assert (closed["next_step"], closed["next_step_at"]) == (None, None)


def test_alerts_name_kind_by_kind_what_is_late_and_who_has_it(neglected: Run, path: Path) -> None:
    desk = open_desk(path, actor="kim")
    with desk.reading():
        holder = bookings.note(desk, 4, "away")["agent_id"]
    assert holder is not None
    set_presence(desk, holder, "away")
    desk.close()
    rows = neglected("alerts", "--json").json
    found = [(row["kind"], row["subject"], row["number"]) for row in rows]
    assert ("rotten", "booking", 2) in found
    assert ("unattended", "booking", 4) in found
    assert {number for kind, _, number in found if kind == "overdue"} == {1, 3, 4}
    assert [kind for kind, *_ in found] == sorted((kind for kind, *_ in found), key=ORDER.index)
    assert "Liam Ode" in neglected("alerts").out


ORDER = ["rotten", "overdue", "unattended", "seen_by_all", "over_cap", "broken_promise"]


def test_a_desk_without_alerts_says_so(booked: Run) -> None:
    booked("booking", "cancel", 1, "--reason", "no money")
    assert booked("alerts", "--json").json == []
    assert "no alerts" in booked("alerts").err + booked("alerts").out


def test_an_unknown_state_is_refused_with_those_there_are(booked: Run) -> None:
    ended = booked("booking", "list", "--filter", "is:rottn", "--json")
    assert ended.code == 2
    assert "rotten" in ended.out + ended.err


def test_a_limit_that_is_no_number_is_refused(booked: Run) -> None:
    ended = booked("set", "rotten_days", "two", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_setting")
    assert "from 0 to 365" in ended.error["hint"]
