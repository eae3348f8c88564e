"""The agents of the desk: taken on, changed, and leaving."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from dispatch import queries
from dispatch.agents.handover import to_the_desk
from dispatch.agents.presence import put as set_presence
from dispatch.assignment.waiting_list import drain_waiting
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.queries import agent_levels
from dispatch.service.issues.queue import settle
from dispatch.triage import categories
from models.agents import AVAILABLE, Agent
from models.errors import InvalidInput, Refused

Row = dict[str, Any]

MOST_YEARS = 80
MOST_CAPACITY = 100_000

Setter = Callable[[Command, Agent, Any], None]


@command("agent.add", past="taken on", undo=put_back)
def add(
    running: Command, /, *, first_name: str, last_name: str, department: str, job_title: str, **given: Any
) -> Row:
    """Take on an agent, available at once; waiting bookings go to the desk's agents again.

    What else is ``given`` is of CHANGEABLE: ``rating`` is an average brought along, which counts as the
    setting's number of answers; ``skills`` are destinations, ``locations`` launch locations, none means
    every one; ``specialisations`` are categories of issues. Raises InvalidInput, Refused.
    """
    agent = Agent(capacity=running.desk.settings["default_capacity"])
    names = {"first_name": first_name, "last_name": last_name}
    for field, value in (names | {"department": department, "job_title": job_title} | given).items():
        if value is not None:
            _put(running, agent, field, value)
    agent.save()
    return _shown(running, agent)


@command("agent.set", past="changed", undo=put_back)
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


@command("agent.leave", past="left", undo=put_back)
def leave(running: Command, agent_id: int, hand_over: bool = False) -> Row:
    """The agent goes: keeps the row and the history, has no rank and gets nothing any more.

    With ``hand_over`` what the agent holds goes to the desk first; what nobody can take waits. Returns
    the agent with those ``moves``. Raises NotFound, and Refused for who holds Pending bookings or open
    issues otherwise.
    """
    agent = Agent.lock(agent_id)
    if agent.left_at is not None:
        raise Refused("agent_left", f"{agent.name} left at {agent.left_at} already")
    if not hand_over:
        _refuse_holder(agent)
    agent.left_at = running.now
    agent.due_at = None
    agent.save()
    moves = to_the_desk(running, agent)
    return _shown(running, agent) | {"moves": moves}


@command("agent.return", past="returned", undo=put_back)
def come_back(running: Command, agent_id: int) -> Row:
    """An agent who left is here again, available; waiting bookings find a taker.

    Raises NotFound, Refused.
    """
    agent = Agent.lock(agent_id)
    if agent.left_at is None:
        raise Refused("agent_here", f"{agent.name} never left")
    agent.left_at = None
    set_presence(running, agent, AVAILABLE)
    agent.save()
    return _shown(running, agent)


def _refuse_holder(agent: Agent) -> None:
    for held, what in ((agent.load, "Pending booking"), (agent.issue_load, "open issue")):
        if held:
            raise Refused(
                "holds_work",
                f"{agent.name} holds {held} {what}{'s' if held > 1 else ''}",
                f"astra agent handover {agent.agent_id} --to desk,"
                f" or: astra agent leave {agent.agent_id} --hand-over",
            )


def _put(running: Command, agent: Agent, field: str, value: Any) -> None:
    put = _SETTERS.get(field)
    if put is None:
        raise InvalidInput("field", f"an agent has no {field}", "accepted: " + ", ".join(CHANGEABLE))
    put(running, agent, value)


def _column(column: str, read: Callable[[Command, Any], Any]) -> Setter:
    """Put a value on a column as it is read from what was given."""
    return lambda running, agent, value: setattr(agent, column, read(running, value))


def _put_rating(running: Command, agent: Agent, value: Any) -> None:
    agent.prior_rating = validation.rating(value)
    agent.prior_answers = running.desk.settings["rating_prior_answers"]
    agent.refresh_rating()


def _put_license(_running: Command, agent: Agent, value: Any) -> None:
    text = validation.optional_text(value, "license")
    holder = Agent.get_or_none(Agent.license_number == text) if text else None
    if holder is not None and holder.agent_id != agent.agent_id:
        raise Refused("license_taken", f"licence {text} belongs to {holder.name} ({holder.agent_id})")
    agent.license_number = text


def _listed(value: str, field: str) -> str:
    """Names with commas between them, each once, as they are stored. Raises InvalidInput."""
    text = validation.optional_text(value, field, limit=validation.TEXT_LENGTH) or ""
    names = list(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    if field == "specialisations":
        names = [categories.category(name) for name in names]
    return json.dumps(names, ensure_ascii=False)


def _named(running: Command, kind: str, given: str | Iterable[str]) -> str | None:
    """Accepted values as they are stored: a JSON list, None for an empty one, which means all of them."""
    words = given.split(",") if isinstance(given, str) else list(given)
    accepted = running.desk.values.of(kind)
    known = {name.casefold(): name for name in accepted}
    names = [
        known.get(word.casefold()) or running.desk.values.check(kind, word)
        for word in (validation.stripped(word, kind) for word in words)
        if word
    ]
    return json.dumps([name for name in accepted if name in names], ensure_ascii=False) if names else None


_SETTERS: dict[str, Setter] = {
    "first_name": _column("first_name", lambda _, value: validation.name(value, "first_name")),
    "last_name": _column("last_name", lambda _, value: validation.name(value, "last_name")),
    "email": _column("email", lambda _, value: validation.email(value)),
    "department": _column(
        "department", lambda running, value: running.desk.values.check("department", value)
    ),
    "job_title": _column("job_title", lambda running, value: running.desk.values.check("job_title", value)),
    "years": _column("years_of_service", lambda _, value: validation.whole(value, "years", 0, MOST_YEARS)),
    "rating": _put_rating,
    "license": _put_license,
    "manager": _column("manager_name", lambda _, value: validation.optional_text(value, "manager")),
    "capacity": _column("capacity", lambda _, value: validation.whole(value, "capacity", 0, MOST_CAPACITY)),
    "skills": _column("skills", lambda running, value: _named(running, "destination", value)),
    "level": _column("level", lambda _, value: validation.whole(value, "level", 1, agent_levels.BEST_LEVEL)),
    "specialisations": _column("specialisations", lambda _, value: _listed(value, "specialisations")),
    "languages": _column("languages", lambda _, value: _listed(value, "languages")),
    "locations": _column("locations", lambda running, value: _named(running, "launch", value)),
}
"""How each of what can be given is checked, and where it goes."""
CHANGEABLE = tuple(_SETTERS)


def _shown(running: Command, agent: Agent) -> Row:
    drain_waiting(running)
    settle(running)
    running.booking_id, running.agent_id = None, agent.agent_id
    return queries.agent(agent.agent_id)
