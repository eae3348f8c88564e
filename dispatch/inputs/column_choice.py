"""What a user says about a file's columns: what they mean, which to leave out, and defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.inputs.column_names import Columns, match, quoted
from dispatch.inputs.head_words import plain
from models.errors import InvalidInput


@dataclass(frozen=True)
class ColumnChoice:
    """``given`` heads mean a field, ``dropped`` ones are not read, ``defaults`` fill fields without a value.

    Unless it ``asks``, a column that looks like a contact may be ignored.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    dropped: Sequence[str] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    asks: bool = True

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
