"""The agents of the desk: taken on, changed, and leaving."""

from __future__ import annotations

import json
from typing import Any

from dispatch import checks, views
from dispatch.bookings import drain_waiting
from dispatch.commands import Command, command
from dispatch.service import routing
from models.agents import Agent
from models.errors import InvalidInput, Refused
from models.issues import CATEGORIES

Row = dict[str, Any]

MOST_YEARS = 80
CHANGEABLE = (
    "first_name",
    "last_name",
    "email",
    "department",
    "job_title",
    "years",
    "rating",
    "license",
    "manager",
    "capacity",
    "level",
    "specialisations",
    "languages",
)


@command("agent.add")
def add(
    running: Command,
    *,
    first_name: str,
    last_name: str,
    department: str,
    job_title: str,
    email: str | None = None,
    years: int | str = 0,
    rating: float | str | None = None,
    license: str | None = None,
    manager: str | None = None,
) -> Row:
    """Take on an agent, available at once; waiting bookings go to the desk's agents again.

    ``rating`` is an average brought along, which counts as the setting's number of answers.
    Raises InvalidInput, Refused.
    """
    agent = Agent(capacity=running.desk.settings["default_capacity"])
    given = {
        "first_name": first_name,
        "last_name": last_name,
        "email": email,
        "department": department,
        "job_title": job_title,
        "years": years,
        "rating": rating,
        "license": license,
        "manager": manager,
    }
    for field, value in given.items():
        if value is not None:
            _put(running, agent, field, value)
    agent.save()
    drain_waiting(running)
    return _shown(running, agent)


@command("agent.set")
def change(running: Command, /, agent_id: int, **changes: Any) -> Row:
    """Change some of CHANGEABLE on an agent. Raises NotFound, InvalidInput, Refused."""
    agent = Agent.lock(agent_id)
    given = {field: value for field, value in changes.items() if value is not None}
    if not given:
        raise InvalidInput("change", "nothing to change", "give at least one of: " + ", ".join(CHANGEABLE))
    for field, value in given.items():
        _put(running, agent, field, value)
    agent.save()
    return _shown(running, agent)


@command("agent.leave")
def leave(running: Command, agent_id: int) -> Row:
    """The agent goes: keeps the row and the history, has no rank and gets nothing any more.

    Raises NotFound, and Refused while the agent holds Pending bookings or open issues.
    """
    agent = Agent.lock(agent_id)
    if agent.left_at is not None:
        raise Refused("agent_left", f"{agent.name} left at {agent.left_at} already")
    _refuse_holder(agent)
    agent.left_at = running.now
    agent.save()
    return _shown(running, agent)


@command("agent.return")
def come_back(running: Command, agent_id: int) -> Row:
    """An agent who left is here again, and waiting bookings find a taker. Raises NotFound, Refused."""
    agent = Agent.lock(agent_id)
    if agent.left_at is None:
        raise Refused("agent_here", f"{agent.name} never left")
    agent.left_at = None
    agent.save()
    drain_waiting(running)
    return _shown(running, agent)


def _refuse_holder(agent: Agent) -> None:
    for held, what, listing in (
        (agent.load, "Pending booking", f"booking list --agent {agent.agent_id} --status Pending"),
        (agent.issue_load, "open issue", f"issue list --agent {agent.agent_id}"),
    ):
        if held:
            raise Refused(
                "holds_work",
                f"{agent.name} holds {held} {what}{'s' if held > 1 else ''}",
                f"reassign them first: astra {listing}",
            )


def _put(running: Command, agent: Agent, field: str, value: Any) -> None:
    values = running.desk.values
    match field:
        case "first_name" | "last_name":
            setattr(agent, field, checks.name(value, field))
        case "department" | "job_title":
            setattr(agent, field, values.check(field, value))
        case "email":
            agent.email = checks.email(value)
        case "years":
            agent.years_of_service = checks.whole(value, "years", 0, MOST_YEARS)
        case "capacity":
            agent.capacity = checks.whole(value, "capacity", 0, 100_000)
        case "license":
            agent.license_number = _free_license(agent, value)
        case "manager":
            agent.manager_name = checks.optional_text(value, "manager")
        case "rating":
            agent.prior_rating = checks.rating(value)
            agent.prior_answers = running.desk.settings["rating_prior_answers"]
            agent.refresh_rating()
        case _:
            _put_skill(agent, field, value)


def _put_skill(agent: Agent, field: str, value: Any) -> None:
    """What the service desk asks of an agent."""
    match field:
        case "level":
            agent.level = checks.whole(value, "level", 1, routing.BEST_LEVEL)
        case "specialisations" | "languages":
            setattr(agent, field, json.dumps(_listed(value, field), ensure_ascii=False))
        case _:
            raise InvalidInput("field", f"an agent has no {field}", "accepted: " + ", ".join(CHANGEABLE))


def _listed(value: str, field: str) -> list[str]:
    """Names with commas between them, each once; an empty text is none. Raises InvalidInput."""
    text = checks.optional_text(value, field, limit=checks.TEXT_LENGTH) or ""
    names = list(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    unknown = [name for name in names if field == "specialisations" and name not in CATEGORIES]
    if unknown:
        raise InvalidInput(
            field, f"{checks.excerpt(unknown[0])} is not a category", "accepted: " + ", ".join(CATEGORIES)
        )
    return names


def _free_license(agent: Agent, value: str) -> str | None:
    text = checks.optional_text(value, "license")
    holder = Agent.get_or_none(Agent.license_number == text) if text else None
    if holder is not None and holder.agent_id != agent.agent_id:
        raise Refused("license_taken", f"licence {text} belongs to {holder.name} ({holder.agent_id})")
    return text


def _shown(running: Command, agent: Agent) -> Row:
    running.booking_id, running.agent_id = None, agent.agent_id
    return views.agent(agent.agent_id)
