"""The schema of a desk on a server: by the same migrations as a file's, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from peewee import PeeweeException, PostgresqlDatabase
from psycopg.errors import ReadOnlySqlTransaction

from models import engine
from models.engine import Active
from models.errors import DatabaseUnavailable
from models.postgres import refusals, sweeps
from models.postgres.tables import rights
from models.postgres.tables.translation import Translated

if TYPE_CHECKING:
    from models.postgres.server_database import ServerDatabase

TRIGRAMS = "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_trgm'"
LOCK = "SELECT pg_advisory_xact_lock(1095980114)"  # "ASTR"; two processes may find the database empty
LOCK_TABLE = "CREATE TABLE desk_lock (schema_version BIGINT NOT NULL, changes BIGINT NOT NULL)"
IS_JSON = """CREATE FUNCTION desk_is_json(given TEXT) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN PERFORM given::json; RETURN given IS NOT NULL;
    EXCEPTION WHEN data_exception THEN RETURN FALSE; END $$"""
"""PostgreSQL has the same as IS JSON from 16 on."""
ONLY_ROW = "CREATE UNIQUE INDEX desk_lock_one ON desk_lock ((true))"


GRANTS = """SELECT format('GRANT %s ON %I TO %s', given.privilege_type, name.relname,
        CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END)
        || CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM pg_class AS name, aclexplode(name.relacl) AS given
    WHERE name.relkind = 'v' AND name.relnamespace = to_regnamespace(current_schema())"""
"""The rights on views, which are lost with a view that is made again."""


class OnlyLooks(PostgresqlDatabase):
    """The database of models in migrations that are only looked at: it does nothing."""

    def execute(self, *_given: object, **_more: object) -> None:
        """Say nothing to a server."""

    def keeps_order(self, _policy: str) -> bool:
        """Leave the indexes of a policy to the migration, which does nothing here."""
        return False


def version(database: ServerDatabase) -> int:
    """The number of the newest migration; 0 if the database has no desk."""
    if database.run("SELECT to_regclass('desk_lock')", ()).fetchall()[0][0] is None:
        return 0
    rows = database.run("SELECT schema_version FROM desk_lock", ()).fetchall()
    return int(rows[0][0]) if rows else 0


def upgrade(database: ServerDatabase, fill: Callable[[], None]) -> None:
    """Make the tables, or run the migrations that are missing; ``fill`` sets up a new desk."""
    with database.making():
        found = version(database)
        if found >= engine.SCHEMA_VERSION:
            return  # another process was faster
        if found:
            _convert(database)
        else:
            _make(database)
        fill()


def _convert(database: ServerDatabase) -> None:
    """Run the missing migrations under the desk's lock; whoever waits for it finds the new number."""
    _check_owner(database)
    database.run("UPDATE desk_lock SET changes = changes + 1", ())
    grants = [sql for (sql,) in database.run(GRANTS, ()).fetchall()]
    _migrate(database)
    database.set_schema_version(engine.SCHEMA_VERSION)
    for grant in grants:
        database.run(grant, ())
    rights.renew(database)


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
    database.run("INSERT INTO desk_lock VALUES (%s, 0)", (engine.SCHEMA_VERSION,))


def make_tables(database: ServerDatabase) -> None:
    """Run all migrations where there is nothing yet, and make what only a server needs."""
    _migrate(database)
    for statement in (LOCK_TABLE, ONLY_ROW, IS_JSON, sweeps.TABLE, sweeps.ROW):
        database.execute_sql(statement)


def _migrate(database: ServerDatabase) -> None:
    """Run the migrations that are missing, and make the views and triggers of all of them."""
    from playhouse.migrations import Runner  # slow to import, seldom needed

    trigrams = database.run(TRIGRAMS, ()).fetchall()[0][0]
    schema = Translated(database.execute_sql, trigrams)
    runner = Runner(database, str(engine.MIGRATIONS))
    had = runner.applied()
    migrations = runner.migrations()
    with Active(cast(engine.Engine, OnlyLooks(None))):
        for migration in migrations:
            if migration.name in had:
                schema.begin(migration.idx, only_look=True)
                migration.load().up(None, schema)
    schema.drop()
    for migration in migrations:
        if migration.name not in had:
            schema.begin(migration.idx, only_look=False)
            migration.load().up(None, schema)
    schema.finish()
    runner.fake()


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
    try:
        database.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except PeeweeException as error:
        if isinstance(refusals.cause_of(error), ReadOnlySqlTransaction):
            raise
        raise DatabaseUnavailable(
            "no_pg_trgm",
            f"{database.address} has no pg_trgm, and it cannot be made here: {str(error).splitlines()[0]}",
            "let the database's owner run: CREATE EXTENSION pg_trgm",
        ) from error
