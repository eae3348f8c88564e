"""What a command has answered is on the disk, and no command writes to a schema it does not know."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads.file_intake import receive_file
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from models.engine import SCHEMA_VERSION
from models.errors import DatabaseUnavailable
from models.sqlite import engine as sqlite_engine
from tests.conftest import TestClock

NORMAL, FULL = 1, 2
LEADS = "name,method,source,destination,launch\nKate,Text,Organic,Mars,Sydney Stellar Port\n"
Add = Callable[..., Any]


@pytest.fixture
def on_disk(path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose commits wait for the disk, as outside of tests."""
    monkeypatch.setitem(sqlite_engine.PRAGMAS, "synchronous", "FULL")
    monkeypatch.setattr(sqlite_engine, "NORMAL", NORMAL)
    monkeypatch.setattr(sqlite_engine, "FULL", FULL)
    desk = open_desk(path, clock=clock, actor="kim")
    yield desk
    desk.close()


def waits(desk: Desk) -> int:
    """Return PRAGMA synchronous of this thread's connection: 1 normal, 2 full."""
    with desk.reading():
        level: int = desk.database.driver().execute("PRAGMA synchronous").fetchone()[0]
    return level


def add(desk: Desk) -> None:
    agents.add(
        desk,
        first_name="Ada",
        last_name="Byron",
        department="Premium Bookings",
        job_title="Space Travel Agent",
    )


def test_a_command_waits_for_the_disk_unless_the_desk_does_not_want_it(on_disk: Desk) -> None:
    assert waits(on_disk) == FULL
    add(on_disk)
    assert waits(on_disk) == FULL
    configuration.set_value(on_disk, "durability", "normal")
    add(on_disk)
    assert waits(on_disk) == NORMAL
    configuration.set_value(on_disk, "durability", "full")
    on_disk.close()
    add(on_disk)
    assert waits(on_disk) == FULL


def test_a_file_waits_once_even_if_it_fails(
    on_disk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "leads.csv"
    source.write_text(LEADS)
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(on_disk.database, "flush", lambda: seen.append((waits(on_disk), committed(on_disk))))
    with source.open("rb") as raw, open_leads(raw, "leads.csv") as leads:
        receive_file(on_disk, leads)
    assert seen == [(NORMAL, 1)], "after the last commit, none of which waited"
    add(on_disk)
    assert waits(on_disk) == FULL

    with pytest.raises(DatabaseUnavailable), on_disk.flushed_once():
        raise DatabaseUnavailable("locked", "")
    assert len(seen) == 2


def committed(desk: Desk) -> int:
    with closing(sqlite3.connect(desk.database.file)) as other:
        count: int = other.execute("SELECT count(*) FROM new_customer").fetchone()[0]
    return count


def test_a_flush_finds_the_log_of_a_desk_behind_a_link(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite keeps the log beside the file itself."""
    flushed: list[Path] = []
    monkeypatch.setattr("models.files.sync", flushed.append)
    link = tmp_path / "link" / "linked.db"
    link.parent.mkdir()
    link.symlink_to(path)
    desk = open_desk(link)
    add(desk)
    desk.database.flush()
    assert flushed == [path.with_name(f"{path.name}-wal")]
    assert flushed[0].exists()
    desk.close()


def test_a_flush_without_a_log_has_nothing_to_do(desk: Desk) -> None:
    with desk.reading():
        desk.database.run("PRAGMA wal_checkpoint(TRUNCATE)", ())
    desk.close()
    desk.database.flush()


@pytest.mark.parametrize("step", [1, -1])
def test_a_changed_schema_stops_every_command(desk: Desk, path: Path, add_lead: Add, step: int) -> None:
    """Another version of Astra may upgrade the file, or an old copy may be put back, while it is open."""
    add_lead()
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + step}")
        before = list(other.iterdump())
        for write in (add_lead, lambda: bookings.cancel(desk, 1, "x"), lambda: add(desk)):
            with pytest.raises(DatabaseUnavailable) as caught:
                write()
            assert caught.value.exit_code == 3
            assert caught.value.code == ("newer_database" if step > 0 else "older_database")
        assert list(other.iterdump()) == before


def test_an_idle_desk_shortens_its_log(desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = path.with_name(f"{path.name}-wal")
    add(desk)
    assert log.stat().st_size > 0
    sweep(desk)
    assert log.stat().st_size > 0, "it is short"
    monkeypatch.setattr(sqlite_engine, "TIDY_LOG_BYTES", 1000)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM events").fetchall()
        sweep(desk)
        assert log.stat().st_size > 0, "somebody reads from it"
        reader.execute("COMMIT")
    sweep(desk)
    assert log.stat().st_size == 0
    with desk.reading():
        assert json.loads(desk.database.run("SELECT after FROM events", ()).fetchone()[0])
