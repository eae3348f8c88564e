"""What a desk on a server is beyond its statements: its address, who has signed in, its state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from peewee import OperationalError

from models.engine import Checked
from models.errors import DatabaseUnavailable
from models.postgres import checkup, refusals
from models.postgres.address import home
from models.postgres.content import ServerContent
from models.postgres.server_database import ServerDatabase
from models.postgres.sweeps import ServerSweeps
from models.postgres.tables import rights
from models.postgres.tables.expected import ServerSchema
from models.postgres.tables.rights import Standing

# Two servers do not start in the same microsecond.
IDENTITY = """SELECT pg_postmaster_start_time()::text, oid FROM pg_database
    WHERE datname = current_database()"""


class ServedDesk(ServerDatabase):
    """The part of the engine that looks after the desk as a whole."""

    @property
    def address(self) -> str:
        return self.server.shown

    @property
    def file(self) -> Path:
        raise TypeError(f"{self.address} is no file")

    @property
    def home(self) -> Path:
        return home(self.server)

    @cached_property
    def standing(self) -> Standing:
        """Who has signed in to the server here, as of the first look; there must be a desk."""
        return rights.ask(self)

    @property
    def login(self) -> str:
        return self.standing.login

    @property
    def is_owner(self) -> bool:
        return self.standing.is_owner

    def grants(self) -> str:
        with self.active():
            return rights.script(self, self.standing.owner)

    def knows_login(self, login: str) -> bool:
        return bool(self.run(rights.KNOWS_LOGIN, (login,)).fetchall()[0][0])

    @property
    def sweep_record(self) -> ServerSweeps:
        return ServerSweeps(self)

    def erases(self, table: str, numbers: Sequence[int], values: Mapping[str, object]) -> bool:
        if not self.standing.changes_log:
            self.run(rights.CALL_ERASE, (table, list(numbers), json.dumps(values)))
        return not self.standing.changes_log

    def may_erase(self) -> bool:
        return self.standing.changes_log or bool(self.run(rights.CALL_SUPERVISES, ()).fetchall()[0][0])

    def seal(self) -> None:
        self.why_read_only = self.standing.why_read_only

    @property
    def content(self) -> ServerContent:
        return ServerContent(self)

    def identity(self) -> object:
        return tuple(self.run(IDENTITY, ()).fetchall()[0])

    # operation

    def checkup(self) -> Mapping[str, Callable[[], Checked]]:
        return checkup.checks(self)

    def expected_schema(self, policy: str) -> ServerSchema:
        return ServerSchema(self, policy)

    def full_text_fault(self, table: str) -> str:
        return ""

    def rebuild_full_text(self, table: str) -> None:
        self.execute_sql(f"REINDEX TABLE {table}")

    def size(self) -> int:
        return int(self.run("SELECT pg_database_size(current_database())", ()).fetchall()[0][0])

    def compact(self) -> bool:
        """Rewrite the tables; what the server has archived of its log is not Astra's."""
        if not self.is_owner:
            raise refusals.not_the_owner(self.address, self.standing.owner, "rewrites the tables")
        try:
            self.run(f"VACUUM (FULL) {', '.join(self.get_tables())}", ())
        except OperationalError as error:
            if refusals.is_locked(error):
                return False
            raise
        return True

    def refusal(self, error: Exception) -> DatabaseUnavailable:
        return refusals.unavailable(error, self.address)

    def is_explained(self, error: Exception) -> bool:
        return refusals.is_explained(error)

    def unwritable(self) -> DatabaseUnavailable:
        return refusals.read_only(self.address, self.why_read_only)
