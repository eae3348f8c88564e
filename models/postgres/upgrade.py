"""The schema of a desk on a server: by the same migrations as a file's, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.engine import MIGRATIONS, SCHEMA_VERSION
from models.errors import DatabaseUnavailable
from models.postgres import rights, sweeps
from models.postgres.schema import FirstSchema

if TYPE_CHECKING:
    from models.postgres.server_database import ServerDatabase

TRIGRAMS = "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_trgm'"
MAKE = "BEGIN; SELECT pg_advisory_xact_lock(1095980114)"  # "ASTR"; two processes may find the database empty
LOCK_TABLE = "CREATE TABLE desk_lock (schema_version BIGINT NOT NULL, changes BIGINT NOT NULL)"
IS_JSON = """CREATE FUNCTION desk_is_json(given TEXT) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN PERFORM given::json; RETURN given IS NOT NULL;
    EXCEPTION WHEN data_exception THEN RETURN FALSE; END $$"""
"""PostgreSQL has the same as IS JSON from 16 on."""
ONLY_ROW = "CREATE UNIQUE INDEX desk_lock_one ON desk_lock ((true))"


def version(database: ServerDatabase) -> int:
    """The number of the newest migration; 0 if the database has no desk."""
    if database.run("SELECT to_regclass('desk_lock')", ()).fetchall()[0][0] is None:
        return 0
    rows = database.run("SELECT schema_version FROM desk_lock", ()).fetchall()
    return int(rows[0][0]) if rows else 0


def upgrade(database: ServerDatabase, fill: Callable[[], None]) -> None:
    """Make the tables, or run the migrations that are missing; ``fill`` sets up a new desk."""
    from playhouse.migrations import Runner  # slow to import, seldom needed

    with database.making():
        found = version(database)
        if found >= SCHEMA_VERSION:
            return  # another process was faster
        if not found:
            _make(database)
        else:
            _check_owner(database)
            Runner(database, str(MIGRATIONS)).up()
            database.set_schema_version(SCHEMA_VERSION)
            rights.renew(database)
        fill()


def _check_owner(database: ServerDatabase) -> None:
    """Raise DatabaseUnavailable unless the tables are this login's own: no other can change them."""
    who = rights.ask(database)
    if not who.is_owner:
        problem = f"{database.address} was made by an older Astra, and {who.login} may not update it"
        raise DatabaseUnavailable("older_database", problem, f"let {who.owner}, its owner, open it once")


def _make(database: ServerDatabase) -> None:
    """Make a desk's tables in an empty database."""
    check_empty(database)
    _make_extension(database)
    make_tables(database)
    database.run("INSERT INTO desk_lock VALUES (%s, 0)", (SCHEMA_VERSION,))


def make_tables(database: ServerDatabase) -> None:
    """Run all migrations where there is nothing yet, and make what only a server needs."""
    from playhouse.migrations import Runner

    trigrams = database.run(TRIGRAMS, ()).fetchall()[0][0]
    schema = FirstSchema(lambda sql: database.execute_sql(sql.replace("%", "%%")), trigrams)
    runner = Runner(database, str(MIGRATIONS))
    for migration in runner.migrations():
        migration.load().up(None, schema)
    schema.finish()
    runner.fake()
    for statement in (LOCK_TABLE, ONLY_ROW, IS_JSON, sweeps.TABLE, sweeps.ROW):
        database.execute_sql(statement)


def check_empty(database: ServerDatabase) -> None:
    if database.get_tables():
        raise DatabaseUnavailable(
            "foreign_database",
            f"{database.address} belongs to another program",
            "choose another database with --db, or make an empty one: createdb NAME",
        )
    encoding = database.run("SHOW server_encoding", ()).fetchall()[0][0]
    if encoding != "UTF8":
        raise DatabaseUnavailable(
            "encoding",
            f"{database.address} has the encoding {encoding}, and a desk needs UTF8",
            "make another database: createdb -E UTF8 -T template0 NAME",
        )


def _make_extension(database: ServerDatabase) -> None:
    from peewee import PeeweeException

    try:
        database.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except PeeweeException as error:
        raise DatabaseUnavailable(
            "no_pg_trgm",
            f"{database.address} has no pg_trgm, and it cannot be made here: {str(error).splitlines()[0]}",
            "let the database's owner run: CREATE EXTENSION pg_trgm",
        ) from error
