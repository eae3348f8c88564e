"""``astra log --follow``: every event once and in order, through signals, closed pipes and other files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.row_types import EventRow
from dispatch.queries.log_follower import LogFollower
from models.errors import DatabaseUnavailable
from tests.astra_tui.conftest import LEAD, PATIENCE_S, ROOT, Run, Start, lines_of


def lead(astra: Run) -> None:
    assert astra("lead", "add", *LEAD).code == 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_each_event_is_printed_once_as_it_is_committed(
    booked: Run, started: Start, end: signal.Signals
) -> None:
    if signal.getsignal(end) is signal.SIG_IGN:
        pytest.skip("a job in the background ignores it")
    known = [row["event_id"] for row in booked("log", "--json").json][::-1]
    process = started("log", "--follow", "--after", known[0], "--json")
    assert [row["event_id"] for row in lines_of(process, len(known) - 1)] == known[1:]
    lead(booked)
    (new,) = lines_of(process, 1)
    assert new == booked("log", "--json").json[0]
    process.send_signal(end)
    assert process.communicate(timeout=PATIENCE_S) == ("", "")
    assert process.returncode == 0
    again = started("log", "--follow", "--after", new["event_id"], "--format", "ndjson", "--limit", 1)
    lead(booked)
    out, _ = again.communicate(timeout=PATIENCE_S)
    assert (again.returncode, json.loads(out)["event_id"]) == (0, new["event_id"] + 1)


def test_lines_for_people_have_the_number_and_the_names(booked: Run, started: Start) -> None:
    process = started("log", "--follow", "--after", 0, "--command", "lead.add", "--limit", 1)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert "kim" in out
    assert "added lead 1 (Kate Nguyen) for Grace Hopper" in out
    assert out.count("\n") == 1


def test_it_ends_with_its_reader(booked: Run, path: Path) -> None:
    """Without a further event, too."""
    command = f"{sys.executable} -m astra_tui.main log --follow --after 0 | head -1"
    ended = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "ASTRA_DATABASE": str(path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert (ended.returncode, ended.stdout.count("\n"), ended.stderr) == (0, 1, "")


@pytest.mark.on_file
def test_a_restore_is_one_more_event_told_in_words(booked: Run, started: Start, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    assert booked("backup", backup).code == 0
    lead(booked)
    newest = booked("log", "--json").json[0]["event_id"]
    process = started("log", "--follow", "--after", newest, "--json")
    lead(booked)
    lines_of(process, 1)
    assert booked("restore", backup).code == 0
    (restored,) = lines_of(process, 1)
    assert restored["command"] == "desk.restore"
    lead(booked)
    (after,) = lines_of(process, 1)
    assert after["event_id"] > restored["event_id"] > newest + 1
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert err == f"The desk was restored by kim: event {restored['event_id']}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("--after", 999), 2, "event 999 does not exist yet"),
        (("--before", 2), 2, "--before and --follow exclude each other"),
        (("--format", "csv"), 2, "--follow prints lines"),
        (("--db", "missing.db"), 3, "missing.db"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    booked: Run, arguments: tuple[object, ...], code: int, problem: str
) -> None:
    ended = booked("log", "--follow", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert problem in ended.err


def test_after_alone_lists_what_is_newer(booked: Run) -> None:
    numbers = [row["event_id"] for row in booked("log", "--json").json]
    assert [row["event_id"] for row in booked("log", "--after", numbers[-1], "--json").json] == numbers[:-1]


@pytest.fixture
def followed(booked: Run, path: Path) -> Iterator[tuple[LogFollower[EventRow], list[str]]]:
    """A follower of the desk from now on, and what it tells."""
    told: list[str] = []
    with LogFollower(path, lambda: open_desk(path), EventFilter(), told.append, list) as follower:
        follower.begin(None)
        yield follower, told


def numbers(follower: LogFollower[EventRow]) -> list[int]:
    return [row["event_id"] for row in follower.news()]


@pytest.mark.on_file
def test_an_older_file_in_its_place_is_told_and_followed(
    booked: Run, path: Path, tmp_path: Path, followed: tuple[LogFollower[EventRow], list[str]]
) -> None:
    follower, told = followed
    copy = tmp_path / "copy.db"
    assert booked("backup", copy).code == 0
    kept = follower.after
    lead(booked)
    assert numbers(follower) == [kept + 1]
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    shutil.move(copy, path)
    assert numbers(follower) == []
    assert told == [f"An older file of the desk is at {path} now: it ends at event {kept}"]
    lead(booked)
    assert numbers(follower) == [kept + 1]


@pytest.mark.on_file
def test_a_desk_that_is_gone_for_a_while_is_told_twice(
    booked: Run, path: Path, followed: tuple[LogFollower[EventRow], list[str]]
) -> None:
    follower, told = followed
    after, away = follower.after, path.with_name("away.db")
    path.rename(away)
    assert [numbers(follower), numbers(follower)] == [[], []]
    assert len(told) == 1
    away.rename(path)
    lead(booked)
    assert numbers(follower) == [after + 1]
    assert told[1:] == [f"{path} can be read again"]


def test_a_filter_never_hides_what_comes_later(
    booked: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.queries.log_follower.AT_ONCE", 2)
    with LogFollower(path, lambda: open_desk(path), EventFilter(command="lead.add"), print, list) as follower:
        follower.begin(0)
        first = numbers(follower)
        assert booked("booking", "note", 1, "--text", "hello").code == 0
        assert numbers(follower) == []
        for _ in range(5):
            lead(booked)
        later = numbers(follower)
        assert (len(first), len(later)) == (1, 5)
        assert sorted(later) == later


def test_a_newer_desk_ends_it(
    followed: tuple[LogFollower[EventRow], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    follower, _ = followed

    def refuse() -> None:
        raise DatabaseUnavailable("newer_database", "made by a newer Astra", "")

    monkeypatch.setattr(follower, "_present", refuse)
    with pytest.raises(DatabaseUnavailable, match="newer"):
        numbers(follower)
