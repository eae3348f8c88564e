"""Agent queries for screens and commands, with load and rank."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, cast

from peewee import JOIN, ModelSelect

from dispatch.inputs.filters.filter_language import Node
from dispatch.inputs.filters.filter_reader import (
    Among,
    AnyNumber,
    Choice,
    Key,
    Moment,
    Number,
    Part,
    fits,
    table,
)
from dispatch.queries import agent_levels
from dispatch.queries.row_types import AgentRow
from models.agents import PRESENCES, Agent, AgentRank
from models.base import CompiledQuery, Json, parameter, tuples
from models.errors import NotFound
from models.hints import act
from models.issues import CATEGORIES

AGENT_KEYS = table(
    Key("name", Part(), "first and last name", itemgetter("name")),
    Key("department", Choice(listed="department"), "department", itemgetter("department")),
    Key("title", Choice(listed="job_title"), "job title", itemgetter("job_title")),
    Key("presence", Choice(PRESENCES), "presence", itemgetter("presence")),
    Key("load", Number(), "Pending bookings and open issues", lambda row: row["load"] + row["issue_load"]),
    Key("bookings", Number(), "Pending bookings", itemgetter("load")),
    Key("issues", Number(), "open issues", itemgetter("issue_load")),
    Key("capacity", Number(), "most bookings and issues at once", itemgetter("capacity")),
    Key("free", Number(), "capacity left", lambda row: row["capacity"] - row["load"] - row["issue_load"]),
    Key("rank", Number(), "rank; 1 gets the next lead", itemgetter("rank")),
    Key("years", Number(), "years of service", itemgetter("years_of_service")),
    Key("rating", Number(1), "average rating, 0 to 5", itemgetter("rating")),
    Key("level", Number(), "skill level, 1 to 5", itemgetter("level")),
    Key("weight", Number(1), "part of the leads under share", itemgetter("weight")),
    Key("skill", Among(listed="destination", all_for_none=True), "can sell it", itemgetter("skills")),
    Key("launch", Among(listed="launch", all_for_none=True), "can sell from there", itemgetter("locations")),
    Key("specialisation", Among(CATEGORIES), "issues of this category", itemgetter("specialisations")),
    Key("language", Part(), "a language spoken", lambda row: ", ".join(row["languages"])),
    Key("email", Part(), "e-mail address", itemgetter("email")),
    Key("manager", Part(), "manager's name", itemgetter("manager_name")),
    Key("number", AnyNumber(), "agent number", itemgetter("agent_id"), also=("id",)),
    Key("left", Moment(), "when the agent left", itemgetter("left_at")),
)


def list_agents(*, with_left: bool = False) -> list[AgentRow]:
    """Return every agent with load and rank, best rank first; former agents last, without a rank."""
    query = _agent_query()
    if not with_left:
        query = query.where(Agent.left_at.is_null())
    ordered = query.order_by(AgentRank.agent_rank.asc(nulls="LAST"), Agent.agent_id)
    return [_agent_row(values) for values in tuples(ordered)]


def filtered(rows: list[AgentRow], asked: Node | None) -> list[AgentRow]:
    """Return the agents among these rows that match a filter."""
    return rows if asked is None else [row for row in rows if fits(row, asked, AGENT_KEYS, _is_mentioned)]


def _is_mentioned(row: Mapping[str, Any], text: str) -> bool:
    words = f"{row['name']} {row['department']} {row['job_title']}".lower()
    return all(word in words or word == str(row["agent_id"]) for word in text.lower().split())


def agents_by_id(agent_ids: Iterable[int | None]) -> list[AgentRow]:
    """Return some agents, in no particular order."""
    query = _agent_query().where(Agent.agent_id.in_(list(agent_ids)))
    return [_agent_row(values) for values in tuples(query)]


def names_of(agent_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return the names of some agents by id."""
    ids = list(agent_ids)
    query = Agent.select(Agent.agent_id, Agent.first_name, Agent.last_name)
    found = tuples(query.where(Agent.agent_id.in_(ids))) if ids else []
    return {agent_id: f"{first} {last}" for agent_id, first, last in found}


def agent(agent_id: int) -> AgentRow:
    """Return one agent. Raises NotFound."""
    for values in _one_agent(agent_id=agent_id):
        return _agent_row(values)
    raise NotFound("agent", agent_id, f"{act('place.roster')} shows them")


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
    row["level"] = agent_levels.level_of(row["level"], row["years_of_service"])
    row["owed"] = round(row["owed"])
    row["performance"] = round(agent_levels.performance_of(row["rating"]), 4)
    return cast(AgentRow, row)
