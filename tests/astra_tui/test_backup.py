"""``astra backup`` and ``astra restore``."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run

pytestmark = pytest.mark.on_file  # a server's desk is refused: test_on_a_server.py


def test_a_backup_names_its_file_and_what_is_in_it(booked: Run, tmp_path: Path) -> None:
    ended = booked("backup", tmp_path / "copy.db")
    assert ended.code == 0
    assert "1 booking, up to event" in ended.out
    assert "Checked: the copy is sound" in ended.out
    made = booked("backup", "--keep", 3, "--json").json
    assert (made["bookings"], made["checked"], made["deleted"]) == (1, True, [])
    assert made["bytes"] == Path(made["file"]).stat().st_size


def test_a_backup_is_refused_by_its_name(booked: Run, path: Path, tmp_path: Path) -> None:
    assert booked("backup", path, "--json").error["code"] == "invalid_file"
    (tmp_path / "copy.db").touch()
    ended = booked("backup", tmp_path / "copy.db")
    assert ended.code == 1
    assert "already exists\nHint: choose another name, or overwrite it: --force" in ended.err


def test_no_room_for_a_backup_leaves_nothing_behind(booked: Run, path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "astra_tui.main", "--db", path, "backup", folder / "copy.db"],
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"Error: not enough space for {folder / 'copy.db'}")
    assert os.listdir(folder) == []


def test_a_restore_says_what_is_lost(booked: Run, path: Path, tmp_path: Path) -> None:
    booked("backup", tmp_path / "copy.db")
    booked("booking", "cancel", 1, "--reason", "ill")
    ended = booked("restore", tmp_path / "copy.db", "--dry-run")
    assert ended.code == 0
    assert "1 event would be lost, with 0 leads, 0 bookings, 0 issues made since" in ended.out
    assert "kim: booking 1 cancelled" in ended.out
    assert booked("booking", "show", 1, "--json").json["status"] == "Cancelled"
    done = booked("restore", tmp_path / "copy.db", "--json").json
    assert (done["lost"]["events"], done["dry_run"]) == (1, False)
    assert Path(done["kept"]).exists()
    assert booked("booking", "show", 1, "--json").json["status"] == "Pending"
    assert "restored the desk" in booked("log", "--limit", 1).out


def test_a_restore_is_refused_in_words(booked: Run, path: Path, tmp_path: Path) -> None:
    ended = booked("restore", tmp_path / "none.db")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: no file")
    (tmp_path / "notes.txt").write_text("no desk")
    ended = booked("restore", tmp_path / "notes.txt", "--json")
    assert (ended.code, ended.error["code"]) == (3, "not_a_database")


def test_a_missing_desk_is_restored_where_it_belongs(booked: Run, tmp_path: Path) -> None:
    booked("backup", tmp_path / "copy.db")
    ended = booked("restore", tmp_path / "copy.db", "--db", tmp_path / "new.db")
    assert ended.code == 0
    assert "What the desk had since then is unknown" in ended.out
    assert booked("booking", "show", 1, "--db", tmp_path / "new.db").code == 0
