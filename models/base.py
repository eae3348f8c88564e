"""The one ``save()``: compiled once, dirty columns only, versioned, and heard by the triggers.

Peewee builds its SQL anew on every call, which makes the lead cascade four times slower than it
needs to be (docs/decisions/0003-one-save.md). Here each (model, set of columns) is compiled once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, overload

from peewee import SQL, FieldAccessor, ForeignKeyField, Model, ModelSelect, Query, Select, Value, fn
from playhouse import signals

from models.database import current_database
from models.errors import Conflict, NotFound

Json = dict[str, Any]
"""Values by names that no type lists: free JSON, and the columns of any table."""

M = TypeVar("M", bound="BaseModel")

_sql: dict[tuple[object, ...], str] = {}
_heard_by: dict[type[Model], tuple[list[Any], int, list[Callable[..., None]]]] = {}


class BaseModel(Model):
    """A row that is read under the write lock, changed, and saved once.

    ``loaded`` holds the columns as they were read (None for a new row) and ``changed`` those that
    the running save writes, so that a trigger can compare old with new. A row for writing comes
    from ``lock()``; queries are for reading.
    """

    if TYPE_CHECKING:  # what Peewee's stubs leave out
        _meta: Any
        _pk: Any
        _dirty: set[str]

    loaded: Json | None = None
    changed: Json = {}  # noqa: RUF012  # replaced whole by save(), never altered in place
    label: ClassVar[str] = "row"

    class Meta:
        database = current_database
        only_save_dirty = True
        legacy_table_names = False

    def __init__(self, **values: Any) -> None:
        if "__no_default__" in values:  # so Peewee makes the rows of a query
            super().__init__(**values)
            return
        # one step for all columns: a new row is written whole, so nothing needs to be marked as dirty
        self.__data__: Json = self._meta.get_default_dict()
        self.__data__.update(values)
        self.__rel__: Json = {}
        self._dirty = set()

    @classmethod
    def lock(cls, key: object) -> Self:
        """Read one row for writing. Raises NotFound."""
        row = cls.lock_or_none(key)
        if row is None:
            raise NotFound(cls.label, key)
        return row

    @classmethod
    def lock_or_none(cls, key: object) -> Self | None:
        """Read one row for writing, or None."""
        sql = _sql.get((cls, "select")) or _compile_select(cls)
        try:
            values = current_database.obj.run(sql, (key,)).fetchone()
        except OverflowError:  # longer than 64 bits: no row has such a key
            return None
        if values is None:
            return None
        self = cls.__new__(cls)
        self.__data__ = dict(zip(cls._meta.sorted_field_names, values, strict=True))
        self.__rel__ = {}
        self._dirty = set()
        self.loaded = self.__data__.copy()
        return self

    def _changes(self) -> Json:
        data: Json = self.__data__
        if self.loaded is None:
            return data
        old = self.loaded
        return {name: data[name] for name in self._dirty if data[name] != old.get(name)}

    def differs(self) -> bool:
        """Would a save write anything?"""
        return bool(self._changes())

    def was(self, column: str) -> Any:
        """The value of a column as it was loaded; None for a new row."""
        return None if self.loaded is None else self.loaded.get(column)

    def save(self, force_insert: bool = False, only: object = None) -> int:
        """Write what changed and fire ``post_save``; returns the number of rows written.

        A save that changes nothing writes nothing and is heard by nobody. Raises Conflict when a
        versioned row was saved by somebody else since it was loaded.
        """
        created = self.loaded is None
        changed = self.changed = self.__data__ if created else self._changes()
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
        names = tuple(changed)
        sql = _sql.get((type(self), "insert", names)) or _compile_insert(type(self), names)
        cursor = current_database.obj.run(sql, tuple(changed.values()))
        key = self._meta.primary_key.name
        if self.__data__.get(key) is None:
            self.__data__[key] = cursor.lastrowid

    def _update(self, changed: Json) -> None:
        versioned = "version" in self._meta.fields
        if versioned:
            changed["version"] = self.__data__["version"] = self.was("version") + 1
        names = tuple(changed)
        sql = _sql.get((type(self), "update", names)) or _compile_update(type(self), names, versioned)
        values = [*changed.values(), self._pk]
        if versioned:
            values.append(self.was("version"))
        if current_database.obj.run(sql, values).rowcount == 0:
            raise Conflict(f"{self.label} {self._pk} was changed by somebody else meanwhile")


def _listeners(model: type[BaseModel]) -> list[Callable[..., None]]:
    """Whom ``post_save.send()`` would call for a row of a model; sorted out once, until others connect."""
    connected = signals.post_save._receiver_list
    known = _heard_by.get(model)
    if known is None or known[0] is not connected or known[1] != len(connected):
        heard = [listener for _, listener, sender in connected if sender in (None, model)]
        known = _heard_by[model] = connected, len(connected), heard
    return known[2]


def _columns(model: type[BaseModel], names: tuple[str, ...]) -> list[str]:
    return [model._meta.fields[name].column_name for name in names]


def _compile_select(model: type[BaseModel]) -> str:
    columns = ", ".join(_columns(model, tuple(model._meta.sorted_field_names)))
    key = model._meta.primary_key.column_name
    lock = " FOR UPDATE" if current_database.for_update else ""
    sql = f"SELECT {columns} FROM {model._meta.table_name} WHERE {key} = {current_database.param}{lock}"
    return _sql.setdefault((model, "select"), sql)


def _compile_insert(model: type[BaseModel], names: tuple[str, ...]) -> str:
    marks = ", ".join([current_database.param] * len(names))
    sql = f"INSERT INTO {model._meta.table_name} ({', '.join(_columns(model, names))}) VALUES ({marks})"
    return _sql.setdefault((model, "insert", names), sql)


def _compile_update(model: type[BaseModel], names: tuple[str, ...], versioned: bool) -> str:
    mark = current_database.param
    columns = ", ".join(f"{column} = {mark}" for column in _columns(model, names))
    key = model._meta.primary_key.column_name
    sql = f"UPDATE {model._meta.table_name} SET {columns} WHERE {key} = {mark}"
    if versioned:
        sql += f" AND version = {mark}"
    return _sql.setdefault((model, "update", names), sql)


class CompiledQuery:
    """A Peewee query whose SQL is built on first use and then only executed.

    ``build`` makes the query with ``parameter(name)`` where values go; calling the compiled query
    takes those values by name, and yields plain tuples.
    """

    def __init__(self, build: Callable[[], Query]) -> None:
        self._build = build
        self._compiled: tuple[str, list[Any]] | None = None  # one value, so that a thread sees both or none

    def __call__(self, **values: object) -> list[tuple[Any, ...]]:
        if self._compiled is None:
            self._compiled = self._build().sql()
        sql, places = self._compiled
        params = [values[place.name] if isinstance(place, _Place) else place for place in places]
        rows: list[tuple[Any, ...]] = current_database.obj.run(sql, params).fetchall()
        return rows


def parameter(name: str) -> Value:
    """A named place in a CompiledQuery; no field converts what stands there."""
    return Value(_Place(name), converter=False, unpack=False)


@dataclass(frozen=True)
class _Place:
    name: str


def listed(numbers: Iterable[int] | Value) -> Select:
    """Numbers as a query, for ``in_()``: one parameter, however many there are.

    A CompiledQuery takes a ``parameter()``, and later the numbers as JSON.
    """
    given = numbers if isinstance(numbers, Value) else json.dumps(list(numbers))
    source = fn.json_each(given).alias("numbers")
    return Select((source,), (SQL("numbers.value"),))


def seconds_of(moment: Any) -> Any:
    """A stored time, a column or a text, as whole seconds; of two the difference is the time between."""
    return fn.strftime("%s", moment).cast("integer")


def read_rows(model: type[M], query: ModelSelect[M]) -> list[M]:
    """The rows of a query of whole rows, in a third of the time that Peewee takes; for reading only."""
    names = model._meta.sorted_field_names
    rows: list[M] = []
    sql, parameters = query.sql()
    for values in current_database.obj.run(sql, parameters).fetchall():
        row = model.__new__(model)
        row.__data__ = dict(zip(names, values, strict=True))
        row.__rel__ = {}
        row._dirty = set()
        rows.append(row)
    return rows


def tuples(query: ModelSelect[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples, read to the end."""
    rows: list[Any] = list(query.tuples())
    return rows


class IdField(ForeignKeyField):
    """A foreign key whose attribute is a plain column, with nothing to look up behind it."""

    accessor_class = FieldAccessor


@overload
def reference(model: type[Model], column: str) -> ForeignKeyField[int]: ...
@overload
def reference(model: type[Model], column: str, *, null: Literal[True]) -> ForeignKeyField[int | None]: ...
def reference(model: type[Model], column: str, *, null: bool = False) -> Any:
    """A foreign key that is read and written as the id itself; no attribute ever loads a row."""
    field: Any = IdField  # the stubs type it by the row, which is never loaded here
    return field(model, column_name=column, lazy_load=False, null=null)


Listener = TypeVar("Listener", bound=Callable[..., None])


def after_save(model: type[BaseModel] | None = None) -> Callable[[Listener], Listener]:
    """Have a function called with (model, row, created) after every save of a model, or of any."""

    def connect(listener: Listener) -> Listener:
        signals.post_save.connect(listener, sender=model)
        return listener

    return connect
