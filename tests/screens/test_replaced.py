"""Another file in the place of an open desk: nothing is written to it that belongs to the old one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from astra_tui.app import AstraApp
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations.backup import backup
from dispatch.operations.doctor import examine
from dispatch.operations.restore import restore
from models.errors import DatabaseUnavailable
from models.sqlite import desk_file
from tests.screens.picture import text_of
from tests.screens.scenes import LEAD, fill_in, press

Replacing = Callable[[Path, Path], object]
TRIP = {key: value for key, value in LEAD.items() if key != "customer"}


def bar(app: AstraApp) -> str:
    lost = app.screen.query_one("#lost", Static)
    return str(lost.visual) if lost.display else ""


def ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


COUNT = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone())"


def leads_seen_by_another_process(path: Path) -> int:
    """What a command sees meanwhile; in this process, the file's connections would share the old log."""
    command = [sys.executable, "-c", COUNT, str(path), "SELECT count(*) FROM new_customer"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def moved(new: Path, desk: Path) -> None:
    new.rename(desk)


def copied(new: Path, desk: Path) -> None:
    desk.write_bytes(new.read_bytes())


def with_a_log(new: Path, desk: Path) -> None:
    """A copy made by hand, of an older state of the desk."""
    with closing(sqlite3.connect(new)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    new.rename(desk)


REPLACING = pytest.mark.parametrize("replace", [moved, copied, with_a_log])


@pytest.fixture
def saved(other_terminal: Desk, demo_file: Path) -> Path:
    """A backup of the demo desk; the desk has leads since, most of them in its log only."""
    file = Path(backup(other_terminal, demo_file.with_name("saved.db"))["file"])
    other_terminal.close()
    return file


async def three_leads(app: AstraApp) -> None:
    for name in ("Ida Rey", "John Doe", "Mia Wong"):
        await fill_in(app, customer=name, **TRIP)
        await press(app, "f9")
    await app.settle()


@REPLACING
async def test_a_file_in_the_desks_place_stays_sound(
    demo_file: Path, saved: Path, running: Any, replace: Replacing
) -> None:
    async with running(size=(100, 30)) as (app, _):
        await three_leads(app)
        replace(saved, demo_file)
        await fill_in(app, customer="Late Comer", **TRIP)
        await press(app, "f9")
        await app.settle()
        assert "by another file" in bar(app)
        assert "what you typed is kept" in bar(app)
        assert "Late Comer" in text_of(app)
        assert leads_seen_by_another_process(demo_file) == 450
        await press(app, "ctrl+r")
        await app.settle()
        assert not bar(app)
        assert "Loaded demo.db" in text_of(app)
        await press(app, "f9")
        await app.settle()
        assert "Late Comer →" in text_of(app)
    assert ask(demo_file, "PRAGMA integrity_check") == [("ok",)]
    assert ask(demo_file, "SELECT count(*), max(customer_name = 'Late Comer') FROM new_customer") == [
        (451, 1)
    ]
    desk = open_desk(demo_file)
    with desk.reading():
        assert examine(desk)["ok"]
    desk.close()


@REPLACING
async def test_quitting_at_once_leaves_it_sound_too(
    demo_file: Path, saved: Path, running: Any, monkeypatch: pytest.MonkeyPatch, replace: Replacing
) -> None:
    monkeypatch.setattr("astra_tui.app.LOOK_EVERY_S", 3600)
    async with running(size=(100, 30)) as (app, _):
        await three_leads(app)
        replace(saved, demo_file)
    assert ask(demo_file, "PRAGMA integrity_check") == [("ok",)]
    assert ask(demo_file, "SELECT count(*) FROM new_customer") == [(450,)]


async def test_the_log_of_the_old_file_is_kept(demo_file: Path, saved: Path, running: Any) -> None:
    async with running(size=(100, 30)) as (app, _):
        await three_leads(app)
        old = demo_file.rename(demo_file.with_name("old.db"))
        saved.rename(demo_file)
        await app.settle()
        desk_file.log_of(demo_file).with_name("demo.db-wal.old").rename(desk_file.log_of(old))
    assert ask(old, "SELECT count(*) FROM new_customer") == [(453,)]
    assert ask(old, "PRAGMA integrity_check") == [("ok",)]


async def test_a_file_that_is_no_desk_is_not_loaded(demo_file: Path, running: Any) -> None:
    async with running(size=(100, 30)) as (app, _):
        demo_file.unlink()
        demo_file.write_text("notes")
        await app.settle()
        await press(app, "ctrl+r")
        await app.settle()
        assert "is not an Astra database" in text_of(app)
        assert "by another file" in bar(app)
    assert demo_file.read_text() == "notes"


async def test_checkpoints_and_restores_are_no_other_file(
    demo_file: Path, saved: Path, running: Any, other_terminal: Desk
) -> None:
    async with running(size=(100, 30)) as (app, _):
        await three_leads(app)
        for _ in range(2):
            other_terminal.database.driver().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            await app.settle()
            assert not bar(app)
            restore(partial(open_desk, actor="lee"), demo_file, saved)
        other_terminal.close()
        await three_leads(app)
        assert not bar(app)
    assert ask(demo_file, "SELECT count(*) FROM new_customer") == [(453,)]


def test_the_leftover_log_of_another_file_is_never_applied(path: Path, tmp_path: Path, desk: Desk) -> None:
    """After a crash, a backup copied over the desk lies beside the log of the crashed one."""
    copy = Path(backup(desk, tmp_path / "copy.db")["file"])
    with desk.transaction():
        desk.database.run("UPDATE settings SET value = value", ())
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    log = desk_file.log_of(crashed / "desk.db")
    shutil.copy(desk_file.log_of(path), log)
    shutil.copy(copy, crashed / "desk.db")
    with pytest.raises(DatabaseUnavailable) as caught:
        open_desk(crashed / "desk.db")
    assert caught.value.code == "foreign_log"
    assert f"a leftover log of another file is beside {crashed / 'desk.db'}" in caught.value.message
    assert "move the log" in caught.value.hint
    assert (crashed / "desk.db").read_bytes() == copy.read_bytes()
    log.rename(log.with_name("aside"))
    open_desk(crashed / "desk.db").close()
    assert sorted(os.listdir(crashed)) == ["aside", "desk.db"]
