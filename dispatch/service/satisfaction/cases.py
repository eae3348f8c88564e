"""Facts about issues beyond their own row, read in bulk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from dispatch.queries import agent_levels
from dispatch.service.row_types import Progress
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.formula import Facts
from dispatch.service.sla import clock_rows, clocks, targets
from dispatch.service.sla.clocks import AnyClock
from models.agents import Agent
from models.base import CompiledQuery, parameter, tuples
from models.clock import from_text, to_text
from models.issues import CUSTOMER, MESSAGE, OPEN, RESOLUTION, STATUS, Interaction, Issue, SlaClock
from models.sql import count_if, json_number, listed, seconds_of


@dataclass(frozen=True)
class Talk:
    """Conversation figures; ``compound`` is the sentiment of the customer's last message."""

    interactions: int = 0
    status_changes: int = 0
    last_interaction_id: int = 0
    compound: float | None = None


def talk_of(issue_ids: Sequence[int]) -> dict[int, Talk]:
    """Return the conversations of some issues; one without interactions is left out."""
    ids = listed(issue_ids)
    columns = (
        count_if(Interaction.kind != STATUS),
        fn.COUNT(Interaction.interaction_id),
        fn.MAX(Interaction.interaction_id),
    )
    counted = (
        Interaction.select(Interaction.issue_id, *columns)
        .where(Interaction.issue_id.in_(ids))
        .group_by(Interaction.issue_id)
    )
    last = (
        Interaction.select(fn.MAX(Interaction.interaction_id))
        .where(Interaction.issue_id.in_(ids), Interaction.kind == MESSAGE, Interaction.author == CUSTOMER)
        .group_by(Interaction.issue_id)
    )
    theirs = Interaction.select(Interaction.issue_id, Interaction.compound).where(
        Interaction.interaction_id.in_(last)
    )
    compounds: dict[int, float] = dict(tuples(theirs))
    return {
        issue_id: Talk(int(messages), number - int(messages), newest, compounds.get(issue_id))
        for issue_id, messages, number, newest in tuples(counted)
    }


def levels_of(agent_ids: Iterable[int | None] | None) -> dict[int, int]:
    """Return the skill levels of some agents; None means all."""
    query = Agent.select(Agent.agent_id, Agent.level, Agent.years_of_service)
    if agent_ids is not None:
        known = sorted({agent_id for agent_id in agent_ids if agent_id is not None})
        query = query.where(Agent.agent_id.in_(listed(known)))
    return {agent_id: agent_levels.level_of(level, years) for agent_id, level, years in tuples(query)}


def elapsed_hours(issue: Issue, now: datetime) -> float:
    """Return the hours from opening to resolution, or until now; 0 if the clock was set back."""
    end = from_text(issue.resolved_at) if issue.resolved_at else now
    return max(0.0, (end - from_text(issue.opened_at)).total_seconds()) / 3600


def case_of(issue: Issue, talk: Talk, resolution: AnyClock, level: int | None, now: datetime) -> Case:
    """Return an issue as the satisfaction models see it (docs/rules.md, Satisfaction)."""
    hours = elapsed_hours(issue, now)
    if issue.status in OPEN:
        estimate = targets.estimated_resolution_minutes(resolution.allowed_s // 60, level)
        hours = max(hours, estimate / 60)
    compound = talk.compound
    if compound is None:
        compound = float(json.loads(issue.sentiment)["compound"])
    facts = Facts(hours, level or targets.USUAL_LEVEL, talk.interactions, compound)
    return Case(facts, issue.category, issue.priority, issue.channel)


_of_issue = Interaction.issue_id == Issue.issue_id
NUMBER_OF_INTERACTIONS = Interaction.select(fn.COUNT(Interaction.interaction_id)).where(
    _of_issue, Interaction.kind != STATUS
)
"""The messages and notes of each issue of a query around it."""

_open = CompiledQuery(
    lambda: (
        Issue.select(
            Issue.issue_id,
            Issue.category,
            Issue.priority,
            Issue.channel,
            seconds_of(parameter("now")) - seconds_of(Issue.opened_at),
            SlaClock.allowed_s,
            Issue.agent_id,
            NUMBER_OF_INTERACTIONS,
            Interaction.select(Interaction.compound)
            .where(_of_issue, Interaction.kind == MESSAGE, Interaction.author == CUSTOMER)
            .order_by(Interaction.interaction_id.desc())
            .limit(1),
            json_number(Issue.sentiment, "compound"),
        )
        .join(SlaClock, on=(SlaClock.issue_id == Issue.issue_id) & (SlaClock.kind == RESOLUTION))
        .where(Issue.status.in_(OPEN))
        .order_by(Issue.issue_id)
    )
)


def open_cases(now: datetime) -> dict[int, Case]:
    """Return every open issue's case from one query: there may be thousands."""
    levels, cases = levels_of(None), {}
    for number, category, priority, channel, age_s, allowed_s, agent_id, messages, last, first in _open(
        now=to_text(now)
    ):
        level = levels.get(agent_id or 0)
        hours = max(age_s / 3600, targets.estimated_resolution_minutes(allowed_s // 60, level) / 60)
        known = Facts(hours, level or targets.USUAL_LEVEL, messages, first if last is None else last)
        cases[number] = Case(known, category, priority, channel)
    return cases


def cases_of(issues: Sequence[Issue], now: datetime) -> dict[int, Case]:
    """Return many issues as the satisfaction models see them."""
    ids = [issue.issue_id for issue in issues]
    talk, timed = talk_of(ids), clock_rows.clocks_of(ids)
    levels = levels_of(issue.agent_id for issue in issues)
    return {
        issue.issue_id: case_of(
            issue,
            talk.get(issue.issue_id, Talk()),
            timed[issue.issue_id][RESOLUTION],
            levels.get(issue.agent_id or 0),
            now,
        )
        for issue in issues
    }


def progress(issue: Issue, talk: Talk, resolution: AnyClock, estimate: float, now: datetime) -> Progress:
    """Return an issue's current progress."""
    hours = elapsed_hours(issue, now)
    left = clocks.left_s(resolution, now)
    return {
        "hours_elapsed": round(hours, 2),
        "sla_met": left >= 0,
        "hours_left": round(left / 3600, 2) if resolution.met_at is None else None,
        "interactions": talk.interactions,
        "status_changes": talk.status_changes,
        "share": round(min(1.0, hours * 60 / estimate), 4) if estimate else 1.0,
    }
