"""Agents as screens and commands list them, with load and rank."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from peewee import JOIN, ModelSelect

from dispatch.queries import agent_levels
from dispatch.queries.row_types import AgentRow
from models.agents import Agent, AgentRank
from models.base import CompiledQuery, Json, parameter, tuples
from models.errors import NotFound


def list_agents(*, with_left: bool = False) -> list[AgentRow]:
    """Every agent with load and rank, best rank first; those who left come last, without a rank."""
    query = _agent_query()
    if not with_left:
        query = query.where(Agent.left_at.is_null())
    ordered = query.order_by(AgentRank.agent_rank.asc(nulls="LAST"), Agent.agent_id)
    return [_agent_row(values) for values in tuples(ordered)]


def agents_by_id(agent_ids: Iterable[int | None]) -> list[AgentRow]:
    """Some agents, in no particular order."""
    query = _agent_query().where(Agent.agent_id.in_(list(agent_ids)))
    return [_agent_row(values) for values in tuples(query)]


def agent(agent_id: int) -> AgentRow:
    """One agent. Raises NotFound."""
    for values in _one_agent(agent_id=agent_id):
        return _agent_row(values)
    raise NotFound("agent", agent_id, "astra agent list shows them")


AGENT_COLUMNS = (
    Agent.agent_id,
    Agent.first_name,
    Agent.last_name,
    Agent.department,
    Agent.job_title,
    Agent.years_of_service,
    Agent.rating,
    Agent.load,
    Agent.capacity,
    Agent.presence,
    AgentRank.agent_rank,
    Agent.email,
    Agent.manager_name,
    Agent.license_number,
    Agent.left_at,
    Agent.presence_until,
    Agent.presence_reason,
    Agent.hours,
    Agent.skills,
    Agent.locations,
    Agent.issue_load,
    Agent.level,
    Agent.specialisations,
    Agent.languages,
)


def _agent_query() -> ModelSelect[Any]:
    return Agent.select(*AGENT_COLUMNS).join(
        AgentRank, JOIN.LEFT_OUTER, on=(AgentRank.agent_id == Agent.agent_id)
    )


_one_agent = CompiledQuery(lambda: _agent_query().where(Agent.agent_id == parameter("agent_id")))


def _agent_row(values: tuple[Any, ...]) -> AgentRow:
    names = (column.name for column in AGENT_COLUMNS)
    row: Json = dict(zip(names, values, strict=True))
    row["rank"] = row.pop("agent_rank")
    for listed_names in ("skills", "locations", "specialisations", "languages"):
        row[listed_names] = json.loads(row[listed_names]) if row[listed_names] else []
    row["name"] = f"{row['first_name']} {row['last_name']}"
    row |= agent_levels.shown(row["level"], row["years_of_service"], row["rating"])
    return cast(AgentRow, row)
