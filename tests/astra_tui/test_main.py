"""``astra`` as a process: its imports, its exit codes and its pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import sys
from astra_tui.main import main
code = main(sys.argv[1:])
sys.stderr.write(" ".join(sorted(sys.modules)))
sys.exit(code)
"""
GRACE = ("--first-name", "Grace", "--last-name", "Hopper", "--department", "Premium Bookings")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {"ASTRA_DATABASE": str(tmp_path / "desk.db"), "PYTHONPATH": str(ROOT), "TZ": "UTC"}


def process(
    environment: dict[str, str], *arguments: str, code: str | None = None
) -> subprocess.CompletedProcess[str]:
    start = ["-m", "astra_tui.main"] if code is None else ["-c", code]
    command = [sys.executable, *start, *arguments]
    return subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=50,
    )


def test_a_lead_goes_from_entry_to_confirmation(environment: dict[str, str]) -> None:
    def done(*arguments: str) -> dict[str, object]:
        ended = process(environment, *arguments, "--json")
        assert ended.returncode == 0, ended.stderr
        row: dict[str, object] = json.loads(ended.stdout)
        return row

    done("agent", "add", *GRACE, "--job-title", "Space Travel Agent")
    lead = ("--name", "Kate Nguyen", "--method", "Text", "--source", "Organic", "--destination", "Mars")
    added = done("lead", "add", *lead, "--launch", "Tokyo Spaceport Terminal")
    assert (added["booking_id"], added["agent_name"]) == (1, "Grace Hopper")
    assert done("booking", "claim", "1", "--agent", "1")["claimed_at"]
    quote = ("--package", "Luxury Dome Stay", "--destination-revenue", "1200.50", "--package-revenue", "80")
    confirmed = done("booking", "confirm", "1", *quote)
    assert (confirmed["status"], confirmed["total_revenue"]) == ("Confirmed", 1280.5)


def test_undo_without_a_number_stays_in_its_shell(environment: dict[str, str]) -> None:
    process(environment, "agent", "add", *GRACE, "--job-title", "Space Travel Agent")
    command = [sys.executable, "-m", "astra_tui.main", "undo"]
    elsewhere = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, start_new_session=True
    )
    assert elsewhere.returncode == 1
    assert "from another terminal; astra undo 1 undoes it" in elsewhere.stderr
    assert process(environment, "undo").returncode == 0


def test_version_imports_nothing_heavy(environment: dict[str, str]) -> None:
    ended = process(environment, "--version", code=LOADED)
    assert ended.stdout.startswith("astra ")
    loaded = set(ended.stderr.split())
    assert not loaded & {"click", "rich", "peewee", "textual", "dispatch.desk.desk"}


def test_agent_list_loads_only_what_it_needs(
    environment: dict[str, str],
) -> None:
    process(environment, "agent", "add", *GRACE, "--job-title", "Space Travel Agent")
    ended = process(environment, "agent", "list", code=LOADED)
    assert "Grace Hopper" in ended.stdout
    loaded = {name.split(".")[0] for name in ended.stderr.split()}
    assert not loaded & {"textual", "screens", "seeds", "sklearn", "numpy", "psycopg", "tomlkit"}


def test_triage_needs_no_desk_and_no_learning_library(environment: dict[str, str]) -> None:
    ended = process(environment, "triage", "I forgot my password", code=LOADED)
    assert ended.stdout.split()[:2] == ["category", "account_access"]
    loaded = {name.split(".")[0] for name in ended.stderr.split()}
    assert not loaded & {"textual", "screens", "seeds", "sklearn", "numpy", "scipy", "requests"}


def test_a_prediction_needs_no_learning_library(environment: dict[str, str]) -> None:
    process(environment, "agent", "add", *GRACE, "--job-title", "Space Travel Agent")
    ended = process(environment, "issue", "open", "--text", "My invoice is wrong", "--json", code=LOADED)
    assert json.loads(ended.stdout)["satisfaction"]["predicted"]
    loaded = {name.split(".")[0] for name in ended.stderr.split()}
    assert not loaded & {"textual", "screens", "seeds", "sklearn", "numpy", "scipy"}


def test_without_a_terminal_the_application_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    ended = process(environment)
    assert ended.returncode == 2
    assert "needs a terminal" in ended.stderr
    assert not (tmp_path / "desk.db").exists()


def test_a_missing_database_exits_with_3_and_prints_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ended = process(environment, "agent", "list")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert str(tmp_path / "desk.db") in ended.stderr
    assert not (tmp_path / "desk.db").exists()


def test_a_closed_pipe_is_not_an_error(environment: dict[str, str]) -> None:
    process(environment, "agent", "add", *GRACE, "--job-title", "Space Travel Agent")
    command = f'"{sys.executable}" -m astra_tui.main set --json | true; echo "${{PIPESTATUS[0]}}"'
    ended = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False, timeout=50
    )
    assert (ended.stdout.strip(), ended.stderr) == ("0", "")


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """Processes started meanwhile end on ctrl+c, which the children of a job in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_exits_quietly_with_130(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "astra_tui.main", "lead", "add", "--from", "-"]
    running = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdin is not None
    running.stdin.write("name,method\n")
    running.stdin.flush()
    wait_until_reading(running.pid)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (130, "", "")


def wait_until_reading(pid: int) -> None:
    """Wait until a process blocks on its stdin."""
    channel = Path(f"/proc/{pid}/wchan")
    if not channel.exists():
        pytest.skip("this system does not show what a process waits for")
    deadline = time.monotonic() + 20
    while "pipe" not in channel.read_text() and time.monotonic() < deadline:
        os.sched_yield()


def test_a_score_does_not_load_the_training_modules(environment: dict[str, str]) -> None:
    process(environment, "agent", "add", *GRACE, "--job-title", "Space Travel Agent")
    lead = ("--method", "Text", "--source", "Organic", "--destination", "Mars", "--launch")
    ended = process(environment, "match", *lead, "Tokyo Spaceport Terminal", "--json", code=LOADED)
    assert json.loads(ended.stdout)[0]["match_score"] == 0.0
    loaded = set(ended.stderr.split())
    assert "dispatch.matching.score" in loaded
    assert not loaded & {
        "sklearn",
        "scipy",
        "numpy",
        "matplotlib",
        "textual",
        "dispatch.matching.learning.training",
    }
