"""Random commands of every kind, most of them on a booking that may be there."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from dispatch import agents, bookings
from dispatch.agents import presence
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, sweep, undo
from dispatch.service.issues import intake as service

AGENTS = 4
WORDS = ("Kate", "O'Neil %", "back\\slash_", "Zoë 👩‍🚀", "Robert'); DROP TABLE bookings; --")
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "1200.50", "package_revenue": "80"}


def kinds(desk: Desk, chance: random.Random) -> list[Callable[[], Any]]:
    """The commands to choose from, most of them on a booking that may be there."""
    number, agent = chance.randint(1, 60), chance.randint(1, AGENTS)
    name = f"{chance.choice(WORDS)} {chance.randint(1, 9)}"
    policies = ("rank", "match", "skill", "round_robin", "balanced", "share")
    return [
        *[partial(intake.receive, desk, name=name, **TRIP)] * 4,
        partial(bookings.claim, desk, number, agent_id=agent),
        partial(bookings.confirm, desk, number, **QUOTE),
        partial(bookings.cancel, desk, number, name),
        partial(bookings.release, desk, number),
        partial(bookings.note, desk, number, name),
        partial(bookings.reopen, desk, number),
        partial(bookings.rate, desk, number, chance.randint(1, 5)),
        partial(presence.set_presence, desk, agent, chance.choice(("available", "away", "break"))),
        partial(configuration.set_value, desk, "policy", chance.choice(policies)),
        partial(service.open_issue, desk, f"My invoice is wrong: {name}"),
        partial(undo.undo, desk),
        partial(sweep.sweep, desk),
    ]


def hire(desk: Desk) -> None:
    """Take on the agents that the commands are about."""
    for years in range(AGENTS):
        agents.add(
            desk, first_name="Ada", last_name=f"Byron {years}", department="Premium Bookings",
            job_title="Space Travel Agent", years=years,
        )  # fmt: skip
