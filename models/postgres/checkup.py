"""What the doctor asks of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from models.engine import Checked
from models.hints import act
from models.postgres.tables import rights

if TYPE_CHECKING:
    from models.postgres.server_database import ServerDatabase

MAJOR = 10_000
_OTHER_COLLATION = """SELECT table_name || '.' || column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
        AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r' AND relowner = %s::regrole)
        AND table_name NOT IN ('schema_migration', 'desk_sweep') ORDER BY 1"""
_INVALID = "SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY conname"
_BROKEN = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"
# every login but the owner, those with the owner's rights, and superusers, who may do anything anywhere
_OTHERS = """SELECT rolname FROM pg_roles AS r JOIN pg_class AS t ON t.oid = 'events'::regclass
    WHERE r.rolcanlogin AND NOT r.rolsuper AND NOT pg_has_role(r.oid, t.relowner, 'USAGE') AND ({right})
    ORDER BY 1"""
_CHANGE = " OR ".join(
    f"has_table_privilege(r.oid, '{table}', 'UPDATE, DELETE, TRUNCATE')"
    f" OR has_any_column_privilege(r.oid, '{table}', 'UPDATE')"
    for table in ("events", "interactions")
)
_SIGN = "NOT t.relrowsecurity AND has_any_column_privilege(r.oid, 'events', 'INSERT')"
_NAME_LOGIN = "has_column_privilege(r.oid, 'events', 'db_user', 'INSERT')"
_ANYBODY_MAKES = "SELECT has_schema_privilege('public', current_schema(), 'CREATE')"
_LIMITS = ("lock_timeout", "idle_in_transaction_session_timeout")


def checks(database: ServerDatabase) -> Mapping[str, Callable[[], Checked]]:
    """The checks, by the names that the doctor shows."""
    found = {
        "integrity": _integrity,
        "references": _references,
        "permissions": _permissions,
        "server": _server,
        "limits": _limits,
        "writable": _writable,
    }
    return {name: partial(check, database) for name, check in found.items()}


def _server(database: ServerDatabase) -> Checked:
    encoding = _shown(database, "server_encoding")
    version = database.driver().info.server_version // MAJOR
    if encoding != "UTF8":
        return Checked("", [f"the encoding is {encoding}"], "copy the desk into a database in UTF8")
    others = _names(database, _OTHER_COLLATION, (rights.ask(database).owner,))
    problems = [f"sorted by another collation than C: {', '.join(others)}"] if others else []
    return Checked(f"PostgreSQL {version}, {encoding}, collation C", problems, "move the rows to a new desk")


def _integrity(database: ServerDatabase) -> Checked:
    broken = _names(database, _BROKEN)
    return Checked(
        "every index is valid", [f"invalid indexes: {', '.join(broken)}"] if broken else [], "REINDEX"
    )


def _references(database: ServerDatabase) -> Checked:
    invalid = _names(database, _INVALID)
    problems = [f"constraints not validated: {', '.join(invalid)}"] if invalid else []
    return Checked("every constraint is validated", problems, "ALTER TABLE ... VALIDATE CONSTRAINT")


def _permissions(database: ServerDatabase) -> Checked:
    owner = rights.ask(database).owner
    problems = [
        f"{', '.join(logins)} may {what}"
        for right, what in (
            (_CHANGE, "change or delete what was written once"),
            (_SIGN, "sign events with any name"),
            (_NAME_LOGIN, "name another login in events"),
        )
        if (logins := _names(database, _OTHERS.format(right=right)))
    ]
    if database.run(_ANYBODY_MAKES, ()).fetchall()[0][0]:
        problems.append("every login may make tables and functions in the desk's schema")
    sound = f"no login but {owner} changes events, or signs them as somebody else"
    return Checked(sound, problems, f"{act('user.grants')} prints what the owner has to run", is_warning=True)


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


def _names(database: ServerDatabase, query: str, values: Sequence[object] = ()) -> list[str]:
    return [str(name) for (name,) in database.run(query, values).fetchall()]


def _shown(database: ServerDatabase, name: str) -> str:
    return str(database.run("SELECT current_setting(%s)", (name,)).fetchall()[0][0])
