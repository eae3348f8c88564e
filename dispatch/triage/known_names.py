"""Names that messages may contain: destinations, packages, launch locations and agents."""

from __future__ import annotations

from dispatch.desk.accepted_values import FIRST_PACKAGES, FIRST_VALUES, listing
from dispatch.triage.entities import KnownNames
from models.agents import Agent
from models.base import tuples


def of_the_desk() -> KnownNames:
    """Return the desk's names, also those of the past. One query a list: keep the result."""
    people = tuples(Agent.select(Agent.first_name, Agent.last_name))
    return KnownNames(
        {
            "package": [row["name"] for row in listing("package", retired=True)],
            "launch_location": [row["name"] for row in listing("launch", retired=True)],
            "destination": [row["name"] for row in listing("destination", retired=True)],
            "agent": [f"{first} {last}" for first, last in people],
        }
    )


def of_a_new_desk() -> KnownNames:
    """Return the names every desk begins with, for use without a desk."""
    return KnownNames(
        {
            "package": [name for _, name in FIRST_PACKAGES],
            "launch_location": FIRST_VALUES["launch"],
            "destination": FIRST_VALUES["destination"],
        }
    )
