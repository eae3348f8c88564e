"""Holidays, copied into the desk: shifts and the clocks of issues rest; the real year decides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch import queries
from dispatch.agents.holidays import list_holidays, set_holidays
from dispatch.agents.presence import set_hours, set_presence
from dispatch.desk.desk import Desk
from dispatch.operations import configuration, doctor
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import redo, undo
from dispatch.service.issues import intake
from models.errors import InvalidInput, Refused
from models.issues import RESOLUTION, SlaClock
from tests.conftest import TestClock

AddAgent = Callable[..., dict[str, Any]]
Look = Callable[..., Any]
SHIFT = "daily 9-17 UTC"


@pytest.fixture
def on_shift(desk: Desk, add_agent: AddAgent) -> None:
    """Ada works from nine to five every day; it is 1 March 2082, 9:00."""
    add_agent("Ada")
    add_agent("Bob")
    set_hours(desk, 1, SHIFT)


def presences(look: Look) -> list[str]:
    return [look(queries.agent, number)["presence"] for number in (1, 2)]


def test_holidays_are_those_of_the_real_year(desk: Desk, look: Look) -> None:
    done = set_holidays(desk, "de-by")
    assert (done["region"], done["removed"]) == ("DE-BY", 0)
    found = {row["day"]: row["name"] for row in look(list_holidays, 2082)}
    assert found["2082-04-03"] == "Good Friday", "2026 has Easter on 5 April"
    assert found["2082-06-04"] == "Corpus Christi"
    assert "2081-04-18" in {row["day"] for row in look(list_holidays)}


def test_nobody_begins_a_shift_on_a_holiday(desk: Desk, on_shift: None, clock: TestClock, look: Look) -> None:
    set_holidays(desk, lines=["2082-03-02 Founders' Day", "", "# the next one is tomorrow"])
    for hour, day, presence in (
        (17, 1, "offline"),
        (9, 2, "offline"),
        (17, 2, "offline"),
        (9, 3, "available"),
    ):
        clock.moment = datetime(2026, 3, day, hour, tzinfo=UTC)
        sweep(desk)
        assert presences(look) == [presence, "available"], "who has no shift is not concerned"


def test_a_holiday_of_today_ends_the_shift_at_the_next_sweep(
    desk: Desk, on_shift: None, clock: TestClock, look: Look
) -> None:
    clock.advance(hours=1)
    set_holidays(desk, lines=["2082-03-01"])
    assert sweep(desk)["presence"] == [1]
    assert presences(look) == ["offline", "available"]
    undo(desk)
    sweep(desk)
    assert presences(look) == ["available", "available"]


def test_a_holiday_that_is_none_any_more_begins_the_shift(
    desk: Desk, on_shift: None, clock: TestClock, look: Look
) -> None:
    set_holidays(desk, lines=["2082-03-01", "2082-03-02"])
    sweep(desk)
    assert presences(look)[0] == "offline"
    set_holidays(desk, "off")
    sweep(desk)
    assert presences(look)[0] == "available"


def test_hours_of_a_date_hold_on_a_holiday_too(
    desk: Desk, on_shift: None, clock: TestClock, look: Look
) -> None:
    set_hours(desk, 1, "daily 9-17, 2082-03-01 09:00-12:00 UTC")
    set_holidays(desk, lines=["2082-03-01"])
    sweep(desk)
    assert presences(look)[0] == "available"


def test_an_agent_in_another_region_has_their_own(
    desk: Desk, on_shift: None, clock: TestClock, look: Look
) -> None:
    set_holidays(desk, "DE")
    set_hours(desk, 2, SHIFT)
    assert set_holidays(desk, "US-NY", agent_id=2)["calendar"] == "US-NY"
    for month, day, expected in ((4, 3, ["offline", "available"]), (7, 3, ["available", "offline"])):
        clock.moment = datetime(2026, month, day - 1, 18, tzinfo=UTC)
        sweep(desk)
        clock.moment = datetime(2026, month, day, 10, tzinfo=UTC)
        sweep(desk)
        assert presences(look) == expected, "Good Friday, and the day before the Fourth of July, a Saturday"
    set_holidays(desk, "off", agent_id=2)
    assert look(queries.agent, 2)["region"] is None


def test_a_persons_word_stands_when_holidays_change(
    desk: Desk, on_shift: None, clock: TestClock, look: Look
) -> None:
    clock.moment = datetime(2026, 3, 1, 18, tzinfo=UTC)
    sweep(desk)
    set_presence(desk, 1, "available")
    set_holidays(desk, lines=["2082-05-01"])
    sweep(desk)
    assert presences(look)[0] == "available", "by their own word, until the next turn of the shift"


def test_clocks_of_issues_rest_and_keep_the_holidays_that_they_began_with(desk: Desk) -> None:
    configuration.set_value(desk, "sla_hours", "daily 9-17")
    configuration.set_value(desk, "sla_resolution_minutes", "960 960 960 960 960")
    set_holidays(desk, lines=["2082-03-02", "2090-12-25"])
    number = intake.open_issue(desk, "The site shows an error")["issue_id"]
    with desk.reading():
        found = SlaClock.get(SlaClock.issue_id == number, SlaClock.kind == RESOLUTION)
    assert (found.hours, found.due_at) == ("daily 09:00-17:00 except 2082-03-02", "2082-03-03 17:00:00")


def test_setting_and_undoing(desk: Desk, look: Look) -> None:
    set_holidays(desk, lines=["2082-12-25 Christmas", "2082-12-26"])
    done = set_holidays(desk, lines=["2082-12-25 Christmas", "2082-12-31 New Year's Eve"])
    assert (done["added"], done["removed"]) == (1, 1)
    days = [row["day"] for row in look(list_holidays)]
    assert days == ["2082-12-25", "2082-12-31"]
    undo(desk)
    assert [row["day"] for row in look(list_holidays)] == ["2082-12-25", "2082-12-26"]
    redo(desk)
    assert [row["day"] for row in look(list_holidays)] == days
    with pytest.raises(Refused, match="already"):
        set_holidays(desk, lines=["2082-12-31 New Year's Eve", "2082-12-25 Christmas"])


def test_the_doctor_tells_when_holidays_run_out(desk: Desk, clock: TestClock, look: Look) -> None:
    def finding() -> str:
        checks = {one["check"]: one for one in look(doctor.examine, desk)["checks"]}
        return str(checks["holidays"]["detail"])

    set_holidays(desk, "DE")
    assert finding() == "holidays are known for a year at least"
    clock.moment = clock.moment.replace(year=2035)
    assert finding() == "holidays are known for less than a year: the desk (2091-12-26)"


@pytest.mark.parametrize(
    ("region", "lines", "problem", "hint"),
    [
        ("DE-XX", None, "'DE-XX' is not a region", "DE-"),
        ("Germny", None, "'Germny' is not a region", "DE"),
        ("\x1b[31m", None, "is not a region", "nearest"),
        (None, ["25 December"], "line 1: '25 December' is no date", "2082-12-25"),
        (None, ["2082-12-25", "2082-02-30"], "line 2: '2082-02-30' is no date", "2082-12-25"),
        (None, ["2026-12-25"], "2026-12-25 has passed: it is 2082 at this desk", "desk's own"),
        (None, ["# nothing", ""], "there is no date", "2082-12-25"),
        (None, [f"2082-12-25 {'x' * 300}"], "characters", ""),
        (None, None, "give a region", ""),
        ("DE", ["2082-12-25"], "give a region", ""),
    ],
)
def test_what_is_no_holiday_is_refused(
    desk: Desk, region: str | None, lines: list[str] | None, problem: str, hint: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_holidays(desk, region, lines)
    assert problem in str(refused.value)
    assert hint in refused.value.hint


def test_the_package_is_imported_only_where_holidays_are_set(tmp_path: Path) -> None:
    program = (
        "import sys; from astra_tui.main import main; main(sys.argv[1:]);"
        " assert 'holidays' not in sys.modules"
    )
    desk = str(tmp_path / "desk.db")
    lead = ["--name", "Kate", "--method", "Text", "--source", "Organic"]
    trip = ["--destination", "Mars", "--launch", "Dallas-Fort Worth Launch Complex"]
    for arguments in (["agent", "list"], ["lead", "add", *lead, *trip], ["sweep"], ["holiday", "list"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments, "--db", desk], check=False, capture_output=True
        )
        assert b"AssertionError" not in done.stderr
