"""What the key line shows as possible for a row is what the desk does not refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from dispatch import bookings, queries
from dispatch.bookings import follow_ups
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.operations.command_list import every_command
from dispatch.queries.row_types import AgentRow, BookingRow
from dispatch.service.issues import conversation, escalation_commands, lifecycle, ownership, surveys
from dispatch.service.issues import intake as issue_intake
from dispatch.service.issues import queries as issue_queries
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.row_types import IssueRow
from models.errors import Refused
from screens.bookings import possible as of_bookings
from screens.log.screen import can_be_undone
from screens.service import possible as of_issues

EVERY = IssueFilter(statuses=())
Act = Callable[[Desk, Any], object]
QUOTE = {"package": "Glacier Trek Adventure", "destination_revenue": "1", "package_revenue": "1"}

BOOKING_ACTS: dict[str, Act] = {
    "claim": lambda desk, row: bookings.claim(desk, row["booking_id"], row["agent_id"] or 1),
    "contact": lambda desk, row: bookings.contact(desk, row["booking_id"], "reached"),
    "confirm": lambda desk, row: bookings.confirm(desk, row["booking_id"], **QUOTE),
    "cancel": lambda desk, row: bookings.cancel(desk, row["booking_id"], "no"),
    "reassign": lambda desk, row: bookings.reassign(
        desk, row["booking_id"], 3 - (row["agent_id"] or 1), "no"
    ),
    "follow_up": lambda desk, row: follow_ups.follow_up(desk, row["booking_id"], "in 2 days"),
    "keep": lambda desk, row: bookings.keep(desk, row["booking_id"]),
    "release": lambda desk, row: bookings.release(desk, row["booking_id"]),
    "decline": lambda desk, row: bookings.decline(desk, row["booking_id"], "no"),
    "reopen": lambda desk, row: bookings.reopen(desk, row["booking_id"]),
    "rate": lambda desk, row: bookings.rate(desk, row["booking_id"], 5),
}
ISSUE_ACTS: dict[str, Act] = {
    "claim": lambda desk, row: ownership.claim(desk, row["issue_id"], row["agent_id"] or 1),
    "resolve": lambda desk, row: lifecycle.resolve(desk, row["issue_id"]),
    "escalate": lambda desk, row: escalation_commands.escalate(desk, row["issue_id"], "no"),
    "reassign": lambda desk, row: ownership.reassign(desk, row["issue_id"], 3 - (row["agent_id"] or 1), "no"),
    "acknowledge": lambda desk, row: escalation_commands.acknowledge(desk, row["issue_id"]),
    "settle": lambda desk, row: escalation_commands.settle(desk, row["issue_id"], "no"),
    "close_issue": lambda desk, row: lifecycle.close(desk, row["issue_id"]),
    "reopen": lambda desk, row: lifecycle.reopen(desk, row["issue_id"], "no"),
    "rate": lambda desk, row: surveys.rate(desk, row["issue_id"], 5),
}


def allows(desk: Desk, act: Act, row: Mapping[str, Any]) -> bool:
    try:
        desk.rehearse(lambda: act(desk, row))
    except Refused:
        return False
    return True


@pytest.fixture
def two(add_agent: Callable[..., AgentRow]) -> None:
    """Two agents who can take everything."""
    for name in ("Ada", "Bob"):
        add_agent(name, capacity=50, years=20)


@pytest.fixture
def booked(desk: Desk, two: None, add_lead: Callable[..., Any]) -> list[BookingRow]:
    """A booking in every state."""
    made = [add_lead(f"Ann {n}", destination="Europa")["booking_id"] for n in range(8)]
    unclaimed, claimed, confirmed, cancelled, waiting, gone, voided, scored = made
    with desk.reading():
        holder = {number: queries.booking(number)["agent_id"] or 0 for number in made}
    bookings.claim(desk, claimed, holder[claimed])
    bookings.confirm(desk, confirmed, **QUOTE)
    bookings.cancel(desk, cancelled, "no")
    for number in (waiting, gone):
        for _ in range(2):
            bookings.decline(desk, number, "no")
    bookings.cancel(desk, gone, "nobody took it")
    bookings.confirm(desk, scored, **QUOTE)
    bookings.rate(desk, scored, 3)
    event = next(one for one in _added(desk) if one["booking_id"] == voided)
    undo.undo(desk, event["event_id"])
    with desk.reading():
        assert queries.booking(unclaimed)["claimed_at"] is None
        return [queries.booking(number) for number in made]


def _added(desk: Desk) -> list[Any]:
    from dispatch.desk import event_log

    with desk.reading():
        return list(event_log.events(command="lead.add"))


def test_a_bookings_keys_are_bright_where_the_desk_allows_the_act(
    desk: Desk, booked: list[BookingRow]
) -> None:
    wrong = [
        (row["booking_id"], row["status"], row["agent_id"], row["claimed_at"], action)
        for row in booked
        for action, act in BOOKING_ACTS.items()
        if of_bookings.RULES[action](row) != allows(desk, act, row)
    ]
    assert wrong == []
    assert {*of_bookings.RULES} - {*BOOKING_ACTS} == {"next_step"}


def test_only_what_can_be_undone_is_offered_for_it() -> None:
    offered = {
        name for name in every_command() if can_be_undone(cast(Any, {"command": name, "undone_by": None}))
    }
    assert offered == {name for name, known in every_command().items() if not known.undo.never}
    assert {"weights.use", "issue.sweep", "import.rows"}.isdisjoint(offered)
    assert {"booking.claim", "undo", "redo"} <= offered
    assert not can_be_undone(cast(Any, {"command": "booking.claim", "undone_by": 9}))
    assert not can_be_undone(cast(Any, {"command": "later.command", "undone_by": None}))


def test_an_issues_keys_are_bright_where_the_desk_allows_the_act(desk: Desk, two: None) -> None:
    for number in range(1, 9):
        issue_intake.open_issue(desk, f"I was charged twice for booking {number}")

    def listed() -> list[IssueRow]:
        with desk.reading():
            return issue_queries.issues(desk, EVERY)

    holder = {row["issue_id"]: row["agent_id"] or 0 for row in listed()}
    ownership.claim(desk, 2, holder[2])
    conversation.reply(desk, 3, "Which one?", wait=True)
    for number in (4, 5, 6):
        lifecycle.resolve(desk, number, "Done")
    lifecycle.close(desk, 5)
    surveys.rate(desk, 6, 4)
    escalation_commands.escalate(desk, 7, "no")
    escalation_commands.escalate(desk, 8, "no")
    escalation_commands.acknowledge(desk, 8)
    wrong = [
        (row["issue_id"], action)
        for row in listed()
        for action, act in ISSUE_ACTS.items()
        if of_issues.RULES[action](row) != allows(desk, act, row)
    ]
    assert sorted(wrong) == [(6, "rate")], "of which a row of the list does not tell"
    others = {"reply", "wait", "go_to_booking", "customer"}
    assert {*of_issues.RULES} - {*ISSUE_ACTS} == others
