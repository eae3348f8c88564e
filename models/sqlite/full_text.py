"""SQLite's full-text indexes (FTS5): whether they are sound, and making them again."""

from __future__ import annotations

from peewee import DatabaseError, SqliteDatabase

UNUSED = 2  # rows of an index's own table before the first document
NAMES = "SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5%' ORDER BY name"
LAST = "SELECT coalesce(max(rowid), 0) FROM {}"
PAGES = "SELECT count(*) FROM {}_data"
VERIFY = "INSERT INTO {0} ({0}) VALUES ('integrity-check')"
MERGE = "INSERT INTO {0} ({0}) VALUES ('optimize')"
REBUILD = "INSERT INTO {0} ({0}) VALUES ('rebuild')"


def tables(database: SqliteDatabase) -> list[str]:
    """Return the names of the full-text indexes."""
    return [name for (name,) in database.execute_sql(NAMES).fetchall()]


def fault(database: SqliteDatabase, table: str) -> str:
    """Say how an index does not fit its own documents; empty if it does, or is in use just now."""
    (last,) = database.execute_sql(LAST.format(table)).fetchone()
    (pages,) = database.execute_sql(PAGES.format(table)).fetchone()
    if not last and pages > UNUSED:
        return "was emptied"
    try:
        with database.atomic():
            database.execute_sql(VERIFY.format(table))
    except DatabaseError as error:
        return "is damaged" if "malformed" in str(error) else ""
    return ""


def merge(database: SqliteDatabase, table: str) -> None:
    """Write an index anew without the words of replaced documents."""
    database.execute_sql(MERGE.format(table))


def rebuild(database: SqliteDatabase, table: str) -> None:
    """Make an index again from its documents."""
    database.execute_sql(REBUILD.format(table))
