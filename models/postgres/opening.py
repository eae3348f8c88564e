"""Opening the database of a desk, or refusing to."""

from __future__ import annotations

from peewee import PeeweeException

from models import engine
from models.engine import newer, older
from models.errors import DatabaseUnavailable
from models.postgres.address import parse
from models.postgres.connection import OLDEST_SERVER
from models.postgres.engine import PostgresEngine
from models.postgres.tables import upgrade

MAJOR = 10_000


def connect(text: str, *, create: bool) -> tuple[PostgresEngine, int]:
    """Open a database; returns it with its schema version (0: empty). Raises DatabaseUnavailable."""
    database = PostgresEngine(parse(text))
    try:
        version = _checked_version(database)
    except DatabaseUnavailable:
        database.close()
        raise
    except PeeweeException as error:
        database.close()
        raise database.refusal(error) from error
    if not version and not create:
        database.close()
        raise DatabaseUnavailable(
            "no_database",
            f"no desk in {database.address}",
            "check --db; importing or adding an agent makes one",
        )
    return database, version


def open_read_only(text: str) -> PostgresEngine:
    """Open an existing desk without making or migrating anything. Raises DatabaseUnavailable."""
    database, version = connect(text, create=False)
    if version < engine.SCHEMA_VERSION:
        database.close()
        raise older(database.address)
    return database


def _checked_version(database: PostgresEngine) -> int:
    server = database.driver().info.server_version
    if server < OLDEST_SERVER:
        raise DatabaseUnavailable(
            "old_server",
            f"{database.address} is PostgreSQL {server // MAJOR}; a desk needs {OLDEST_SERVER // MAJOR}",
            "update the server",
        )
    version = upgrade.version(database)
    if not version:
        upgrade.check_empty(database)
    if version > engine.SCHEMA_VERSION:
        raise newer(database.address, "made", version)
    return version
