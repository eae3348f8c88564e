"""News: new issues and warnings for their agent, high escalations for everybody, each once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.desk.desk import Desk
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import escalation_commands, intake, new_work, ownership, queries
from dispatch.service.issues.queries import CHANGED, URGENCY, IssueFilter
from models.errors import InvalidInput

Row = dict[str, Any]


@pytest.fixture
def helpers(add_agent: Callable[..., Row]) -> Callable[[int], list[int]]:
    """A number of agents who can take issues."""
    return lambda number: [add_agent(name, years=20)["agent_id"] for name in ("Ada", "Bo")[:number]]


def news(
    desk: Desk, before: new_work.IssueGlance, own: frozenset[int] = frozenset()
) -> list[tuple[str, int, int]]:
    with desk.reading():
        found = new_work.since(before, new_work.glance(before.agent_id), own)
    return [(one["kind"], one["issue_id"], one["level"] or one["percent"]) for one in found]


def look(desk: Desk, agent_id: int | None) -> new_work.IssueGlance:
    with desk.reading():
        return new_work.glance(agent_id)


def test_news_reaches_the_right_terminals_once(desk: Desk, helpers: Any, clock: Any) -> None:
    first, second = helpers(2)
    mine, others, nobody = look(desk, first), look(desk, second), look(desk, None)
    number = intake.open_issue(desk, "[billing_dispute] hello")["issue_id"]
    with desk.reading():
        if queries.issue(desk, number)["agent_id"] != first:
            mine, others, first, second = others, mine, second, first
    assert news(desk, mine) == [("new", number, 0)]
    assert news(desk, others) == news(desk, nobody) == []
    mine = look(desk, first)
    assert news(desk, mine) == []
    escalation_commands.escalate(desk, number, "because")
    assert news(desk, mine) == [("escalated", number, 1)]
    assert news(desk, others) == news(desk, nobody) == []
    escalation_commands.escalate(desk, number, "because still")
    assert news(desk, nobody) == news(desk, others) == [("escalated", number, 2)]
    mine, nobody = look(desk, first), look(desk, None)
    clock.advance(minutes=60)
    sweep_issues(desk)
    assert ("warned", number, 100) in news(desk, mine)
    assert [kind for kind, *_ in news(desk, nobody) if kind == new_work.WARNED] == []
    mine = look(desk, first)
    sweep_issues(desk)
    assert news(desk, mine) == []


def test_own_actions_are_not_news(desk: Desk, helpers: Any) -> None:
    first, second = helpers(2)
    number = intake.open_issue(desk, "hello")["issue_id"]
    own: set[int] = set()
    desk.heard = own.add
    with desk.reading():
        holder = queries.issue(desk, number)["agent_id"]
    other = second if holder == first else first
    before = look(desk, other)
    ownership.reassign(desk, number, other, "knows it")
    escalation_commands.escalate(desk, number, "because", 3)
    assert news(desk, before, frozenset(own)) == []
    assert news(desk, before) == [("new", number, 0), ("escalated", number, 3)]


@pytest.mark.parametrize("sort", [URGENCY, CHANGED])
def test_pages_go_up_as_well_as_down(desk: Desk, helpers: Any, sort: str) -> None:
    helpers(2)
    for text in (
        "hello",
        "urgent",
        "[billing_dispute]",
        "[account_access] urgent",
        "hello again",
        "urgent too",
    ):
        intake.open_issue(desk, text)
    which = IssueFilter(sort=sort)
    with desk.reading():
        rows = queries.issues(desk, which)
        numbers = [row["issue_id"] for row in rows]
        down = queries.issues(desk, which, 2, rows[2])
        up = queries.issues(desk, which, 2, rows[3], upwards=True)
        some = queries.issues(desk, IssueFilter(ids=(numbers[0], 999)))
    assert [row["issue_id"] for row in down] == numbers[3:5]
    assert [row["issue_id"] for row in up] == [numbers[2], numbers[1]]
    assert [row["issue_id"] for row in some] == numbers[:1]


def test_a_persons_category_counts_at_opening(desk: Desk, helpers: Any) -> None:
    helpers(1)
    row = intake.open_issue(desk, "hello", category="billing_dispute")
    assert (row["category"], row["unsure"], row["priority"]) == ("billing_dispute", False, "HIGH")
    with pytest.raises(InvalidInput, match="category"):
        intake.open_issue(desk, "hello", category="nonsense")
