"""Several issues at once: a result for each, one event, one undo, and in the history of every issue."""

from __future__ import annotations

from typing import Any

import pytest

from tests.astra_tui.conftest import Run
from tests.by_hand import rows_of


@pytest.fixture
def three(staffed: Run) -> Run:
    """Issues 1, 2 and 3; the third is resolved."""
    for text in ("My refund is late", "I cannot log in", "The app is slow"):
        assert staffed("issue", "open", "--text", text).code == 0
    assert staffed("issue", "reassign", "1,2,3", "--to", "2", "--reason", "at work").code == 0
    assert staffed("issue", "resolve", "3").code == 0
    return staffed


def state(astra: Run) -> dict[int, Any]:
    rows = astra("issue", "list", "--all", "--json").json
    return {row["issue_id"]: (row["status"], row["priority"], row["agent_id"]) for row in rows}


@pytest.mark.parametrize(
    ("verb", "done"),
    [
        (("reassign", "--to", "1", "--reason", "ill"), None),
        (("priority", "--to", "critical"), {1, 2}),
        (("close",), {3}),
    ],
)
def test_one_command_changes_several_and_one_undo_reverses_it(
    three: Run, verb: tuple[str, ...], done: set[int] | None
) -> None:
    before, events = state(three), len(three("log", "--json").json)
    name, *options = verb
    result = three("issue", name, "1,2", "3", "99", *options, "--json").json
    changed = {row["issue_id"] for row in result["results"] if row["ok"]}
    assert changed == (done or {number for number in (1, 2) if before[number][2] != 1})
    assert {number for number, one in state(three).items() if one != before[number]} == changed
    newest, *older = three("log", "--json").json
    assert len(older) == events
    for number in (1, 2, 3):
        ids = [row["event_id"] for row in three("log", "--issue", number, "--json").json]
        assert (newest["event_id"] in ids) == (number in changed)
    assert three("undo").code == 0
    assert state(three) == before
    assert three("doctor").code == 0


def test_a_preview_writes_nothing_and_says_the_same(three: Run, path: Any) -> None:
    before = rows_of(path)
    planned = three(
        "issue", "priority", "--filter", "is:waiting or agent:2", "--to", "low", "--dry-run", "--json"
    )
    assert rows_of(path) == before
    done = three("issue", "priority", "--filter", "is:waiting or agent:2", "--to", "low", "--json")
    outcome = [[(row["issue_id"], row["ok"]) for row in one.json["results"]] for one in (planned, done)]
    assert outcome[0] == outcome[1] != []


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("close",), 2, "give the numbers of issues, or --filter"),
        (("close", "1", "--filter", "agent:1"), 2, "not both"),
        (("close", "1,x"), 2, "not the number of an issue"),
        (("priority", "1,2", "--to", "huge"), 2, "priority"),
        (("close", "1,2"), 1, "0 done, 2 refused"),
        (("close", "--filter", "agent:77"), 0, "no such issues"),
    ],
)
def test_what_cannot_be_done_is_said(three: Run, arguments: tuple[str, ...], code: int, problem: str) -> None:
    before = state(three)
    ended = three("issue", *arguments)
    assert ended.code == code
    assert problem in ended.out + ended.err
    assert state(three) == before


def test_follow_ups_of_several_bookings(booked: Run) -> None:
    assert booked("booking", "follow-up", "1,99", "--at", "in 2h").out.endswith("1 done, 1 refused\n")
    assert booked("booking", "list", "--json").json[0]["follow_up_at"]
    assert booked("booking", "follow-up", "--filter", "status:pending", "--clear").out.endswith(
        "1 done, 0 refused\n"
    )
    assert booked("booking", "list", "--json").json[0]["follow_up_at"] is None
