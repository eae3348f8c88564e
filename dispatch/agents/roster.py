"""The roster: adding, changing, deactivating and reactivating agents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from dispatch import queries
from dispatch.agents import settling
from dispatch.agents.handover import to_the_desk
from dispatch.agents.presence import end_absence
from dispatch.agents.presence import put as set_presence
from dispatch.assignment.waiting_list import drain_waiting, hold
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.inputs.languages import language
from dispatch.queries import agent_levels
from dispatch.queries.row_types import AgentRow, IssueMoveRow
from dispatch.service.issues.queue import settle
from dispatch.triage import categories
from models.agents import AVAILABLE, Agent
from models.base import Json
from models.errors import InvalidInput, Refused
from models.hints import act

MOST_YEARS = 80
MOST_CAPACITY = 100_000

Setter = Callable[[Command, Agent, Any], None]


@command("agent.add", past="added", undo=put_back, may="agent.manage")
def add(
    running: Command, /, *, first_name: str, last_name: str, department: str, job_title: str, **given: Any
) -> AgentRow:
    """Add an agent, available at once; waiting bookings are assigned again.

    ``given`` may have any of CHANGEABLE: ``rating`` is an earlier average, weighted as the setting's
    number of answers; ``skills`` are destinations and ``locations`` launch locations, none meaning all;
    ``specialisations`` are issue categories. Raises InvalidInput, Refused.
    """
    agent = Agent(capacity=running.desk.settings["default_capacity"])
    settling.begins(running, agent)
    names = {"first_name": first_name, "last_name": last_name}
    _put(running, agent, names | {"department": department, "job_title": job_title} | given)
    return _settled(running, agent)


@command("agent.set", past="changed", undo=put_back, may="agent.manage")
def change(running: Command, /, agent_id: int, **changes: Any) -> AgentRow:
    """Change some of an agent's CHANGEABLE fields. Raises NotFound, InvalidInput, Refused."""
    agent = Agent.lock(agent_id)
    if all(value is None for value in changes.values()):
        raise InvalidInput("change", "nothing to change", "give at least one of: " + ", ".join(CHANGEABLE))
    return changed(running, agent, changes)


def changed(running: Command, agent: Agent, changes: Json) -> AgentRow:
    """Change an agent's fields as part of a command; empty text clears one. Raises InvalidInput, Refused."""
    _put(running, agent, changes)
    return _settled(running, agent)


@command("agent.leave", past="left", undo=put_back, may="agent.manage")
def leave(running: Command, agent_id: int, hand_over: bool = False) -> AgentRow:
    """Deactivate an agent: the row and its history stay, without a rank or new work.

    With ``hand_over`` the agent's work goes to the desk first; what nobody can take waits. Returns the
    agent with those ``moves`` and ``issue_moves``. Raises NotFound, and Refused if the agent still holds
    work otherwise.
    """
    agent = Agent.lock(agent_id)
    if agent.left_at is not None:
        raise Refused("agent_left", f"{agent.name} left at {agent.left_at}")
    if not hand_over:
        _refuse_holder(agent)
    agent.left_at = running.now
    agent.due_at = None
    settling.goes_away(running, agent)
    agent.save()
    moves = to_the_desk(running, agent)
    issue_moves = _settle(running, agent)
    return queries.agent(agent_id) | {"moves": moves, "issue_moves": issue_moves}


@command("agent.return", past="returned", undo=put_back, may="agent.manage")
def come_back(running: Command, agent_id: int) -> AgentRow:
    """Reactivate an agent, available at once; waiting bookings are assigned. Raises NotFound, Refused."""
    agent = Agent.lock(agent_id)
    if agent.left_at is None:
        raise Refused("agent_here", f"{agent.name} is still active")
    agent.left_at = None
    settling.comes_back(running, agent)
    end_absence(running, agent_id)
    set_presence(running, agent, AVAILABLE)
    hold(running)
    agent.save()
    return _settled(running, agent)


def _refuse_holder(agent: Agent) -> None:
    for held, what in ((agent.load, "Pending booking"), (agent.issue_load, "open issue")):
        if held:
            raise Refused(
                "holds_work",
                f"{agent.name} holds {held} {what}{'s' if held > 1 else ''}",
                f"{act('agent.handover', agent.agent_id)} hands the work over",
            )


def _put(running: Command, agent: Agent, given: Json) -> None:
    """Set and save the given fields; None leaves one as it is."""
    for field, value in given.items():
        if value is not None:
            if field not in _SETTERS:
                raise InvalidInput("field", f"an agent has no {field}", "accepted: " + ", ".join(CHANGEABLE))
            _SETTERS[field](running, agent, value)
    agent.save()


def _column(column: str, read: Callable[[Command, Any], Any]) -> Setter:
    """Return a setter that stores a given value in a column after reading it with ``read``."""
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


def _put_weight(_running: Command, agent: Agent, value: Any) -> None:
    weight = validation.weight(value)
    if weight == 0 < agent.weight and agent.loaded is not None and not _others_with_weight(agent):
        raise Refused(
            "no_weight",
            f"{agent.name} is the last agent with a weight: nobody could get a lead under the policy share",
            f"{act('agent.edit')} gives another agent a weight first",
        )
    agent.weight = weight


def _others_with_weight(agent: Agent) -> bool:
    others = Agent.select().where(Agent.left_at.is_null(), Agent.agent_id != agent.agent_id, Agent.weight > 0)
    return bool(others.exists())


def _listed(value: str, field: str) -> str:
    """Comma-separated names as a stored JSON list, each once. Raises InvalidInput."""
    text = validation.optional_text(value, field, limit=validation.TEXT_LENGTH) or ""
    names = list(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    if field == "specialisations":
        names = [categories.category(name) for name in names]
    return json.dumps(names, ensure_ascii=False)


def _spoken(value: str) -> str:
    """Languages as a stored JSON list, each by one name; none means all. Raises InvalidInput."""
    names = json.loads(_listed(value, "languages"))
    return json.dumps(list(dict.fromkeys(map(language, names))), ensure_ascii=False)


def _named(running: Command, kind: str, given: str | Iterable[str]) -> str | None:
    """Accepted values as a stored JSON list; None for an empty one, which means all.

    Retired ones may stay on it: open bookings may have them.
    """
    words = given.split(",") if isinstance(given, str) else list(given)
    accepted = running.desk.values.known(kind)
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
    "languages": _column("languages", lambda _, value: _spoken(value)),
    "locations": _column("locations", lambda running, value: _named(running, "launch", value)),
    "weight": _put_weight,
}
"""The setter that checks and stores each field."""
CHANGEABLE = tuple(_SETTERS)


def _settled(running: Command, agent: Agent) -> AgentRow:
    """Assign waiting bookings and issues, and return the agent."""
    _settle(running, agent)
    return queries.agent(agent.agent_id)


def _settle(running: Command, agent: Agent) -> list[IssueMoveRow]:
    """Assign waiting bookings and issues; return the moves of an absent agent's issues."""
    drain_waiting(running)
    issue_moves = settle(running)
    running.booking_id, running.agent_id = None, agent.agent_id
    return issue_moves
