"""Output that cannot be written: what was done counts as done, and nothing ends in a traceback."""

from __future__ import annotations

import errno
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("--first-name", "Grace", "--last-name", "Hopper", "--department", "Premium Bookings")
ADD = ("agent", "add", *NAMES, "--job-title", "Space Travel Agent")
FULL = [">/dev/full", "the disk is full"]
CLOSED = [">&-", "stdout is closed"]


@pytest.fixture(autouse=True)
def _full_device() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")


def in_shell(path: Path, arguments: tuple[str, ...], redirection: str) -> tuple[int, str, str]:
    """Run a command with redirections; return its exit code and what it wrote."""
    command = shlex.join([sys.executable, "-m", "astra_tui.main", *arguments])
    ended = subprocess.run(
        ["bash", "-c", f"{command} {redirection}"],
        env=os.environ | {"ASTRA_DATABASE": str(path), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize(("redirection", "reason"), [FULL, CLOSED])
def test_what_is_done_is_reported_as_done(astra: Run, path: Path, redirection: str, reason: str) -> None:
    """It exited with 1, and a script that repeated it did it twice."""
    told = f"Done, but the output was lost: {reason}\n"
    for form in ((), ("--json",)):
        assert in_shell(path, (*ADD, *form), redirection) == (0, "", told)
    assert in_shell(path, ADD, f"{redirection} 2>&-") == (0, "", "")
    assert len(astra("agent", "list", "--json").json) == 3


@pytest.mark.parametrize(("redirection", "reason"), [FULL, CLOSED])
@pytest.mark.parametrize("arguments", [("--version",), ("-h",), ("destination", "list"), ("set", "--json")])
def test_a_listing_that_nobody_gets_is_refused(
    path: Path, arguments: tuple[str, ...], redirection: str, reason: str
) -> None:
    told = f"Error: cannot write the output: {reason}\n"
    assert in_shell(path, arguments, redirection) == (1, "", told)


def test_a_refusal_that_json_cannot_tell_goes_to_stderr(path: Path) -> None:
    for redirection in (FULL[0], CLOSED[0]):
        code, _, err = in_shell(path, ("agent", "show", "9", "--json"), redirection)
        assert (code, err) == (1, "Error: no agent 9\nHint: astra agent list shows them\n")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_narration_that_is_lost_stops_nothing(tmp_path: Path, redirection: str) -> None:
    new = tmp_path / "new.db"  # made with a word about it
    code, out, _ = in_shell(new, ADD, redirection)
    assert (code, out[:8]) == (0, "Agent 1:")
    assert in_shell(new, ("agent", "show", "9"), redirection)[0] == 1


def test_a_closed_stdin_is_an_empty_file(path: Path) -> None:
    code, _, err = in_shell(path, ("lead", "add", "--from", "-"), "<&-")
    assert (code, "the file is empty" in err) == (2, True)
    assert "needs a terminal" in in_shell(path, (), "<&- >&-")[2]


def test_another_file_on_a_full_disk_is_named(astra: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "notes.txt")

    monkeypatch.setattr("astra_tui.cli.options.Call.desk", fill)
    ended = astra("destination", "list", "--json")
    assert (ended.code, ended.error["code"]) == (1, "output")
    assert ended.error["message"] == "cannot write notes.txt: the disk is full"
