"""What a server's errors mean to the people at the desk."""

from __future__ import annotations

import psycopg
from psycopg import errors

from models.errors import LOST, DatabaseUnavailable
from models.hints import act

LOCK_PATIENCE_S = 5
MISSING = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction)
"""Parts of the schema that are not there: damage, as all of Astra's statements are tested."""


def still_locked() -> DatabaseUnavailable:
    """Return the refusal after 5 s without the lock."""
    return DatabaseUnavailable(
        "locked",
        f"another terminal has locked the desk for {LOCK_PATIENCE_S} seconds",
        "end that process, or try again later",
    )


def read_only(address: str, why: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "read_only", f"{address} can only be read: {why}", "use a login of astra_desk, on the primary server"
    )


def not_the_owner(address: str, owner: str, does: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "no_access", f"{address}: only the owner of the tables {does}", f"let {owner} run the command"
    )


_BY_ERROR: tuple[tuple[type[Exception], str, str, str], ...] = (
    (errors.InvalidPassword, "no_access", "the password is wrong", "check PGPASSFILE or the service file"),
    (
        errors.InvalidAuthorizationSpecification,
        "no_access",
        "this role may not sign in",
        "check the role and the server's pg_hba.conf",
    ),
    (errors.InvalidCatalogName, "no_database", "no such database", "create it: createdb NAME"),
    (
        errors.InsufficientPrivilege,
        "no_access",
        "this role lacks rights on the desk's tables",
        "grant them as README says",
    ),
    (
        errors.ReadOnlySqlTransaction,
        "read_only",
        "this server only takes reads",
        "connect to the server that takes writes",
    ),
    (errors.DiskFull, "disk", "the server's disk is full", "free some space, then repeat the command"),
    (errors.TooManyConnections, LOST, "the server has no connection left", "try again later"),
    (
        errors.IdleInTransactionSessionTimeout,
        LOST,
        "this terminal hung while the others waited for it",
        "repeat the command",
    ),
    (errors.LockNotAvailable, "locked", "another terminal has locked the desk", "try again later"),
    (errors.DeadlockDetected, "locked", "other terminals are reading the desk", "try again"),
)


def cause_of(error: BaseException) -> BaseException:
    """Return the driver's error that Peewee's stands for, or else the error itself."""
    cause = error
    while not isinstance(cause, psycopg.Error) and (beneath := cause.__cause__ or cause.__context__):
        cause = beneath
    return cause


def unavailable(error: Exception, address: str) -> DatabaseUnavailable:
    """Turn a driver's error, or Peewee's for it, into a refusal that explains it."""
    cause = cause_of(error)
    for kind, code, problem, hint in _BY_ERROR:
        if isinstance(cause, kind):
            return DatabaseUnavailable(code, f"{address}: {problem}", hint)
    said = _first_line(cause)
    if isinstance(cause, MISSING):
        hint = f"{act('doctor')} shows the damage"
        return DatabaseUnavailable("damaged", f"{address} is damaged: {said}", hint)
    for sign, code, problem, hint in _BY_WORDS:
        if sign in said:
            return DatabaseUnavailable(code, f"{address}: {problem}", hint)
    if isinstance(cause, psycopg.OperationalError):
        return DatabaseUnavailable(
            LOST,
            f"no connection to {address} ({said.rpartition('failed: ')[2]})",
            "check the address and that the server runs",
        )
    return DatabaseUnavailable("cannot_open", f"{address}: {said}", "doctor says more")


def lacks_right(error: Exception) -> bool:
    """Return whether the server has refused something that the login, or anybody on a standby, may not do."""
    return isinstance(cause_of(error), errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction)


def is_explained(error: Exception) -> bool:
    """Return whether an error only looks like a mistake of ours: a right or a table is missing."""
    return isinstance(cause_of(error), MISSING) or lacks_right(error)


def is_locked(error: Exception) -> bool:
    """Return whether the server has waited for a lock for too long."""
    return isinstance(cause_of(error), errors.LockNotAvailable)


# libpq's own words: errors on connecting have no code
_BY_WORDS = (
    (
        "password authentication failed",
        "no_access",
        "the password is wrong",
        "check PGPASSFILE or the service file",
    ),
    ("no password supplied", "no_access", "the server wants a password", "put it into PGPASSFILE"),
    (
        "not permitted to log in",
        "no_access",
        "this role may not sign in",
        "check the role and the server's pg_hba.conf",
    ),
    ("definition of service", "bad_address", "no such service", "name it in the file of PGSERVICEFILE"),
    ("does not exist", "no_database", "no such database or role", "check the name; createdb NAME makes one"),
    ("too many clients", LOST, "the server has no connection left", "try again later"),
    ("remaining connection slots", LOST, "the server has no connection left", "try again later"),
)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
