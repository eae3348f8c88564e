"""What a batch, a handover or a departure would do, in words."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from dispatch import agents
from dispatch.desk.desk import Desk
from dispatch.service.issues.intake import open_issue
from screens.wording.consequences import (
    after_a_batch,
    before_a_batch,
    before_bookings,
    handed_over,
    of_an_agent,
)

NOW = "2082-03-04 12:00:00"
OPEN: Any = {
    "booking_id": 12,
    "customer_name": "Oskar Sokolov",
    "status": "Pending",
    "voided": False,
    "agent_id": None,
    "agent_name": None,
    "claimed_at": None,
    "follow_up_at": None,
    "method": "Text",
    "priority": "MEDIUM",
}
HELD = OPEN | {"agent_id": 3, "agent_name": "Nova Singh", "claimed_at": NOW}
REFUSED: Any = {
    "booking_id": 3,
    "ok": False,
    "booking": None,
    "error": {"code": "not_pending", "message": "booking 3 is already cancelled"},
}


def result(after: Any, *others: Any) -> Any:
    done = {"booking_id": 12, "ok": True, "booking": after, "error": None}
    return {"done": 1, "refused": len(others), "results": [done, *others]}


@pytest.mark.parametrize(
    ("before", "changes", "shown"),
    [
        (OPEN, {"status": "Cancelled"}, "○ waiting → ✗ cancelled"),
        (HELD, {"status": "Cancelled", "follow_up_at": None}, "◐ claimed → ✗ cancelled"),
        (HELD, {"claimed_at": None}, "◐ claimed → ○ unclaimed"),
        (
            HELD,
            {"claimed_at": None, "agent_id": 6, "agent_name": "Soren Baker"},
            "Nova Singh → Soren Baker  ◐ claimed → ○ unclaimed",
        ),
        (HELD, {"follow_up_at": "2082-03-06 09:00:00"}, "follow-up Fri 6 Mar 2082 09:00"),
        (HELD | {"follow_up_at": NOW}, {"follow_up_at": None}, "follow-up removed"),
        (HELD, {"priority": "URGENT"}, "priority Urgent"),
        (HELD, {}, "no change"),
    ],
)
def test_a_preview_shows_what_changes(before: Any, changes: Any, shown: str) -> None:
    text = before_bookings(result(before | changes), "would be changed", {12: before})
    assert text.plain == f"1 booking would be changed\n✓ 12  Oskar Sokolov  {shown}"


def test_a_preview_is_in_columns_and_fits_beside_a_terminal_of_80() -> None:
    long: Any = HELD | {
        "booking_id": 1413,
        "customer_name": "山田太郎山田太郎山田太郎",
        "agent_name": "A" * 40,
    }
    after = {"claimed_at": None, "agent_id": 6, "agent_name": "Soren Baker"}
    second = {"booking_id": 1413, "ok": True, "booking": long | after, "error": None}
    made = result(HELD | after)
    made["results"] += [second, REFUSED]
    lines = before_bookings(made, "would go to Soren Baker", {12: HELD, 1413: long}, "Soren Baker").plain
    _, refused, one, other = lines.splitlines()
    assert refused == "✗    3  already cancelled"
    assert one.startswith("✓   12  Oskar Sokolov")
    for sought in ("from ", "◐ claimed → ○ unclaimed"):
        assert cell_len(one[: one.index(sought)]) == cell_len(other[: other.index(sought)])
    assert max(cell_len(line) for line in (one, other)) <= 72


def test_a_name_is_cut_only_where_the_line_has_no_room() -> None:
    named: Any = OPEN | {"customer_name": "Aurora Wilhelmina von Tanaka-Ødegård"}
    whole = before_bookings(result(named | {"status": "Cancelled"}), "would be cancelled", {12: named})
    assert "Aurora Wilhelmina von Tanaka-Ødegård  ○ waiting → ✗ cancelled" in whole.plain
    taken = named | {"agent_id": 6, "agent_name": "Soren Baker"}
    line = before_bookings(result(taken), "would go to Soren Baker", {12: named}, "Soren Baker").plain
    assert "Aurora Wilhelmina von T" in line
    assert cell_len(line.splitlines()[1]) <= 72


def test_a_closed_booking_has_no_holder() -> None:
    text = after_a_batch(result(HELD | {"status": "Cancelled"}), "cancelled")
    assert text.plain.endswith("12  Oskar Sokolov  ✗ cancelled")


def test_the_counts_say_of_how_many() -> None:
    lines = before_a_batch(result(OPEN, REFUSED), "would be cancelled").plain.splitlines()
    assert lines[0] == "1 of 2 bookings would be cancelled, 1 refused"
    assert lines[1] == "✗      3  already cancelled", "what is refused comes first"


def test_a_waiting_booking_that_gets_the_free_place_is_named() -> None:
    row: Any = {"agent_id": 6, "moves": [], "kept": [], "drained": [12]}
    text = of_an_agent(row, "with Nova Singh", drained=[OPEN | {"agent_name": "Soren Baker"}])
    assert text.plain == "Waiting booking 12 goes to Soren Baker"
    assert of_an_agent(row, "", drained=[OPEN] * 9).plain == "9 waiting bookings get an agent"


def test_one_who_hands_work_over_and_gets_a_waiting_booking_is_explained(desk: Desk, add_agent: Any) -> None:
    """The policy finds the agent with the fewest bookings: who has just given all of theirs away."""
    add_agent("Ada"), add_agent("Bob")
    move = {"booking_id": 3, "from_agent_id": 1, "to_agent_id": 2}
    row: Any = {"agent_id": 1, "moves": [move], "kept": [], "drained": [12]}
    with desk.reading():
        told = of_an_agent(row, "", drained=[OPEN | {"agent_id": 1, "agent_name": "Ada Byron"}]).plain
        other = of_an_agent(row, "", drained=[OPEN | {"agent_id": 2, "agent_name": "Bob Byron"}]).plain
    assert told.splitlines()[2] == (
        "Waiting booking 12 goes to Ada Byron, who is still available and has room then"
    )
    assert other.splitlines()[2] == "Waiting booking 12 goes to Bob Byron"


def test_the_work_that_moves_or_stays_is_named_up_to_five(desk: Desk, add_agent: Any, add_lead: Any) -> None:
    add_agent("Ada", capacity=20)
    for name in ("Ann", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gil"):
        add_lead(f"{name} Lee")
    add_agent("Bob", capacity=20)
    row = desk.rehearse(lambda: agents.leave(desk, 1, True))
    with desk.reading():
        lines = of_an_agent(row | {"kept": []}, "").plain.splitlines()
    assert lines == [
        "7 bookings go to others: 7 to Bob Byron",
        "  1 Ann Lee, 2 Bo Lee, 3 Cleo Lee, 4 Dan Lee, 5 Eve Lee, 2 more",
    ]
    stays: Any = {"agent_id": 1, "moves": [], "kept": [7, 6]}
    with desk.reading():
        text = of_an_agent(stays, "with Ada Byron, claimed and unattended")
    assert text.plain.splitlines()[1] == "  6 Finn Lee, 7 Gil Lee"


def test_an_issue_that_moves_is_named_by_its_customer(desk: Desk, add_agent: Any, add_lead: Any) -> None:
    add_agent("Ada")
    add_lead("Ann Lee")
    issue = open_issue(desk, "The suit leaks", customer_id=1, channel="email")
    move = {"issue_id": issue["issue_id"], "from_agent_id": 1, "to_agent_id": None}
    row: Any = {"agent_id": 1, "moves": [], "kept": [], "issue_moves": [move]}
    with desk.reading():
        assert of_an_agent(row, "").plain.splitlines()[1] == "  1 Ann Lee"


@pytest.mark.parametrize(
    ("bookings", "issues", "words", "brief"),
    [
        ([3] * 5, [3], "5 bookings and 1 issue of Soren Baker → Nova Singh", "5 bookings, 1 issue"),
        ([3, 4], [], "2 bookings of Soren Baker", "2 bookings"),
        ([None], [], "1 booking of Soren Baker", "1 booking"),
        ([], [], "nothing of Soren Baker", "nothing"),
    ],
)
def test_a_handover_says_how_much_went_and_to_one_agent_who(
    bookings: list[int | None], issues: list[int], words: str, brief: str
) -> None:
    moves = [{"to_agent_id": taker} for taker in bookings]
    row: Any = {
        "name": "Soren Baker",
        "moves": moves,
        "issue_moves": [{"to_agent_id": one} for one in issues],
    }
    told = handed_over(row, {3: "Nova Singh", 4: "Luna Diaz"})
    assert told == (f"Handed over: {words}", f"Moved {brief}")
    assert cell_len(f"{told[1]} · u undo") <= 38, "half a line of 80 columns"
