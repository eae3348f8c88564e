"""The database that a command opens, and those that cannot be opened."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.astra_tui.conftest import LEAD, Run, lead_line, words
from tests.by_hand import rows_of

ADD = ("destination", "add", "Io")


def knows_io(anywhere: Run, path: Path) -> bool:
    return {"name": "Io"} in anywhere("destination", "list", "--db", path, "--json").json


@pytest.mark.on_file
def test_db_comes_before_the_environment_before_the_configuration(
    anywhere: Run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured, named, given = (Path(shutil.copy(path, tmp_path / f"{name}.db")) for name in "abc")
    config = tmp_path / "xdg_config_home" / "astra" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'database = "{configured}"\n')
    assert anywhere(*ADD).code == 0
    assert knows_io(anywhere, configured)
    monkeypatch.setenv("ASTRA_DATABASE", str(named))
    assert anywhere(*ADD).code == 0
    assert knows_io(anywhere, named)
    assert anywhere(*ADD, "--db", given).code == 0
    assert knows_io(anywhere, given)


AGENT = ("--first-name", "Grace", "--last-name", "Hopper", "--department", "Premium Bookings")
TAKE_ON = ("agent", "add", *AGENT, "--job-title", "Space Travel Agent")


@pytest.mark.parametrize(
    "command",
    [
        ("agent", "list"),
        ("lead", "add", *LEAD),
        ("lead", "add", "--from", "LEADS"),
        ("issue", "open", "--text", "My invoice is wrong"),
        ("destination", "add", "Io"),
        ("sweep",),
        ("set", "policy", "rank"),
        ("train",),
        ("weights", "use", "published"),
        ("doctor", "--repair"),
        ("undo",),
    ],
    ids=words,
)
def test_a_wrong_name_makes_no_desk(
    anywhere: Run, tmp_path: Path, lead_file: Callable[..., Path], command: tuple[str, ...]
) -> None:
    """``--db typo.db lead add`` made a desk of its own, and the lead was never seen again."""
    own = tmp_path / "xdg_data_home" / "astra" / "astra.db"
    leads = str(lead_file(lead_line()))
    given = [leads if word == "LEADS" else word for word in command]
    for where in ((), ("--db", tmp_path / "typo.db")):
        ended = anywhere(*where, *given)
        assert ended.code == 3
        assert "no desk at" in ended.err
        assert "astra new FILE" in ended.err
    assert not (tmp_path / "typo.db").exists()
    assert not own.parent.exists()


def test_what_makes_a_desk_says_so(anywhere: Run, tmp_path: Path) -> None:
    own = tmp_path / "xdg_data_home" / "astra" / "astra.db"
    ended = anywhere(*TAKE_ON, "--json")
    assert (ended.code, ended.json["agent_id"]) == (0, 1)
    assert ended.err == f"Made a new desk: {own}\n"
    assert anywhere(*TAKE_ON).err == ""
    people = tmp_path / "agents.jsonl"
    people.write_text("{}\n")
    ended = anywhere("--db", tmp_path / "imported.db", "import", people)
    assert f"Made a new desk: {tmp_path / 'imported.db'}\n" in ended.err
    assert "Made" not in anywhere("--db", tmp_path / "tried.db", "import", people, "--dry-run").err


def test_new_makes_an_empty_desk(anywhere: Run, tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    assert anywhere("new", file, "--json").json["database"] == str(file)
    assert anywhere("agent", "list", "--db", file, "--json").json == []
    made = anywhere("new", f"sqlite:///{tmp_path}/b.db").out
    assert made == f"Made a new desk: {tmp_path}/b.db\nIt is 56 years ahead of today\n"


def test_new_never_touches_what_is_there(anywhere: Run, tmp_path: Path) -> None:
    file, link = tmp_path / "notes.txt", tmp_path / "link.db"
    file.touch()
    link.symlink_to(tmp_path / "elsewhere.db")
    for name in (file, link, tmp_path):
        ended = anywhere("new", name, "--json")
        assert (ended.code, ended.error["code"]) == (1, "exists")
    assert file.stat().st_size == 0
    assert not (tmp_path / "elsewhere.db").exists()
    assert anywhere("--db", tmp_path / "a.db", "new", tmp_path / "b.db").code == 2
    assert anywhere("new", tmp_path / "none" / "b.db", "--json").error["code"] == "no_folder"


def test_a_desk_made_by_two_at_once_is_new_for_one(
    anywhere: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "desk.db"
    monkeypatch.setattr("os.path.lexists", lambda _: False)
    assert [anywhere("new", file).code for _ in "ab"] == [0, 1]


@pytest.mark.on_file
def test_a_sqlite_address(anywhere: Run, path: Path) -> None:
    assert anywhere("agent", "list", "--db", f"sqlite:///{path}").code == 0


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://host/x"])
def test_an_address_of_another_database_server_is_refused(anywhere: Run, url: str) -> None:
    ended = anywhere("agent", "list", "--db", url, "--json")
    assert (ended.code, ended.error["code"]) == (3, "unsupported_database")
    assert "SQLite files and PostgreSQL databases" in ended.error["message"]


NO_PATHS = ["", " ", ":memory:", "sqlite:///:memory:", "~nobody-of-this-name/desk.db"]


@pytest.mark.parametrize("name", [*NO_PATHS, "a\0b"])
def test_a_name_that_is_not_a_path(anywhere: Run, name: str) -> None:
    for command in (("agent", "list"), TAKE_ON):
        ended = anywhere(*command, "--db", name, "--json")
        assert (ended.code, ended.error["code"]) == (2, "invalid_database")


@pytest.mark.parametrize("name", ["file:x.db", "FILE:x.db?mode=memory", "file:///tmp/x.db"])
def test_an_address_of_a_file_is_refused(
    anywhere: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """SQLite took it for one of its own: it wrote x.db, and the next command looked for file:x.db."""
    monkeypatch.chdir(tmp_path)
    ended = anywhere(*TAKE_ON, "--db", name, "--json")
    assert (ended.code, ended.error["code"]) == (3, "unsupported_database")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [":memory:", "file:x.db", "FOLDER", "/dev/null", "PIPE"])
def test_a_name_from_the_environment_or_the_configuration_is_checked_too(
    anywhere: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    name = {"FOLDER": str(tmp_path), "PIPE": str(tmp_path / "pipe")}.get(name, name)
    config = tmp_path / "xdg_config_home" / "astra" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'database = "{name}"\n')
    for command in (("agent", "list"), TAKE_ON):
        ended = anywhere(*command, "--json")
        assert ended.code == (2 if name == ":memory:" else 3)
        assert "rror" not in ended.error["message"]
    config.unlink()
    monkeypatch.setenv("ASTRA_DATABASE", name)
    assert anywhere("agent", "list").code == ended.code


def test_a_file_with_the_name_of_an_address_is_only_a_file(
    anywhere: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (tmp_path / "file:x.db", tmp_path / ":memory:"):
        assert anywhere("new", name).code == 0
        assert name.is_file()
    assert sorted(file.name for file in tmp_path.iterdir()) == [":memory:", "file:x.db"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not a database, but long enough to look like one" * 100, "not_a_database"),
        (b"SQLite format 3\0", "not_a_database"),
    ],
)
def test_a_file_that_is_not_a_database(anywhere: Run, tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    for command in (("agent", "list"), TAKE_ON):
        ended = anywhere(*command, "--db", file, "--json")
        assert (ended.code, ended.error["code"]) == (3, code)
        assert str(file) in ended.error["message"]
    assert file.read_bytes() == content


def test_another_programs_database_is_left_alone(anywhere: Run, tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("create table notes (text)")
    connection.close()
    before = rows_of(file)
    ended = anywhere(*TAKE_ON, "--db", file, "--json")
    assert (ended.code, ended.error["code"]) == (3, "foreign_database")
    assert rows_of(file) == before


@pytest.mark.on_file
def test_a_newer_desk_is_refused(astra: Run, path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 999")
    connection.close()
    ended = astra("agent", "list", "--json")
    assert (ended.code, ended.error["code"]) == (3, "newer_database")


@pytest.mark.parametrize("command", [("agent", "list"), TAKE_ON], ids=["reading", "creating"])
def test_a_folder_that_does_not_exist(anywhere: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = anywhere(*command, "--db", tmp_path / "none" / "desk.db", "--json")
    assert ended.code == 3
    assert "none" in ended.error["message"]
    assert not (tmp_path / "none").exists()


def test_a_folder_is_not_a_database(anywhere: Run, tmp_path: Path) -> None:
    assert anywhere("agent", "list", "--db", tmp_path, "--json").code == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everything")
def test_a_read_only_database(astra: Run, path: Path) -> None:
    path.chmod(0o444)
    ended = astra(*ADD, "--json")
    assert (ended.code, ended.error["code"]) == (3, "read_only")


@pytest.fixture
def held(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Another connection holds the write lock; the wait for it is shortened."""
    monkeypatch.setattr("models.sqlite.locks.LOCK_PATIENCE_S", 0.02)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("begin immediate")
    yield connection
    connection.close()


@pytest.mark.on_file
@pytest.mark.usefixtures("held")
def test_a_locked_database_can_be_read_and_not_written(astra: Run) -> None:
    assert astra("destination", "list").code == 0
    ended = astra(*ADD, "--json")
    assert (ended.code, ended.error["code"]) == (3, "locked")
    assert ended.error["hint"]


@pytest.mark.on_file
def test_the_command_succeeds_once_the_lock_is_released(astra: Run, held: sqlite3.Connection) -> None:
    assert astra(*ADD).code == 3
    held.execute("rollback")
    assert astra(*ADD).code == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 900 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only the superuser can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_called_full(anywhere: Run, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was called a matter of permissions: "cannot rollback - no transaction is active"."""
    desk = small_disk / "desk.db"
    monkeypatch.setenv("ASTRA_DATABASE", str(desk))
    assert anywhere(*TAKE_ON).code == 0
    with closing(sqlite3.connect(desk)) as beside:  # another terminal: the files beside it exist
        beside.execute("select * from customers").fetchall()
        (small_disk / "filling").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 16_384))
        ended = anywhere("lead", "add", *LEAD, "--json")
        while ended.code == 0:
            ended = anywhere("lead", "add", *LEAD, "--json")
        assert (ended.code, ended.error["code"]) == (3, "disk")
        assert "the disk is full" in ended.error["message"]
        assert anywhere("agent", "list").code == 0
    (small_disk / "more").write_bytes(b"x" * shutil.disk_usage(small_disk).free)
    assert not desk.with_name("desk.db-shm").exists()
    ended = anywhere("agent", "list", "--json")
    assert (ended.code, ended.error["code"]) == (3, "disk")
    assert "the disk is full" in ended.error["message"]


@pytest.mark.on_file
def test_a_desk_that_can_only_be_read_is_listed(
    booked: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even ``agent list`` was refused; an auditor or a mounted backup could not be looked at."""
    assert booked("booking", "follow-up", 1, "--at", "2090-11-23 09:00").code == 0  # so that nothing is due
    before = path.read_bytes()
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
    told = f"{path} can only be read: you have no write permission\n"
    for listing in ("agent list", "booking list", "log", "customer find kate", "why 1"):
        ended = booked(*listing.split(), "--json")
        assert (ended.code, ended.err) == (0, told)
        assert ended.json
    assert booked("sweep").code == 0
    for command in (ADD, TAKE_ON, ("lead", "add", *LEAD), ("undo",), ("doctor", "--repair"), ("shuffle",)):
        ended = booked(*command, "--json")
        assert (ended.code, ended.error["code"]) == (3, "read_only")
        assert ended.error["message"] == f"cannot write {path}: you have no write permission"
        assert ended.error["hint"]
    assert path.read_bytes() == before
