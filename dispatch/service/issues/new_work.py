"""News about issues since the last look: an agent's own, and what everybody must know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import fn

from dispatch.desk.event_log import last_event
from dispatch.service.row_types import IssueNews
from models.audit import Event
from models.base import tuples
from models.database import current_database
from models.issues import HELD, Escalation, Issue, SlaWarning
from models.sql import listed

NEW, WARNED, ESCALATED = "new", "warned", "escalated"
EVERYBODY_FROM = 2
"""The escalation level from which everybody at the desk is notified."""
DRAINED = "issue.drain"


@dataclass(frozen=True)
class IssueGlance:
    """An agent's issues, and the alarms that concern the agent or everybody, at one moment.

    ``levels``: each open escalation's level and issue. Without an agent, only what concerns everybody.
    """

    agent_id: int | None
    held: frozenset[int]
    last_warning: int
    levels: Mapping[int, tuple[int, int]]
    last_event: int


def glance(agent_id: int | None) -> IssueGlance:
    """Read the current state of an agent's issues."""
    with current_database.obj.snapshot():  # one snapshot
        held = [] if agent_id is None else tuples(_held_by(agent_id))
        (newest,) = tuples(SlaWarning.select(fn.MAX(SlaWarning.warning_id)))[0]
        return IssueGlance(
            agent_id, frozenset(one for (one,) in held), newest or 0, _levels(agent_id), last_event()
        )


def _held_by(agent_id: int) -> Any:
    return Issue.select(Issue.issue_id).where(Issue.agent_id == agent_id, Issue.status.in_(HELD))


def _levels(agent_id: int | None) -> dict[int, tuple[int, int]]:
    concerns = Escalation.level >= EVERYBODY_FROM
    if agent_id is not None:
        concerns = concerns | Escalation.issue_id.in_(_held_by(agent_id))
    query = Escalation.select(Escalation.escalation_id, Escalation.issue_id, Escalation.level)
    return {
        number: (issue_id, level)
        for number, issue_id, level in tuples(query.where(Escalation.closed_at.is_null(), concerns))
    }


def since(before: IssueGlance, now: IssueGlance, own: Collection[int]) -> list[IssueNews]:
    """Return the news between two looks at the desk, except that of the agent's own events ``own``."""
    mine = _done_by(before, now, own)
    news = [_news(NEW, number) for number in sorted(now.held - before.held) if number not in mine]
    news += [_news(WARNED, *values) for values in _warned(before, now)]
    raised: dict[int, int] = {}  # of several escalations of one issue, report the highest
    for number, (issue_id, level) in sorted(now.levels.items()):
        _, before_level = before.levels.get(number, (issue_id, 0))
        if level > before_level and "issue.escalate" not in mine.get(issue_id, set()):
            raised[issue_id] = max(level, raised.get(issue_id, 0))
    return news + [_news(ESCALATED, number) | {"level": level} for number, level in raised.items()]


def _news(kind: str, issue_id: int, clock: str = "", percent: int = 0) -> IssueNews:
    return {"kind": kind, "issue_id": issue_id, "level": 0, "clock": clock, "percent": percent}


def _done_by(before: IssueGlance, now: IssueGlance, own: Collection[int]) -> dict[int, set[str]]:
    """Return the issues changed by one's own commands, each with those commands."""
    query = Event.select(Event.event_id, Event.issue_id, Event.command).where(
        Event.event_id > before.last_event,
        Event.event_id <= now.last_event,
        Event.issue_id.is_null(False),
        Event.command != DRAINED,
    )
    done: dict[int, set[str]] = {}
    for event_id, issue_id, command in tuples(query):
        if event_id in own:
            done.setdefault(issue_id, set()).add(command)
    return done


def _warned(before: IssueGlance, now: IssueGlance) -> list[tuple[int, str, int]]:
    """Return the last warning given since for each clock of the agent's issues."""
    if now.last_warning <= before.last_warning:
        return []
    query = SlaWarning.select(SlaWarning.issue_id, SlaWarning.kind, SlaWarning.percent).where(
        SlaWarning.warning_id > before.last_warning,
        SlaWarning.warning_id <= now.last_warning,
        SlaWarning.issue_id.in_(listed(sorted(now.held))),
    )
    last = {(issue_id, kind): percent for issue_id, kind, percent in tuples(query)}
    return [(issue_id, kind, percent) for (issue_id, kind), percent in last.items()]
