"""Sweeping all the time: what happens to the clock, the file and the claim between two rounds."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents
from dispatch.agents.presence import set_presence
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, sweep_rounds
from dispatch.operations.sweep_rounds import Round, Rounds
from models.engine import SCHEMA_VERSION, Engine
from models.errors import DatabaseUnavailable, Refused
from models.sqlite import desk_file, sweep_file
from models.sqlite.sweep_file import SweepFile
from tests.conftest import TestClock

EVERY_S = 60
ADA = {"first_name": "Ada", "last_name": "Byron", "department": "Premium Bookings", "job_title": "Agent"}
LEAD = {"method": "Text", "source": "Organic", "destination": "Mars"}
Between = Callable[[], object]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_file, "PATIENCE_S", 0.05)


@pytest.fixture
def rounds(path: Path, clock: TestClock) -> Iterator[Rounds]:
    with Rounds(path, EVERY_S, partial(opened, path, clock)) as rounds:
        yield rounds


class opened:  # noqa: N801  # reads as what it is: a block with an open desk
    def __init__(self, path: Path, clock: TestClock) -> None:
        self.desk = open_desk(path, clock=clock, actor="clock")

    def __enter__(self) -> Desk:
        return self.desk

    def __exit__(self, *error: object) -> None:
        self.desk.close()


def run(rounds: Rounds, *between: Between) -> list[Round]:
    """Do a round, and another one after each thing that happens between two."""
    told: list[Round] = []
    happenings, waited = iter(between), []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        happens = next(happenings, None)
        if happens is None:
            return True
        happens()
        return False

    rounds.keep_on(wait, told.append)
    assert waited == [EVERY_S] * (len(between) + 1)
    return told


def nothing() -> None:
    """What happens between most rounds."""


def other_rounds(path: Path, clock: TestClock) -> Rounds:
    return Rounds(path, EVERY_S, partial(opened, path, clock))


def codes(told: list[Round]) -> list[str]:
    return [one.error.code if one.error else "" for one in told]


def on_break(desk: Desk) -> None:
    agents.add(desk, **ADA | {"job_title": "Space Travel Agent"})
    set_presence(desk, 1, "break", "in 30 min")


def test_each_round_does_what_is_due_by_then(rounds: Rounds, desk: Desk, clock: TestClock) -> None:
    on_break(desk)
    told = run(rounds, nothing, lambda: clock.advance(minutes=30))
    assert [one.done and one.done["presence"] for one in told] == [[], [], [1]]
    assert told[-1].at == "2082-03-01 09:30:00"


@pytest.mark.on_file
@pytest.mark.parametrize("jump", [{"hours": -1}, {"hours": 1}, {"days": -400}])
def test_a_clock_that_jumps_neither_stops_the_rounds_nor_hurries_them(
    rounds: Rounds, desk: Desk, clock: TestClock, jump: dict[str, float]
) -> None:
    """``run`` checks that every wait is as long as asked for."""
    configuration.set_value(desk, "shuffle_seconds", "30")
    told = run(rounds, lambda: clock.advance(**jump), nothing, partial(on_break, desk), nothing)
    assert codes(told) == [""] * 5
    clock.advance(minutes=30)
    done = rounds.next().done
    assert done is not None
    assert done["presence"] == [1]
    assert SweepFile(Path(rounds.path)).last() == desk.now()


@pytest.mark.on_file
def test_a_desk_that_is_gone_for_a_while_is_swept_when_it_is_back(rounds: Rounds, path: Path) -> None:
    away = path.with_name("away.db")
    told = run(rounds, lambda: path.rename(away), nothing, lambda: away.rename(path))
    assert codes(told) == ["", "no_database", "no_database", ""]
    assert not path.with_name("away.db").exists()


@pytest.mark.on_file
def test_a_locked_desk_is_tried_again_even_if_it_is_locked_from_the_beginning(
    rounds: Rounds, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.sqlite.locks.LOCK_PATIENCE_S", 0.05)
    monkeypatch.setattr(sweep_rounds, "sweep_and_back_up", _writing)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = run(rounds, nothing, lambda: other.execute("ROLLBACK"))
    assert codes(told) == ["locked", "locked", ""]


def _writing(desk: Desk) -> Any:
    with desk.transaction():
        return {}


@pytest.mark.on_file
def test_what_is_wrong_from_the_beginning_ends_it(path: Path, clock: TestClock) -> None:
    missing = path.with_name("missing.db")
    with other_rounds(missing, clock) as rounds, pytest.raises(DatabaseUnavailable) as caught:
        run(rounds)
    assert caught.value.code == "no_database"
    assert not desk_file.sweep_record_of(missing).exists()


@pytest.mark.on_file
def test_a_newer_schema_ends_it(rounds: Rounds, path: Path) -> None:
    def upgrade() -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")

    with pytest.raises(DatabaseUnavailable) as caught:
        run(rounds, upgrade)
    assert (caught.value.code, caught.value.exit_code) == ("newer_database", 3)


@pytest.mark.on_file
def test_a_copy_of_the_desk_in_its_place_is_swept_with_a_note(rounds: Rounds, path: Path) -> None:
    copy = Path(shutil.copy(path, path.with_name("copy.db")))
    told = run(rounds, nothing, lambda: copy.rename(path), nothing)
    assert [one.note for one in told] == [
        "",
        "",
        f"Another file of the same desk is at {path} now: sweeping that one",
        "",
    ]


@pytest.mark.on_file
def test_another_desk_in_its_place_is_swept_with_a_note(rounds: Rounds, path: Path, clock: TestClock) -> None:
    other = path.with_name("other.db")
    open_desk(other, create=True, clock=clock).close()
    told = run(rounds, lambda: other.rename(path), nothing)
    assert [one.note for one in told] == ["", f"Another desk is at {path} now: sweeping that one", ""]


@pytest.mark.on_file
def test_a_desk_that_can_only_be_read_is_refused(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "why_read_only", "its disk is read-only")
    with pytest.raises(DatabaseUnavailable, match="disk is read-only"):
        run(rounds)
    assert not desk_file.sweep_record_of(Path(rounds.path)).exists()


# -- one sweeper a desk


@pytest.mark.on_file
def test_a_second_one_is_refused_by_name_also_through_a_link(
    rounds: Rounds, path: Path, clock: TestClock
) -> None:
    rounds.next()
    link = path.with_name("link.db")
    link.symlink_to(path)
    clock.advance(minutes=5)
    for name in (path, link):
        with other_rounds(name, clock) as second, pytest.raises(Refused) as caught:
            run(second)
        assert caught.value.code == "already_swept"
        for words in (f"process {os.getpid()} of ", f" on {os.uname().nodename}, since 2082-03-01"):
            assert words in caught.value.message


@pytest.mark.on_file
def test_the_claim_ends_with_the_block(path: Path, clock: TestClock) -> None:
    for _ in range(2):
        with other_rounds(path, clock) as rounds:
            assert rounds.next(is_first=True).error is None
            assert SweepFile(path).sweeper() is not None
        assert SweepFile(path).sweeper() is None


@pytest.mark.on_file
def test_a_second_one_waits_for_terminals_that_look_for_the_first(path: Path, clock: TestClock) -> None:
    """Looking takes the lock for a moment; a claim tries for longer than that."""
    SweepFile(path).note("2082-03-01 09:00:00")
    with open(desk_file.sweep_record_of(path), encoding="ascii") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        with other_rounds(path, clock) as rounds, pytest.raises(Refused, match="by another process"):
            rounds.next()
        fcntl.flock(looking, fcntl.LOCK_UN)
        with other_rounds(path, clock) as rounds:
            assert rounds.next().error is None


@pytest.mark.on_file
def test_a_removed_record_is_made_again_and_claimed(rounds: Rounds, path: Path) -> None:
    run(rounds, desk_file.sweep_record_of(path).unlink)
    sweeper = SweepFile(path).sweeper()
    assert sweeper is not None
    assert (sweeper.pid, sweeper.every_s, sweeper.since) == (os.getpid(), EVERY_S, "2082-03-01 09:00:00")


@pytest.mark.on_file
def test_a_link_that_leads_to_another_desk_moves_the_claim(path: Path, clock: TestClock) -> None:
    other, link = path.with_name("other.db"), path.with_name("link.db")
    open_desk(other, create=True, clock=clock).close()
    link.symlink_to(path)

    def turn() -> None:
        link.unlink()
        link.symlink_to(other)

    with other_rounds(link, clock) as rounds:
        run(rounds, turn)
        assert SweepFile(path).sweeper() is None
        assert SweepFile(other).sweeper() is not None


@pytest.mark.on_file
def test_where_no_file_can_be_locked_it_is_refused(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlockable(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("models.sqlite.sweep_file.fcntl.flock", unlockable)
    with pytest.raises(Refused) as caught:
        run(rounds)
    assert caught.value.code == "no_claim"
    assert "No locks available" in caught.value.message


def test_a_single_sweep_is_allowed_beside_it(rounds: Rounds, desk: Desk, clock: TestClock) -> None:
    from dispatch.operations.sweep import sweep

    on_break(desk)
    rounds.next()
    clock.advance(minutes=30)
    assert sweep(desk)["presence"] == [1]
    assert intake.receive(desk, name="Kate", launch="Tokyo Spaceport Terminal", **LEAD)["agent_id"] == 1
