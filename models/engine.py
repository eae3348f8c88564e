"""What Astra needs of a database: the one door to the engine that keeps a desk's rows.

A desk is a SQLite file (``models/sqlite``). Whatever else knows a desk, from the models to the screens, knows
only this interface, and says in ``models/sql.py`` what engines say differently (docs/decisions/0037).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

from peewee import Database, Node

from models.clock import Clock, utc_now
from models.content import Content
from models.errors import DatabaseUnavailable, Refused
from models.inspection.rules import Rule
from models.sweepers import SweepRecord

SCHEMA_VERSION = 30  # the highest number in models/migrations
MIGRATIONS = Path(__file__).parent / "migrations"
SNAPSHOT = "snapshot"  # as begin() takes it: no lock, and all reads as of one moment

AT_WORK: ContextVar[Engine | None] = ContextVar("engine_at_work", default=None)


class Checked(NamedTuple):
    """What a check of the database itself says: the ``sound`` state, or the problems and what to do."""

    sound: str
    problems: Sequence[str] = ()
    hint: str = ""
    is_warning: bool = False


class SchemaDifference(Protocol):
    """A part of the schema that is missing, unknown or different; as text, what is wrong."""

    @property
    def name(self) -> str: ...
    @property
    def order(self) -> int:
        """When to make it again, among others: the lowest first."""

    @property
    def is_mendable(self) -> bool:
        """Whether it should be there and holds no data of its own, so that it can be made again."""

    def mend(self) -> bool:
        """Make it again; return whether that worked."""


class ExpectedSchema(Protocol):
    """The schema that the migrations make; ``keys`` has the columns of each table's key."""

    @property
    def not_compared(self) -> str:
        """Why ``differences`` has looked at nothing, or ""."""

    @property
    def keys(self) -> Mapping[str, Sequence[str]]: ...
    def types(self, table: str) -> Sequence[Rule]:
        """Return the rules that a table's own definition states."""

    def differences(self) -> Sequence[SchemaDifference]:
        """List what the current database lacks, has beyond, or has differently."""


class Dialect(Protocol):
    """The words of an engine's SQL for the expressions of ``models/sql.py``, as Peewee nodes."""

    def position(self, text: Node, part: Node) -> Node: ...
    def later_by(self, moment: Node, seconds: Node) -> Node: ...
    def seconds_of(self, moment: Node) -> Node: ...
    def least(self, *values: Node) -> Node: ...
    def greatest(self, *values: Node) -> Node: ...
    def listed(self, numbers: Node) -> Node: ...
    def joined(self, values: Node) -> Node: ...
    def json_number(self, document: Node, path: str) -> Node: ...
    def json_text(self, document: Node, path: str) -> Node: ...
    def caseless(self, text: Node) -> Node: ...
    def index_nulls_first(self, column: Node) -> Node: ...
    def has_trigrams(self, table: Any, needles: Sequence[str]) -> Node: ...


class InspectionWords(Protocol):
    """The words of an engine's SQL for what ``models/inspection/words.py`` describes, as text."""

    def differs(self, one: str, other: str) -> str: ...
    def is_json(self, text: str) -> str: ...
    def json_kind(self, text: str) -> str: ...
    def json_number(self, text: str, path: str) -> str: ...
    def json_text(self, text: str, path: str) -> str: ...
    def lists_others(self, text: str, accepted: str) -> str: ...
    def is_no_time(self, text: str) -> str: ...
    def is_no_switch(self, value: str) -> str: ...
    def has_controls(self, text: str) -> str: ...
    def has_controls_in_lines(self, text: str) -> str: ...
    def has_no_digits(self, text: str) -> str: ...
    def has(self, text: str, part: str) -> str: ...
    def greatest(self, *values: str) -> str: ...


class Engine(Database, ABC):
    """The database of one desk, with one connection per thread.

    ``begin()``, and so ``transaction()`` and the outermost ``atomic()``, take the write lock before they
    return: what is read afterwards stays true until the commit. They wait for it fairly, for some seconds.
    With SNAPSHOT they take none.

    ``chooser``, set by dispatch for the first trigger, takes a saved Lead and returns the agent's id, or None
    if it has to wait. ``statements`` has the SQL of models/base.py, ``caps`` what models/caps.py has read.
    ``now`` returns the desk's time.
    """

    dialect: ClassVar[Dialect]
    inspection_words: ClassVar[InspectionWords]
    driver_error: ClassVar[type[Exception]]
    """What the driver raises where Peewee converts nothing: while rows are fetched."""
    switch_param: ClassVar[str] = "?"
    """The place of a switch's value, 0 or 1, in a statement."""
    chooser: Callable[[Any], int | None] | None = None
    caps: Any = None
    now: Callable[[], str] | None = None
    year_shift: int = 0
    """How many years the desk is ahead of the present; set by dispatch."""
    country: str = ""
    """The code of the country in which numbers without one are read, or ""; set by dispatch."""
    is_file: ClassVar[bool] = True
    """Whether the desk is a file, which is copied page by page."""
    why_read_only: str = ""
    """Why the desk can only be read, or ""."""
    statements: dict[object, Any]
    sends_ahead: ClassVar[bool] = False
    """Whether a transaction's statements need not be waited for, as each answer is a trip to a server.

    Then ``next_id()`` numbers new rows, and how many rows an UPDATE hits is not known; a row read under the
    lock cannot have changed. Else the INSERT numbers a row, and its cursor has ``lastrowid``.
    """

    # what names the desk

    @property
    @abstractmethod
    def address(self) -> str:
        """What names the desk to people and scripts: a path, or a URL without its password."""

    @property
    @abstractmethod
    def file(self) -> Path:
        """The desk's file, of an engine that is one."""

    @property
    @abstractmethod
    def home(self) -> Path:
        """The path that backups are named by, in a folder beside it: the file, if the desk is one."""

    @property
    def login(self) -> str | None:
        """Who has signed in to the desk's server; None for a file, where Astra signs people in."""
        return None

    def knows_login(self, login: str) -> bool:
        """Return whether the server lets somebody of this name sign in."""
        return False

    @property
    def is_owner(self) -> bool:
        """Whether the desk's tables are this process's own, to change as it likes."""
        return True

    def grants(self) -> str:
        """Return the SQL that gives people their rights on a server. Raises Refused for a file."""
        problem = f"{self.address} is a file: whoever may open it may use it"
        raise Refused("no_server", problem, "give the file to one account")

    @property
    @abstractmethod
    def sweep_record(self) -> SweepRecord:
        """When the desk was last swept, and by whom."""

    # transactions

    def snapshot(self) -> AbstractContextManager[object]:
        """Read as of one moment inside the block, without keeping anybody from writing."""
        if self.in_transaction():
            return nullcontext()
        snapshot: AbstractContextManager[object] = self.transaction(SNAPSHOT)
        return snapshot

    @abstractmethod
    def wait_for_disk(self, *, wanted: bool) -> None:
        """Choose, outside of transactions, whether commits of this thread wait until they are on the disk."""

    @abstractmethod
    def flush(self) -> None:
        """Return once every commit so far is on the disk, whoever made it."""

    @abstractmethod
    def data_version(self) -> int:
        """Return a number that changes whenever another connection commits; compare within one thread."""

    def change_signal(self) -> int | None:
        """Return a file that can be read from, as in select(), when another connection has committed.

        It belongs to this thread's connection, as of its last ``data_version()``. None: look regularly.
        """
        return None

    @property
    def clock(self) -> Clock:
        """The clock that all terminals of the desk go by; it holds nothing of the engine."""
        return utc_now

    @abstractmethod
    def tidy(self) -> None:
        """Do what the engine needs done while nothing else is going on."""

    # statements

    @abstractmethod
    def run(self, sql: str, values: Sequence[object]) -> Any:
        """Execute one statement directly on the driver, and return its cursor. Raises Peewee's errors."""

    def run_first(self, sql: str, values: Sequence[object]) -> Any:
        """``run`` with what every transaction asks first: a server is asked along with the lock."""
        return self.run(sql, values)

    @abstractmethod
    def later(self, sql: str, values: Sequence[object]) -> None:
        """Execute a statement that needs no answer; the next one, or the commit, may raise its error."""

    @abstractmethod
    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Execute one statement for many rows. Raises Peewee's errors."""

    def erases(self, table: str, numbers: Sequence[int], values: Mapping[str, object]) -> bool:
        """Have the owner write over texts that are written once; return False where that is ours to do."""
        return False

    def may_erase(self) -> bool:
        """Return whether such texts may be written over in the name of this process, within an erasure."""
        return True

    def keeps_order(self, policy: str) -> bool:
        """Have the owner make the indexes of a policy; return False where that is ours to do."""
        return False

    def next_id(self, table: str, key: str) -> int:
        """Return the number of the next row of a table, under the write lock, if ``sends_ahead``."""
        raise NotImplementedError(table, key)

    @abstractmethod
    def driver(self) -> Any:
        """Return this thread's connection, opening it if necessary: for tests and benchmarks."""

    # the schema

    @abstractmethod
    def schema_version(self) -> int:
        """Return the number of the newest migration that the desk has; 0 for an empty one."""

    def check_schema(self) -> None:
        """Raise DatabaseUnavailable if the schema has changed since the desk was opened."""
        version = self.schema_version()
        if version > SCHEMA_VERSION:
            raise newer(self.address, "changed", version)
        if version < SCHEMA_VERSION:
            raise older(self.address)

    @abstractmethod
    def upgrade(self, fill: Callable[[], None]) -> None:
        """Run the migrations that are missing, once even if several processes try; keep a way back.

        ``fill`` sets up a new desk in the same transaction, so there is never half a desk.
        """

    @abstractmethod
    def seal(self) -> None:
        """Refuse to write from now on, if the desk can only be read."""

    # the desk as a whole

    @property
    @abstractmethod
    def content(self) -> Content:
        """All rows, to be copied."""

    @abstractmethod
    def take_over(self, copy: Engine, locked: Callable[[], object]) -> None:
        """Replace everything on the desk by what is in a copy, a file, in one commit; others go on with that.

        ``locked`` is called once nobody else can write any more, and may write to the copy. If it raises, the
        desk stays as it was. Raises DatabaseUnavailable.
        """

    @abstractmethod
    def identity(self) -> object:
        """Return what tells the place of this desk from every other, however its address is written."""

    # operation

    @abstractmethod
    def checkup(self) -> Mapping[str, Callable[[], Checked]]:
        """Return the checks of the database itself, by the names that the doctor shows."""

    @abstractmethod
    def expected_schema(self, policy: str) -> ExpectedSchema:
        """Return the schema of a new desk of this version, with the indexes of a policy."""

    @abstractmethod
    def full_text_fault(self, table: str) -> str:
        """Say how a full-text index does not fit its own documents, "" if it does: "is damaged"."""

    @abstractmethod
    def rebuild_full_text(self, table: str) -> None:
        """Make a full-text index again from its documents."""

    @abstractmethod
    def size(self) -> int:
        """Return how many bytes the desk takes, without what is about to be written to it."""

    @abstractmethod
    def compact(self) -> bool:
        """Leave nothing of replaced values in unused space; return whether nobody kept it from that."""

    @abstractmethod
    def refusal(self, error: Exception) -> DatabaseUnavailable:
        """Turn an error of the driver, or of Peewee for it, into a refusal that explains it."""

    def is_explained(self, error: Exception) -> bool:
        """Whether ``refusal`` explains what elsewhere is a wrong statement: a table or right is missing."""
        return False

    @abstractmethod
    def unwritable(self) -> DatabaseUnavailable:
        """Return the refusal to write a desk that can only be read."""

    def active(self) -> Active:
        """Make this the database that the models use inside the block."""
        return Active(self)


class Active:
    """A block in which the models use one database; a class for speed, as every command enters two."""

    __slots__ = ("_database", "_token")

    def __init__(self, database: Engine) -> None:
        self._database = database

    def __enter__(self) -> Engine:
        self._token = AT_WORK.set(self._database)
        return self._database

    def __exit__(self, *_error: object) -> None:
        AT_WORK.reset(self._token)


class Place(Protocol):
    """Where a desk was opened, and whether it is still the same that is there."""

    def identity(self) -> object:
        """Return what tells what is there now from what is there another time. Raises OSError."""

    def take(self) -> None:
        """Take what is there now for the desk's own; a connection to it is open. Raises OSError."""

    def replaced(self) -> str:
        """Return how something has taken its place, "" if nothing has. Raises OSError if it is gone."""

    def set_log_aside(self) -> None:
        """Keep what belongs to the old desk from being applied to the one that has its place now."""


def newer(address: str, done: str, version: int) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "newer_database",
        f"{address} was {done} by a newer Astra (schema {version}; this one reads {SCHEMA_VERSION})",
        "update Astra",
    )


def older(address: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "older_database", f"{address} was made by an older Astra", "open it in Astra to update it"
    )
