"""The statements of models/migrations in PostgreSQL's dialect.

The migrations are written for SQLite, which came first; each statement is translated by the few rules below.
Those up to LAST_FOR_SQLITE also convert the rows of older desks, which no server has ever held: that part is
left out. Views and triggers are made last, as PostgreSQL fixes a view's columns when the view is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

BOOLEANS = (
    "answer_needed",
    "deleted",
    "descending",
    "gate_open",
    "in_force",
    "is_back",
    "reached",
    "removed",
    "resolution_attempt",
    "unsure",
    "voided",
)
"""Columns that SQLite keeps as 0 and 1; ``closed`` is one in ``erasures`` only, elsewhere a number."""

_CREATED = re.compile(r"CREATE (VIEW|TRIGGER) (\w+)")
_DROPPED = re.compile(r"DROP (VIEW|TRIGGER) (?:IF EXISTS )?(\w+)")
_TRIGGER = re.compile(
    r"CREATE TRIGGER (?P<name>\w+) BEFORE (?P<event>UPDATE|DELETE) ON (?P<table>\w+)\s*"
    r"(?:WHEN (?P<when>.*?))?\s*BEGIN SELECT RAISE\(ABORT, (?P<words>'[^']*')\); END",
    re.DOTALL,
)
_CONVERTS_ROWS = re.compile(r"\s*(UPDATE|INSERT)\b")
_FULL_TEXT = re.compile(r"CREATE VIRTUAL TABLE (\w+) USING fts5\b.*", re.DOTALL)
_FULL_TEXT_TABLE = (
    r'CREATE TABLE \1 (rowid BIGINT PRIMARY KEY, words TEXT COLLATE "C" NOT NULL);'
    r"CREATE INDEX \1_words ON \1 USING gin (words trigrams.gin_trgm_ops)"
)
LOGIN_COLUMN = (
    "ALTER TABLE events ADD COLUMN db_user TEXT;"
    "ALTER TABLE events ALTER COLUMN db_user SET DEFAULT SESSION_USER"  # of new events only
)
_BOOLEAN = rf"\b({'|'.join(BOOLEANS)}) INTEGER\b"
_ROUND = re.compile(r"\(round\((.*), 9\)\)")
RULES: tuple[tuple[str, str], ...] = (
    (r".*ADD COLUMN db_user TEXT", LOGIN_COLUMN),
    (_FULL_TEXT.pattern, _FULL_TEXT_TABLE),
    (r"(TABLE erasures.*)\bclosed INTEGER", r"\1closed BOOLEAN"),
    (_BOOLEAN, r"\1 BOOLEAN"),
    (r"(BOOLEAN NOT NULL) DEFAULT 0", r"\1 DEFAULT FALSE"),
    (r"(BOOLEAN[^,]*?)\s+CHECK \(\w+ IN \(0, 1\)\)", r"\1"),
    (r"\bINTEGER\b", "BIGINT"),
    (r"\bREAL\b", "DOUBLE PRECISION"),
    (r"\bTEXT\b(?! COLLATE)", 'TEXT COLLATE "C"'),
    (r"\b(\w+) COLLATE NOCASE", r"lower(\1)"),
    (r"\) WITHOUT ROWID", ")"),
    (r" INDEXED BY \w+", ""),
    (
        r"(takes_work \w+)\s+GENERATED ALWAYS AS \((.*)\) VIRTUAL",
        r"\1 GENERATED ALWAYS AS (CASE WHEN \2 THEN 1 ELSE 0 END) STORED",
    ),
    (r"\) VIRTUAL\b", ") STORED"),
    (r"\bmax\(", "greatest("),
    (r"\bmin\(", "least("),
    (r"\(round\((.*), 9\)\)", r"(CAST(round(CAST(\1 AS NUMERIC), 9) AS DOUBLE PRECISION))"),
    (r"\bIS NOT (OLD\.)", r"IS DISTINCT FROM \1"),
)
_rules = tuple((re.compile(pattern, re.DOTALL), become) for pattern, become in RULES)


def translate(statement: str) -> str:
    """A statement of the migrations, for PostgreSQL."""
    for pattern, become in _rules:
        statement = pattern.sub(become, statement)
    return statement


def trigger(statement: str) -> str:
    """A trigger that refuses a change, with the function that PostgreSQL wants for it."""
    found = _TRIGGER.fullmatch(statement)
    if found is None:
        raise ValueError(statement)
    name, event, table, when, words = found.group("name", "event", "table", "when", "words")
    row = "NEW" if event == "UPDATE" else "OLD"
    refuse = f"RAISE EXCEPTION {words} USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {translate(when)} THEN {refuse} END IF;" if when else refuse
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body} RETURN {row}; END $$;"
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


class FirstSchema:
    """What the migrations see as their database, on a new desk; ``trigrams`` is the schema of pg_trgm."""

    def __init__(self, run: Callable[[str], Any], trigrams: str) -> None:
        self._run = run
        self._trigrams = trigrams
        self._last: dict[str, str] = {}

    def execute_sql(self, statement: str, _values: Sequence[object] = ()) -> Any:
        """Run a statement in PostgreSQL's dialect, later if it makes a view or a trigger."""
        if _CONVERTS_ROWS.match(statement):
            return None
        if dropped := _DROPPED.match(statement):
            return self._last.pop(dropped[2], None)
        if made := _CREATED.match(statement):
            self._last[made[2]] = (translate if made[1] == "VIEW" else trigger)(statement)
            return None
        return self._run(translate(statement).replace("trigrams.gin", f"{self._trigrams}.gin"))

    def finish(self) -> None:
        """Make the views and triggers."""
        for statement in self._last.values():
            self._run(statement)
