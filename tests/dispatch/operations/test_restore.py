"""Restoring: checked first, in one commit, with the desk as it was kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dispatch import bookings, privacy
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log, settings
from dispatch.desk.desk import Desk
from dispatch.operations import configuration, lists
from dispatch.operations.backup import backup
from dispatch.operations.backup_record import known_copies
from dispatch.operations.doctor import examine
from dispatch.operations.restore import restore
from dispatch.operations.row_types import RestoreResult
from models import engine
from models.base import tuples
from models.customers import Lead
from models.errors import DeskError, InvalidInput
from models.sqlite import copies, desk_file, locks
from tests.conftest import TestClock
from tests.dispatch.operations.conftest import change, rows

Restoring = Callable[..., RestoreResult]


def refusal(restoring: Restoring, *given: Any, **named: Any) -> DeskError:
    with pytest.raises(DeskError) as caught:
        restoring(*given, **named)
    return caught.value


def test_customers_erased_since_the_backup_are_named(desk: Desk, saved: Path, restoring: Restoring) -> None:
    bookings.cancel(desk, 1, "no")
    privacy.forget(desk, 1)
    desk.close()
    assert restoring(saved, dry_run=True)["lost"]["come_back"] == [1]
    assert restoring(saved)["lost"]["come_back"] == [1]
    assert names(desk) == ["Kate Nguyen"]
    bookings.cancel(desk, 1, "no")
    assert privacy.forget(desk, 1)["customers"] == [1], "and can be erased again"
    with desk.reading():
        assert examine(desk)["ok"]


def test_a_restore_beyond_a_block_of_the_log_leaves_a_sound_desk(
    desk: Desk, saved: Path, restoring: Restoring
) -> None:
    for number in range(70):
        bookings.note(desk, 1, f"note {number}")
    desk.close()
    assert (restoring(saved)["event_id"] or 0) > 64
    with desk.reading():
        assert next(row for row in examine(desk)["checks"] if row["check"] == "log")["ok"]


def test_a_restored_desk_knows_all_its_copies(
    desk: Desk, saved: Path, restoring: Restoring, tmp_path: Path
) -> None:
    later = tmp_path / "later.db"
    backup(desk, later)
    desk.close()
    kept = restoring(saved)["kept"]
    with desk.reading():
        assert {str(file) for file in known_copies(desk)} >= {str(saved), str(later), kept}


@pytest.fixture
def restoring(path: Path, clock: TestClock) -> Restoring:
    return partial(restore, partial(open_desk, clock=clock, actor="lee"), path)


def names(desk: Desk) -> list[str]:
    with desk.reading():
        return sorted(name for (name,) in tuples(Lead.select(Lead.customer_name)))


@pytest.mark.on_file
def test_a_desk_goes_back_to_its_backup_and_is_kept_as_it_was(
    desk: Desk, saved: Path, restoring: Restoring, path: Path
) -> None:
    before = desk.data_version()
    done = restoring(saved)
    assert desk.data_version() != before, "others see a change"
    assert names(desk) == ["Kate Nguyen"]
    assert (done["last_event"], done["event_id"], done["findings"]) == (2, 5, [])
    lost = done["lost"]
    assert (lost["events"], lost["leads"], lost["bookings"], lost["issues"]) == (2, 2, 2, 0)
    assert [(row["event_id"], row["booking_id"]) for row in lost["newest"]] == [(4, 3), (3, 2)]
    kept = Path(str(done["kept"]))
    assert kept == path.with_name("backups") / "desk-before-restore-20260301-090000.db"
    assert rows(kept, "SELECT count(*) FROM bookings") == [(3,)]
    with desk.reading():
        assert examine(desk)["ok"]
    assert sorted(os.listdir(path.parent)) == ["backups", "desk.db", "desk.db-shm", "desk.db-wal", "saved.db"]


def test_the_event_of_a_restore_is_newer_than_all_that_anybody_has_seen(
    desk: Desk, saved: Path, restoring: Restoring, add_lead: Callable[..., Any]
) -> None:
    restoring(saved)
    add_lead("Noah Kim")
    with desk.reading():
        newest = event_log.events()
    assert [(row["event_id"], row["actor"], row["command"]) for row in newest[:3]] == [
        (6, "kim", "lead.add"),
        (5, "lee", "desk.restore"),
        (2, "kim", "lead.add"),
    ]
    assert newest[1]["detail"]["lost_events"] == 2
    assert names(desk) == ["Kate Nguyen", "Noah Kim"]


def test_who_has_the_desk_open_rereads_settings_and_lists(
    desk: Desk, saved: Path, restoring: Restoring, add_lead: Callable[..., Any]
) -> None:
    configuration.set_value(desk, "policy", "balanced")
    lists.add_value(desk, "destination", "Pluto")
    add_lead("Ida Rey", destination="Pluto")
    version = desk.settings.version
    restoring(saved)
    with pytest.raises(InvalidInput, match="Pluto"):
        add_lead("Ida Rey", destination="Pluto")
    assert desk.settings["policy"] == "rank"
    assert desk.settings.version > version


def test_a_dry_run_counts_and_changes_nothing(desk: Desk, saved: Path, restoring: Restoring) -> None:
    before = desk.data_version()
    done = restoring(saved, dry_run=True)
    assert (done["lost"]["bookings"], done["kept"], done["event_id"]) == (2, None, None)
    assert desk.data_version() == before
    assert len(names(desk)) == 3


def test_a_repeated_request_restores_once(
    desk: Desk, saved: Path, restoring: Restoring, add_lead: Callable[..., Any]
) -> None:
    done = restoring(saved, request_id="r1")
    add_lead("Noah Kim")
    assert restoring(saved, request_id="r1") == done
    assert names(desk) == ["Kate Nguyen", "Noah Kim"]


def test_the_backup_is_only_read(saved: Path, restoring: Restoring) -> None:
    before = saved.read_bytes()
    saved.chmod(0o400)
    restoring(saved)
    assert saved.read_bytes() == before
    assert not desk_file.has_log(saved)


def desk_id(desk: Desk) -> str:
    """The id in the desk's file, as whoever opens it finds it."""
    ((found,),) = rows(desk.database.file, f"SELECT value FROM settings WHERE key = '{settings.DESK_ID}'")
    return str(found)


@pytest.mark.on_file
def test_another_desk_is_only_taken_when_asked(
    desk: Desk, saved: Path, restoring: Restoring, tmp_path: Path
) -> None:
    other = open_desk(tmp_path / "other.db", create=True)
    file = Path(backup(other, tmp_path / "other-copy.db")["file"])
    other.close()
    assert refusal(restoring, file).code == "other_desk"
    assert len(names(desk)) == 3
    restoring(file, other_desk=True)
    assert names(desk) == []
    assert desk_id(desk) == other.settings.desk_id


@pytest.mark.on_file
def test_a_backup_from_before_there_were_ids_is_known_by_its_first_event(
    desk: Desk, saved: Path, restoring: Restoring, tmp_path: Path
) -> None:
    known = desk.settings.desk_id
    change(saved, f"DELETE FROM settings WHERE key = '{settings.DESK_ID}'")
    restoring(saved)
    assert names(desk) == ["Kate Nguyen"]
    assert desk_id(desk) == known
    other = open_desk(tmp_path / "other.db", create=True)
    other.close()
    change(tmp_path / "other.db", f"DELETE FROM settings WHERE key = '{settings.DESK_ID}'")
    assert refusal(restoring, tmp_path / "other.db").code == "other_desk"


def cut_off(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def scratched(file: Path) -> None:
    pages = file.stat().st_size // 2048
    with file.open("r+b") as damaged:
        for page in range(pages // 3, pages, 2):
            damaged.seek(page * 2048)
            damaged.write(os.urandom(512))


def newer(file: Path) -> None:
    change(file, f"PRAGMA user_version = {engine.SCHEMA_VERSION + 1}")


def without_a_customer(file: Path) -> None:
    change(file, "DELETE FROM customers")


def foreign(file: Path) -> None:
    change(file, "PRAGMA application_id = 7")


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (cut_off, "damaged_backup", "is cut off"),
        (scratched, "damaged_backup", "is damaged"),
        (without_a_customer, "damaged_backup", "refers to no row of customers"),
        (newer, "newer_database", "by a newer Astra"),
        (foreign, "foreign_database", "belongs to another program"),
        (lambda file: file.write_text("names, phones"), "not_a_database", "is not an Astra desk"),
        (lambda file: file.write_text(""), "not_a_database", "is not an Astra desk"),
    ],
)
def test_a_file_that_is_no_sound_backup_is_refused_in_words(
    desk: Desk, saved: Path, restoring: Restoring, spoil: Callable[[Path], object], code: str, words: str
) -> None:
    spoil(saved)
    error = refusal(restoring, saved)
    assert (error.code, error.exit_code) == (code, 3)
    assert words in error.message
    assert str(saved) in error.message
    assert len(names(desk)) == 3
    assert not [name for name in os.listdir(saved.parent) if "restore" in name]


@pytest.mark.on_file
def test_what_is_no_file_of_a_backup_is_refused(saved: Path, restoring: Restoring, path: Path) -> None:
    for file, words in (
        (saved.parent, "is not a file"),
        (Path("/dev/null"), "is not a file"),
        (path, "is the desk itself"),
        (saved.with_name("missing.db"), "no file"),
    ):
        error = refusal(restoring, file)
        assert (error.code, error.exit_code) == ("invalid_file", 2)
        assert words in error.message


def test_an_unsound_load_is_told_and_restored(desk: Desk, saved: Path, restoring: Restoring) -> None:
    change(saved, "UPDATE space_travel_agents SET load = 7")
    done = restoring(saved)
    assert done["findings"] == ["loads: 1 wrong: agent 1 has load 7 and 1 Pending"]
    assert names(desk) == ["Kate Nguyen"]


def test_a_file_with_other_pages_fits(desk: Desk, saved: Path, restoring: Restoring) -> None:
    with closing(sqlite3.connect(saved, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("VACUUM")
    restoring(saved)
    assert names(desk) == ["Kate Nguyen"]
    with desk.reading():
        assert examine(desk)["ok"]


@pytest.mark.on_file
def test_a_deleted_desk_is_put_back(desk: Desk, saved: Path, restoring: Restoring, path: Path) -> None:
    desk.close()
    path.unlink()
    desk_file.log_of(path).write_bytes(b"frames of the deleted desk")
    done = restoring(saved)
    assert done["lost"]["events"] is None
    assert names(desk) == ["Kate Nguyen"]
    desk.close()
    assert not desk_file.has_log(path)
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.on_file
def test_a_desk_that_cannot_be_read_is_moved_aside(
    desk: Desk, saved: Path, restoring: Restoring, path: Path
) -> None:
    desk.close()
    path.write_bytes(b"SQLite format 3\0" + os.urandom(4000))
    done = restoring(saved)
    assert "-damaged-" in str(done["kept"])
    assert Path(str(done["kept"])).stat().st_size == 4016
    assert names(desk) == ["Kate Nguyen"]


@pytest.mark.on_file
def test_a_damaged_desk_is_restored_in_place(
    desk: Desk, saved: Path, restoring: Restoring, path: Path
) -> None:
    desk.close()
    pages = path.stat().st_size // 2048
    with path.open("r+b") as damaged:
        damaged.seek((pages - 3) * 2048)
        damaged.write(os.urandom(3 * 2048))
    restoring(saved)
    assert names(desk) == ["Kate Nguyen"]
    with desk.reading():
        assert examine(desk)["ok"]


@pytest.mark.on_file
def test_a_desk_whose_log_of_events_cannot_be_read_is_restored_in_place(
    desk: Desk, saved: Path, restoring: Restoring, path: Path
) -> None:
    desk.database.driver().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    ((page,),) = rows(path, "SELECT rootpage FROM sqlite_master WHERE name = 'events'")
    with path.open("r+b") as damaged:
        damaged.seek((page - 1) * 2048)
        damaged.write(os.urandom(2048))
    done = restoring(saved)
    assert done["lost"]["events"] is None
    assert names(desk) == ["Kate Nguyen"]
    with desk.reading():
        assert examine(desk)["ok"]


@pytest.mark.on_file
def test_a_lock_that_is_never_released_leaves_the_desk_unchanged(
    desk: Desk, saved: Path, restoring: Restoring, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LOCK_PATIENCE_S", 0.02)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert refusal(restoring, saved).code == "locked"
    assert len(names(desk)) == 3


@pytest.mark.on_file
def test_no_room_for_the_copy_of_the_desk_leaves_it_unchanged(
    desk: Desk, saved: Path, restoring: Restoring, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(copies, "copy_file", full)
    assert refusal(restoring, saved).code == "no_room"
    assert len(names(desk)) == 3
    with desk.reading():
        assert examine(desk)["ok"]


@pytest.mark.on_file
def test_a_restore_that_does_not_fit_leaves_nothing_behind(
    desk: Desk, saved: Path, restoring: Restoring, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("dispatch.operations.restore.record", full)
    assert refusal(restoring, saved).code == "no_room"
    assert os.listdir(path.with_name("backups")) == []
    assert len(names(desk)) == 3


@pytest.mark.on_file
def test_an_older_schema_is_upgraded_on_a_copy(
    desk: Desk, saved: Path, restoring: Restoring, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.close()
    shutil.copy(saved, tmp_path / "old.db")
    migrations = shutil.copytree(engine.MIGRATIONS, tmp_path / "models" / "migrations")
    (migrations / "0099_mood.py").write_text(
        'def up(migrator, db):\n    db.execute_sql("ALTER TABLE customers ADD COLUMN mood TEXT")\n'
    )
    monkeypatch.setattr(engine, "MIGRATIONS", tmp_path / "models" / "migrations")
    monkeypatch.setattr(engine, "SCHEMA_VERSION", engine.SCHEMA_VERSION + 1)
    restoring(tmp_path / "old.db")
    assert (tmp_path / "old.db").read_bytes() == saved.read_bytes()
    assert rows(path, "SELECT name, mood FROM customers") == [("Kate Nguyen", None)]
    assert not [name for name in os.listdir(tmp_path) if name.startswith("old.db.v")]
