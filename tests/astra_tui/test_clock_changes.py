"""What is meant by the clock on the wall, through the command line, in Berlin and across the clock change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from models.engine import Engine
from tests.astra_tui.conftest import LEAD, Run
from tests.conftest import TestClock

At = Callable[[str], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[At]:
    """Let it be a time in Berlin, for the terminal and the desk."""
    clock = TestClock()

    def be(text: str) -> None:
        clock.moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))

    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setattr(Engine, "clock", property(lambda _engine: clock))
    time.tzset()
    yield be
    monkeypatch.undo()
    time.tzset()


@pytest.mark.on_file
def test_a_shift_set_in_winter_begins_at_nine_in_summer(at: At, staffed: Run) -> None:
    at("2026-02-02 08:30")
    assert staffed("agent", "shift", "1", "--hours", "daily 09:00-17:00").code == 0
    for moment, presence in (
        ("2026-07-07 08:59", "offline"),
        ("2026-07-07 09:30", "available"),
        ("2026-07-07 17:30", "offline"),
        ("2026-10-26 09:00", "available"),
    ):
        at(moment)
        staffed("sweep")
        assert staffed("agent", "show", "1", "--json").json["presence"] == presence, moment


@pytest.mark.on_file
def test_a_follow_up_typed_before_the_change_is_due_at_nine(at: At, staffed: Run) -> None:
    at("2026-03-27 12:00")
    number = staffed("lead", "add", *LEAD, "--json").json["booking_id"]
    staffed("booking", "follow-up", number, "--at", "monday 9:00")
    for moment, due in (("2026-03-30 08:59", []), ("2026-03-30 09:00", [number])):
        at(moment)
        rows = staffed("booking", "list", "--due", "--json").json
        assert [row["booking_id"] for row in rows] == due
    assert "2082-03-30 09:00" in staffed("booking", "show", number, "--plain").out


@pytest.mark.on_file
@pytest.mark.parametrize(
    "hours", ["mon,wed,fri 09:00-17:00", "daily 8-16", "mon-fri 22:00-06:00", "mon-fri 9-12, mon-fri 13-17"]
)
def test_the_service_desk_has_the_hours_of_a_shift(at: At, staffed: Run, hours: str) -> None:
    at("2026-03-27 16:00")
    assert staffed("set", "zone", "Europe/Berlin").code == 0
    assert staffed("set", "sla_hours", hours).code == 0


@pytest.mark.on_file
def test_an_absence_begins_and_ends_at_midnight_on_the_wall(at: At, staffed: Run) -> None:
    at("2026-03-27 12:00")
    staffed("agent", "shift", "1", "--hours", "daily 00:00-24:00")
    row = staffed("absence", "add", "1", "--from", "sat", "--to", "sun", "--json").json
    assert (row["from_at"], row["until_at"]) == ("2082-03-27 23:00:00", "2082-03-29 22:00:00"), "47 hours"
    assert "2082-03-28 00:00  2082-03-30 00:00" in staffed("absence", "list").out
