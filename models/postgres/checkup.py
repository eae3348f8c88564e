"""What the doctor asks of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from models.engine import Checked

if TYPE_CHECKING:
    from models.postgres.server_database import ServerDatabase

MAJOR = 10_000
_INVALID = "SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY conname"
_BROKEN = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"
_LIMITS = ("lock_timeout", "idle_in_transaction_session_timeout")


def checks(database: ServerDatabase) -> Mapping[str, Callable[[], Checked]]:
    """The checks, by the names that the doctor shows."""
    found = {"server": _server, "constraints": _constraints, "limits": _limits, "writable": _writable}
    return {name: partial(check, database) for name, check in found.items()}


def _server(database: ServerDatabase) -> Checked:
    encoding = _shown(database, "server_encoding")
    version = database.driver().info.server_version // MAJOR
    if encoding != "UTF8":
        return Checked("", [f"the encoding is {encoding}"], "copy the desk into a database in UTF8")
    return Checked(f"PostgreSQL {version}, {encoding}")


def _constraints(database: ServerDatabase) -> Checked:
    for what, query in (("constraints not validated", _INVALID), ("invalid indexes", _BROKEN)):
        names = [name for (name,) in database.run(query, ()).fetchall()]
        if names:
            return Checked("", [f"{what}: {', '.join(names)}"], "validate them, or REINDEX")
    return Checked("all validated")


def _limits(database: ServerDatabase) -> Checked:
    if database.driver().is_pooled:
        return Checked("set with each transaction, as a pool is in between")
    off = [name for name in _LIMITS if _shown(database, name) in ("0", "")]
    if off:
        return Checked("", [f"no limit: {', '.join(off)}"], "a pool in between must let Astra set them")
    return Checked(", ".join(f"{name} {_shown(database, name)}" for name in _LIMITS))


def _writable(database: ServerDatabase) -> Checked:
    if database.run("SELECT pg_is_in_recovery()", ()).fetchall()[0][0]:
        return Checked("", ["this server is a replica, and only takes reads"], "connect to the primary")
    return Checked("this server takes writes")


def _shown(database: ServerDatabase, name: str) -> str:
    return str(database.run("SELECT current_setting(%s)", (name,)).fetchall()[0][0])
