"""An import or demo is one act: killed at any moment, the next run finishes it as if nothing had been."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import doctor
from dispatch.operations.row_types import ImportResult
from dispatch.operations.undo import undo
from models.audit import Event
from models.errors import Conflict, Refused
from seeds.demo.demo import make_demo
from seeds.importing.importer import import_files
from tests.seeds import acting

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = range(1, 10)
STEPS = 6  # commits of the small import: its head, its agents, and 9 assignments two at a time


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def findings(desk: Desk) -> dict[str, str]:
    with desk.reading():
        report = doctor.examine(desk)
    assert report["ok"], report
    return {row["check"]: row["detail"] + " | " + row["hint"] for row in report["checks"] if not row["ok"]}


@pytest.fixture
def small(files: Any, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Nine assignments, seven with a booking, and their two agents."""
    monkeypatch.setattr("seeds.importing.importer.BATCH_ROWS", 2)
    return [
        files.sql("space_travel_agents", {}, {"AgentID": 2, "SpaceLicenseNumber": "L-2", "FirstName": "Bob"}),
        files.sql("assignment_history", *({"AssignmentID": n, "AgentID": 1 + n % 2} for n in NUMBERS)),
        files.sql("bookings", *({"AssignmentID": n, "BookingID": 10 - n} for n in NUMBERS if n % 4)),
    ]


@pytest.fixture
def new_desk(tmp_path: Path, empty_desk_file: Path, clock: Any) -> Iterator[Callable[[str], Desk]]:
    opened = []

    def new(name: str, actor: str = "kim") -> Desk:
        path = tmp_path / f"{name}.db"
        if not path.exists():
            shutil.copy(empty_desk_file, path)
        opened.append(open_desk(path, clock=clock, actor=actor))
        return opened[-1]

    yield new
    for desk in opened:
        desk.close()


class Stop(BaseException):
    """As a key or a signal would stop it."""


def stop_before(monkeypatch: pytest.MonkeyPatch, commit: int) -> None:
    """Stop the next run inside its commit of this number, after its rows and before its event."""
    from dispatch.desk import commands

    left = [commit]
    write = commands._write_event

    def count(*given: Any) -> None:
        if left[0] == 0:
            raise Stop
        left[0] -= 1
        write(*given)

    monkeypatch.setattr(commands, "_write_event", count)


def stopped(monkeypatch: pytest.MonkeyPatch, commit: int, act: Callable[[], object]) -> None:
    with monkeypatch.context() as patch:
        stop_before(patch, commit)
        with pytest.raises(Stop):
            act()


@pytest.mark.parametrize("commit", range(1, STEPS + 1))
def test_an_interrupted_import_is_continued_as_if_nothing_had_happened(
    new_desk: Callable[..., Desk], small: list[Path], monkeypatch: pytest.MonkeyPatch, commit: int
) -> None:
    whole, broken = new_desk("whole"), new_desk("broken")
    import_files(whole, small)
    stopped(monkeypatch, commit, lambda: import_files(broken, small))

    found = findings(broken)["imports"]
    assert "event 1 (space_travel_agents.sql, assignment_history.sql, bookings.sql) is not finished" in found
    assert " of 9 assignments, " in found
    assert "{log.undo 1}" in found
    preview = import_files(broken, small[::-1], dry_run=True)
    result = import_files(broken, small)

    assert preview["resumed"] == result["resumed"] == 1
    assert dump(broken.database.file) == dump(whole.database.file)
    assert "imports" not in findings(broken)
    assert import_files(broken, small)["resumed"] is None


def test_nothing_is_left_of_an_import_that_stops_before_its_first_commit(
    new_desk: Callable[..., Desk], small: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk("desk")
    before = dump(desk.database.file)
    stopped(monkeypatch, 0, lambda: import_files(desk, small))
    assert dump(desk.database.file) == before


@pytest.mark.parametrize("commit", [1, 3, 30])
def test_an_interrupted_demo_is_finished_as_it_was_begun(
    new_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, clock: Any, commit: int
) -> None:
    monkeypatch.setattr("seeds.demo.demo.BATCH_ROWS", 50)
    whole, broken = new_desk("whole"), new_desk("broken")
    made = make_demo(whole, agents=5, bookings=90, with_issues=True)
    stopped(monkeypatch, commit, lambda: make_demo(broken, agents=5, bookings=90, with_issues=True))

    assert "event 1 (a demo) is not finished" in findings(broken)["imports"]
    again = make_demo(broken)

    assert again == made | {"resumed": 1}
    assert dump(broken.database.file) == dump(whole.database.file)
    assert "imports" not in findings(broken)
    with pytest.raises(Refused, match="not empty"):
        make_demo(broken)


def test_a_demo_that_is_finished_later_is_of_the_time_when_it_was_begun(
    new_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    whole, broken = new_desk("whole"), new_desk("broken")
    make_demo(whole, agents=5, bookings=90)
    stopped(monkeypatch, 2, lambda: make_demo(broken, agents=5, bookings=90))
    clock.advance(hours=30)
    make_demo(broken)
    for table in ("bookings", "assignment_history", "space_travel_agents"):
        rows = [
            [line for line in dump(desk.database.file) if line.startswith(f'INSERT INTO "{table}"')]
            for desk in (whole, broken)
        ]
        assert rows[0] == rows[1]


def test_another_import_may_come_between(
    new_desk: Callable[..., Desk], small: list[Path], files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk("desk")
    stopped(monkeypatch, 3, lambda: import_files(desk, small))
    other = files.sql("space_travel_agents", {"AgentID": 7, "SpaceLicenseNumber": "L-7"}, name="other.sql")

    assert import_files(desk, [other])["resumed"] is None
    assert import_files(desk, small)["resumed"] == 1
    assert "imports" not in findings(desk)


def test_a_row_that_can_no_longer_be_written_does_not_keep_an_import_open(
    new_desk: Callable[..., Desk], small: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk("desk")
    stopped(monkeypatch, STEPS, lambda: import_files(desk, small))
    wanted = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
    assert intake.receive(desk, name="Nia Stone", **wanted)["assignment_id"] == 9

    result = import_files(desk, small)

    assert (result["resumed"], result["assignments"], len(result["quarantined"])) == (1, 0, 2)
    assert "imports" not in findings(desk)


def test_who_continues_an_import_takes_it_from_the_other_terminal(
    new_desk: Callable[..., Desk], small: list[Path]
) -> None:
    first, second, whole = new_desk("desk"), new_desk("desk"), new_desk("whole")
    import_files(whole, small)
    results: list[ImportResult] = []

    def meanwhile(done: int, _total: int, what: str) -> None:
        if what == "writing" and done == 4 and not results:
            results.append(import_files(second, small))

    with pytest.raises(Conflict, match="another terminal"):
        import_files(first, small, progress=meanwhile)

    assert [result["resumed"] for result in results] == [1]
    assert dump(first.database.file) == dump(whole.database.file)


def test_an_import_that_began_meanwhile_is_not_begun_again(
    new_desk: Callable[..., Desk], small: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_desk("desk"), new_desk("desk")
    done: list[bool] = []

    def meanwhile(*_step: object) -> None:
        if not done:
            done.append(True)
            stopped(monkeypatch, 2, lambda: import_files(second, small))

    monkeypatch.setattr(
        "seeds.importing.importer._result", _after(meanwhile, import_files.__globals__["_result"])
    )
    with pytest.raises(Conflict, match=r"event 1\)"):
        import_files(first, small)


def _after(first: Callable[[], object], function: Callable[..., Any]) -> Callable[..., Any]:
    def both(*given: Any) -> Any:
        first()
        return function(*given)

    return both


def test_an_import_stops_when_somebody_undoes_it(new_desk: Callable[..., Desk], small: list[Path]) -> None:
    first, second = new_desk("desk"), new_desk("desk", "lee")

    def meanwhile(done: int, _total: int, what: str) -> None:
        if what == "writing" and done == 4:
            undo(second, 1)

    with pytest.raises(Refused, match="undone by lee"):
        import_files(first, small, progress=meanwhile)

    assert findings(first).keys() <= {"search", "sqlite", "capacity"}
    with first.reading():
        assert Event.select().where(Event.command == "import").count() == 1


# in processes of their own


def many_rows(files: Any) -> list[Path]:
    numbers = range(1, 1401)
    outcomes = [
        {"BookingStatus": "Confirmed", "BookingCompleteDate": "2081-03-01 09:00:00"},
        {"BookingStatus": "Cancelled", "CancelledDate": "2081-03-01 09:00:00"},
        {},
    ]
    agents = [{"AgentID": n, "SpaceLicenseNumber": f"L-{n}", "LastName": f"Low {n}"} for n in range(1, 41)]
    return [
        files.sql("space_travel_agents", *agents),
        files.sql("assignment_history", *({"AssignmentID": n, "AgentID": 1 + n % 40} for n in numbers)),
        files.sql(
            "bookings", *({"AssignmentID": n, "BookingID": n} | outcomes[n % 3] for n in numbers if n % 9)
        ),
    ]


def start(path: Path, paths: list[Path]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.seeds.acting", str(path), *map(str, paths)]
    settled = os.environ | {"PYTHONHASHSEED": "0"}  # or the columns in an event come in any order
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=settled)


def run_to_its_end(path: Path, paths: list[Path]) -> None:
    if paths:
        assert acting.main(str(path), *map(str, paths)) == 0
    else:
        start(path, paths).communicate(timeout=60)


def kill_after(path: Path, paths: list[Path], lines: int) -> None:
    """Kill the process at any moment after it has told of so many commits."""
    process = start(path, paths)
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


def check_killed_and_continued(folder: Path, empty: Path, paths: list[Path], moments: list[int]) -> None:
    whole, broken = (Path(shutil.copy(empty, folder / name)) for name in ("whole.db", "broken.db"))
    run_to_its_end(whole, paths)
    for lines in moments:
        kill_after(broken, paths, lines)
    run_to_its_end(broken, paths)
    assert dump(broken) == dump(whole)


@pytest.mark.parametrize("kind", ["import", "demo"])
def test_a_killed_process_is_continued_by_the_next(
    tmp_path: Path, empty_desk_file: Path, files: Any, kind: str
) -> None:
    paths = many_rows(files) if kind == "import" else []
    check_killed_and_continued(tmp_path, empty_desk_file, paths, [random.randint(1, 3)])


@pytest.mark.stress
@pytest.mark.parametrize("turn", range(12))
@pytest.mark.parametrize("kind", ["import", "demo"])
def test_a_process_killed_again_and_again(
    tmp_path: Path, empty_desk_file: Path, files: Any, kind: str, turn: int
) -> None:
    paths = many_rows(files) if kind == "import" else []
    moments = [random.Random(f"{kind} {turn} {number}").randint(0, 3) for number in range(5)]
    check_killed_and_continued(tmp_path, empty_desk_file, paths, moments)


def test_a_killed_import_can_be_taken_back(tmp_path: Path, empty_desk_file: Path, files: Any) -> None:
    path = Path(shutil.copy(empty_desk_file, tmp_path / "killed.db"))
    kill_after(path, many_rows(files), 3)
    desk = open_desk(path, actor="lee")
    undo(desk, 1)
    assert "imports" not in findings(desk)
    desk.close()


def test_two_processes_import_each_row_once(tmp_path: Path, empty_desk_file: Path, files: Any) -> None:
    whole, shared = (
        Path(shutil.copy(empty_desk_file, tmp_path / name)) for name in ("whole.db", "shared.db")
    )
    paths = many_rows(files)
    run_to_its_end(whole, paths)
    both = [start(shared, paths), start(shared, paths)]
    outputs = [process.communicate(timeout=60)[0] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes == [0, 0] or (codes == [0, 1] and any("conflict" in output for output in outputs))

    def rows(path: Path) -> list[str]:
        return [line for line in dump(path) if '"events' not in line and "sqlite_sequence" not in line]

    assert rows(shared) == rows(whole)
