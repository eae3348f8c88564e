"""Several terminals at once, the doctor, triage corrections, and older files."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from dispatch.operations.integrity import issues as issue_integrity_checks
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import conversation, editing, intake
from models import engine
from models.base import tuples
from models.issues import Escalation, SlaWarning
from tests.conftest import TestClock
from tests.dispatch.service.conftest import Row
from tests.query_cost import FEW, add_issues, extra_steps, plans

Open = Callable[..., Row]
ROOT = Path(__file__).resolve().parents[3]


def test_sweeps_of_several_terminals_report_everything_once(
    desk: Desk, path: Path, ada: Row, open_issue: Open, clock: TestClock
) -> None:
    for number in range(40):
        open_issue(f"[billing_dispute] {number}")
    clock.advance(hours=5)
    terminals = [open_desk(path, clock=clock, actor=f"t{number}") for number in range(4)]
    result: list[Row] = []

    def sweep(terminal: Desk) -> None:
        result.append(sweep_issues(terminal))
        terminal.close()

    threads = [threading.Thread(target=sweep, args=(terminal,)) for terminal in terminals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for terminal in terminals:
        terminal.close()
    assert len(result) == 4
    warnings = Counter(
        (row["issue_id"], row["clock"], row["percent"]) for one in result for row in one["warnings"]
    )
    assert set(warnings.values()) == {1}
    assert len(warnings) == 40 * 5, "four of the first answer, one of the resolution"
    with desk.reading():
        assert SlaWarning.select().count() == 40 * 5
        raised = Counter(tuples(Escalation.select(Escalation.issue_id, Escalation.trigger)))
    assert set(raised.values()) == {1}


def test_a_sweep_costs_the_same_among_many_issues_that_are_not_due(desk: Desk, open_issue: Open) -> None:
    open_issue()

    def sweep() -> Row:
        return sweep_issues(desk)

    def add_others() -> None:
        add_issues(desk, next_check_at=None)
        add_issues(desk, next_check_at="2083-01-01 09:00:00")

    assert extra_steps(desk, sweep, add_others) < FEW
    found = plans(desk, sweep)
    assert not any("TEMP B-TREE" in plan for plan in found), found


def test_the_doctor_finds_and_repairs_a_wrong_clock_and_load(
    desk: Desk, path: Path, ada: Row, open_issue: Open, clock: TestClock, show: Callable[..., Row]
) -> None:
    open_issue("[billing_dispute] x")
    conversation.reply(desk, 1, "Which card?", wait=True)
    before = show()["sla"]
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sla_clocks SET due_at = '2082-03-09 00:00:00', paused_at = NULL")
        connection.execute("UPDATE space_travel_agents SET issue_load = 7")
    connection.close()
    with desk.reading():
        wrong = {check["check"]: check for check in doctor.examine(desk)["checks"] if not check["ok"]}
    assert "agent 1 has 7 and holds 1" in wrong["issue loads"]["detail"]
    assert wrong["clocks"]["detail"].startswith("2 wrong: first_response of issue 1")
    repaired = doctor.repair(desk)
    assert repaired["issue_loads"] == [{"agent_id": 1, "from": 7, "to": 1}]
    assert [row["clock"] for row in repaired["clocks"]] == ["first_response", "resolution"]
    assert show()["sla"] == before
    with desk.reading():
        assert list(issue_integrity_checks.wrong_clocks()) == []


def test_the_database_itself_protects_messages(desk: Desk, path: Path, ada: Row, open_issue: Open) -> None:
    open_issue()
    connection = sqlite3.connect(path)
    for statement in ("UPDATE interactions SET text = 'x'", "DELETE FROM interactions"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_triage_learns_from_a_manual_choice(desk: Desk, ada: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real triage
    puzzling = "The zorblax of my quuxlet keeps frobnicating since Tuesday"
    first = intake.open_issue(desk, puzzling)
    assert first["category"] != "product_complaint"
    editing.edit(desk, 1, category="product_complaint")
    again = intake.open_issue(desk, puzzling)
    assert (again["category"], again["unsure"]) == ("product_complaint", False)


def test_a_desk_of_an_older_schema_opens_and_takes_issues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: TestClock
) -> None:
    folder = tmp_path / "release" / "migrations"
    folder.mkdir(parents=True)
    for migration in (ROOT / "models" / "migrations").glob("000[1-4]_*.py"):
        shutil.copy(migration, folder)
    path = tmp_path / "old.db"
    with monkeypatch.context() as patch:
        patch.setattr(engine, "MIGRATIONS", folder.parent / "migrations")
        patch.setattr(engine, "SCHEMA_VERSION", 4)
        open_desk(path, create=True, clock=clock).close()
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO space_travel_agents (agent_id, first_name, last_name, job_title, department,"
        " years_of_service, rating, prior_rating, prior_answers, score_sum, score_count, load, capacity,"
        " presence) VALUES (1, 'Ada', 'Byron', 'Space Travel Agent', 'Premium Bookings', 20, 4, 4, 20, 0, 0,"
        " 0, 10, 'available')"
    )
    connection.commit()
    connection.close()
    desk = open_desk(path, clock=clock, actor="kim")
    try:
        assert intake.open_issue(desk, "How?")["agent_id"] == 1
        with desk.reading():
            assert doctor.examine(desk)["ok"]
    finally:
        desk.close()
    assert path.with_name("old.db.v4.bak").exists()
