"""When a desk was last swept: what is recorded, and who warns when it was long ago."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dispatch.agents.presence import set_presence
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import doctor, sweep_record
from dispatch.operations.sweep import sweep
from models.sqlite import desk_file
from models.sqlite.sweep_file import Claim, SweepFile
from models.sweepers import Sweeper
from tests.conftest import TestClock


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_record, "moment", str)


@pytest.fixture
def resting(desk: Desk, add_agent: Callable[..., Any]) -> Desk:
    """A desk whose only agent is on a break of half an hour."""
    add_agent()
    set_presence(desk, 1, "break", "in 30 min")
    return desk


@pytest.fixture
def sweeper(path: Path) -> Iterator[Sweeper]:
    """A process that sweeps the desk every hour."""
    claim, sweeper = Claim(path), Sweeper(4711, "front-desk", "kim", "2082-03-01 09:00:00", 3600)
    claim.take(sweeper)
    yield sweeper
    claim.release()


def found(desk: Desk) -> dict[str, Any]:
    with desk.reading():
        row = next(row for row in doctor.examine(desk)["checks"] if row["check"] == "sweep")
    assert row["ok"] or row["warning"]
    return row


@pytest.mark.on_file
def test_a_sweep_is_recorded_without_a_change_of_the_database(desk: Desk, path: Path) -> None:
    other = open_desk(path)
    before = other.data_version()
    sweep(desk)
    assert SweepFile(path).last() == "2082-03-01 09:00:00"
    assert other.data_version() == before
    other.close()


@pytest.mark.on_file
def test_the_record_has_the_permissions_of_the_desk(desk: Desk, path: Path) -> None:
    path.chmod(0o660)
    sweep(desk)
    assert desk_file.sweep_record_of(path).stat().st_mode & 0o777 == 0o660


def test_the_doctor_says_when_and_warns_only_of_work_that_is_due(resting: Desk, clock: TestClock) -> None:
    assert found(resting)["ok"]
    sweep(resting)
    clock.advance(minutes=29)
    assert (found(resting)["ok"], found(resting)["detail"]) == (True, "last swept at 2082-03-01 09:00:00")
    clock.advance(minutes=1)
    warning = found(resting)
    assert (warning["ok"], warning["warning"]) == (False, True)
    assert "no sweep since 2082-03-01 09:00:00" in warning["detail"]
    assert warning["detail"].endswith("presence of agents: 1")
    assert "docs/running.md" in warning["hint"]
    sweep(resting)
    assert found(resting)["ok"]


def test_a_desk_never_swept_gets_a_warning_once_work_is_due(resting: Desk, clock: TestClock) -> None:
    clock.advance(minutes=9)
    assert found(resting)["detail"] == "nothing is due"
    clock.advance(minutes=21)
    assert found(resting)["detail"].startswith("never swept")


@pytest.mark.on_file
def test_a_sweeper_may_take_its_interval(resting: Desk, clock: TestClock, sweeper: Sweeper) -> None:
    sweep(resting)
    clock.advance(minutes=69)
    assert found(resting)["detail"].endswith("; process 4711 on front-desk does it every 3600 s")
    clock.advance(minutes=2)
    assert not found(resting)["ok"]


@pytest.mark.on_file
def test_a_record_of_somebody_else_is_named(desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(desk)
    # the superuser, whom tests may run as, could write it all the same
    monkeypatch.setattr(os, "access", lambda place, _: Path(place) != desk_file.sweep_record_of(path))
    assert "cannot write" in found(desk)["detail"]


@pytest.mark.on_file
def test_an_open_application_leaves_the_sweep_to_a_living_sweeper(
    desk: Desk, path: Path, clock: TestClock, sweeper: Sweeper
) -> None:
    assert not sweep_record.is_left_to_sweeper(desk), "it has not swept yet"
    sweep(desk)
    assert sweep_record.is_left_to_sweeper(desk)
    clock.advance(seconds=89)
    assert sweep_record.is_left_to_sweeper(desk)
    clock.advance(seconds=1)
    assert not sweep_record.is_left_to_sweeper(desk), "it may hang"
    clock.advance(hours=-1)
    assert not sweep_record.is_left_to_sweeper(desk), "a clock set back says nothing"


def test_without_a_sweeper_nothing_is_left_to_it(desk: Desk) -> None:
    sweep(desk)
    assert not sweep_record.is_left_to_sweeper(desk)


def test_absence_is_told_after_hours(desk: Desk, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sweep_record.absence(desk) == ""
    sweep(desk)
    clock.advance(hours=8)
    assert sweep_record.absence(desk) == ""
    clock.advance(hours=64)
    assert sweep_record.absence(desk) == "No sweep since 1 Mar 2082 09:00; sweeping now"
    assert sweep_record.unswept_since(desk, timedelta(days=4)) == ""
    monkeypatch.setattr(Desk, "why_read_only", "you have no write permission")
    assert sweep_record.absence(desk) == "", "nobody does it here"


@pytest.mark.on_file
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 40, b"yesterday\n{}", b"\xff" * 5000, b"2082-03-01 09:00:99\n"]
)
def test_a_record_that_says_nothing_counts_as_none(desk: Desk, path: Path, content: bytes) -> None:
    desk_file.sweep_record_of(path).write_bytes(content)
    assert SweepFile(path).last() == ""
    assert sweep_record.unswept_since(desk) == ""
    assert found(desk)["ok"]
    sweep(desk)
    assert SweepFile(path).last() == desk.now()


@pytest.mark.on_file
def test_a_sweeper_that_did_not_write_its_name_is_unknown(path: Path, sweeper: Sweeper) -> None:
    assert SweepFile(path).sweeper() == sweeper
    os.truncate(desk_file.sweep_record_of(path), 30)
    assert SweepFile(path).sweeper() is None
