"""Indexes with the order of the policies ``balanced`` and ``skill``, kept only while the policy is in force.

Every lead moves its agent's row in each of them, which costs a page, so a desk has only those of its own
policy. Any other policy, used for one lead or in a trial, sorts the agents itself.
"""

from __future__ import annotations

from typing import Any

from peewee import Entity, Expression, Index

from models.agents import Agent

_TABLE = Agent._meta.table_name
_HERE = Entity("left_at").is_null()


def _index(name: str, *columns: object, where: Expression = _HERE) -> Index:
    return Index(name, _TABLE, [Entity("takes_work"), *columns], where=where)


_BY_SKILL = (Entity("skill_base").desc(), Entity("agent_id"))
ORDERS: dict[str, tuple[Index, ...]] = {
    "balanced": (
        _index("agents_by_ratio", Entity("load_ratio"), Entity("last_given_at"), Entity("agent_id")),
    ),
    # Each agent is in one of the two. With the skills in the index, a search for specialists skips the
    # others without reading their rows.
    "skill": (
        _index("agents_by_skill_any", *_BY_SKILL, where=_HERE & Entity("skills").is_null()),
        _index(
            "agents_by_skill_listed",
            *_BY_SKILL,
            Entity("skills"),
            where=_HERE & Entity("skills").is_null(False),
        ),
    ),
}


def keep_order(policy: str) -> None:
    """Create the indexes of a policy and drop those of the others."""
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
