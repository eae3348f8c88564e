"""The statements of models/migrations in PostgreSQL's dialect.

The migrations are written for SQLite, which came first; each statement is translated by the few rules below.
Those up to LAST_FOR_FILES also convert the rows of older desks, which no server has ever held: that part is
left out. Later ones convert rows on both engines, in words that both have (CONTRIBUTING.md, A field).

Views and triggers are made last: PostgreSQL fixes a view's columns when the view is made, and changes no
column that a view has. So an upgrade begins without any, and ends with those that all migrations leave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

LAST_FOR_FILES = 22  # the newest migration when the first desk on a server was made

BOOLEANS = (
    "answer_needed",
    "deleted",
    "descending",
    "do_not_contact",
    "gate_open",
    "in_force",
    "is_back",
    "reached",
    "reaches",
    "removed",
    "resolution_attempt",
    "retired",
    "unreachable",
    "unsure",
    "voided",
)
"""Columns that SQLite keeps as 0 and 1; ``closed`` is one in ``erasures`` only, elsewhere a number.

Whatever a CHECK limits to 0 and 1 is one, too.
"""

_CREATED = re.compile(r"CREATE (VIEW|TRIGGER) (\w+)")
_DROPPED = re.compile(r"DROP (VIEW|TRIGGER) (?:IF EXISTS )?(\w+)")
_TRIGGER = re.compile(
    r"CREATE TRIGGER (?P<name>\w+) BEFORE (?P<event>UPDATE|DELETE) ON (?P<table>\w+)\s*"
    r"(?:WHEN (?P<when>.*?))?\s*BEGIN SELECT RAISE\(ABORT, (?P<words>'[^']*')\); END",
    re.DOTALL,
)
_CONVERTS_ROWS = re.compile(r"(UPDATE|INSERT)\b")
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
    (r"\b(\w+) INTEGER\b(?=[^,]*CHECK \(\1 IN \(0, 1\)\))", r"\1 BOOLEAN"),
    (r"(TABLE erasures.*)\bclosed INTEGER", r"\1closed BOOLEAN"),
    (_BOOLEAN, r"\1 BOOLEAN"),
    (r"(BOOLEAN NOT NULL) DEFAULT 0", r"\1 DEFAULT FALSE"),
    (r"(BOOLEAN NOT NULL) DEFAULT 1", r"\1 DEFAULT TRUE"),
    (r"(BOOLEAN[^,]*?)\s+CHECK \(\w+ IN \(0, 1\)\)", r"\1"),
    (r"\bINTEGER\b", "BIGINT"),
    (r"\bREAL\b", "DOUBLE PRECISION"),
    (r"(?<!AS )\bTEXT\b(?! COLLATE)", 'TEXT COLLATE "C"'),
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


class NothingFound:
    """The answer to a statement that is only looked at."""

    def fetchall(self) -> list[Any]:
        return []


class Translated:
    """What the migrations see as their database; ``trigrams`` is the schema of pg_trgm.

    ``run`` executes a statement of PostgreSQL with its values.
    """

    def __init__(self, run: Callable[[str, Sequence[object]], Any], trigrams: str) -> None:
        self._run = run
        self._trigrams = trigrams
        self._last: dict[str, str] = {}
        self._number = 0
        self._only_looks = False

    def begin(self, number: int, *, only_look: bool) -> None:
        """A migration follows, whose statements are only looked at if the desk has had it already."""
        self._number, self._only_looks = number, only_look

    def execute_sql(self, statement: str, values: Sequence[object] = ()) -> Any:
        """Run a statement in PostgreSQL's dialect, later if it makes a view or a trigger."""
        statement = statement.strip()
        if dropped := _DROPPED.match(statement):
            return self._last.pop(dropped[2], None)
        if made := _CREATED.match(statement):
            self._last[made[2]] = (translate if made[1] == "VIEW" else trigger)(statement)
            return None
        is_for_files = self._number <= LAST_FOR_FILES and _CONVERTS_ROWS.match(statement)
        if self._only_looks or is_for_files:
            return NothingFound()
        if values:
            statement = statement.replace("%", "%%").replace("?", "%s")
        return self._run(translate(statement).replace("trigrams.gin", f"{self._trigrams}.gin"), values)

    def drop(self) -> None:
        """Drop the views and triggers so far, which ``finish`` makes again."""
        views = [name for name, sql in self._last.items() if sql.startswith("CREATE VIEW")]
        if views:
            self._run(f"DROP VIEW IF EXISTS {', '.join(views)}", ())  # at once: one may use another
        for name in self._last.keys() - set(views):
            self._run(f"DROP FUNCTION IF EXISTS {name}() CASCADE", ())

    def finish(self) -> None:
        """Make the views and triggers."""
        for statement in self._last.values():
            self._run(statement, ())
