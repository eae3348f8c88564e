"""The people of a desk whose content is replaced by a backup's: a desk that has users keeps them.

Otherwise a restore would let in whoever was disabled since, and a backup from before the first user would
open the desk.
"""

from __future__ import annotations

from typing import Any

from dispatch.desk.desk import Desk
from models.base import BaseModel
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
        for model in reversed(TABLES):
            model.delete().execute()
        for model, kept in zip(TABLES, rows, strict=True):
            for row in kept:
                model.insert(row).execute()
        copy.staff.forget()
