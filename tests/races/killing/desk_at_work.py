"""A desk with work in every state, the same each time, that commands are run on and killed on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dispatch import agents, bookings, customers, queries
from dispatch.agents.presence import set_presence
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.service.issues import conversation, escalation_commands, lifecycle, ownership
from dispatch.service.issues import intake as issue_intake
from dispatch.service.issues import queries as issue_queries

MOMENT = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "100", "package_revenue": "50"}
PEOPLE = ("Ada", "Bob", "Cyd", "Dan", "Eve", "Fay")
AT_WORK, GONE, AWAY = (1, 2, 3, 4), 5, 6
LEADS = 18
MANY_YEARS = 15  # each is able to help with every issue

PENDING, CLAIMED, QUOTED, CONFIRMED, CANCELLED, SCORED = 1, 2, 3, 4, 5, 6
FOLLOWED_UP, ASKED_ABOUT = 7, 8
MORE_PENDING, MORE_CLAIMED = (11, 12, 13, 14), (15, 16, 17)

ASSIGNED_ISSUE, ISSUE_AT_WORK, RESOLVED_ISSUE, CLOSED_ISSUE, ASKED_ISSUE, ESCALATED_ISSUE = 1, 2, 3, 4, 5, 6
MESSAGES = (
    "How much luggage may I take along to Europa?",
    "I was charged twice for the same ticket. Please take one of the two payments back.",
    "I cannot log in since this morning, the code by text message never comes.",
    "Your site shows an error when I upload my health certificate.",
    "My launch was moved by a day. I want my money back.",
    "Urgent: my invoice shows $4,000 more than what was agreed!",
)


def opened(path: Path | str, *, create: bool = False) -> Desk:
    """The desk in a file, always at the same moment, for the same person at the same terminal."""
    return open_desk(path, clock=lambda: MOMENT, actor="kim", session="terminal 1", create=create)


def add_agent(desk: Desk, first_name: str = "Gus", **given: Any) -> Any:
    wanted = {"last_name": "Byron", "department": "Premium Bookings", "job_title": "Space Travel Agent"}
    return agents.add(desk, first_name=first_name, **(wanted | given))


def lead(desk: Desk, name: str = "Kate Nguyen", **given: Any) -> Any:
    return intake.receive(desk, name=name, **(TRIP | given))


def holder(desk: Desk, booking_id: int) -> int:
    """The agent who has a booking."""
    with desk.reading():
        agent_id = queries.booking(booking_id)["agent_id"]
    assert agent_id is not None
    return agent_id


def issue_holder(desk: Desk, issue_id: int) -> int:
    with desk.reading():
        agent_id = issue_queries.issue(desk, issue_id)["agent_id"]
    assert agent_id is not None
    return agent_id


def give(desk: Desk, booking_id: int, agent_id: int) -> None:
    """See to it that an agent has a booking."""
    if holder(desk, booking_id) != agent_id:
        bookings.reassign(desk, booking_id, agent_id, "quiet day")


def give_issue(desk: Desk, issue_id: int, agent_id: int) -> None:
    if issue_holder(desk, issue_id) != agent_id:
        ownership.reassign(desk, issue_id, agent_id, "quiet day")


def everybody(desk: Desk, presence: str) -> None:
    """Give everybody at work a presence."""
    for agent_id in AT_WORK:
        set_presence(desk, agent_id, presence)


def furnish(desk: Desk) -> None:
    """Fill a new desk: six people, eighteen leads in all states, six issues."""
    with desk.earlier(timedelta(days=1)):
        for years, name in enumerate(PEOPLE, MANY_YEARS):
            add_agent(desk, name, years=years, rating=4.0)
        agents.leave(desk, GONE)
        set_presence(desk, AWAY, "away")
    with desk.earlier(timedelta(hours=2)):
        for number in range(1, LEADS + 1):
            lead(desk, f"Customer {number}", phone=f"+49711100{number:04}", requests="a window seat")
        # the second time under another name: a duplicate to merge
        lead(desk, "K. Customer", email="k@example.com")
    with desk.earlier(timedelta(minutes=50)):
        _work(desk)
    with desk.earlier(timedelta(minutes=40)):
        _help(desk)


def _work(desk: Desk) -> None:
    for number in (CLAIMED, QUOTED, CONFIRMED, SCORED, FOLLOWED_UP, ASKED_ABOUT, *MORE_CLAIMED):
        bookings.claim(desk, number, holder(desk, number))
    bookings.contact(desk, QUOTED, "reached", "likes domes")
    for number in (CONFIRMED, SCORED):
        bookings.confirm(desk, number, **QUOTE)
    bookings.cancel(desk, CANCELLED, "no money")
    bookings.rate(desk, SCORED, 4)
    bookings.contact(desk, FOLLOWED_UP, "no_answer", follow_up="in 3 h")
    customers.edit(desk, 3, tier="gold")


def _help(desk: Desk) -> None:
    for number, text in enumerate(MESSAGES, 1):
        issue_intake.open_issue(desk, text, channel="email", booking_id=number + 8)
    for number in (ISSUE_AT_WORK, RESOLVED_ISSUE, CLOSED_ISSUE, ASKED_ISSUE, ESCALATED_ISSUE):
        ownership.claim(desk, number, issue_holder(desk, number))
    for number in (RESOLVED_ISSUE, CLOSED_ISSUE):
        lifecycle.resolve(desk, number, "It works again.")
    lifecycle.close(desk, CLOSED_ISSUE)
    conversation.reply(desk, ASKED_ISSUE, "Which account should it go to?", wait=True)
    escalation_commands.escalate(desk, ESCALATED_ISSUE, "a loyal customer", 1)
