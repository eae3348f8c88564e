"""The database that the models work on: that of the desk active in a thread or task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peewee import DatabaseProxy

from models.engine import AT_WORK

database_at_work: Callable[[], Any] = AT_WORK.get  # of this thread or task, without the proxy below


class CurrentDatabase(DatabaseProxy):
    """The database of the desk active in this thread or task.

    The models are bound to this proxy, so several desks in one process (two applications, or one and its
    tests) never write to each other's rows.
    """

    __slots__ = ()

    def __init__(self) -> None:
        object.__setattr__(self, "_callbacks", [])

    @property
    def obj(self) -> Any:
        return database_at_work()


current_database = CurrentDatabase()
