"""Presence of agents (available, busy, break, away, offline), and its changes by time and shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import queries
from dispatch.agents.settling import comes_back, goes_away
from dispatch.agents.unattended import pass_on, pass_on_together
from dispatch.agents.working_calendar import SHIFT_OVER, WorkingCalendar, is_by_clock
from dispatch.assignment.agent_checks import working_agent
from dispatch.assignment.caps import end_windows
from dispatch.assignment.eligibility import EVERY
from dispatch.assignment.waiting_list import end_hold, hold
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.desk import DESK_ACTOR
from dispatch.inputs import validation
from dispatch.inputs.times import due_times
from dispatch.inputs.times import hours as working_hours
from dispatch.queries.row_types import AgentRow
from dispatch.service.issues.queue import settle
from models.agents import AVAILABLE, BREAK, BUSY, GONE, PRESENCES, Agent
from models.base import CompiledQuery, parameter
from models.calendars import terminal
from models.clock import from_text
from models.errors import InvalidInput
from models.hints import act
from models.planned_absences import PlannedAbsence, running_absence

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

SWEEPER = DESK_ACTOR
DRAIN = "drain_before"


@command("agent.presence", past="presence", undo=put_back, may="agent.presence")
def set_presence(
    running: Command, agent_id: int, presence: str, until: str | None = None, reason: str | None = None
) -> AgentRow:
    """Set an agent's presence, optionally ``until`` a time (due_times.understand_end) when it ends by itself.

    Unclaimed work of an agent who is away or offline goes to others at once, or waits; claimed work
    stays. Who is back before an absence is over ends it. Returns the agent with ``returned``, the bookings
    handed back, their ``moves`` and those of issues (``issue_moves``), the bookings ``kept``, and
    ``ended_absence``, the number of the absence. Raises NotFound, Refused, InvalidInput.
    """
    agent = working_agent(agent_id, f"{act('agent.leave', agent_id)} brings them back")
    if presence not in PRESENCES:
        raise InvalidInput("presence", f"{presence!r} is not a presence", "accepted: " + ", ".join(PRESENCES))
    end = None
    if validation.stripped(until, "time"):
        if presence == AVAILABLE:
            raise InvalidInput("time", "Available has no end", "leave the end empty, or set shift hours")
        end = due_times.understand_end(until or "", running.now, terminal())
    signs_on = presence == AVAILABLE != agent.presence
    ended = None if presence in GONE else end_absence(running, agent_id)
    put(running, agent, presence, end, validation.optional_text(reason, "reason"))
    if signs_on:
        hold(running)
    running.detail = {"presence": presence} | ({"until_at": end} if end else {})
    if ended:
        running.detail["absence"] = "over"
    agent.save()
    return settled(running, agent) | {"ended_absence": ended}


@command("agent.shift", past="shift hours", undo=put_back, may="agent.manage")
def set_hours(running: Command, agent_id: int, hours: str | None) -> AgentRow:
    """Set or clear an agent's shift hours (inputs/times/hours.py); the presence follows them from now on.

    Raises NotFound, Refused, InvalidInput.
    """
    agent = working_agent(agent_id, f"{act('agent.leave', agent_id)} brings them back")
    text = validation.stripped(hours, "hours")
    agent.hours = None if text in ("", "none") else working_hours.of_a_shift(text)
    follow_calendar(running, agent)
    running.detail = {"hours": agent.hours}
    agent.save()
    return settled(running, agent)


def put(
    running: Command, agent: Agent, presence: str, until: str | None = None, reason: str | None = None
) -> None:
    """Set an agent's presence; the caller saves."""
    if presence in GONE:
        goes_away(running, agent)
    elif agent.presence in GONE:
        comes_back(running, agent)
    agent.presence = presence
    agent.presence_until = until
    agent.presence_reason = reason
    if presence == AVAILABLE:
        agent.offers_missed = 0
    agent.due_at = next_due(agent, running.now, running.desk.settings[DRAIN])


def next_due(agent: Agent, now: str, drain: int = 0) -> str | None:
    """The time of the next automatic change: the end of the presence, or a turn of the agent's calendar.

    ``drain`` are the minutes before the end of a shift without new work.
    """
    turns = [agent.presence_until] if agent.presence_until else []
    return min([*turns, *WorkingCalendar(agent, now, drain).turns()], default=None)


def due_by_calendar(agent: Agent, now: str, drain: int) -> str | None:
    """Return when an agent is due to change after a change of calendars: at once, if it concerns this moment.

    That is so where the clock alone has set the presence, or who is at work has a holiday.
    """
    if agent.left_at is not None:
        return None
    state = WorkingCalendar(agent, now, drain).state()
    if is_by_clock(agent):
        turns_now = state.presence != agent.presence
    else:
        would_be_on = bool(agent.hours) and working_hours.stored(agent.hours or "").is_on(from_text(now))
        turns_now = would_be_on and state.reason == SHIFT_OVER and agent.presence not in GONE
    return now if turns_now else next_due(agent, now, drain)


def end_absence(running: Command, agent_id: int) -> int | None:
    """End the absence that an agent has now, as they are at work; return its number."""
    running_now = running_absence(agent_id, running.now)
    if running_now is None:
        return None
    row = PlannedAbsence.lock(running_now.absence_id)
    if row.from_at < running.now:
        row.until_at = running.now
    else:
        row.removed = True
    row.save()
    return int(row.absence_id)


def settled(running: Command, agent: Agent) -> AgentRow:
    """Hand back work the agent no longer attends to, assign waiting work, and return the result."""
    is_gone = agent.presence in GONE
    returned = pass_on(running, [agent.agent_id] if is_gone else [])
    if returned:
        running.detail["returned"] = [row["booking_id"] for row in returned]
    kept = queries.pending_ids(agent.agent_id, claimed=True if is_gone else None)
    issue_moves = settle(running)
    running.booking_id, running.agent_id = None, agent.agent_id
    drained: list[int] = running.detail.get("drained", [])
    return queries.agent(agent.agent_id) | {
        "returned": [row["booking_id"] for row in returned],
        "kept": kept,
        "moves": returned,
        "issue_moves": issue_moves,
        "drained": drained,
    }


_due = CompiledQuery(
    lambda: (
        Agent.select(Agent.agent_id)
        .where(Agent.due_at.is_null(False), Agent.due_at <= parameter("now"))
        .order_by(Agent.due_at, Agent.agent_id)
        .limit(parameter("limit"))
    )
)


def due(desk: Desk) -> list[int]:
    """The agents whose presence is due to change."""
    return [agent_id for (agent_id,) in _due(now=desk.now(), limit=EVERY)]


def catch_up(desk: Desk) -> None:
    """Make every presence change that is due, each an event of the sweeper, then hand out work once.

    It runs before every command, so that agents whose break is over, or the window of whose cap has ended,
    count for the next choice.
    """
    with desk.request(None), desk.acting_as(SWEEPER):
        turned: dict[int, str] = {}
        while due := _due(now=desk.now(), limit=1):
            agent_id = due[0][0]
            turned[agent_id] = _turn(desk, agent_id)
        is_free = [end_windows(desk), end_hold(desk)]  # both, whatever the first one says
        if turned or any(is_free):
            pass_on_together(desk, [agent_id for agent_id, presence in turned.items() if presence in GONE])


@command("agent.turn", past="presence by the clock", undo=put_back, may="clock.act")
def _turn(running: Command, agent_id: int) -> str:
    """Make one agent's due change: the end of a break, or a turn of the agent's calendar."""
    agent = Agent.lock(agent_id)
    was = agent.presence
    follow_calendar(running, agent)
    running.detail = {"from": was, "to": agent.presence}
    running.agent_id = agent_id
    agent.save()
    running.may_free = False  # not before all who are due have turned
    return agent.presence


def follow_calendar(running: Command, agent: Agent, *, is_by_absence: bool = False) -> None:
    """Set an agent's presence by the calendar, unless a person has set another; the caller saves.

    ``is_by_absence``: the one they have is that of an absence that has changed.
    """
    drain = running.desk.settings[DRAIN]
    state = WorkingCalendar(agent, running.now, drain).state()
    is_over = agent.presence_until is not None and agent.presence_until <= running.now
    may_change = is_over or is_by_absence or is_by_clock(agent) or _gives_way(agent.presence, state.presence)
    if may_change and state != (agent.presence, agent.presence_until, agent.presence_reason):
        put(running, agent, *state)
    agent.due_at = next_due(agent, running.now, drain)


def _gives_way(presence: str, by_clock: str) -> bool:
    """Whether a presence that a person may have set ends with a shift, or as it is about to end."""
    if by_clock in GONE:
        return presence in (AVAILABLE, BUSY, BREAK)
    return presence == AVAILABLE and by_clock == BUSY
