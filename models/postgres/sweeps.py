"""When a desk on a server was last swept, and which process sweeps it all the time.

The last sweep is a row that nobody waits for. The claim is an advisory lock of a connection of its own: the
server drops it with the connection, however its process ends.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
from peewee import PeeweeException

from models.clock import from_text, to_text
from models.postgres import connection
from models.sweepers import Held, Sweeper

if TYPE_CHECKING:
    from models.postgres.address import Address
    from models.postgres.server_database import ServerDatabase

TABLE = "CREATE TABLE desk_sweep (last_at TEXT NOT NULL, sweeper TEXT NOT NULL)"
ROW = "INSERT INTO desk_sweep VALUES ('', '')"
CLAIM = 1_095_980_115  # beside the number that upgrade.MAKE takes
_IS_CLAIMED = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


class ServerClaim:
    """The right to sweep a desk all the time, which one process has."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: psycopg.Connection[Any] | None = None

    def take(self, sweeper: Sweeper) -> None:
        """Take the claim, or keep it. Raises Held and OSError."""
        if self._connection is not None and _answers(self._connection):
            return
        self.release()
        try:
            opened = connection.connect(self._address)
            if opened.is_pooled:
                opened.close()
                raise OSError("a pool lends out its connections, and the claim needs one of its own")
            if not opened.execute("SELECT pg_try_advisory_lock(%s)", (CLAIM,)).fetchall()[0][0]:
                holder = _named(opened.execute("SELECT sweeper FROM desk_sweep").fetchall())
                opened.close()
                raise Held(holder)
            opened.execute("UPDATE desk_sweep SET sweeper = %s", (json.dumps(sweeper._asdict()),))
        except psycopg.Error as error:
            raise OSError(str(error)) from error
        self._connection = opened

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class ServerSweeps:
    """The record of the sweeps, as ``models.sweepers.SweepRecord`` says."""

    def __init__(self, database: ServerDatabase) -> None:
        self._database = database

    def note(self, moment: str) -> None:
        try:
            self._database.run("UPDATE desk_sweep SET last_at = %s", (moment,))
        except PeeweeException as error:
            raise OSError(str(error)) from error

    def last(self) -> str:
        rows = self._database.run("SELECT last_at FROM desk_sweep", ()).fetchall()
        return str(rows[0][0]) if rows else ""

    def sweeper(self) -> Sweeper | None:
        if not self._database.run(_IS_CLAIMED, (CLAIM,)).fetchall()[0][0]:
            return None
        return _named(self._database.run("SELECT sweeper FROM desk_sweep", ()).fetchall())

    def unwritable(self) -> str:
        return ""

    def claim(self) -> ServerClaim:
        return ServerClaim(self._database.server)


def _answers(opened: psycopg.Connection[Any]) -> bool:
    try:
        opened.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _named(rows: list[Any]) -> Sweeper | None:
    try:
        found = json.loads(rows[0][0])
        since = to_text(from_text(found["since"]))
        return Sweeper(
            int(found["pid"]), str(found["host"]), str(found["account"]), since, int(found["every_s"])
        )
    except (ValueError, TypeError, LookupError):
        return None
