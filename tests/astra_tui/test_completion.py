"""Shell completion: the live ids and names of a desk, and never an error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run
from tests.by_hand import rows_of

ROOT = Path(__file__).resolve().parents[2]
Completed = Callable[..., list[str]]


@pytest.fixture
def completed(booked: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> Completed:
    """The words offered for the last word of an unfinished command line."""

    def complete(line: str, shell: str = "bash") -> list[str]:
        monkeypatch.setenv("_ASTRA_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", f"astra {line}")
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ") + 1))
        ended = booked()
        monkeypatch.delenv("_ASTRA_COMPLETE")
        assert (ended.code, ended.err) == (0, "")
        return ended.out.removesuffix("\n").splitlines()

    return complete


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("booking show ", ["1"]),
        ("booking show 1", ["1"]),
        ("booking show 2", []),
        ("booking show kat", ["1"]),
        ("booking claim 1 --agent ", ["1", "2"]),
        ("booking claim 1 --agent hop", ["2"]),
        ("agent show 3", []),
        ("why ", ["1"]),
        ("undo ", ["3", "2", "1"]),
        ("customer show ", ["1"]),
        ("customer show ngu", ["1"]),
        ("booking list --status c", ["Confirmed", "Cancelled"]),
        ("booking contact 1 --outcome no", ["no_answer", "not_interested"]),
        ("lead add --launch d", ["Dallas-Fort\\ Worth\\ Launch\\ Complex", "Dubai\\ Interplanetary\\ Hub"]),
        ("lead add --method t", ["Text"]),
        ("booking confirm 1 --package l", ["Luxury\\ Dome\\ Stay"]),
        ("policy ran", ["rank", "rank+contact"]),
        ("set year", ["year_shift"]),
        ("booking list --filter un", []),
        ("booking list --filter con", ["contacted:", "confirmed:"]),
        ("booking list --filter sta", ["status:Pending", "status:Confirmed", "status:Cancelled"]),
        ("booking list --filter to:t", ["to:Titan"]),
        ("booking list --filter launch:du", ['launch:\\"Dubai\\ Interplanetary\\ Hub\\"']),
        ("issue list --filter priority:u", ["priority:URGENT"]),
    ],
)
def test_words_offered(completed: Completed, line: str, offered: list[str]) -> None:
    assert completed(line) == [f"plain,{word}" for word in offered]


def test_names_are_offered_as_help(completed: Completed) -> None:
    assert completed("booking show 1", "zsh") == ["plain", "1", "Kate Nguyen, Mars, Pending"]
    assert completed("booking claim 1 --agent 2", "zsh") == ["plain", "2", "Grace Hopper, Premium Bookings"]


def test_completion_offers_at_most_fifty_and_writes_nothing(
    completed: Completed, path: Path, add_lead: Callable[..., object]
) -> None:
    for number in range(60):
        add_lead(f"Kate {number}")
    before = rows_of(path)
    assert completed("booking show ")[0] == "plain,61"
    assert len(completed("booking show ")) == len(completed("booking show kate")) == 50
    assert completed("booking show 6") == ["plain,61", "plain,60", "plain,6"]
    assert rows_of(path) == before


def test_db_is_used_in_any_position(completed: Completed, tmp_path: Path) -> None:
    other = tmp_path / "none.db"
    assert completed(f"--db {other} booking show ") == []
    assert completed(f"booking list --db {other} --agent ") == []
    assert not other.exists()


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"\0" * 200])
def test_a_file_that_is_not_a_desk_completes_to_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "desk.db"
    file.write_bytes(content)
    words = {"COMP_WORDS": "astra booking show ", "COMP_CWORD": "3", "_ASTRA_COMPLETE": "bash_complete"}
    environment = os.environ | words | {"ASTRA_DATABASE": str(file), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "astra_tui.main"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=50)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "", "")
    assert file.read_bytes() == content
