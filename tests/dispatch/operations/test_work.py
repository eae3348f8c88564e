"""Integrity checks of the doctor on work and agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings
from dispatch.agents.presence import set_presence
from dispatch.desk.desk import Desk
from dispatch.operations.doctor import examine
from models.agents import Agent
from models.bookings import Booking

Look = Callable[..., Any]


@pytest.mark.parametrize(
    ("wound", "check", "is_warning"),
    [
        (lambda _: Agent.update(presence="asleep").execute(), "presence", False),
        (lambda _: Agent.update(skills='["Pluto"]').where(Agent.agent_id == 2).execute(), "skills", False),
        (lambda _: Agent.update(presence="away").execute(), "stuck work", False),
        (lambda _: Agent.update(due_at="2000-01-01 00:00:00").execute(), "presence", True),
        (lambda _: Agent.update(capacity=0).execute(), "capacity", True),
        (
            lambda _: Agent.update(load=0, capacity=1).execute() and Booking.update(agent_id=None).execute(),
            "waiting",
            True,
        ),
    ],
)
def test_faults_are_found(
    desk: Desk, lead: Any, look: Look, wound: Callable[[Desk], object], check: str, is_warning: bool
) -> None:
    assert look(examine, desk)["ok"]
    with desk.transaction():
        wound(desk)
    found = {row["check"]: row for row in look(examine, desk)["checks"] if not row["ok"]}
    assert found[check]["warning"] is is_warning
    assert found[check]["hint"]


def test_no_command_leaves_a_fault(desk: Desk, lead: Any, look: Look) -> None:
    bookings.claim(desk, 1, 1)
    set_presence(desk, 1, "away")
    agents.change(desk, 2, capacity=0)
    assert look(examine, desk)["ok"]
