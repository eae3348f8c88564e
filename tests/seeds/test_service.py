"""The demo's issues: in every state, the same each time, with correct clocks and loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dispatch import queries
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import doctor, undo
from dispatch.service.issues import queries as issue_queries
from dispatch.service.row_types import IssueRow
from models.issues import ASSIGNED, IN_PROGRESS, PENDING_CUSTOMER, RESOLVED
from seeds.demo.demo import make_demo
from seeds.demo.issues import CASES, make_issues


def list_issues(desk: Desk) -> list[IssueRow]:
    with desk.reading():
        return issue_queries.issues(desk, issue_queries.IssueFilter(statuses=()))


def test_the_demo_has_issues_in_every_state(desk: Desk, tmp_path: Path, clock: Any) -> None:
    other = open_desk(tmp_path / "other.db", clock=clock, create=True)
    for one in (desk, other):
        make_demo(one)
        with one.reading():
            before = [(row["agent_id"], row["rank"]) for row in queries.list_agents()]
        assert make_issues(one) == len(CASES)
        with one.reading():
            assert [(row["agent_id"], row["rank"]) for row in queries.list_agents()] == before, (
                "issues change no rank"
            )
            assert doctor.examine(one)["ok"]
    rows = list_issues(desk)
    assert rows == list_issues(other)
    other.close()
    assert {row["status"] for row in rows} == {ASSIGNED, IN_PROGRESS, PENDING_CUSTOMER, RESOLVED}
    assert any(row["escalation_level"] for row in rows)
    assert any(row["unsure"] for row in rows)
    assert all(row["opened_at"] <= row["changed_at"] <= desk.now() for row in rows)
    with desk.reading():
        surveys = [issue_queries.survey_of(row["issue_id"]) for row in rows]
        assert sorted(survey["score"] or 0 for survey in surveys if survey) == [2, 4, 5]
        assert {event["actor"] for event in event_log.events(limit=20)} <= {"lee", "sweeper"}
    holders = {row["agent_id"] for row in rows if row["agent_id"] and row["status"] != RESOLVED}
    back = undo.undo(desk)
    assert (back["command"], set(back["kept_agents"])) == ("import", holders), (
        "not the issues, which lee opened"
    )


def test_issues_wait_if_nobody_can_take_them(desk: Desk) -> None:
    make_demo(desk, agents=1, bookings=0)
    assert make_issues(desk) == len(CASES)
    with desk.reading():
        assert doctor.examine(desk)["ok"]
