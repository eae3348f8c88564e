"""``astra batch``: one command a line, one result a line, one undo."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.astra_tui.conftest import LEAD, Run


@pytest.fixture
def desk_file(staffed: Run, path: Path) -> Path:
    """Two agents, and bookings 1 to 3."""
    for _ in range(3):
        assert staffed("lead", "add", *LEAD).code == 0
    return path


def holder(astra: Run, number: int) -> int:
    agent: int = astra("booking", "show", number, "--json").json["agent_id"]
    return agent


def write(folder: Path, *lines: str) -> Path:
    file = folder / "commands.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def results(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def state(astra: Run) -> list[tuple[str, bool]]:
    rows = astra("booking", "list", "--sort", "id", "--ascending", "--json").json
    return [(row["status"], bool(row["claimed_at"])) for row in rows]


def test_a_bad_line_in_the_middle_is_named_and_the_rest_is_done(
    astra: Run, desk_file: Path, tmp_path: Path
) -> None:
    who = holder(astra, 1)
    file = write(
        tmp_path,
        "# claims",
        f"booking claim 1 --agent {who}",
        "",
        "booking claim 99 --agent 1",
        'booking note 1 --text "called # twice"',
        'booking note 1 --text "open',
        "astra booking cancel 2 3 --reason 'no money'",
    )
    ended = astra("batch", file, "--json")
    assert ended.code == 1
    found = results(ended.out)
    assert [(one["line"], one["ok"]) for one in found] == [
        (2, True),
        (4, False),
        (5, True),
        (6, False),
        (7, True),
    ]
    assert found[0]["result"]["booking_id"] == 1
    assert found[0]["command"] == f"booking claim 1 --agent {who}"
    assert found[1]["error"]["code"] == "not_found"
    assert found[3]["error"]["message"].startswith("unclosed quote")
    assert found[4]["result"]["done"] == 2
    assert "3 done, 2 refused; astra undo" in ended.err
    assert astra("undo").code == 0
    assert state(astra) == [("Pending", False)] * 3


def test_people_get_one_line_for_each(astra: Run, desk_file: Path, tmp_path: Path) -> None:
    who = holder(astra, 1)
    ended = astra("batch", write(tmp_path, f"booking claim 1 --agent {who}", "booking keep 2"))
    assert ended.out.splitlines()[0].startswith("1: Booking 1: Kate Nguyen")
    assert ended.out.splitlines()[1].startswith("2: refused, ")
    assert len(ended.out.splitlines()) == 2


def test_all_or_nothing(astra: Run, desk_file: Path, tmp_path: Path) -> None:
    who = holder(astra, 1)
    lines = (f"booking claim 1 --agent {who}", "booking claim 99 --agent 1", "booking cancel 2 --reason ill")
    events = astra("log", "--json").json
    ended = astra("batch", write(tmp_path, *lines), "--atomic", "--json")
    assert ended.code == 1
    assert [one["error"]["code"] for one in results(ended.out)] == ["not_done", "not_found", "not_done"]
    assert astra("log", "--json").json == events
    ended = astra("batch", write(tmp_path, lines[0], lines[2]), "--atomic", "--json")
    assert (ended.code, [one["ok"] for one in results(ended.out)]) == (0, [True, True])
    assert state(astra)[:2] == [("Pending", True), ("Cancelled", True)]
    assert "Undone: a batch of commands" in astra("undo").out
    assert state(astra) == [("Pending", False)] * 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("demo", "demo does not work in a batch"),
        ("restore x.db", "restore does not work in a batch"),
        ("backup x.db", "backup does not work in a batch"),
        ("sweep --every 60s", "sweep does not work in a batch"),
        ("batch x.txt", "batch does not work in a batch"),
        ("undo", "undo does not work in a batch"),
        ("booking list", "booking list only reads"),
        ("set", "set only reads"),
        ("set pull", "set only reads"),
        ("policy", "policy only reads"),
        ("customer forget 1", "customer forget does not work in a batch"),
        ("lead add --from x.csv", "--from does not work in a batch line"),
        ("booking cancel 1 --reason x --dry-run", "--dry-run does not work in a batch line"),
        ("booking note 1 --text x --db other.db", "--db does not work in a batch line"),
        ("booking note 1 --text x --as eve", "--as does not work in a batch line"),
        ("booking note --help", "--help does not work in a batch line"),
        ("bokking note 1", "'bokking' is not a command"),
        ("booking", ""),
        ("booking not 1 --text x", ""),
        ("booking note 1", "Missing option '--text'"),
        ("booking note one --text x", "'one' is not the number of a booking"),
        ("--version", "'--version' is not a command"),
    ],
)
def test_what_no_line_may_hold_is_refused_by_name(
    astra: Run, desk_file: Path, tmp_path: Path, line: str, message: str
) -> None:
    events = astra("log", "--json").json
    ended = astra("batch", write(tmp_path, line), "--json")
    assert ended.code == 1
    (found,) = results(ended.out)
    assert not found["ok"]
    assert message in found["error"]["message"]
    assert astra("log", "--json").json == events


def test_lines_come_from_stdin_too(astra: Run, desk_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfbooking note 1 --text caf\xc3\xa9\r\n"))
    monkeypatch.setattr(sys, "stdin", typed)
    assert astra("batch").code == 0
    assert astra("log", "--json", "--limit", 1).json[0]["detail"]["text"] == "café"


def test_a_file_that_is_no_text_is_refused(astra: Run, desk_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"booking note 1\n\xff\xfe")
    assert astra("batch", file, "--json").error["message"].startswith("line 2 of")
    assert astra("batch", tmp_path / "none", "--json").code == 2


def test_a_request_id_makes_it_safe_to_repeat(astra: Run, desk_file: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "booking note 1 --text one", "booking note 2 --text two")
    first = astra("batch", file, "--request-id", "b1", "--json")
    events = astra("log", "--json").json
    again = astra("batch", file, "--request-id", "b1", "--json")
    assert (again.code, again.out) == (0, first.out)
    assert astra("log", "--json").json == events
    other = astra("batch", write(tmp_path, "booking note 1 --text x"), "--request-id", "b1", "--json")
    assert results(other.out)[0]["error"]["code"] == "request_id_reused"
    assert astra("batch", file, "--request-id", "b" * 90, "--json").code == 2


def test_no_commands_are_no_batch(astra: Run, desk_file: Path, tmp_path: Path) -> None:
    ended = astra("batch", write(tmp_path, "", "# nothing"))
    assert (ended.code, ended.out) == (0, "")


@pytest.mark.parametrize("is_atomic", [False, True])
def test_what_was_told_before_a_kill_is_done(
    astra: Run, desk_file: Path, tmp_path: Path, is_atomic: bool
) -> None:
    file = write(tmp_path, *(f"booking note 1 --text 'number {number}'" for number in range(400)))
    flags = ["--atomic"] if is_atomic else []
    command = [sys.executable, "-m", "astra_tui.main", "batch", str(file), "--request-id", "k", *flags]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(5)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    told = [line for line in told if line.endswith("\n")]

    def notes() -> list[str]:
        rows = astra("log", "--command", "booking.note", "--json").json
        return [row["detail"]["text"] for row in rows][::-1]

    assert len(notes()) >= len(told)
    assert notes() == [f"number {number}" for number in range(len(notes()))]
    assert not is_atomic or len(notes()) in (0, 400)
    assert astra("batch", file, "--request-id", "k", *flags).code == 0
    assert notes() == [f"number {number}" for number in range(400)]
    heads = [row for row in astra("log", "--json").json if row["command"] == "batch"]
    assert len(heads) == 1
