"""What Astra makes can be read by its owner alone; what is there keeps its permissions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.bootstrap import open_desk
from models import private_files
from models.errors import DatabaseUnavailable


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_desk_and_the_files_beside_it_are_private(tmp_path: Path) -> None:
    """It has phone numbers and e-mail addresses, and everybody on the machine could read it."""
    path = tmp_path / "desk.db"
    desk = open_desk(path, create=True)
    with desk.reading():
        desk.data_version()
        files = {file.name: mode(file) for file in tmp_path.iterdir()}
    desk.close()
    assert files == dict.fromkeys(["desk.db", "desk.db-wal", "desk.db-shm"], 0o600)


def test_a_desk_is_private_from_its_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "desk.db"
    monkeypatch.setattr("models.sqlite.engine.SqliteEngine.connect", lambda _: 1 / 0)
    with pytest.raises(DatabaseUnavailable):
        open_desk(path, create=True)
    assert (mode(path), path.stat().st_size) == (0o600, 0)


@pytest.mark.on_file
def test_a_desk_that_is_there_keeps_its_permissions(path: Path) -> None:
    path.chmod(0o640)
    open_desk(path, create=True).close()
    assert mode(path) == 0o640


def test_every_missing_folder_is_private_and_the_others_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for _ in "ab":
        private_files.make_folder(tmp_path / "a" / "b")
    assert [mode(place) for place in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")] == [
        0o755,
        0o700,
        0o700,
    ]
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        private_files.make_folder(tmp_path / "file")


def test_a_file_that_is_there_keeps_its_permissions(tmp_path: Path) -> None:
    new, old = tmp_path / "new.txt", tmp_path / "old.txt"
    old.write_text("longer than before")
    old.chmod(0o644)
    for file in (new, old):
        private_files.write(file, "Zoë")
        assert file.read_text("utf-8") == "Zoë"
    assert (mode(new), mode(old)) == (0o600, 0o644)
