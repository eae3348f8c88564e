"""The single ``save()``: compiled once, changed columns only, versioned, and observed by the triggers.

Peewee rebuilds its SQL on every call, which makes the lead cascade four times slower than necessary
(docs/decisions/0003-one-save.md). Here each (model, set of columns) is compiled once for a database, which
keeps the text: another database may speak another dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, overload

from peewee import BooleanField, FieldAccessor, ForeignKeyField, Model, ModelSelect, Query, Value
from playhouse import signals

from models.database import current_database, database_at_work
from models.engine import Engine
from models.errors import Conflict, NotFound

Json = dict[str, Any]
"""Values by names that no type lists: free JSON, and the columns of any table."""

M = TypeVar("M", bound="BaseModel")
Listener = TypeVar("Listener", bound=Callable[..., None])

_listener_cache: dict[type[Model], tuple[list[Any], int, list[Callable[..., None]]]] = {}


class DeskModel(Model):
    """A table or view of the desk, by the name in ``table``; its rows are only read."""

    if TYPE_CHECKING:  # missing from Peewee's stubs
        _meta: Any

    table: ClassVar[str] = ""

    class Meta:
        database = current_database
        table_function = attrgetter("table")


class BaseModel(DeskModel):
    """A row to read under the write lock, change, and save once.

    ``loaded`` holds the columns as read (None for a new row) and ``changed`` those written by the current
    save, so that triggers can compare old and new. Rows to write come from ``lock()``; queries only read.
    """

    if TYPE_CHECKING:
        _pk: Any
        _dirty: set[str]

    loaded: Json | None = None
    changed: Json = {}  # noqa: RUF012  # replaced whole by save(), never altered in place
    label: ClassVar[str] = "row"

    class Meta:
        only_save_dirty = True

    def __init__(self, **values: Any) -> None:
        if "__no_default__" in values:  # set by Peewee for rows of a query
            super().__init__(**values)
            return
        # a new row is written whole, so no column needs to be marked dirty
        self.__data__: Json = self._meta.get_default_dict() | values
        self.__rel__: Json = {}
        self._dirty = set()

    @classmethod
    def lock(cls, key: object) -> Self:
        """Read a row for writing. Raises NotFound."""
        row = cls.lock_or_none(key)
        if row is None:
            raise NotFound(cls.label, key)
        return row

    @classmethod
    def lock_or_none(cls, key: object) -> Self | None:
        """Read a row for writing, or return None."""
        database = database_at_work()
        sql = database.statements.get((cls, "select")) or _compile_select(database, cls)
        try:
            values = database.run(sql, (key,)).fetchone()
        except OverflowError:  # more than 64 bits: no such key exists
            return None
        return None if values is None else cls.as_read(values)

    @classmethod
    def as_read(cls, values: Sequence[object]) -> Self:
        """A row for writing, of columns in the order of the fields, read under the lock just now."""
        self = cls.__new__(cls)
        self.__data__ = dict(zip(cls._meta.sorted_field_names, values, strict=True))
        self.__rel__ = {}
        self._dirty = set()
        self.loaded = self.__data__.copy()
        return self

    def changes(self) -> Json:
        """Return the columns that a save would write; of a new row all."""
        data: Json = self.__data__
        if self.loaded is None:
            return data
        old = self.loaded
        return {name: data[name] for name in self._dirty if data[name] != old.get(name)}

    def differs(self) -> bool:
        """Return whether a save would write anything."""
        return bool(self.changes())

    def was(self, column: str) -> Any:
        """Return a column's value as loaded; None for a new row."""
        return None if self.loaded is None else self.loaded.get(column)

    def save(self, force_insert: bool = False, only: object = None) -> int:
        """Write the changed columns, fire ``post_save`` and return the number of rows written.

        A save without changes writes nothing and fires nothing. Raises Conflict if a versioned row was
        saved by someone else since it was loaded.
        """
        created = self.loaded is None
        changed = self.changed = self.__data__ if created else self.changes()
        if not changed:
            return 0
        if created:
            self._insert(changed)
        else:
            self._update(changed)
        sender = type(self)
        for listener in _listeners(sender):
            listener(sender, self, created)
        self._dirty.clear()
        self.loaded = self.__data__.copy()
        return 1

    def _insert(self, changed: Json) -> None:
        database, model = database_at_work(), type(self)
        key = self._meta.primary_key.name
        is_single = key in self._meta.fields
        is_unnumbered = is_single and changed.get(key) is None
        is_ours = is_unnumbered and database.sends_ahead
        if is_ours:
            changed[key] = database.next_id(model.table, _columns(model, (key,))[0])
        names = tuple(changed)
        sql = database.statements.get((model, "insert", names)) or _compile_insert(database, model, names)
        if is_ours or not is_single:
            database.later(sql, tuple(changed.values()))
        else:
            cursor = database.run(sql, tuple(changed.values()))
            if is_unnumbered:
                changed[key] = cursor.lastrowid

    def _update(self, changed: Json) -> None:
        versioned = "version" in self._meta.fields
        if versioned:
            changed["version"] = self.__data__["version"] = self.was("version") + 1
        names = tuple(changed)
        database, model = database_at_work(), type(self)
        sql = database.statements.get((model, "update", names)) or _compile_update(database, model, names)
        values = [*changed.values(), self._pk]
        if versioned:
            values.append(self.was("version"))
        if database.sends_ahead:
            database.later(sql, values)
        elif database.run(sql, values).rowcount == 0:
            raise Conflict(f"{self.label} {self._pk} was changed by someone else")


def _listeners(model: type[BaseModel]) -> list[Callable[..., None]]:
    """Return the listeners that ``post_save.send()`` would call for a model; cached until one is added."""
    connected = signals.post_save._receiver_list
    known = _listener_cache.get(model)
    if known is None or known[0] is not connected or known[1] != len(connected):
        listeners = [listener for _, listener, sender in connected if sender in (None, model)]
        known = _listener_cache[model] = connected, len(connected), listeners
    return known[2]


def after_save(model: type[BaseModel] | None = None) -> Callable[[Listener], Listener]:
    """Call a function with (model, row, created) after every save of a model; without one, of any model."""

    def connect(listener: Listener) -> Listener:
        signals.post_save.connect(listener, sender=model)
        return listener

    return connect


def _columns(model: type[BaseModel], names: tuple[str, ...]) -> list[str]:
    return [model._meta.fields[name].column_name for name in names]


def _marks(database: Engine, model: type[BaseModel], names: tuple[str, ...]) -> list[str]:
    """The places of values in a statement; a switch may be given as 0 and 1."""
    fields = model._meta.fields
    return [
        database.switch_param if isinstance(fields[name], BooleanField) else database.param for name in names
    ]


def _compile_select(database: Engine, model: type[BaseModel]) -> str:
    columns = ", ".join(_columns(model, tuple(model._meta.sorted_field_names)))
    key = model._meta.primary_key.column_name
    lock = " FOR UPDATE" if database.for_update else ""
    sql = f"SELECT {columns} FROM {model._meta.table_name} WHERE {key} = {database.param}{lock}"
    database.statements[model, "select"] = sql
    return sql


def _compile_insert(database: Engine, model: type[BaseModel], names: tuple[str, ...]) -> str:
    marks = ", ".join(_marks(database, model, names))
    sql = f"INSERT INTO {model._meta.table_name} ({', '.join(_columns(model, names))}) VALUES ({marks})"
    database.statements[model, "insert", names] = sql
    return sql


def _compile_update(database: Engine, model: type[BaseModel], names: tuple[str, ...]) -> str:
    mark = database.param
    marked = zip(_columns(model, names), _marks(database, model, names), strict=True)
    columns = ", ".join(f"{column} = {value}" for column, value in marked)
    key = model._meta.primary_key.column_name
    sql = f"UPDATE {model._meta.table_name} SET {columns} WHERE {key} = {mark}"
    if "version" in model._meta.fields:
        sql += f" AND version = {mark}"
    database.statements[model, "update", names] = sql
    return sql


class CompiledQuery:
    """A Peewee query compiled on its first use in a database.

    ``build`` returns the query with ``parameter(name)`` in place of values. Calling the compiled query takes
    the values by name and returns plain tuples.
    """

    def __init__(self, build: Callable[[], Query]) -> None:
        self._build = build

    def __call__(self, **values: object) -> list[tuple[Any, ...]]:
        cursor = database_at_work().run(*self._with(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
        return rows

    def first(self, **values: object) -> list[tuple[Any, ...]]:
        """The rows of what every transaction asks first."""
        rows: list[tuple[Any, ...]] = database_at_work().run_first(*self._with(values)).fetchall()
        return rows

    def later(self, **values: object) -> None:
        """Execute a query that needs no answer; the next statement, or the commit, may raise its error."""
        database_at_work().later(*self._with(values))

    def _with(self, values: Json) -> tuple[str, list[object]]:
        sql, places = database_at_work().statements.get(self) or self.compiled()
        return sql, [values[place.name] if isinstance(place, _Place) else place for place in places]

    def each(self, given: Sequence[Json]) -> list[tuple[Any, ...]]:
        """The rows for several sets of values, one after the other, in one statement.

        For a query that gives a few rows: most of what it costs then is the statement.
        """
        database = database_at_work()
        sql, places = self.compiled()
        key = self, len(given)
        union = database.statements.get(key)
        if union is None:
            parts = [f"SELECT * FROM ({sql}) AS part_{number}" for number in range(len(given))]
            union = database.statements[key] = " UNION ALL ".join(parts)
        params = [
            values[place.name] if isinstance(place, _Place) else place for values in given for place in places
        ]
        rows: list[tuple[Any, ...]] = database.run(union, params).fetchall()
        return rows

    def compiled(self) -> tuple[str, list[Any]]:
        """The SQL for the database at work, and its parameters: values, or places for them."""
        statements = database_at_work().statements
        built: tuple[str, list[Any]] | None = statements.get(self)
        if built is None:  # kept as one value, so that a thread sees both or none
            built = statements[self] = self._build().sql()
        return built


def parameter(name: str) -> Value:
    """A named parameter of a CompiledQuery, passed on unconverted."""
    return Value(_Place(name), converter=False, unpack=False)


@dataclass(frozen=True)
class _Place:
    name: str


def read_rows(model: type[M], query: ModelSelect[M]) -> list[M]:
    """Read the rows of a query of whole rows in a third of Peewee's time; not for writing."""
    names = model._meta.sorted_field_names
    rows: list[M] = []
    sql, parameters = query.sql()
    for values in database_at_work().run(sql, parameters).fetchall():
        row = model.__new__(model)
        row.__data__ = dict(zip(names, values, strict=True))
        row.__rel__ = {}
        row._dirty = set()
        rows.append(row)
    return rows


def tuples(query: ModelSelect[Any]) -> list[tuple[Any, ...]]:
    """Read all rows of a query as plain tuples."""
    rows: list[Any] = list(query.tuples())
    return rows


def each_tuple(query: ModelSelect[Any]) -> Iterator[tuple[Any, ...]]:
    """Read the rows of a query one by one, as plain tuples."""
    rows: Iterator[tuple[Any, ...]] = query.tuples().iterator()
    return rows


class IdField(ForeignKeyField):
    """A foreign key whose attribute is the plain column, with no lookup."""

    accessor_class = FieldAccessor


@overload
def reference(model: type[Model], column: str) -> ForeignKeyField[int]: ...
@overload
def reference(model: type[Model], column: str, *, null: Literal[True]) -> ForeignKeyField[int | None]: ...
def reference(model: type[Model], column: str, *, null: bool = False) -> Any:
    """A foreign key read and written as the id; it never loads the row."""
    field: Any = IdField  # the stubs type it as the row, which is never loaded here
    return field(model, column_name=column, lazy_load=False, null=null)
