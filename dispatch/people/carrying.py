"""The people of a desk whose content is replaced by a backup's: a desk that has users keeps them.

Otherwise a restore would let in whoever was disabled since, and a backup from before the first user would
open the desk.
"""

from __future__ import annotations

from typing import Any

from dispatch.desk.access.permissions import AGENT
from dispatch.desk.desk import Desk
from models.agents import Agent
from models.base import BaseModel, tuples
from models.people import SignInFailure, User, UserToken

TABLES: tuple[type[BaseModel], ...] = (User, UserToken, SignInFailure)  # those referred to first


def carry_over(present: Desk, copy: Desk) -> None:
    """Give a copy the users, tokens and failures of the present desk, if that has users."""
    with present.reading():
        present.staff.forget()
        if present.staff.is_open:
            return
        rows: list[list[Any]] = [[*model.select().dicts()] for model in TABLES]
    with copy.transaction():
        _part_from_missing(copy, rows[0])
        for model in reversed(TABLES):
            model.delete().execute()
        for model, kept in zip(TABLES, rows, strict=True):
            for row in kept:
                model.insert(row).execute()
        copy.staff.forget()


def _part_from_missing(copy: Desk, users: list[Any]) -> None:
    """Keep users from being an agent whom the backup does not have: the next new one gets that number."""
    known = {number for (number,) in tuples(Agent.select(Agent.agent_id))}
    for user in users:
        if user["agent_id"] is None or user["agent_id"] in known:
            continue
        if user["role"] == AGENT:
            user["disabled_at"] = user["disabled_at"] or copy.now()
        else:
            user["agent_id"] = None
