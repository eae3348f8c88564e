"""The daily backup: made by one sweep a day, for real desks, and missed by the doctor."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.backup import backup
from dispatch.operations.doctor import examine
from dispatch.operations.sweep import sweep_and_back_up as sweep
from models import desk_copies
from seeds.demo.demo import make_demo
from tests.conftest import TestClock


@pytest.fixture
def busy(desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]) -> Desk:
    add_agent()
    add_lead()
    return desk


def about_backups(desk: Desk) -> tuple[bool, str]:
    with desk.reading():
        report = examine(desk)
    assert report["ok"]
    (row,) = [row for row in report["checks"] if row["check"] == "backup"]
    return row["ok"], row["detail"]


def test_a_desk_is_copied_once_a_day_by_whoever_sweeps_first(
    busy: Desk, path: Path, clock: TestClock
) -> None:
    assert sweep(busy)["backups"] == []
    clock.advance(days=1)
    other = open_desk(path, clock=clock, actor="mia")
    made = sweep(other)
    home = busy.database.home
    assert made["backups"] == [str(home.with_name("backups") / f"{home.stem}-20260302-090000.db")]
    assert made["backup_problem"] == ""
    assert sweep(busy)["backups"] == sweep(other)["backups"] == []
    other.close()
    clock.advance(hours=23)
    assert sweep(busy)["backups"] == []
    clock.advance(hours=1)
    assert len(sweep(busy)["backups"]) == 1


def test_seven_are_kept_or_as_many_as_set(busy: Desk, clock: TestClock) -> None:
    folder = busy.database.home.with_name("backups")
    for _ in range(9):
        clock.advance(days=1)
        sweep(busy)
    assert len([*folder.iterdir()]) == 7
    configuration.set_value(busy, "backup_keep", "3")
    clock.advance(days=1)
    sweep(busy)
    assert (
        sorted(file.name for file in folder.iterdir())[0] == f"{busy.database.home.stem}-20260309-090000.db"
    )
    assert len([*folder.iterdir()]) == 3


def test_a_backup_by_hand_counts(busy: Desk, clock: TestClock, tmp_path: Path) -> None:
    clock.advance(hours=20)
    backup(busy, tmp_path / "copy.db")
    clock.advance(hours=20)
    assert sweep(busy)["backups"] == []


def test_none_is_made_when_switched_off(busy: Desk, clock: TestClock) -> None:
    configuration.set_value(busy, "backup_daily", "off")
    clock.advance(days=3)
    assert sweep(busy)["backups"] == []
    assert about_backups(busy) == (False, "no backup for 3 days")


def test_a_desk_without_bookings_needs_none(
    desk: Desk, add_agent: Callable[..., Any], clock: TestClock
) -> None:
    add_agent()
    clock.advance(days=9)
    assert sweep(desk)["backups"] == []
    assert about_backups(desk) == (True, "no backup is needed yet")


def test_a_demo_desk_is_not_copied(desk: Desk, clock: TestClock) -> None:
    make_demo(desk, agents=3, bookings=5)
    clock.advance(days=9)
    assert sweep(desk)["backups"] == []
    assert about_backups(desk)[0]


def test_a_failure_is_reported_and_tried_again_after_an_hour(
    busy: Desk, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    clock.advance(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(desk_copies, "write_file", full)
        done = sweep(busy)
    assert done["backups"] == []
    assert done["backup_problem"].startswith("The daily backup was not made: not enough space for")
    assert sweep(busy)["backup_problem"] == ""
    clock.advance(hours=1)
    assert len(sweep(busy)["backups"]) == 1


def test_the_doctor_warns_of_an_old_and_of_a_lost_backup(busy: Desk, clock: TestClock) -> None:
    assert about_backups(busy) == (True, "no backup is needed yet")
    file = Path(backup(busy)["file"])
    assert about_backups(busy) == (True, f"the newest backup is {file}")
    clock.advance(days=2, seconds=1)
    assert about_backups(busy) == (False, "the newest backup is 2 days old")
    configuration.set_value(busy, "backup_warn_days", "3")
    assert about_backups(busy)[0]
    file.unlink()
    assert about_backups(busy) == (False, f"the newest backup is missing: {file}")
    configuration.set_value(busy, "backup_warn_days", "0")
    assert about_backups(busy)[0]
