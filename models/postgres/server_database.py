"""What the parts of this engine need of it beyond the door (``models/engine.py``)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from models.engine import Engine
from models.postgres.address import Address


class ServerDatabase(Engine):
    """A desk in a database on a server."""

    server: Address

    @abstractmethod
    def run(self, sql: str, values: Sequence[object] | Mapping[str, object]) -> Any:
        """As the door says; values may have names, too."""

    @abstractmethod
    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> Any:
        """Execute a statement, with its values written into it."""

    @abstractmethod
    def set_schema_version(self, version: int) -> None:
        """Note the number of the newest migration."""

    @abstractmethod
    def making(self) -> AbstractContextManager[Any]:
        """A transaction that makes the desk's tables, before there is a desk to lock."""

    @abstractmethod
    def another(self) -> ServerDatabase:
        """The same database by a connection of its own."""
