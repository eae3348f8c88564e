"""Which column of a file holds which field: one table of names for every kind of row.

Nothing is guessed: a head is a field's name in some dress, one of its synonyms, or what the user says it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType

from dispatch.inputs.head_words import looks_like_contact, plain
from dispatch.inputs.layouts import Layout, layouts
from dispatch.inputs.validation import excerpt
from models.errors import InvalidInput

MOST_NAMED = 20
_SAFE = re.compile(r"[\w.,:/-]+")  # in a shell
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Columns:
    """The columns of one header; heads are as the file writes them.

    ``places`` are the positions of each field; several are read as one text, in this order. ``ignored`` are
    the heads that are not read, ``contact_like`` those of them that may hold a customer's phone or e-mail.
    ``doubled`` fields are in several columns of equal right, none of which is read.
    """

    layout: Layout
    heads: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    ignored: tuple[str, ...]
    contact_like: tuple[str, ...]
    doubled: Mapping[str, tuple[str, ...]]

    def missing(self, defaults: Collection[str] = ()) -> list[str]:
        """List the required fields without a column, except those with a default."""
        there = {*self.places, *self.doubled, *defaults}
        return [name for name in self.layout.required if name not in there]

    def values(self, row: Sequence[str | None]) -> dict[str, str | None]:
        """Return the fields of a row as written. The row has as many cells as the header."""
        values: dict[str, str | None] = {name: row[place] for name, place in self._alone.items()}
        for name in self._spread:
            cells = dict.fromkeys((row[place] or "").strip() for place in self.places[name])
            values[name] = self.layout.joined[name].join(filter(None, cells)) or None
        return values

    @cached_property
    def _alone(self) -> dict[str, int]:
        return {name: places[0] for name, places in self.places.items() if len(places) == 1}

    @cached_property
    def _spread(self) -> list[str]:
        return [name for name in self.places if name not in self._alone]

    def understood(self) -> list[tuple[str, str]]:
        """Return each field that is read, with its head or heads, for a preview."""
        return [
            (name, " + ".join(self.heads[place] for place in places)) for name, places in self.places.items()
        ]

    def check(self, file: str, defaults: Collection[str] = ()) -> None:
        """Raise InvalidInput if a required field is missing or a field is doubled, naming what is there."""
        fields = f"fields: {', '.join(self.layout.fields)}"
        missing = self.missing(defaults)
        if missing:
            found = ", ".join(filter(None, self.heads[:MOST_NAMED])) or "nothing"
            like = self._example(missing)
            problem = f"{file} lacks the column {', '.join(missing)}"
            raise InvalidInput(
                "file", problem, f"found: {found}; say which it is, like --map {like}; {fields}"
            )
        for name, heads in self.doubled.items():
            if len(set(map(plain, heads))) == 1:
                raise InvalidInput("file", f"{file} has the column {name} twice", f"rename one; {fields}")
            problem = f"{file} has several columns for {name}: {', '.join(heads)}"
            raise InvalidInput("file", problem, f"choose one, like --map {quoted(heads[0], name)}; {fields}")

    def _example(self, missing: Sequence[str]) -> str:
        """Return a value of --map: a column that names a missing field, if there is one."""
        named = ((head, name) for name in missing for head in self.ignored if plain(name) in plain(head))
        return quoted(*next(named, ("HEAD", missing[0])))


def match(
    header: Sequence[str],
    layout: Layout | str,
    given: Mapping[str, str] = NOTHING,
    dropped: Collection[str] = (),
) -> Columns:
    """Find the fields of a layout in a header.

    ``given`` says what a head means (head -> field), and wins; ``dropped`` heads are not read. Raises
    InvalidInput for a head that the file lacks, and for a field that does not exist, naming the nearest.
    """
    layout = layouts()[layout] if isinstance(layout, str) else layout
    heads = tuple(head.strip() for head in header)
    named = {_place_of(head, heads): _field_named(name, layout) for head, name in given.items()}
    without = {place for head in dropped for place in _places_of(head, heads)} - set(named)
    found: dict[str, list[int]] = {}
    for place, head in enumerate(heads):
        name = None if place in without else named.get(place) or layout.field_of(head)
        if name:
            found.setdefault(name, []).append(place)
    chosen = {name: _best(name, places, heads, layout, named) for name, places in found.items()}
    doubled = {name: places for name, places in chosen.items() if _is_doubled(name, places, heads, layout)}
    places = _put_together({name: chosen[name] for name in chosen if name not in doubled}, doubled, layout)
    used = {place for several in (*places.values(), *doubled.values()) for place in several}
    left = [place for place, head in enumerate(heads) if head and place not in used]
    return Columns(
        layout,
        heads,
        places,
        ignored=tuple(heads[place] for place in left),
        contact_like=tuple(
            heads[place] for place in left if place not in without and looks_like_contact(heads[place])
        ),
        doubled={name: tuple(heads[place] for place in several) for name, several in doubled.items()},
    )


def _best(
    name: str, places: Sequence[int], heads: Sequence[str], layout: Layout, named: Mapping[int, str]
) -> tuple[int, ...]:
    """Choose among the columns of a field: the ones given, else its own name, else any synonym.

    All columns of a contact or text are read, the best first; of a name only the best, as the others repeat
    it or parts of it.
    """
    strong = [place for place in places if place in named or not layout.is_weak(heads[place])]
    places = strong or places
    ranks = {place: -1 if place in named else layout.rank(name, heads[place]) for place in places}
    ordered = sorted(places, key=lambda place: ranks[place])
    first = ranks[ordered[0]]
    if name in layout.joined and name not in layout.parts:
        return tuple(ordered)
    if first <= 0 or name in layout.optional or name in layout.parts:
        return tuple(place for place in ordered if ranks[place] == first)
    return tuple(ordered)


def _is_doubled(name: str, places: Sequence[int], heads: Sequence[str], layout: Layout) -> bool:
    if name in layout.joined:
        return len({plain(heads[place]) for place in places}) < len(places)
    return len(places) > 1


def _put_together(
    chosen: Mapping[str, tuple[int, ...]], doubled: Collection[str], layout: Layout
) -> dict[str, tuple[int, ...]]:
    """Return the places in the layout's order; parts replace a field that has no column of its own."""
    made: dict[str, tuple[int, ...]] = {}
    for name in layout.fields:
        parts = tuple(place for part in layout.parts.get(name, ()) for place in chosen.get(part, ()))
        if name in chosen:
            made[name] = chosen[name]
        elif parts and name not in doubled:
            made[name] = parts
    return made


def _place_of(head: str, heads: Sequence[str]) -> int:
    """Return the position of a head that a user says is a field. Raises InvalidInput if there are several."""
    place, *others = _places_of(head, heads)
    if others:
        problem = f"the file has {len(others) + 1} columns {excerpt(heads[place])}"
        raise InvalidInput("map", problem, "rename them in the file, so that it is clear which is meant")
    return place


def _places_of(head: str, heads: Sequence[str]) -> list[int]:
    """Return the positions of a head that a user names, as it is written or else in plain letters."""
    wanted = head.strip()
    plainly = [plain(one) for one in heads]
    exact = [place for place, one in enumerate(heads) if one == wanted]
    found = exact or [place for place, one in enumerate(plainly) if one and one == plain(wanted)]
    if wanted and found:
        return found
    near = get_close_matches(plain(wanted), plainly, 1)
    like = f"did you mean {excerpt(heads[plainly.index(near[0])])}? " if near else ""
    named = ", ".join(filter(None, heads[:MOST_NAMED]))
    raise InvalidInput("map", f"the file has no column {excerpt(wanted)}", f"{like}found: {named}")


def _field_named(name: str, layout: Layout) -> str:
    """Return the field that a user names. Raises InvalidInput with the nearest one."""
    field = layout.field_of(name)
    if field is not None:
        return field
    near = get_close_matches(plain(name), layout.by_name, 1)
    like = f"did you mean {layout.by_name[near[0]]}? " if near else ""
    fields = ", ".join(layout.all_names)
    raise InvalidInput(
        "map", f"{excerpt(name.strip())} is not a field of {layout.kind}", f"{like}fields: {fields}"
    )


def quoted(head: str, field: str) -> str:
    """Return the value of --map for a head and a field, as typed in a shell."""
    text = f"{head}={field}"
    return text if _SAFE.fullmatch(head) else "'" + text.replace("'", "'\\''") + "'"
