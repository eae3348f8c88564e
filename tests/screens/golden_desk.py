"""A small desk for golden screens: every booking state, and names that are hard to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dispatch import agents, bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.queries.row_types import BookingRow
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import (
    conversation,
    escalation_commands,
    lifecycle,
    ownership,
    surveys,
)
from dispatch.service.issues import (
    intake as opening,
)

AGENTS = (
    ("Soren", "Baker", "Premium Bookings", "Lead Space Travel Agent", 21, 4.7),
    ("Nova", "Singh", "Premium Bookings", "Senior Space Travel Agent", 17, 4.4),
    ("山田", "太郎", "Luxury Voyages", "Space Travel Agent", 17, 4.4),
    ("[/]", "[@click=app.quit]O'Hara[/]", "Interplanetary Sales", "Space Travel Agent", 12, 3.9),
    ("Aurora Wilhelmina", "von Tanaka-Ødegård", "Luxury Voyages", "Space Travel Agent", 9, 0),
    ("Zion", "Parker", "Interplanetary Sales", "Space Travel Agent", 3, 4.2),
)
CUSTOMERS = (
    "Kate Nguyen",
    "João Müller-Ødegård",
    "山田太郎山田太郎山田太郎",
    "[/] [@click=app.quit]x[/] [bold]",
    "مرحبا بالعالم",
    "👩‍👩‍👧 Family 🚀",
    "A name that goes on and on, as names do where everybody's ancestors are remembered",
    "Priya Chukwu",
    "Emil Kovacs",
    "Ines Costa",
    "Maja Svensson",
    "Oskar Sokolov",
)
TRIPS = (
    ("Mars", "Dallas-Fort Worth Launch Complex"),
    ("Europa", "Sydney Stellar Port"),
    ("Titan", "Tokyo Spaceport Terminal"),
    ("Venus", "Dubai Interplanetary Hub"),
)


class Ticking:
    """A clock that advances half an hour per command, so that every row has its own time."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 4, 2, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


def make_golden_desk(path: Path) -> None:
    """Fill a new desk in this file."""
    clock = Ticking()
    desk = open_desk(path, create=True, clock=clock, actor="kim")
    desk.account = "desk"  # whoever runs the tests
    for first, last, department, title, years, rating in AGENTS:
        agents.add(
            desk,
            first_name=first,
            last_name=last,
            department=department,
            job_title=title,
            years=years,
            rating=rating,
        )
    for number, name in enumerate(CUSTOMERS):
        destination, launch = TRIPS[number % len(TRIPS)]
        clock.moment += timedelta(minutes=30)
        intake.receive(
            desk,
            name=name,
            method=("Text", "Phone Call")[number % 2],
            source=("Organic", "Bought")[number % 3 == 0],
            destination=destination,
            launch=launch,
            requests="a dome with a view of both moons" if number % 4 == 0 else "",
            phone="+1 555 0100" if number == 0 else None,
        )
    clock.moment += timedelta(minutes=30)
    morning = clock.moment
    with desk.acting_as("lee"):  # before kim's work, so that undo and the log show that
        _serve(desk, clock)
    clock.moment = morning
    _work(desk)
    desk.close()


def _work(desk: Desk) -> None:
    holder = {number: _booking(desk, number)["agent_id"] or 0 for number in range(1, 13)}
    quote = {"destination_revenue": "150000", "package_revenue": "25000.50"}
    bookings.claim(desk, 1, holder[1])
    bookings.contact(desk, 1, "no_answer", "only the voicemail [/]", follow_up="in 2 hours")
    bookings.note(desk, 1, "prefers to be called after 18:00 [/] [bold]today[/bold] 🚀")
    bookings.confirm(desk, 2, package="Glacier Trek Adventure", **quote)
    bookings.rate(desk, 2, 5)
    bookings.cancel(desk, 3, "家族の事情 [/]")
    bookings.claim(desk, 7, holder[7])
    bookings.contact(desk, 7, "reached", follow_up="in 2 days")
    bookings.reassign(desk, 8, 1, "asked for the agent of last year")
    for _ in AGENTS:  # nobody wants it: it waits
        bookings.decline(desk, 12, "speaks no Ukrainian")


ISSUES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "08:40",
        "The app crashes whenever I open the boarding pass, and it still shows an error. Unacceptable!",
        {"tier": "enterprise", "channel": "phone", "customer_id": 2},
    ),
    ("09:00", "Could you add a window seat filter to the trip search?", {"channel": "chat"}),
    (
        "10:00",
        "[/] I was charged twice for my booking, $300. Please [@click=app.quit]mend[/] the invoice.",
        {"booking_id": 4, "channel": "email"},
    ),
    ("11:00", "مرحبا 👩‍👩‍👧 山田 🚀", {"channel": "social_media", "customer_id": 5}),
    ("11:20", "Please cancel my trip and give me my money back, I want a full refund.", {"booking_id": 9}),
    (
        "11:50",
        "I'm unable to access my account after the recent update. This is urgent as I need to complete "
        "a transaction today.",
        {"tier": "gold", "customer_id": 1},
    ),
)


def _serve(desk: Desk, clock: Ticking) -> None:
    """Issues: one escalated and late, one rated, one with the customer, one unsure, one in time, one new."""
    for at, text, given in ISSUES:
        hour, minute = map(int, at.split(":"))
        clock.moment = clock.moment.replace(hour=hour, minute=minute)
        issue = opening.open_issue(desk, text, **given)
        clock.moment += timedelta(minutes=5)
        _attend(desk, issue["issue_id"], issue["agent_id"])
    clock.moment = clock.moment.replace(hour=12, minute=0)
    sweep_issues(desk)


def _attend(desk: Desk, number: int, agent_id: int | None) -> None:
    if number == 1:
        conversation.reply(desk, 1, "We look into it [/] at once.")
        conversation.note(desk, 1, "the new version crashes for everybody 🚀")
        escalation_commands.escalate(desk, 1, "the whole company is stuck", 2)
    elif number == 2:
        lifecycle.resolve(desk, 2, "It will be there with the next version.")
        surveys.rate(desk, 2, 5, "quick [/]")
    elif number == 3:
        conversation.reply(desk, 3, "Which of the two charges is the wrong one?", wait=True)
    elif number == 5 and agent_id is not None:
        ownership.claim(desk, 5, agent_id)


def _booking(desk: Desk, number: int) -> BookingRow:
    from dispatch import queries

    with desk.reading():
        return queries.booking(number)
