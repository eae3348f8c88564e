"""What only one database says, or does, stays behind the door to the engine (docs/decisions/0037)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from models.base import BaseModel, DeskModel
from tests.test_house import PACKAGES, ROOT, found_in, python_files, texts

BEHIND = tuple(ROOT / "models" / name for name in ("sqlite", "postgres", "migrations"))
MAY_NAME_SQLITE = (
    *BEHIND,
    ROOT / "models" / "sql.py",  # a collation, which every engine has by this name
    ROOT / "models" / "search_index.py",  # a column, likewise
    ROOT / "verify",  # reads a desk's file by itself, and shares nothing with the desk
    ROOT / "dispatch" / "inputs" / "rows",  # reads the files that other programs write
)
DRIVERS = re.compile(r"(?:sqlite3|apsw|psycopg\w*|playhouse\.(?:sqlite\w*|apsw\w*|postgres\w*))(?:\.|$)")
ENGINES = re.compile(r"(?:Sqlite|Postgresql)\w*")
FUNCTIONS = {
    *("instr", "strpos", "strftime", "datetime", "julianday", "to_char", "date", "time", "unixepoch"),
    *("json_each", "json_extract", "json_type", "json_valid", "group_concat", "string_agg", "printf"),
    *("greatest", "least", "ifnull", "iif", "total", "glob", "typeof", "changes", "last_insert_rowid"),
}
LARGEST = {"max", "min"}  # of several values only in SQLite
METHODS = {"pragma", "total_changes"}
WORDS = re.compile(
    r"\b(?:PRAGMA|VACUUM|GLOB|NOCASE|FTS5|DEFERRED|IMMEDIATE|sqlite_master|rowid|json_(?:each|extract|valid|type)"
    r"|(?:instr|typeof|strftime|julianday|group_concat)\(|IS NOT (?!NULL\b|TRUE\b|FALSE\b|DISTINCT\b)\S)",
)
CATCHES = {
    "dispatch/desk/desk.py",  # the end of every transaction and of every read: says it in words
    "dispatch/operations/backup.py",  # reads a copy, in no transaction
    "dispatch/operations/integrity/findings.py",  # with a savepoint around what may fail
    "dispatch/operations/undoing/rows.py",  # likewise
    "dispatch/privacy/leftovers.py",  # reads a copy
    "seeds/bulk_writer.py",  # ends the transaction with another error
}
WITHOUT_NULLS = {  # sorted where a condition leaves no NULL
    "dispatch/agents/presence.py: Agent.due_at",
    "dispatch/assignment/policies/share.py: Taker.share_due",
    "dispatch/assignment/customer_owner.py: Booking.completed_at",
    "dispatch/service/due_checks.py: Watch.next_check_at",
    "dispatch/service/issues/lifecycle.py: Issue.resolved_at",
    "dispatch/service/issues/text_analysis.py: Issue.corrected_at",
    "dispatch/service/issues/wait_estimates.py: Issue.resolved_at",
    "dispatch/service/satisfaction/training.py: Survey.answered_at",
}
ERRORS = re.compile(r"\w*Error|PeeweeException")


def engine_words_in(source: str) -> list[str]:
    """Imports of drivers, functions, methods and words of SQL that only one database knows."""
    tree = ast.parse(source)
    said = [(line, text) for line, text in texts(tree) if WORDS.search(text) and " " in text.strip()]
    return [f"line {line}: {what.strip()[:60]}" for line, what in (*_named_in(tree), *said)]


def _named_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from ((node.lineno, one.name) for one in aliases if DRIVERS.match(one.name))
            case ast.ImportFrom(module=str(module), names=aliases):
                named = [module] if DRIVERS.match(module) else []
                named += [one.name for one in aliases if ENGINES.fullmatch(one.name)]
                yield from ((node.lineno, one) for one in named)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="fn"), attr=name), args=args):
                if name.lower() in FUNCTIONS or (name.lower() in LARGEST and len(args) > 1):
                    yield node.lineno, f"fn.{name}"
            case ast.Attribute(attr=name) if name in METHODS:
                yield node.lineno, f".{name}"
            case ast.Attribute(value=ast.Attribute(attr="database"), attr="path"):
                yield node.lineno, "database.path"


def driver_errors_in(source: str) -> list[str]:
    """Errors of Peewee that a module imports, to catch them."""
    if "from peewee" not in source:  # most files need not be parsed
        return []
    return [
        one.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "peewee"
        for one in node.names
        if ERRORS.fullmatch(one.name)
    ]


@cache
def nullable() -> set[tuple[str, str]]:
    """The columns that may be NULL, by the names of their models."""
    import dispatch.bootstrap  # noqa: F401  # with it every model

    return {
        (model.__name__, name)
        for model in (*BaseModel.__subclasses__(), *DeskModel.__subclasses__())
        for name, field in model._meta.fields.items()
        if field.null
    }


def sorted_nulls_in(source: str) -> list[str]:
    """Columns that may be NULL and are sorted by without a word where those go."""
    if ".order_by(" not in source:  # most files need not be parsed
        return []
    columns = nullable()
    return [
        f"{model}.{name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".order_by")
        for part in node.args
        for model, name in [_column(part)]
        if (model, name) in columns
    ]


def _column(part: ast.expr) -> tuple[str, str]:
    """The model's column that a query is sorted by, unless it says where NULL goes."""
    match part:
        case ast.Call(func=ast.Attribute(value=inner, attr="asc" | "desc"), keywords=[]):
            return _column(inner)
        case ast.Attribute(value=ast.Name(id=model), attr=name):
            return model, name
    return "", ""


def outside(places: tuple[Path, ...]) -> list[Path]:
    return [file for file in python_files(*PACKAGES) if not any(map(file.is_relative_to, places))]


def test_what_only_sqlite_says_is_behind_the_door() -> None:
    assert found_in(outside(MAY_NAME_SQLITE), engine_words_in) == []


def test_errors_of_the_driver_are_caught_only_where_it_is_known_what_they_end() -> None:
    """For some engines an error ends the transaction, unless a savepoint is around it."""
    found = found_in(outside(BEHIND), driver_errors_in)
    assert {one.partition(":")[0] for one in found} == CATCHES


def test_whoever_sorts_by_what_may_be_null_says_where_that_goes() -> None:
    """One engine has NULL first, another last."""
    assert set(found_in(outside(BEHIND), sorted_nulls_in)) == WITHOUT_NULLS


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("x.order_by(Booking.claimed_at)", 1),
        ("x.order_by(Booking.booking_id, Booking.claimed_at.desc())", 1),
        ('x.order_by(Booking.claimed_at.asc(nulls="LAST"))', 0),
        ("x.order_by(Booking.created_at.desc())", 0),
    ],
)
def test_a_sorted_null_is_found(source: str, number: int) -> None:
    assert len(sorted_nulls_in(source)) == number


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("import sqlite3", 1),
        ("from sqlite3 import Connection", 1),
        ("from peewee import SqliteDatabase, fn", 1),
        ("from playhouse.sqlite_ext import JSONField", 1),
        ("x = fn.INSTR(name, wanted)", 1),
        ("x = fn.json_extract(column, path)", 1),
        ("x = fn.MAX(one, other)", 1),
        ("x = fn.MAX(one)", 0),
        ("x = database.pragma('user_version')", 1),
        ("x = desk.database.path", 1),
        ("x = backend.path", 0),
        ('x = f"{one} IS NOT {other}"', 1),
        ('x = "left_at IS NOT NULL"', 0),
        ('x = "SELECT value FROM json_each(?)"', 1),
        ('def f():\n    """Uses no PRAGMA at all."""', 0),
    ],
)
def test_words_of_one_database_are_found(source: str, number: int) -> None:
    assert len(engine_words_in(source)) == number


def test_a_caught_error_of_the_driver_is_found() -> None:
    assert driver_errors_in("from peewee import SQL, DatabaseError, IntegrityError") == [
        "DatabaseError",
        "IntegrityError",
    ]
