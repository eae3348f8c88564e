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


AGENT_COLUMNS = tuple(name for name in AgentRow.__annotations__ if name in Agent._meta.fields)


def _agent_query() -> ModelSelect[Any]:
    columns = (getattr(Agent, name) for name in AGENT_COLUMNS)
    on = AgentRank.agent_id == Agent.agent_id
    return Agent.select(*columns, AgentRank.agent_rank).join(AgentRank, JOIN.LEFT_OUTER, on=on)


_one_agent = CompiledQuery(lambda: _agent_query().where(Agent.agent_id == parameter("agent_id")))


def _agent_row(values: tuple[Any, ...]) -> AgentRow:
    row: Json = dict(zip((*AGENT_COLUMNS, "rank"), values, strict=True))
    for listed_names in ("skills", "locations", "specialisations", "languages"):
        row[listed_names] = json.loads(row[listed_names]) if row[listed_names] else []
    row["name"] = f"{row['first_name']} {row['last_name']}"
    row |= agent_levels.shown(row["level"], row["years_of_service"], row["rating"])
    return cast(AgentRow, row)
