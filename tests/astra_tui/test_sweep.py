"""``astra sweep --every``: its spans, its signals, and two processes that want to be the sweeper."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from astra_tui.cli.commands import sweep as command
from astra_tui.cli.commands.sweep import RoundReports
from astra_tui.cli.signals import StopSignals
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations.sweep_rounds import Round, Rounds
from models.errors import DatabaseUnavailable
from models.sqlite import desk_file
from models.sweepers import Sweeper
from tests.astra_tui.conftest import PATIENCE_S, Run, Start, lines_of

DONE: dict[str, Any] = {
    "presence": [], "covered": [], "lapsed": [4, 5], "asked": [], "released": [7], "passed_on": [],
    "first_contact": [], "assigned": [], "seen_by_all": [],
    "moves": [],
    "warned": [], "escalated": [], "closed": [], "erased": [], "sealed": 0,
    "trained": None, "training_problem": "", "backups": [], "backup_problem": "",
}  # fmt: skip
NOTHING = DONE | {"lapsed": [], "released": []}
STUCK = NOTHING | {"seen_by_all": [4]}
LOCKED = DatabaseUnavailable("locked", "desk.db is locked by another process", "try again later")


def sweeping(started: Start, every: str = "1h") -> subprocess.Popen[str]:
    return started("sweep", "--every", every, "--json")


def sweeper_of(path: Path | str) -> Sweeper | None:
    with closing(open_desk(path)) as desk:
        return desk.database.sweep_record.sweeper()


def test_one_process_sweeps_and_after_its_end_however_violent_another_one(
    astra: Run, path: Path | str, started: Start
) -> None:
    first = sweeping(started)
    assert lines_of(first, 1)[0]["presence"] == []
    refused = astra("sweep", "--every", "60s", "--json")
    assert (refused.code, refused.error["code"]) == (1, "already_swept")
    assert f"process {first.pid} of " in refused.error["message"]
    assert astra("sweep").out == "Nothing was due\n", "a single sweep is allowed beside it"
    assert f"process {first.pid} on" in astra("doctor").out
    first.kill()
    first.wait(PATIENCE_S)
    second = sweeping(started)
    lines_of(second, 1)
    assert (sweeper := sweeper_of(path)) is not None
    assert sweeper.pid == second.pid
    second.send_signal(signal.SIGTERM)
    out, err = second.communicate(timeout=PATIENCE_S)
    assert (second.returncode, out, err) == (0, "", f"Sweeping {path} every 1 h, until stopped\n")
    assert sweeper_of(path) is None
    assert not isinstance(path, Path) or not desk_file.has_log(path)


@pytest.mark.stress
def test_a_process_survives_a_desk_that_is_gone_for_a_while(path: Path, started: Start) -> None:
    process, away = sweeping(started, "5s"), path.with_name("away.db")
    told = lines_of(process, 1)
    path.rename(away)
    told += lines_of(process, 2)
    away.rename(path)
    told += lines_of(process, 1)
    assert [one.get("error", {}).get("code") for one in told] == [None, "no_database", "no_database", None]
    process.send_signal(signal.SIGHUP)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert len(err.splitlines()) == 3, "where it sweeps, that the desk is gone, and that it is back"


@pytest.mark.parametrize(
    ("span", "seconds"), [("60s", 60), ("90S", 90), ("5m", 300), ("1h", 3600), ("5", 5), (" 24h ", 86_400)]
)
def test_spans_of_time(astra: Run, monkeypatch: pytest.MonkeyPatch, span: str, seconds: int) -> None:
    kept: list[float] = []
    monkeypatch.setattr(Rounds, "keep_on", lambda rounds, *_: kept.append(rounds.every_s))
    assert astra("sweep", "--every", span).code == 0
    assert kept == [seconds]


@pytest.mark.parametrize("span", ["4", "0s", "25h", "1.5m", "-60s", "60 s", "1d", "", "½m", "s", "9" * 30])
def test_other_spans_are_refused(astra: Run, span: str) -> None:
    ended = astra("sweep", f"--every={span}", "--json")
    assert (ended.code, ended.error["code"]) == (2, "usage")
    assert "5s to 24h, such as 60s, 5m or 1h" in ended.error["message"]


def test_a_missing_desk_is_refused(astra: Run, tmp_path: Path) -> None:
    ended = astra("sweep", "--every", "60s", "--json", "--db", tmp_path / "missing.db")
    assert (ended.code, ended.error["code"]) == (3, "no_database")
    assert list(tmp_path.glob("missing*")) == []


def test_what_rounds_print(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    monkeypatch.setattr(command, "moment", str)
    reports = RoundReports(path, 60, as_json=False)
    at = "2082-03-01 09:00:00"
    for one in (
        Round(at, NOTHING),  # type: ignore[arg-type]
        Round(at, DONE),  # type: ignore[arg-type]
        Round(at, STUCK),  # type: ignore[arg-type]
        Round(at, STUCK),  # type: ignore[arg-type]
        Round(None, None, LOCKED),
        Round(None, None, LOCKED),
        Round(at, NOTHING, note="Another desk is here now"),  # type: ignore[arg-type]
    ):
        reports.tell(one)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"Sweeping {path} every 1 min, until stopped",
        "2082-03-01 09:00:00  offers passed on: 4, 5; claims released: 7",
        "2082-03-01 09:00:00  seen by all, taken by nobody: 4",
        "desk.db is locked by another process; retrying every round",
        "Another desk is here now",
        f"{path} can be swept again",
    ]


def test_each_round_is_one_line_of_json(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    reports = RoundReports(path, 60, as_json=True)
    reports.tell(Round("2082-03-01 09:00:00", DONE))  # type: ignore[arg-type]
    reports.tell(Round(None, None, LOCKED))
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["at"], first["lapsed"]) == ("2082-03-01 09:00:00", [4, 5])
    assert second == {"at": None, "error": LOCKED.as_json()}


def test_a_sweep_after_days_says_so_first(astra: Run, desk: Desk) -> None:
    desk.database.sweep_record.note("2082-01-01 09:00:00")
    assert astra("sweep").err.startswith("No sweep since 1 Jan 2082")
    assert astra("sweep").err == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_wait_and_is_handled_as_before_afterwards(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with StopSignals() as stop:
            assert not stop.wait(0)
            os.kill(os.getpid(), number)
            assert stop.wait(PATIENCE_S)
            assert stop.wait(PATIENCE_S), "it stays so"
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_a_signal_that_was_ignored_from_the_start_still_is() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopSignals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.wait(0)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_clock_that_is_set_does_not_change_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)
    with StopSignals() as stop:
        started = time.monotonic()
        assert not stop.wait(0.02)
        assert time.monotonic() - started >= 0.02
