"""A desk that cannot be written can be read, and its folder stays as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dispatch import agents, privacy
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from models import engine
from models.customers import Customer
from models.errors import DatabaseUnavailable
from models.sqlite import opening, read_only
from models.sqlite.engine import SqliteEngine
from models.sqlite.refusals import unavailable


def no_writing(*places: Path) -> Callable[..., bool]:
    """An ``os.access`` by which the user may not write these; the superuser may write everything."""
    refused, access = {place.absolute() for place in places}, os.access
    return lambda place, mode: (
        access(place, mode) and not (mode & os.W_OK and Path(place).absolute() in refused)
    )


@pytest.fixture
def kate(desk: Desk) -> None:
    """A customer, in the file."""
    with desk.transaction():
        Customer.create(name="Kate", created_at="2082-03-01 09:00:00")
    desk.close()


def names(desk: Desk) -> list[str]:
    with desk.reading():
        return [customer.name for customer in Customer.select()]


def is_refused(desk: Desk, why: str) -> bool:
    """Is a command refused, and by the driver as well what would get past the desk?"""
    with pytest.raises(DatabaseUnavailable) as caught:
        agents.add(desk, first_name="Ada", last_name="Byron", department="Premium Bookings", job_title="x")
    assert (caught.value.code, caught.value.exit_code) == ("read_only", 3)
    with pytest.raises(DatabaseUnavailable) as by_driver, desk.reading():
        desk.database.run("DELETE FROM customers", ())
    return why in caught.value.message and by_driver.value.code == "read_only"


@pytest.mark.usefixtures("kate")
@pytest.mark.parametrize("frozen", [False, True], ids=["copied", "in place"])
def test_it_can_be_read_and_not_written(path: Path, monkeypatch: pytest.MonkeyPatch, frozen: bool) -> None:
    monkeypatch.setattr(os, "access", no_writing(path, path.parent))
    before = sorted(os.listdir(path.parent))
    if frozen:
        path.chmod(0o444)
        path.parent.chmod(0o555)
    try:
        with closing(open_desk(path)) as desk:
            assert names(desk) == ["Kate"]
            assert desk.data_version() is not None
            assert is_refused(desk, "you have no write permission")
            assert ("immutable" in desk.database.database) is frozen
        assert sorted(os.listdir(path.parent)) == before
    finally:
        path.parent.chmod(0o755)


@pytest.mark.usefixtures("kate")
def test_work_that_is_only_in_the_log_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO customers (name, created_at) VALUES ('John', 'x')")
        other.commit()
        assert path.with_name("desk.db-wal").stat().st_size
        monkeypatch.setattr(os, "access", no_writing(path, path.parent))
        monkeypatch.setattr(read_only, "WRITE_BITS", 0)
        with closing(open_desk(path)) as desk:
            assert names(desk) == ["Kate", "John"]


@pytest.mark.usefixtures("kate")
def test_a_folder_that_cannot_be_written_is_found_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's files beside the desk cannot be made there."""
    connect = opening._connect

    def cannot(database: SqliteEngine) -> tuple[SqliteEngine, int]:
        if database.why_read_only:
            return connect(database)
        raise unavailable(sqlite3.OperationalError("unable to open database file"), path)

    monkeypatch.setattr(opening, "_connect", cannot)
    with pytest.raises(DatabaseUnavailable):
        open_desk(path)
    monkeypatch.setattr(os, "access", no_writing(path.parent))
    with closing(open_desk(path)) as desk:
        assert names(desk) == ["Kate"]
        assert is_refused(desk, "its folder is not writable")


def test_a_copy_is_removed_and_kept_from_others(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", no_writing(path))
    desk = open_desk(path)
    copy = Path(desk.database.database.removeprefix("file://"))
    assert copy.parent.stat().st_mode & 0o077 == 0
    desk.close()
    del desk
    assert not copy.parent.exists()


def test_a_file_that_is_being_written_is_copied_when_it_is_at_rest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[object] = []
    copy_file = shutil.copyfile

    def copy(source: Path, target: Path) -> Path:
        copied.append(source)
        if len(copied) < busy:
            os.utime(source, ns=(len(copied), len(copied)))
        return copy_file(source, target)

    monkeypatch.setattr(shutil, "copyfile", copy)
    monkeypatch.setattr(os, "access", no_writing(path))
    busy = 3
    open_desk(path).close()
    assert len(copied) == 3
    busy = 100
    with pytest.raises(DatabaseUnavailable) as caught:
        open_desk(path)
    assert caught.value.code == "locked"


def test_one_that_cannot_even_be_read_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copy(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "access", no_writing(path))
    monkeypatch.setattr(shutil, "copyfile", copy)
    with pytest.raises(DatabaseUnavailable, match=r"cannot read .*: Permission denied"):
        open_desk(path)


def test_an_older_desk_is_upgraded_in_its_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()
    release = path.parent / "release" / "migrations"
    shutil.copytree(engine.MIGRATIONS, release)
    (release / "0099_mood.py").write_text(
        'def up(migrator, db):\n    db.execute_sql("ALTER TABLE customers ADD COLUMN mood TEXT")\n'
    )
    monkeypatch.setattr(engine, "SCHEMA_VERSION", engine.SCHEMA_VERSION + 1)
    monkeypatch.setattr(engine, "MIGRATIONS", release.parent / "migrations")
    monkeypatch.setattr(os, "access", no_writing(path, path.parent))
    monkeypatch.setattr(read_only, "WRITE_BITS", 0)
    with closing(open_desk(path)) as desk, desk.reading():
        assert "mood" in [row[1] for row in desk.database.run("PRAGMA table_info(customers)", ()).fetchall()]
    assert path.read_bytes() == before
    assert sorted(os.listdir(path.parent)) == ["desk.db", "release"]


@pytest.fixture
def mounted(path: Path, tmp_path: Path) -> Iterator[Path]:
    """The desk in a folder that is mounted read-only."""
    place = tmp_path / "mounted"
    place.mkdir()
    shutil.copy(path, place)
    try:
        subprocess.run(["mount", "--bind", place, place], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only the superuser can mount a folder")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True, capture_output=True)
        yield place / path.name
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.usefixtures("kate")
def test_a_mounted_backup_can_be_read(mounted: Path) -> None:
    """It was said that the database file cannot be opened."""
    with closing(open_desk(mounted, create=True)) as desk:
        assert names(desk) == ["Kate"]
        assert is_refused(desk, "its disk is read-only")
        with pytest.raises(DatabaseUnavailable, match="its disk is read-only"):
            privacy.compact(desk)
    with closing(opening.open_read_only(mounted)) as database, database.active():
        assert Customer.select().count() == 1
