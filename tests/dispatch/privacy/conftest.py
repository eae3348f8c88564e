"""A person of whom the desk has written down everything it can, in words found nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, customers
from dispatch.bookings import bulk_actions, editing
from dispatch.desk.desk import Desk
from dispatch.leads import file_intake, intake
from dispatch.operations import undo
from dispatch.service.issues import conversation, escalation_commands, lifecycle, surveys
from dispatch.service.issues.intake import open_issue

AddAgent = Callable[..., dict[str, Any]]
TRIP = {
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}
WORDS = [
    "Quillon",
    "Vexforth",
    "Qvexforth",
    "Brackenridge",
    "Marlowfield",
    "7118273645",
    "7119912345",
    "zorblat",
    "wexel",
    "yttral",
    "vintrop",
    "umbrell",
    "quorvex",
    "jastrow",
    "kelpwick",
    "ludgrove",
    "nemphis",
    "ostrava",
    "plinth",
    "fennwick",
    "grindle",
]
"""Parts of everything written about them: names, numbers, addresses, texts."""


@pytest.fixture
def person(desk: Desk, add_agent: AddAgent) -> int:
    """Customer 1 with 5 merged into them, closed work of every kind, and events of others beside it."""
    for name in ("Ada", "Bob"):
        add_agent(name, years=9, rating=4.0, capacity=100)
    with desk.request("the first of Vexforth"):
        intake.receive(
            desk,
            name="Quillon Vexforth",
            phone="+49 711 8273645",
            email="quillon@qvexforth.example",
            requests="a cabin near zorblat",
            **TRIP,
        )
    intake.receive(desk, name="Someone Else", phone="+49 30 1234", requests="a seat", **TRIP)
    _sell(desk, 1)
    file_intake.receive_lines(
        desk,
        [
            (1, TRIP | {"name": "Quillon Brackenridge", "phone": "+49 711 8273645", "requests": "wexel"}),
            (2, TRIP | {"name": "Another One", "phone": "+49 40 1234"}),
        ],
    )
    bulk_actions.cancel(desk, [3, 4], "both of them")
    intake.receive(desk, name="Quillon Marlowfield", phone="+49 711 9912345", **TRIP)
    bookings.cancel(desk, 5, "yttral")
    customers.merge(desk, 1, 4)
    undo.undo(desk)
    customers.merge(desk, 1, 4)
    _complain(desk)
    return 1


def _sell(desk: Desk, booking_id: int) -> None:
    bookings.claim(desk, booking_id, 1)
    bookings.contact(desk, booking_id, "reached", "says vintrop")
    bookings.note(desk, booking_id, "note of umbrell")
    editing.edit(desk, booking_id, requests="rather quorvex", name="Quillon Vexforth-Jastrow")
    bookings.decline(desk, booking_id, "kelpwick")
    bookings.reassign(desk, booking_id, 1, "ludgrove")
    bookings.confirm(desk, booking_id, "Luxury Dome Stay", 1000, 200)
    bookings.rate(desk, booking_id, 5)
    customers.edit(desk, 1, email="jastrow@qvexforth.example", tier="gold")


def _complain(desk: Desk) -> None:
    text = "nemphis: my invoice for booking 1 is wrong, says Quillon Vexforth, call +49 711 8273645"
    agents.change(desk, 1, level=5)
    issue_id = open_issue(desk, text, customer_id=1)["issue_id"]
    conversation.reply(desk, issue_id, "ostrava, Quillon", agent_id=1)
    conversation.reply(desk, issue_id, "I am furious about plinth", author="customer")
    conversation.note(desk, issue_id, "about fennwick", agent_id=1)
    escalation_commands.escalate(desk, issue_id, "grindle")
    lifecycle.resolve(desk, issue_id, "grindle is solved")
    surveys.rate(desk, issue_id, 4, "thanks from plinth")


@pytest.fixture
def held_in(desk: Desk) -> Callable[[], list[str]]:
    """The words that are still somewhere in the desk's files."""

    def found() -> list[str]:
        path = desk.database.file
        files = [Path(f"{path}{ending}") for ending in ("", "-wal", "-shm")]
        content = b"".join(file.read_bytes() for file in files if file.exists()).lower()
        return [word for word in WORDS if word.lower().encode() in content]

    return found
