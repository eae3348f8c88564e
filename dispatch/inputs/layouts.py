"""The kinds of rows that files hold, as ``column_names.toml`` lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from dispatch.inputs.head_words import plain, spellings

LEADS, AGENTS, ASSIGNMENTS, BOOKINGS = "leads", "agents", "assignments", "bookings"
ISSUES, ROSTER = "issues", "roster"


@dataclass(frozen=True)
class Layout:
    """One kind of row: its fields in order, which of them may be missing or empty, and their other names.

    ``parts`` make up a field ("First Name" and "Last Name" the name). A field in ``joined`` may be spread
    over several columns, and is read as one text with this between. ``owners`` may precede a head. A ``weak``
    synonym counts only where no other column is the field.
    """

    kind: str
    fields: tuple[str, ...]
    optional: frozenset[str]
    nullable: frozenset[str]
    synonyms: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]
    joined: Mapping[str, str]
    owners: frozenset[str]
    weak: frozenset[str]

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in self.optional)

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every field, and every part of one."""
        return (*self.fields, *(part for parts in self.parts.values() for part in parts))

    @cached_property
    def by_name(self) -> dict[str, str]:
        """The field that each plain head means; a field's own name is never another's synonym."""
        named = {other: name for name in reversed(self.all_names) for other in self.synonyms.get(name, ())}
        return named | {plain(name): name for name in self.all_names}

    def field_of(self, head: str) -> str | None:
        """Return the field, or the part of one, that a head means; None for none."""
        meant = (self.by_name.get(one) for one in spellings(head, self.owners))
        return next((name for name in meant if name), None)

    def is_weak(self, head: str) -> bool:
        """Return whether a head means its field only where no other does."""
        known = next((one for one in spellings(head, self.owners) if one in self.by_name), "")
        return known in self.weak

    def rank(self, name: str, head: str) -> int:
        """Return how far a head is from the field's own name: 0 for that, then in the order of synonyms."""
        known = (plain(name), *self.synonyms.get(name, ()))
        return next((known.index(one) for one in spellings(head, self.owners) if one in known), len(known))


@lru_cache(maxsize=1)
def layouts() -> Mapping[str, Layout]:
    """Read all kinds of rows, once."""
    import tomllib  # only files need it

    tables = tomllib.loads(Path(__file__).with_name("column_names.toml").read_text("utf-8"))
    common = {name: tuple(words.split()) for name, words in tables.pop("common").items()}
    return {kind: _layout(kind, table, common) for kind, table in tables.items()}


def _layout(kind: str, table: Mapping[str, Any], common: Mapping[str, tuple[str, ...]]) -> Layout:
    parts = {name: tuple(words.split()) for name, words in table.get("parts", {}).items()}
    fields = tuple(table["fields"].split())
    listed: Mapping[str, str] = table.get("names", {})
    every = (*fields, *(part for several in parts.values() for part in several))
    return Layout(
        kind,
        fields,
        optional=frozenset(table.get("optional", "").split()),
        nullable=frozenset(table.get("nullable", "").split()),
        synonyms={name: tuple(_expanded(listed.get(name, name), common)) for name in every},
        parts=parts,
        joined=table.get("joined", {}),
        owners=frozenset(_expanded(table["owners"], common)),
        weak=frozenset(table.get("weak", "").split()),
    )


def _expanded(words: str, common: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for word in words.split():
        yield plain(word)
        yield from common.get(word, ())
