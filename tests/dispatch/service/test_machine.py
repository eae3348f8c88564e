"""Random commands on issues: the figures match the messages, and nothing is announced twice.

``Plain`` keeps the same account with lists and minutes: a clock is the number of minutes that ran.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from dispatch import agents
from dispatch.bootstrap import open_desk
from dispatch.operations import doctor, undo
from dispatch.operations.integrity import issues as issue_integrity_checks
from dispatch.service.due_checks import sweep_issues
from dispatch.service.escalation import triggers
from dispatch.service.issues import (
    conversation,
    editing,
    escalation_commands,
    intake,
    lifecycle,
    ownership,
    queries,
    surveys,
    text_analysis,
)
from dispatch.service.row_types import IssueDetails
from dispatch.service.sla import targets
from models.agents import Agent
from models.base import tuples
from models.errors import DeskError
from models.issues import HELD, OPEN, Escalation, Issue, SlaWarning
from models.priorities import PRIORITIES
from tests.dispatch.service.conftest import compound_of, prioritise, understand
from tests.steady import examples

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
RESOLUTION_MINUTES = dict(zip(PRIORITIES[::-1], (15, 120, 480, 1440, 4320), strict=True))
ISSUES = st.integers(1, 2)
AGENTS = st.integers(1, 2)
TEXTS = st.sampled_from(["fine", ":( :( :(", "[billing_dispute] urgent", "[refund_request] money"])


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp()) / "template.db"
    desk = open_desk(path, create=True, clock=lambda: START, actor="kim")
    known: dict[str, Any] = {"department": "Premium Bookings", "job_title": "Space Travel Agent"}
    agents.add(desk, first_name="Ada", last_name="Byron", years=20, rating=4, **known)
    agents.add(desk, first_name="Bob", last_name="Byron", years=5, **known)
    agents.change(desk, 1, capacity=2)
    agents.change(desk, 2, capacity=1, specialisations="billing_dispute")
    desk.close()
    return path


class Plain:
    """One issue, minute by minute: how long its resolution clock has run."""

    def __init__(self) -> None:
        self.ran = 0
        self.answered = False

    def runs(self, status: str) -> bool:
        waits = status == "pending_customer" and self.answered
        return status in OPEN and not waits


class Machine:
    """Two issues of one desk, with every command."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.path = Path(shutil.copy(template(), Path(folder) / "desk.db"))
        for name, function in (
            ("understand", understand),
            ("feeling", compound_of),
            ("prioritise", prioritise),
        ):
            self.stack.enter_context(patch.object(text_analysis, name, function))
        self.moment = START
        self.desk = open_desk(self.path, clock=lambda: self.moment, actor="kim")
        self.stack.callback(self.desk.close)
        self.plain: dict[int, Plain] = {}
        for text in ("fine", "[billing_dispute] urgent"):
            self.plain[intake.open_issue(self.desk, text)["issue_id"]] = Plain()

    def show(self, issue_id: int) -> IssueDetails:
        with self.desk.reading():
            return queries.issue(self.desk, issue_id)

    def attempt(self, function: Any, *args: Any, **given: Any) -> dict[str, Any] | None:
        try:
            row: dict[str, Any] = function(self.desk, *args, **given)
        except DeskError:
            return None
        return row

    def answer(self, issue: int, *, wait: bool = False) -> None:
        if self.attempt(conversation.reply, issue, "fine", wait=wait):
            self.plain[issue].answered = True

    def ask(self, issue: int) -> None:
        self.answer(issue, wait=True)

    def hear(self, issue: int, text: str = ":( :( :(") -> None:
        if self.attempt(conversation.reply, issue, text, author="customer"):
            self.plain[issue].answered = False

    def note(self, issue: int) -> None:
        self.attempt(conversation.note, issue, "hm")

    def step(self, issue: int, status: str) -> None:
        self.attempt(lifecycle.set_status, issue, status)

    def hand_on(self, issue: int) -> None:
        before = self.show(issue)
        row = self.attempt(ownership.reassign, issue, 3 - (before["agent_id"] or 1), "why not")
        if row is not None:
            for kind in ("first_response", "resolution"):
                assert row["sla"][kind] == before["sla"][kind], "never reset by reassignment"

    def prioritise(self, issue: int, priority: str) -> None:
        self.attempt(editing.edit, issue, priority=priority)

    def escalate(self, issue: int) -> None:
        if self.attempt(escalation_commands.escalate, issue, "look here"):
            self.attempt(escalation_commands.acknowledge, issue)

    def sweep(self) -> None:
        sweep_issues(self.desk)
        again = sweep_issues(self.desk)
        assert (again["warnings"], again["escalations"]) == ([], [])
        with self.desk.reading():
            self.check_that_nothing_due_is_missing()

    def let_pass(self, minutes: int) -> None:
        with self.desk.reading():
            statuses = dict(tuples(Issue.select(Issue.issue_id, Issue.status)))
        for issue_id, plain in self.plain.items():
            plain.ran += minutes * plain.runs(statuses[issue_id])
        self.moment += timedelta(minutes=minutes)

    def check_that_nothing_due_is_missing(self) -> None:
        for issue_id, plain in self.plain.items():
            row = queries.issue(self.desk, issue_id)
            if row["status"] not in OPEN:
                continue
            given = {one["percent"] for one in row["warnings"] if one["clock"] == "resolution"}
            allowed = RESOLUTION_MINUTES[row["priority"]]
            due = {percent for percent in targets.WARNING_PERCENTS if plain.ran * 100 >= allowed * percent}
            assert due <= given
            open_triggers = [one["trigger"] for one in row["escalations"] if one["closed_at"] is None]
            result = [one["trigger"] for one in row["escalations"]]
            if row["progress"]["interactions"] >= 5:
                assert "interactions" in result
            if plain.ran * 60 >= triggers.unresolved_s(PRIORITIES.index(row["priority"]) + 1):
                assert "unresolved" in result
            assert len(open_triggers) == len(set(open_triggers))

    def is_sound(self) -> None:
        with self.desk.reading():
            found = [row for row in doctor.examine(self.desk)["checks"] if not (row["ok"] or row["warning"])]
        assert found == []

    def clocks_and_loads_match_the_messages(self) -> None:
        with self.desk.reading():
            assert list(issue_integrity_checks.wrong_clocks()) == []
            assert issue_integrity_checks.wrong_issue_loads() == []
            held = Counter(tuples(Issue.select(Issue.agent_id).where(Issue.status.in_(HELD))))
            loads = dict(tuples(Agent.select(Agent.agent_id, Agent.issue_load)))
            assert {agent: held[(agent,)] for agent in loads} == loads

    def clocks_ran_as_long_as_somebody_could_work(self) -> None:
        for issue_id, plain in self.plain.items():
            row = self.show(issue_id)
            left = RESOLUTION_MINUTES[row["priority"]] - plain.ran
            assert row["sla"]["resolution"]["left_minutes"] == left

    def nothing_is_announced_twice(self) -> None:
        with self.desk.reading():
            columns = (SlaWarning.issue_id, SlaWarning.kind, SlaWarning.percent)
            given = Counter(tuples(SlaWarning.select(*columns)))
            occasions = (Escalation.issue_id, Escalation.trigger, Escalation.since)
            raised = Counter(tuples(Escalation.select(*occasions).where(Escalation.trigger != "manual")))
        assert set(given.values()) <= {1}
        assert set(raised.values()) <= {1}


ACTIONS: dict[str, Callable[[Machine, int], object]] = {
    "ask": lambda desk, issue: desk.ask(issue),
    "answer": lambda desk, issue: desk.answer(issue),
    "hear": lambda desk, issue: desk.hear(issue),
    "note": lambda desk, issue: desk.note(issue),
    "begin": lambda desk, issue: desk.step(issue, "in_progress"),
    "pend": lambda desk, issue: desk.step(issue, "pending_customer"),
    "resolve": lambda desk, issue: desk.step(issue, "resolved"),
    "close": lambda desk, issue: desk.step(issue, "closed"),
    "reopen": lambda desk, issue: desk.attempt(lifecycle.reopen, issue, "again"),
    "hand on": lambda desk, issue: desk.hand_on(issue),
    "raise": lambda desk, issue: desk.prioritise(issue, "CRITICAL"),
    "lower": lambda desk, issue: desk.prioritise(issue, "MEDIUM"),
    "escalate": lambda desk, issue: desk.escalate(issue),
    "settle": lambda desk, issue: desk.attempt(escalation_commands.settle, issue, "it is fine"),
    "rate": lambda desk, issue: desk.attempt(surveys.rate, issue, 4),
    "undo": lambda desk, _issue: desk.attempt(undo.undo),
    "redo": lambda desk, _issue: desk.attempt(undo.redo),
    "sweep": lambda desk, _issue: desk.sweep(),
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*ACTIONS, "ask", "hear", "sweep"]),
        st.sampled_from([1, 1, 2]),
        st.sampled_from([0, 7, 61, 300, 1500]),
    ),
    min_size=5,
    max_size=25,
)
PENDING_AGAIN_IN_TIME = [("ask", 1, 61), ("resolve", 1, 300), ("undo", 1, 7), ("hear", 1, 61)]
RESOLVED_AGAIN = [*PENDING_AGAIN_IN_TIME[:3], ("redo", 1, 61), ("undo", 1, 7), ("hear", 1, 61)]
PENDING_AGAIN_OVERDUE = [("note", 1, 1500), *PENDING_AGAIN_IN_TIME]


@settings(
    max_examples=examples(20),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(STEPS)
@example(PENDING_AGAIN_IN_TIME)
@example(PENDING_AGAIN_OVERDUE)
@example(RESOLVED_AGAIN)
def test_figures_stay_right_and_nothing_is_announced_twice(
    steps: list[tuple[str, int, int]],
) -> None:
    desk = Machine()
    with desk.stack:
        for action, issue, minutes in steps:
            ACTIONS[action](desk, issue)
            desk.let_pass(minutes)
            desk.clocks_and_loads_match_the_messages()
            desk.clocks_ran_as_long_as_somebody_could_work()
            desk.nothing_is_announced_twice()
        desk.is_sound()
