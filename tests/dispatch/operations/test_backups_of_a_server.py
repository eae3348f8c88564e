"""A desk on a server is backed up to files, goes back to one, and is verified, as a desk in a file is."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from astra_tui.cli.commands.verify import verified
from dispatch import bookings, privacy
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import backup_record, configuration
from dispatch.operations.backup import backup, identity
from dispatch.operations.doctor import examine
from dispatch.operations.restore import restore
from dispatch.operations.sweep import sweep_and_back_up
from dispatch.privacy.leftovers import copies_with_erased
from dispatch.queries import new_work
from models import content, desk_copies
from models.base import tuples
from models.customers import Lead
from models.errors import DatabaseUnavailable, DeskError, Refused
from models.postgres import address as addresses
from models.settings import Setting
from tests.conftest import TestClock
from tests.dispatch.operations.conftest import rows
from tests.server import Server, database_of

Restoring = Callable[..., Any]


@pytest.fixture
def desk(address: str, clock: TestClock) -> Iterator[Desk]:
    with closing(open_desk(address, clock=clock, actor="kim")) as opened:
        yield opened


@pytest.fixture
def restoring(address: str, clock: TestClock) -> Restoring:
    return partial(restore, partial(open_desk, clock=clock, actor="lee"), address)


def names(desk: Desk) -> list[str]:
    with desk.reading():
        return sorted(name for (name,) in tuples(Lead.select(Lead.customer_name)))


def faults(desk: Desk) -> list[tuple[str, str]]:
    """What the doctor finds, beyond warnings."""
    with desk.reading():
        desk.settings.refresh()  # as whoever notices a change
        report = examine(desk)
    return [(row["check"], row["detail"]) for row in report["checks"] if not row["ok"] and not row["warning"]]


def test_a_backup_is_a_file_among_the_users_own_data(
    desk: Desk, saved: Path, tmp_path: Path, clock: TestClock, address: str
) -> None:
    made = backup(desk)
    (server,) = (tmp_path / "xdg_data_home" / "astra" / "servers").iterdir()
    name = database_of(address)
    assert made["file"] == str(server / "backups" / f"{name}-20260301-090000.db")
    assert server.name.endswith(name)
    assert "owner" not in server.name, "not named by who signs in"
    assert (made["checked"], made["bookings"], made["last_event"]) == (True, 3, 4)
    assert stat.S_IMODE(os.stat(made["file"]).st_mode) == 0o600
    assert os.listdir(server / "backups") == [Path(made["file"]).name]
    assert rows(Path(made["file"]), "PRAGMA journal_mode") == [("delete",)]
    assert identity(Path(made["file"])) == desk.settings.desk_id
    clock.advance(days=1)
    assert backup(desk, keep=1)["deleted"] == [made["file"]]


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("postgresql://kim:secret@db.example.org:6432/desk", "db.example.org-6432-desk"),
        ("postgresql://lee@one,two/desk?password=secret", "one_two-desk"),
        ("service=travel password=secret", "travel"),
        ("postgresql://host/..%2F..%2Fetc", "host-.._.._etc"),
    ],
)
def test_its_folder_is_named_by_the_place_alone(address: str, folder: str) -> None:
    home = addresses.home(addresses.parse(address))
    assert home.parent.name == folder
    assert "/" not in home.name
    assert not home.name.startswith(".")


def test_a_desk_goes_back_to_its_backup_and_is_kept_as_it_was(
    desk: Desk, saved: Path, restoring: Restoring, address: str
) -> None:
    """Others go on with what it had then, its policy, too, and the log is as closed to changes as before."""
    configuration.set_value(desk, "policy", "share")
    assert restoring(saved, dry_run=True)["lost"]["leads"] == 2
    assert names(desk) == ["John Doe", "Kate Nguyen", "Mia Wong"]
    before = desk.data_version()
    done = restoring(saved)
    assert desk.data_version() != before, "others see a change"
    assert names(desk) == ["Kate Nguyen"]
    assert (done["last_event"], done["event_id"], done["findings"]) == (2, 6, [])
    assert (done["lost"]["events"], done["lost"]["bookings"]) == (3, 2)
    assert rows(Path(done["kept"]), "SELECT count(*) FROM bookings") == [(3,)]
    assert "before-restore" in done["kept"]
    assert faults(desk) == []
    with desk.reading():
        found = new_work.last_restore()
    assert found is not None
    bookings.note(desk, 1, "the work goes on")
    assert faults(desk) == []
    with desk.reading(), pytest.raises(Exception, match="append-only"):
        desk.database.run("DELETE FROM events", ())
    assert restoring(Path(done["kept"]))["lost"]["events"] == 2
    assert names(desk) == ["John Doe", "Kate Nguyen", "Mia Wong"]


def test_who_reads_as_of_before_a_restore_sees_the_desk_of_then(
    desk: Desk, saved: Path, restoring: Restoring, address: str
) -> None:
    """An export or a backup under way is of the one or of the other, and never of an empty desk."""
    with closing(open_desk(address)) as other, other.reading(), other.database.snapshot():
        assert Setting.select().count()
        restoring(saved)
        assert Lead.select().count() == 3
    assert len(names(desk)) == 1


def test_another_desks_backup_is_refused(
    desk: Desk, saved: Path, restoring: Restoring, tmp_path: Path, server: Server, clock: TestClock
) -> None:
    with closing(open_desk(tmp_path / "other.db", create=True, clock=clock)) as other:
        file = Path(backup(other, tmp_path / "of_other.db")["file"])
    with pytest.raises(Refused) as caught:
        restoring(file)
    assert caught.value.code == "other_desk"
    assert len(names(desk)) == 3
    empty = server.url(server.new_database())
    with pytest.raises(DatabaseUnavailable) as none:
        restore(partial(open_desk, clock=clock), empty, saved)
    assert none.value.code == "no_database"


def test_a_restore_that_fails_changes_nothing(
    desk: Desk, saved: Path, restoring: Restoring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_given: object) -> None:
        raise DatabaseUnavailable("damaged", "it differs")

    monkeypatch.setattr(content, "_check_alike", fail)
    with pytest.raises(DeskError):
        restoring(saved)
    assert len(names(desk)) == 3
    assert faults(desk) == []
    assert [*tmp_path.rglob("*-before-restore-*")] == []


def test_the_daily_backup(desk: Desk, saved: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made once a day; the doctor does not miss it on another host."""
    clock.advance(days=1)
    (file,) = sweep_and_back_up(desk)["backups"]
    assert sweep_and_back_up(desk)["backups"] == []
    Path(file).unlink()
    assert not freshness(desk)["ok"]
    monkeypatch.setattr(backup_record, "gethostname", lambda: "elsewhere")
    assert freshness(desk)["ok"]


def freshness(desk: Desk) -> Any:
    with desk.reading():
        return next(row for row in examine(desk)["checks"] if row["check"] == "backup")


def test_backups_that_hold_an_erased_customer_are_named(desk: Desk, saved: Path) -> None:
    automatic = backup(desk)["file"]
    bookings.cancel(desk, 1, "no")
    privacy.forget(desk, 1)
    with desk.reading():
        found = copies_with_erased(desk, backup_record.known_copies(desk))
    assert found == sorted([automatic, str(saved)])


def test_a_desk_is_verified_from_a_copy(
    desk: Desk, saved: Path, server: Server, address: str, add_agent: Callable[..., Any]
) -> None:
    add_agent("Bob")
    assert verified(desk)["ok"]
    server.execute("UPDATE decisions SET agent_id = 2 WHERE decision_id = 1", database_of(address))
    report = verified(desk)
    assert not report["ok"]
    assert report["first_fault"]["decision"] == 1


def test_a_server_that_dies_leaves_no_half_backup_and_no_half_restore(
    tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as fragile:
        address = fragile.url(fragile.new_database())
        with closing(open_desk(address, create=True, clock=clock, actor="kim")) as desk:
            file = Path(backup(desk, tmp_path / "saved.db")["file"])

            def fail(_done: int, _all: int) -> None:
                if fragile._keeper is not None:
                    fragile.kill()

            def die(source: Any, target: Any, _progress: Any = None) -> Any:
                return content.transfer(source, target, fail)

            monkeypatch.setattr(desk_copies, "transfer", die)
            with pytest.raises(DeskError):
                backup(desk, tmp_path / "half.db")
            fragile.start()
            assert [one.name for one in tmp_path.iterdir() if "half" in one.name] == []
            with pytest.raises(DeskError):
                restore(partial(open_desk, clock=clock, actor="lee"), address, file)
            fragile.start()
            monkeypatch.undo()
            assert faults(desk) == []
