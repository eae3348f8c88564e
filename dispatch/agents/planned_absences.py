"""Absences planned ahead: added, listed, removed, previewed (docs/rules.md, Planned absences)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dispatch.agents.presence import follow_calendar, set_presence, settled
from dispatch.agents.row_types import AbsenceRow
from dispatch.agents.working_calendar import absence_words
from dispatch.assignment.agent_checks import working_agent
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.undo_rules import UndoRules
from dispatch.inputs import validation
from dispatch.inputs.times import absence_spans, hours
from dispatch.queries.agents import list_agents, names_of
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import time_range
from models.agents import GONE, OFFLINE, Agent
from models.base import CompiledQuery, parameter, read_rows, tuples
from models.calendars import Calendar, terminal, zone_of
from models.clock import from_text, to_text
from models.database import database_at_work
from models.errors import InvalidInput, NotFound, Refused
from models.hints import act
from models.planned_absences import Absent, PlannedAbsence, running_absence

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

SOON = timedelta(days=3)
"""Who is absent by then is about to be, for somebody who chooses an agent."""

_touching = CompiledQuery(
    lambda: (
        PlannedAbsence.select(PlannedAbsence.absence_id)
        .where(
            PlannedAbsence.agent_id == parameter("agent_id"),
            ~PlannedAbsence.removed,
            PlannedAbsence.until_at >= parameter("since"),
            PlannedAbsence.from_at <= parameter("until"),
        )
        .order_by(PlannedAbsence.from_at)
    )
)

_left_at = CompiledQuery(lambda: Agent.select(Agent.left_at).where(Agent.agent_id == parameter("agent_id")))


@command("absence.add", past="absence planned", undo=put_back, may="agent.presence")
def add(
    running: Command,
    agent_id: int,
    since: str,
    until: str,
    reason: str | None = None,
    substitute_id: int | None = None,
) -> AbsenceRow:
    """Plan an absence of an agent, as absence_spans reads times; those that it overlaps become part of it.

    One that begins at once hands back unclaimed work like a presence. Raises NotFound, Refused, InvalidInput.
    """
    agent = working_agent(agent_id)
    days = calendar_of(agent, running.desk.settings["zone"], running.desk.settings["year_shift"])
    begin, end = absence_spans.understand(since, until, running.now, days, terminal())
    was = _by_absence(agent, running.now)
    known = [PlannedAbsence.lock(one) for (one,) in _touching(agent_id=agent_id, since=begin, until=end)]
    row = known[0] if known else PlannedAbsence(agent_id=agent_id)
    row.from_at = min([begin, *(one.from_at for one in known)])
    row.until_at = max([end, *(one.until_at for one in known)])
    row.reason = validation.optional_text(reason, "reason") or _first(known, "reason")
    row.substitute_id = substitute_id or _first(known, "substitute_id")
    if row.substitute_id is not None:
        _check_substitute(agent, row)
    for one in known[1:]:
        one.removed = True
        one.save()
    row.save()
    found = _applied(running, agent, row, is_by_absence=was)
    return found | {"merged": [one.absence_id for one in known]}


@command("absence.remove", past="absence removed", undo=put_back, may="agent.presence")
def remove(running: Command, agent_id: int, absence_id: int) -> AbsenceRow:
    """Remove an agent's absence; if it has begun, they are back at once. Raises NotFound, Refused."""
    agent, row = Agent.lock(agent_id), PlannedAbsence.lock_or_none(absence_id)
    if row is None or row.removed or row.agent_id != agent_id:
        raise _unknown(absence_id)
    if row.until_at <= running.now:
        raise Refused("absence_over", f"absence {absence_id} of {agent.name} is over")
    was = _by_absence(agent, running.now)
    row.removed = True
    row.save()
    return _applied(running, agent, row, is_by_absence=was)


def _applied(running: Command, agent: Agent, row: PlannedAbsence, *, is_by_absence: bool) -> AbsenceRow:
    """Let the agent's presence follow a changed absence, and return it with the work that moves at once."""
    was_here = agent.presence not in GONE
    running.agent_id = agent.agent_id
    running.detail = {"from_at": row.from_at, "until_at": row.until_at}
    if agent.left_at is None:
        follow_calendar(running, agent, is_by_absence=is_by_absence)
        agent.save()
    goes = was_here and agent.presence in GONE
    shown = _rows([row])[0] | {"moves": [], "issue_moves": [], "kept": []}
    if goes or is_by_absence:
        _tell_moves(shown, settled(running, agent))
    return shown


def _tell_moves(row: AbsenceRow, done: AgentRow) -> None:
    """Add what has moved from an agent who has gone; who is here keeps everything."""
    row["moves"], row["issue_moves"] = done["moves"], done["issue_moves"]
    row["kept"] = done["kept"] if done["presence"] in GONE else []


def preview(
    desk: Desk,
    agent_id: int,
    since: str,
    until: str,
    reason: str | None = None,
    substitute_id: int | None = None,
) -> AbsenceRow:
    """Return what planning an absence would do, with the work that would move if it began now."""

    def rehearsed() -> AbsenceRow:
        row = add(desk, agent_id, since, until, reason, substitute_id)
        if row["from_at"] > desk.now():
            _tell_moves(row, set_presence(desk, agent_id, OFFLINE))
        return row

    return desk.rehearse(rehearsed)


def list_absences(now: str, agent_id: int | None = None, *, with_past: bool = False) -> list[AbsenceRow]:
    """Return the absences of everybody or one agent, the next first; those that are over on request."""
    query = PlannedAbsence.select().where(~PlannedAbsence.removed)
    if not with_past:
        query = query.where(PlannedAbsence.until_at > now)
    if agent_id is not None:
        query = query.where(PlannedAbsence.agent_id == agent_id)
    ordered = query.order_by(PlannedAbsence.from_at, PlannedAbsence.absence_id)
    return _rows(read_rows(PlannedAbsence, ordered))


def substitute_of(agent_id: int, at: str) -> int | None:
    """Return who covers for an agent at a stored time: somebody who is still here, and not absent too."""
    absence = running_absence(agent_id, at)
    if absence is None or absence.substitute_id is None:
        return None
    has_left = _left_at(agent_id=absence.substitute_id) != [(None,)]
    return None if has_left or running_absence(absence.substitute_id, at) else absence.substitute_id


def choosable() -> list[AgentRow]:
    """Return the agents to choose from; those who are about to be absent with ``absent_from``, when."""
    now = database_at_work().now
    assert now is not None  # of a desk
    soon = to_text(from_text(now()) + SOON)
    query = PlannedAbsence.select(PlannedAbsence.agent_id, PlannedAbsence.from_at).where(
        ~PlannedAbsence.removed, PlannedAbsence.until_at > now(), PlannedAbsence.from_at <= soon
    )
    begins = dict(tuples(query.order_by(PlannedAbsence.from_at.desc())))
    return [
        row | {"absent_from": begins[row["agent_id"]]} if row["agent_id"] in begins else row
        for row in list_agents()
    ]


def agent_of(absence_id: int) -> int:
    """Return the agent of an absence. Raises NotFound."""
    row = PlannedAbsence.get_or_none(PlannedAbsence.absence_id == absence_id)
    if row is None:
        raise _unknown(absence_id)
    return int(row.agent_id)


def _unknown(absence_id: int) -> NotFound:
    return NotFound("absence", absence_id, f"{act('absence.list')} shows them")


def calendar_of(agent: Agent, zone: str, year_shift: int) -> Calendar:
    """Return the calendar of an agent's days: in the zone of the hours, or else the desk's."""
    own = hours.parsed(agent.hours).zone if agent.hours else ""
    return Calendar(zone_of(own or zone), year_shift)


def _check_substitute(agent: Agent, row: PlannedAbsence) -> None:
    """Refuse a substitute who is the agent, has left, or is absent in the same time."""
    substitute = working_agent(row.substitute_id or 0)
    if substitute.agent_id == agent.agent_id:
        problem = f"{agent.name} cannot stand in for themselves"
        raise InvalidInput("substitute", problem, "choose another agent")
    found = _touching(agent_id=substitute.agent_id, since=row.from_at, until=row.until_at)
    for (number,) in found:
        other = PlannedAbsence.lock(number)
        if other.from_at < row.until_at and other.until_at > row.from_at:
            when = time_range(other.from_at, other.until_at)
            raise Refused(
                "substitute_absent", f"{substitute.name} is absent, too: {when}", "choose another agent"
            )


def _by_absence(agent: Agent, now: str) -> bool:
    """Whether the agent's presence is that of the absence they have now."""
    absence = running_absence(agent.agent_id, now)
    return absence is not None and _is_set_by(absence, agent)


def _is_set_by(absence: Absent | PlannedAbsence, agent: Agent) -> bool:
    """Whether an absence has set the presence that an agent has."""
    by_absence = (OFFLINE, absence.until_at, absence_words(absence.reason))
    return by_absence == (agent.presence, agent.presence_until, agent.presence_reason)


def _first(rows: Iterable[PlannedAbsence], column: str) -> Any:
    return next(filter(None, (getattr(row, column) for row in rows)), None)


def _rows(rows: list[PlannedAbsence]) -> list[AbsenceRow]:
    names = names_of({row.agent_id for row in rows} | {row.substitute_id for row in rows} - {None})
    return [
        {
            "absence_id": row.absence_id,
            "agent_id": row.agent_id,
            "agent_name": names.get(row.agent_id, ""),
            "from_at": row.from_at,
            "until_at": row.until_at,
            "reason": row.reason,
            "substitute_id": row.substitute_id,
            "substitute_name": names.get(row.substitute_id),
        }
        for row in rows
    ]


class AbsenceUndo(UndoRules[PlannedAbsence]):
    """One planned by mistake is removed."""

    def retire(self, running: Command, row: PlannedAbsence) -> None:
        row.removed = True

    def finish(self, running: Command, row: PlannedAbsence) -> None:
        """Let an agent whose absence had begun follow the calendar as it is now."""
        agent = Agent.lock(row.agent_id)
        if agent.left_at is None:
            follow_calendar(running, agent, is_by_absence=_is_set_by(row, agent))
            agent.save()
