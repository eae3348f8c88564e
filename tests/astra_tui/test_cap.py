"""``astra cap``: set, list, remove, undo, and what is refused."""

from __future__ import annotations

import pytest

from tests.astra_tui.conftest import LEAD, Run


def test_a_cap_is_set_listed_changed_and_removed(staffed: Run) -> None:
    ended = staffed("cap", "set", "1", "--per", "hour")
    assert ended.out == "Cap 1: at most 1 lead an hour for each agent\n"
    ended = staffed("cap", "set", "2", "--per", "hour")
    assert ended.out == "Cap 1: at most 2 leads an hour for each agent, 1 before\n"
    assert staffed("cap", "set", "9", "--per", "week", "--agent", "1", "--source", "Bought").code == 0
    rows = staffed("cap", "list", "--json").json
    assert [(row["cap_id"], row["leads"], row["per"], row["agent_id"], row["source"]) for row in rows] == [
        (1, 2, "hour", None, None),
        (2, 9, "week", 1, "Bought"),
    ]
    assert staffed("cap", "remove", "2").out.startswith("Removed cap 2: at most 9 leads from Bought a week")
    assert staffed("cap", "remove", "2").code == 1
    assert staffed("undo").code == 0
    assert staffed("cap", "list", "--format", "ids").out == "1\n2\n"
    assert "set a cap: at most 2 leads an hour for each agent, 1 before" in staffed("log").out


def test_a_repeated_request_sets_it_once(staffed: Run) -> None:
    first = staffed("cap", "set", "5", "--per", "day", "--json", "--request-id", "one").json
    assert staffed("cap", "set", "5", "--per", "day", "--json", "--request-id", "one").json == first
    assert len(staffed("log", "--command", "cap.set", "--json").json) == 1


def test_why_names_the_cap(staffed: Run) -> None:
    staffed("cap", "set", "1", "--per", "day")
    agents = len(staffed("agent", "list", "--json").json)
    for _ in range(agents + 1):
        assert staffed("lead", "add", *LEAD).code == 0
    number = str(agents + 1)
    assert f"no agent can take it yet: {agents} at a cap until 00:00" in staffed("why", number).out
    why_not = staffed("why", number, "--not", "1", "--json").json["not"]
    assert why_not["because"] == "has 1 of 1 lead today, until 00:00"
    assert staffed("booking", "reassign", number, "--to", "1", "--reason", "asked").code == 0
    numbers = ("booking", "reassign", number, "--to", "2", "--reason", "asked")
    name = staffed("agent", "show", "2", "--json").json["name"]
    warning = f"{name} is at a cap: 1 of 1 lead today, until 00:00; a person's choice overrides it"
    preview = staffed(*numbers, "--dry-run")
    assert warning in preview.out, "before it is done"
    assert staffed(*numbers, "--dry-run", "--json").json["results"][0]["booking"]["over_cap"]
    assert "above a cap, by hand: the agent has 1 of 1 lead today, until 00:00" in staffed("why", number).out


@pytest.mark.parametrize(
    "arguments",
    [
        ("0", "--per", "hour"),
        ("nan", "--per", "hour"),
        ("5", "--per", "month"),
        ("5", "--per", "hour", "--agent", "99"),
        ("5", "--per", "hour", "--source", "Radio"),
        ("5", "--per", "hour", "--department", "Nowhere"),
        ("5",),
    ],
)
def test_what_is_no_cap_is_refused(staffed: Run, arguments: tuple[str, ...]) -> None:
    ended = staffed("cap", "set", *arguments)
    assert ended.code in (1, 2)
    assert staffed("cap", "list", "--json").json == []
