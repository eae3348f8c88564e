"""The database that a command opens, and those that cannot be opened."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.astra_tui.conftest import LEAD, Run, rows_of

ADD = ("destination", "add", "Io")


def knows_io(anywhere: Run, path: Path) -> bool:
    return {"name": "Io"} in anywhere("destination", "list", "--db", path, "--json").json


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


def test_only_some_commands_create_the_users_desk(anywhere: Run, tmp_path: Path) -> None:
    own = tmp_path / "xdg_data_home" / "astra" / "astra.db"
    ended = anywhere("agent", "list", "--json")
    assert (ended.code, ended.error["code"]) == (3, "no_database")
    assert ended.error["hint"]
    assert not own.parent.exists()
    assert anywhere("lead", "add", *LEAD).code == 0
    assert own.exists()


def test_a_sqlite_address(anywhere: Run, path: Path) -> None:
    assert anywhere("agent", "list", "--db", f"sqlite:///{path}").code == 0


@pytest.mark.parametrize("url", ["postgresql://desk/astra", "postgres://x", "mysql://x", "sqlite://host/x"])
def test_an_address_of_another_database_server_is_refused(anywhere: Run, url: str) -> None:
    ended = anywhere("agent", "list", "--db", url, "--json")
    assert (ended.code, ended.error["code"]) == (3, "unsupported_database")
    assert "SQLite files only" in ended.error["message"]


@pytest.mark.parametrize("name", ["", " ", "a\0b"])
def test_a_name_that_is_not_a_path(anywhere: Run, name: str) -> None:
    assert anywhere("agent", "list", "--db", name, "--json").error["code"] == "invalid_database"


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
    for command in (("agent", "list"), ("lead", "add", *LEAD)):
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
    ended = anywhere("lead", "add", *LEAD, "--db", file, "--json")
    assert (ended.code, ended.error["code"]) == (3, "foreign_database")
    assert rows_of(file) == before


def test_a_newer_desk_is_refused(astra: Run, path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 999")
    connection.close()
    ended = astra("agent", "list", "--json")
    assert (ended.code, ended.error["code"]) == (3, "newer_database")


@pytest.mark.parametrize("command", [("agent", "list"), ("lead", "add", *LEAD)], ids=["reading", "creating"])
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
    monkeypatch.setattr("models.database.LOCK_PATIENCE_S", 0.02)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("begin immediate")
    yield connection
    connection.close()


@pytest.mark.usefixtures("held")
def test_a_locked_database_can_be_read_and_not_written(astra: Run) -> None:
    assert astra("destination", "list").code == 0
    ended = astra(*ADD, "--json")
    assert (ended.code, ended.error["code"]) == (3, "locked")
    assert ended.error["hint"]


def test_the_command_succeeds_once_the_lock_is_released(astra: Run, held: sqlite3.Connection) -> None:
    assert astra(*ADD).code == 3
    held.execute("rollback")
    assert astra(*ADD).code == 0
