"""Backups: whole, checked, private, and never over another file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk import settings
from dispatch.desk.desk import Desk
from dispatch.operations.backup import backup, identity
from models.errors import InvalidInput, Refused
from models.sqlite import desk_file
from tests.conftest import TestClock
from tests.dispatch.operations.conftest import change, rows


@pytest.fixture
def busy(desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]) -> Desk:
    add_agent()
    add_lead()
    return desk


def test_every_desk_has_an_id_of_its_own(desk: Desk, tmp_path: Path) -> None:
    other = open_desk(tmp_path / "other.db", create=True)
    other.close()
    assert desk.settings.desk_id
    assert other.settings.desk_id not in (None, desk.settings.desk_id)


@pytest.mark.on_file
def test_a_desk_of_an_earlier_astra_gets_its_id_once(path: Path) -> None:
    change(path, f"DELETE FROM settings WHERE key = '{settings.DESK_ID}'")
    first = open_desk(path)
    first.close()
    second = open_desk(path)
    second.close()
    assert first.settings.desk_id == second.settings.desk_id == identity(path)
    assert first.settings.desk_id


@pytest.mark.on_file
def test_a_backup_is_whole_in_one_file_while_the_log_is_not_written_back(busy: Desk, tmp_path: Path) -> None:
    assert desk_file.has_log(busy.database.file)
    target = tmp_path / "elsewhere" / "copy.db"
    target.parent.mkdir()
    made = backup(busy, target)
    assert os.listdir(target.parent) == ["copy.db"]
    assert made == {
        "file": str(target),
        "bytes": target.stat().st_size,
        "bookings": 1,
        "last_event": 2,
        "checked": True,
        "findings": [],
        "deleted": [],
    }
    assert rows(target, "SELECT customer_name FROM new_customer") == [("Kate Nguyen",)]
    assert rows(target, "PRAGMA journal_mode") == [("delete",)]
    assert identity(target) == busy.settings.desk_id


@pytest.mark.on_file
@pytest.mark.parametrize(("mode", "wanted"), [(0o644, 0o600), (0o600, 0o600), (0o400, 0o400)])
def test_a_backup_is_private(busy: Desk, tmp_path: Path, mode: int, wanted: int) -> None:
    busy.database.file.chmod(mode)
    made = backup(busy, tmp_path / "copy.db")
    assert stat.S_IMODE(os.stat(made["file"]).st_mode) == wanted


@pytest.mark.on_file
def test_without_a_name_it_is_kept_beside_the_desk_by_the_time_outside(busy: Desk, clock: TestClock) -> None:
    folder = busy.database.file.with_name("backups")
    first, second = backup(busy), backup(busy)
    assert first["file"] == str(folder / "desk-20260301-090000.db")
    assert second["file"] == str(folder / "desk-20260301-090000-2.db")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.on_file
def test_the_oldest_automatic_backups_of_this_desk_are_deleted(
    busy: Desk, clock: TestClock, tmp_path: Path
) -> None:
    other = open_desk(tmp_path / "other.db", create=True, clock=clock)
    foreign = tmp_path / "backups" / "desk-20200101-000000.db"
    backup(other)
    other.close()
    Path(tmp_path / "backups" / "other-20260301-090000.db").rename(foreign)
    named = tmp_path / "backups" / "before the fair.db"
    backup(busy, named)
    made = [backup(busy)["file"] for _ in range(12)]
    clock.advance(days=1)
    last = backup(busy, keep=2)
    assert last["deleted"] == made[:-1]
    assert {str(one) for one in foreign.parent.iterdir()} == {
        str(foreign),
        str(named),
        made[-1],
        last["file"],
    }


@pytest.mark.on_file
def test_an_unsound_desk_is_copied_and_its_copy_is_reported(busy: Desk, tmp_path: Path) -> None:
    older = backup(busy)["file"]
    change(busy.database.file, "UPDATE space_travel_agents SET load = 7")
    made = backup(busy, keep=1)
    assert (made["checked"], made["deleted"]) == (False, [])
    assert made["findings"] == ["loads: 1 wrong: agent 1 has load 7 and 1 Pending"]
    assert Path(made["file"]).exists()
    assert Path(older).exists()


@pytest.mark.on_file
@pytest.mark.parametrize("damage", ["pages", "values"])
def test_a_desk_that_the_doctor_cannot_read_is_copied_all_the_same(
    busy: Desk, tmp_path: Path, damage: str
) -> None:
    path = busy.database.file
    if damage == "values":
        change(path, "UPDATE space_travel_agents SET skills = '[not JSON'")
    else:
        busy.database.driver().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy.close()
        ((page,),) = rows(path, "SELECT rootpage FROM sqlite_master WHERE name = 'decisions'")
        with path.open("r+b") as file:
            file.seek((page - 1) * 2048)
            file.write(os.urandom(2048))
    made = backup(busy, tmp_path / "copy.db")
    assert not made["checked"]
    assert made["findings"]
    assert (tmp_path / "copy.db").stat().st_size == made["bytes"] > 0


def test_a_file_is_overwritten_only_when_asked(busy: Desk, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(Refused, match="already exists") as caught:
        backup(busy, target)
    assert caught.value.code == "exists"
    assert target.read_text() == "precious"
    assert backup(busy, target, force=True)["checked"]


@pytest.mark.on_file
def test_what_cannot_hold_a_copy_is_refused_and_nothing_is_left(busy: Desk, tmp_path: Path) -> None:
    path = busy.database.file
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.db").symlink_to(path)
    before = sorted(os.listdir(tmp_path))
    for name, why in (
        (path, "is the desk itself"),
        (tmp_path / "link.db", "is the desk itself"),
        (desk_file.log_of(path), "is the desk itself"),
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "a device or a pipe"),
        (Path("/dev/null"), "a device or a pipe"),
        (tmp_path / "no" / "copy.db", "no folder"),
    ):
        with pytest.raises(InvalidInput, match=why):
            backup(busy, name, force=True)
    with pytest.raises(Refused, match="cannot write"):
        backup(busy, tmp_path / "nul\0.db")
    with pytest.raises(Refused, match="cannot write"):
        backup(busy, tmp_path / ("n" * 300))
    with pytest.raises(InvalidInput, match="automatic names"):
        backup(busy, tmp_path / "copy.db", keep=3)
    assert sorted(os.listdir(tmp_path)) == before


def test_the_log_of_another_database_is_not_applied_to_the_copy(busy: Desk, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    desk_file.log_of(target).write_bytes(b"frames")
    with pytest.raises(Refused, match="another database left its log"):
        backup(busy, target)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_reported(busy: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(0o500)
    with pytest.raises(Refused, match="Permission denied"):
        backup(busy, folder / "copy.db")
