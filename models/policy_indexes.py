"""Indexes with the order of ``balanced``, ``skill`` and ``share``, kept only while the policy is in force.

Every lead moves its agent's row in each of them, which costs a page, so a desk has only those of its own
policy. Any other policy, used for one lead or in a trial, sorts the agents itself.
"""

from __future__ import annotations

from typing import Any

from peewee import Entity, Expression, Index

from models.agents import Agent
from models.database import database_at_work
from models.sql import index_nulls_first

_TABLE = Agent._meta.table_name
_HERE = Entity("left_at").is_null()


_TAKES_WORK = Entity("takes_work")


def _index(name: str, *columns: object, where: Expression = _HERE) -> Index:
    return Index(name, _TABLE, list(columns), where=where)


_ID = Entity("agent_id")
_BY_SKILL = (Entity("skill_base").desc(), _ID)
_LAST_GIVEN = index_nulls_first(Entity("last_given_at"))
_WEIGHT, _DUE = Entity("weight"), Entity("share_due")
ORDERS: dict[str, tuple[Index, ...]] = {
    "balanced": (
        _index(
            "agents_by_ratio",
            _TAKES_WORK,
            Entity("load_ratio"),
            index_nulls_first(Entity("last_given_at")),
            _ID,
        ),
    ),
    # Each agent is in one of the two. With the skills in the index, a search for specialists skips the
    # others without reading their rows.
    "skill": (
        _index("agents_by_skill_any", _TAKES_WORK, *_BY_SKILL, where=_HERE & Entity("skills").is_null()),
        _index(
            "agents_by_skill_listed",
            _TAKES_WORK,
            *_BY_SKILL,
            Entity("skills"),
            where=_HERE & Entity("skills").is_null(False),
        ),
    ),
    # Within one weight, who is due first is also the one furthest behind.
    "share": (
        _index("agents_by_share", _WEIGHT, _DUE, _ID, where=_HERE & _DUE.is_null(False)),
        _index("agents_by_lag", _WEIGHT, Entity("share_lag").desc(), _ID, where=_HERE & _DUE.is_null()),
    ),
}


def keep_order(policy: str) -> None:
    """Create the indexes of a policy and drop those of the others."""
    if database_at_work().keeps_order(policy):
        return
    schema: Any = Agent._schema  # type: ignore[attr-defined]  # not in its stubs
    for name, indexes in ORDERS.items():
        for index in indexes:
            if name == policy:
                schema.database.execute(schema._create_index(index, safe=True))
            else:
                schema.drop_index(index=index, safe=True)


def drop_orders() -> None:
    """Drop the indexes of every policy, before a column that they have is made anew."""
    keep_order("")
