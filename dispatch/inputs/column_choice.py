"""What a user says about a file's columns: what they mean, which to leave out, and defaults."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple, TypedDict

from dispatch.inputs.column_names import Columns, match, quoted
from dispatch.inputs.head_words import plain
from dispatch.inputs.rows.row import REASON, Row
from models.errors import InvalidInput

Header = tuple[str, ...]
"""The plain heads of a file's columns in the order of the alphabet: the same for columns in any order."""


ALIKE = 0.5  # of the columns of two headers together


class Said(NamedTuple):
    """What was said about the columns of a header, with which file, and when."""

    mapped: Mapping[str, str]
    ignored: tuple[str, ...]
    file: str
    at: str

    def lost(self, header: Header) -> list[str]:
        """List the heads that were spoken of, but are not in another header."""
        return [head for head in (*self.mapped, *self.ignored) if folded(head) not in header]


Remembered = Mapping[Header, Said]


class RememberedColumns(TypedDict):
    """What a result says about columns that are read as they were with another file: which, and when."""

    map: dict[str, str]
    ignore: list[str]
    file: str
    at: str


def folded(head: str) -> str:
    """Return a head as it is compared; one without letters and digits is itself."""
    return plain(head) or head.strip()


def header_of(names: Sequence[str]) -> Header:
    """Return the header of some names; the reason that Astra adds to refused rows is not part of it."""
    return tuple(sorted(folded(name) for name in names if name.strip() and name != REASON))


@dataclass(frozen=True)
class ColumnChoice:
    """``given`` heads mean a field, ``dropped`` ones are not read, ``defaults`` fill fields without a value.

    Unless it ``asks``, a column that looks like a contact may be ignored. ``remembered`` is what was said
    about headers before; it is not used, and forgotten with the next file, if this choice ``forgets``.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    dropped: Sequence[str] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    asks: bool = True
    remembered: Remembered = field(default_factory=dict)
    forgets: bool = False

    def columns(self, header: Sequence[str], layout: str) -> Columns:
        """Find the fields in the header of a file. Raises InvalidInput as ``match`` does."""
        return match(header, layout, self.given, self.dropped)

    def columns_of_one(self, names: Sequence[str], layout: str) -> Columns:
        """Find the fields among the names of one row, which may lack some that other rows have."""
        known = set(map(plain, names))
        given = {head: name for head, name in self.given.items() if plain(head) in known}
        return match(names, layout, given, [head for head in self.dropped if plain(head) in known])

    def check(self, columns: Columns, file: str) -> None:
        """Raise InvalidInput if a column is missing, doubled, or may hold contacts and is not read."""
        columns.check(file, self.defaults)
        if self.asks and columns.contact_like:
            problem = f"{file} may have contacts in the column {', '.join(columns.contact_like)}"
            raise InvalidInput("file", problem, how_to_decide(columns.contact_like[0]))

    def doubt(self, columns: Columns) -> str:
        """Return why a row of these columns cannot be used yet; "" if it can."""
        if not (self.asks and columns.contact_like):
            return ""
        head = columns.contact_like[0]
        return f"{head} may be a contact ({how_to_decide(head)})"

    def filled(self, fields: Mapping[str, str | None]) -> dict[str, str | None]:
        """Return the fields with the defaults for those that have no value."""
        if not self.defaults:
            return dict(fields)
        blank = {name: value for name, value in self.defaults.items() if not (fields.get(name) or "").strip()}
        return {**fields, **blank}

    def with_said(self, said: Said, same_field: Mapping[str, str | None]) -> ColumnChoice:
        """Add what was said before, but for the columns and fields that are spoken of now.

        ``same_field`` has the real name of each field.
        """
        heads = {folded(head) for head in (*self.given, *self.dropped)}
        fields = {same_field.get(name, name) for name in self.given.values()}
        mapped = {
            head: name
            for head, name in said.mapped.items()
            if folded(head) not in heads and same_field.get(name, name) not in fields
        }
        ignored = [head for head in said.ignored if folded(head) not in heads]
        return replace(self, given={**mapped, **self.given}, dropped=[*ignored, *self.dropped])


class FileChoice:
    """A choice as it applies to one file: together with what was said about such a header before.

    ``field_of`` returns the real name of a field, None if there is none. ``last`` is what was said about the
    file's own header, None if nothing was.
    """

    def __init__(self, choice: ColumnChoice, field_of: Callable[[str], str | None]) -> None:
        self._choice = self._own = choice
        self._field_of = field_of
        self._header: Header = ()
        self.names: Sequence[str] = ()
        self.last: Said | None = None

    def of(self, names: Sequence[str]) -> ColumnChoice:
        """Return what applies to rows with these names: what is known of them, else of the file."""
        said = self._said(header_of(names)) if self._choice.remembered else None
        return self._own if said is None else self._merged(said)

    def begin(self, names: Sequence[str]) -> ColumnChoice:
        """Take the names in the file's header, or of its first row; return what applies to all of it."""
        if not self.names:
            self._header, self.names = header_of(names), names
            self.last = self._said(self._header)
            if self.last is not None:
                self._own = self._merged(self.last)
        return self._own

    def begun(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Read the first row, which tells the columns where there is no header; return all of them."""
        first = next(rows, None)
        if first is None:
            return rows
        if first.names:
            self.begin(first.names)
        return chain((first,), rows)

    def _said(self, header: Header) -> Said | None:
        return None if self._choice.forgets else self._choice.remembered.get(header)

    def _merged(self, said: Said) -> ColumnChoice:
        names = {*self._choice.given.values(), *said.mapped.values()}
        return self._choice.with_said(said, {name: self._field_of(name) for name in names})

    def record(self) -> list[dict[str, Any]]:
        """Return what the file's event says about its columns; nothing if all is as usual."""
        return self._said_of(self.names)

    def _said_of(self, names: Sequence[str], without: Collection[str] = ()) -> list[dict[str, Any]]:
        """Return what is said about the columns of one header, ``without`` some of its heads."""
        own, header = self.of(names), header_of(names)
        real = {folded(name): name.strip() for name in reversed(names) if folded(name) not in without}
        mapped = {
            real[folded(head)]: self._field_of(name) or name
            for head, name in own.given.items()
            if folded(head) in real
        }
        ignored = [real[folded(head)] for head in own.dropped if folded(head) in real]
        if not header or not (mapped or ignored or self._choice.forgets or self._said(header)):
            return []
        return [{"header": list(header), "map": mapped, "ignore": ignored}]

    def remembered(self) -> RememberedColumns | None:
        """Return what is used of what was said before; None if nothing is."""
        said = self.last
        if said is None or not (said.mapped or said.ignored):
            return None
        mapped = {head: name for head, name in said.mapped.items() if self._own.given.get(head) == name}
        ignored = [head for head in said.ignored if head in self._own.dropped]
        return RememberedColumns(map=mapped, ignore=ignored, file=said.file, at=said.at)

    def changed(self) -> str:
        """Say so if a header much like this one is remembered, but not this one; "" otherwise.

        Much like it is one that shares half of the columns of both.
        """
        remembered, here = self._choice.remembered, set(self._header)
        if self._choice.forgets or not here or self._header in remembered:
            return ""
        alike = {other: len(here.intersection(other)) / len(here.union(other)) for other in remembered}
        near = max(alike, key=alike.__getitem__, default=())
        said = remembered.get(near)
        if said is None or alike[near] < ALIKE or not (said.mapped or said.ignored):
            return ""
        lost = said.lost(self._header)
        difference = f"it has no column {', '.join(lost)}" if lost else "it has other columns"
        return f"not the header of {said.file}: {difference}, so what was said of that one is not used"

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Let a refusal of the file's columns say, too, that its header is not the remembered one."""
        try:
            yield
        except InvalidInput as error:
            if changed := self.changed():
                raise InvalidInput(error.field, error.message, f"{changed}; {error.hint}") from error
            raise


def how_to_decide(head: str) -> str:
    """Return how to say what a column is."""
    ignored = quoted(head, "").removesuffix("=").replace("='", "'")
    return f"say what it is, like --map {quoted(head, 'phone')}, or --ignore {ignored}"


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """Return the heads and fields of ``HEAD=FIELD`` texts. Raises InvalidInput."""
    given = {}
    for text in texts:
        head, sign, name = text.rpartition("=")
        if not (sign and head.strip() and name.strip()):
            raise InvalidInput("map", f"{text!r} is no HEAD=FIELD", "like --map 'Email address=email'")
        given[head.strip()] = name.strip()
    return given
