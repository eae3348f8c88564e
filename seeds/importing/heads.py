"""What a user says about the columns of files to import: their heads become the tables' own names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from dispatch.inputs.column_choice import ColumnChoice, FileChoice, folded
from dispatch.inputs.column_names import MOST_NAMED
from dispatch.inputs.head_words import plain
from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.inputs.validation import excerpt
from models.errors import InvalidInput
from seeds.importing.columns import KINDS, layout_of
from seeds.importing.desk_tables import FURTHER

AS_NAMED = ColumnChoice()
MOST_HEADERS = 20  # of one file that are remembered
MOST_SHAPES = 1_000  # of JSON objects, whose columns are remembered
WHOLE_NAME = "Name"  # an agent's, whose parts are the fields


class Heads(FileChoice):
    """The heads of one file, as the user or an earlier import says what they are."""

    def __init__(self, choice: ColumnChoice, file: str) -> None:
        super().__init__(choice, field_named)
        self._file = file
        self._renamed: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._heard: dict[tuple[str, ...], set[str]] = {}  # headers, each with the heads mapped for others
        self._read: set[str] = set()
        self._used: set[str] = set()
        self._kinds: dict[str, None] = {}
        self._fields: dict[str, None] = {}

    def named(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return names as the tables have them: mapped ones are the field, those left out are empty.

        A column with a field's own name gives way to the one that is mapped to it. Raises InvalidInput if a
        head stands in it several times.
        """
        if not (self._choice.given or self._choice.dropped or self._choice.remembered):
            return names
        known = self._renamed.get(names)
        if known is None:
            known = self._rename(names)
            if self.names and len(self._renamed) < MOST_SHAPES:
                self._renamed[names] = known
        return known

    def _rename(self, names: tuple[str, ...], without: Collection[str] = ()) -> tuple[str, ...]:
        own = self.of(names)
        mapped = {folded(head): field_named(name) for head, name in own.given.items()}
        given = {head: name for head, name in mapped.items() if head not in without}
        dropped = {folded(head) for head in own.dropped}
        plainly = [folded(name) for name in names]
        for head in given:
            if plainly.count(head) > 1:
                problem = (
                    f"{self._file} has {plainly.count(head)} columns {excerpt(names[plainly.index(head)])}"
                )
                raise InvalidInput(
                    "map", problem, "rename them in the file, so that it is clear which is meant"
                )
        fields = {plain(field) for head, field in given.items() if head in plainly}
        return tuple(
            given.get(head, "" if head in dropped or head in fields else name)
            for head, name in zip(plainly, names, strict=True)
        )

    def fit(self, names: tuple[str, ...], kinds: Sequence[str], fields: Collection[str]) -> tuple[str, ...]:
        """Return the names again, now that the tables of the rows are known: fields of others are not meant.

        A column is mapped in those of the files, and tables, whose field it is said to be.
        """
        known = set(map(plain, fields))
        here = {folded(name) for name in names}
        mapped = {folded(head): field_named(name) for head, name in self.of(names).given.items()}
        foreign = {head for head, name in mapped.items() if head in here and plain(name) not in known}
        if len(self._heard) < MOST_HEADERS:
            self._heard.setdefault(names, foreign)
        self._read |= here
        self._used |= here - foreign
        self._kinds.update(dict.fromkeys(kinds))
        self._fields.update(dict.fromkeys(fields))
        return self._rename(names, foreign) if foreign else self.named(names)

    def has(self, head: str) -> bool:
        """Return whether the file has a column."""
        return folded(head) in self._read

    def check_used(self, head: str, name: str) -> None:
        """Raise InvalidInput if a column is mapped to a field that none of the file's tables has."""
        if folded(head) not in self._used:
            field = field_named(name)
            problem = f"{excerpt(field)} is not a field of {' and '.join(self._kinds)}: {self._file}"
            fields = list(self._fields)
            raise InvalidInput("map", problem, f"{_like(field, fields)}fields: {', '.join(fields)}")

    def uses(self, head: str) -> bool:
        """Return whether a column is mapped in one of the file's tables."""
        return folded(head) in self._used

    def record(self) -> list[dict[str, Any]]:
        """Return what is remembered of each header in the file, with its name: an import has several."""
        return [
            {"file": self._file, **said}
            for names, foreign in self._heard.items()
            for said in self._said_of(names, foreign)
        ]


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, str]:
    """Return the fields of all tables by their plain names, and by those that other programs give them."""
    every = list(map(layout_of, KINDS))
    further = {plain(name): name for names in FURTHER.values() for name in names}
    other = {
        head: name
        for layout in reversed(every)
        for head, name in layout.by_name.items()
        if name in layout.fields
    }
    own = {plain(name): name for layout in every for name in layout.fields}
    return {**other, **further, **own, plain(WHOLE_NAME): WHOLE_NAME}


@lru_cache(maxsize=512)
def field_named(name: str) -> str:
    """Return the field that a user names. Raises InvalidInput with the nearest one."""
    field = _fields().get(plain(name))
    if field is None:
        usual = [name for kind in (AGENTS, ASSIGNMENTS, BOOKINGS) for name in layout_of(kind).fields]
        near = _like(name, list(_fields().values())).strip()
        problem = f"{excerpt(name.strip())} is not a field of agents, assignments or bookings"
        raise InvalidInput("map", problem, near or f"fields: {', '.join(dict.fromkeys(usual))}")
    return field


def _like(name: str, fields: Sequence[str]) -> str:
    by_plain = {plain(field): field for field in fields}
    near = get_close_matches(plain(name), by_plain, 1)
    return f"did you mean {by_plain[near[0]]}? " if near else ""


def check_spoken_of(choice: ColumnChoice, files: Sequence[Heads]) -> None:
    """Raise InvalidInput for a head that is mapped or left out, but in none of the files."""
    if not all(heads.names for heads in files):
        return  # some could not be read: that is what is wrong
    for head in (*choice.given, *choice.dropped):
        if not any(heads.has(head) for heads in files):
            every = list(dict.fromkeys(name for heads in files for name in heads.names if name))
            who = "the file has no" if len(files) == 1 else "no file has a"
            problem = f"{who} column {excerpt(head)}"
            raise InvalidInput("map", problem, f"{_like(head, every)}found: {', '.join(every[:MOST_NAMED])}")
    for head, name in choice.given.items():
        having = [heads for heads in files if heads.has(head)]
        if having and not any(heads.uses(head) for heads in having):
            having[0].check_used(head, name)
