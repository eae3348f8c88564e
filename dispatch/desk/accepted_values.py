"""Accepted values: destinations, packages, launch locations, methods, sources, departments and job titles.

A value that was retired stays known, as rows have it, but is offered and accepted no more. One that was
renamed is also understood by its former name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from dispatch.inputs import validation
from dispatch.inputs.value_words import meant
from models.accepted_values import (
    CommunicationMethod,
    Department,
    Destination,
    JobTitle,
    LaunchLocation,
    LeadSource,
    ListedValue,
    NamedValue,
    Package,
)
from models.base import tuples
from models.errors import InvalidInput
from models.hints import act

LISTS: dict[str, type[NamedValue]] = {
    "destination": Destination,
    "launch": LaunchLocation,
    "method": CommunicationMethod,
    "source": LeadSource,
    "department": Department,
    "job_title": JobTitle,
}

PACKAGE = "package"
KINDS = (*LISTS, PACKAGE)

WORDS = {
    "launch": "launch location",
    "method": "contact method",
    "source": "lead source",
    "job_title": "job title",
}

NOUNS = {"job_title": "title"}
"""What a list is called in the shell, where that is not its kind."""

FIRST_VALUES: dict[str, tuple[str, ...]] = {
    "destination": ("Europa", "Ganymede", "Mars", "Titan", "Venus"),
    "launch": (
        "Dallas-Fort Worth Launch Complex",
        "Dubai Interplanetary Hub",
        "London Ascension Platform",
        "New York Orbital Gateway",
        "Sydney Stellar Port",
        "Tokyo Spaceport Terminal",
    ),
    "method": ("Phone Call", "Text"),
    "source": ("Organic", "Bought"),
    "department": ("Interplanetary Sales", "Luxury Voyages", "Premium Bookings"),
    "job_title": ("Lead Space Travel Agent", "Senior Space Travel Agent", "Space Travel Agent"),
}

FIRST_PACKAGES = (
    ("Mars", "Luxury Dome Stay"),
    ("Venus", "Cloud City Excursion"),
    ("Titan", "Ringside Cruise"),
    ("Europa", "Zero-Gravity Yacht Cruise"),
    ("Europa", "Glacier Trek Adventure"),
    ("Ganymede", "Private Observatory Suite"),
)


class AcceptedValues:
    """The lists as last read. Whoever retires a value raises the settings' version: all read them again."""

    def __init__(self) -> None:
        self._lists: dict[str, tuple[str, ...]] = {}
        self._packages: dict[str, tuple[str, ...]] = {}
        self._sold_once: dict[str, tuple[str, ...]] = {}
        self._retired: dict[str, dict[str, str | None]] = {}

    def reload(self) -> dict[str, tuple[str, ...]]:
        """Reread every list; other threads use the old ones until all are read."""
        packages, sold_once = dict[str, list[str]](), dict[str, list[str]]()
        for row in listing(PACKAGE, retired=True):
            some = packages if row["retired_at"] is None else sold_once
            some.setdefault(row["destination"], []).append(row["name"])
        lists, retired = dict[str, tuple[str, ...]](), dict[str, dict[str, str | None]]()
        for kind in LISTS:
            rows = listing(kind, retired=True)
            lists[kind] = tuple(row["name"] for row in rows if row["retired_at"] is None)
            retired[kind] = {row["name"]: row["renamed_to"] for row in rows if row["retired_at"] is not None}
        self._packages = {destination: tuple(names) for destination, names in packages.items()}
        self._sold_once = {destination: tuple(names) for destination, names in sold_once.items()}
        self._retired = retired
        self._lists = lists
        return lists

    def forget(self) -> None:
        """Reread them next time: what a transaction changed was rolled back with it."""
        self._lists = {}

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the accepted names of a kind, in order."""
        return (self._lists or self.reload())[kind]

    def known(self, kind: str) -> tuple[str, ...]:
        """Return the names that rows may have: those accepted, and then those that were retired."""
        accepted = self.of(kind)
        return (*accepted, *(name for name in self._retired[kind] if name not in accepted))

    def offered(self, kind: str, current: str | None) -> tuple[str, ...]:
        """Return what a row that has a value now can have: what is accepted, and that."""
        return _with(self.of(kind), current)

    def present(self, kind: str, name: str) -> str:
        """Return what a value is called now."""
        self.of(kind)
        names, renamed = {name}, self._retired[kind]
        while (new := renamed.get(name)) is not None and new not in names:
            names.add(name := new)
        return name

    def packages(self, destination: str, current: str | None = None) -> tuple[str, ...]:
        """Return a destination's packages, in order, and the one that a booking has."""
        if not self._lists:
            self.reload()
        return _with(self._packages.get(destination, ()), current)

    def known_packages(self, destination: str) -> tuple[str, ...]:
        """Return the packages that a destination's bookings may have: retired ones, too."""
        return (*self.packages(destination), *self._sold_once.get(destination, ()))

    def check(self, kind: str, value: str | None) -> str:
        """Return the accepted value that a text is or means, as files may word it: ``sms`` is Text.

        Raises InvalidInput, naming the accepted ones.
        """
        if value in self._lists.get(kind, ()):  # the usual case
            return str(value)
        if validation.stripped(value, kind) not in self._lists.get(kind, ()):
            self.reload()  # another terminal may have added it
        return self.check_known(kind, value)

    def check_known(self, kind: str, value: str | None) -> str:
        """Do the same with the lists as last read, without reading the database."""
        word = WORDS.get(kind, kind)
        accepted = self.of(kind)
        given = validation.stripped(value, kind)
        text = meant(kind, given, accepted)
        if text not in accepted:
            text = self.present(kind, meant(kind, given, tuple(self._retired[kind])))
        if text not in accepted:
            retired = self._retired[kind]
            _refuse(kind, text if text in retired else given, word, f"an accepted {word}", accepted, retired)
        return text

    def check_package(self, destination: str, value: str | None, current: str | None = None) -> str:
        """Return the package if the destination has it; a booking keeps the ``current`` one, though retired.

        Raises InvalidInput, naming those the destination has.
        """
        text = validation.stripped(value, PACKAGE)
        if text not in self._packages.get(destination, ()):
            self.reload()
        offered = self.packages(destination, current)
        if text not in offered:
            wanted = f"a package of {destination}"
            none = f"none yet; {act('package.add')} adds one"
            _refuse(PACKAGE, text, PACKAGE, wanted, offered, none=none)
        return text


def _with(names: tuple[str, ...], current: str | None) -> tuple[str, ...]:
    return names if not current or current in names else (*names, current)


def _refuse(
    field: str,
    text: str,
    word: str,
    wanted: str,
    accepted: Iterable[str],
    retired: Mapping[str, object] | None = None,
    none: str = "none",
) -> NoReturn:
    """Raise InvalidInput with what is accepted, and the name that is nearest to the text."""
    problem = f"{validation.excerpt(text)} is not {wanted}" if text else f"{word} is required"
    hint = f"accepted: {', '.join(accepted) or none}"
    if text and (near := nearest(text, accepted)):
        hint = f"did you mean {near}? {hint}"
    if retired and text in retired:
        problem = f"{validation.excerpt(text)} is retired: it is no longer {wanted}"
        hint = f"accepted: {', '.join(accepted)}; {act('value.add', NOUNS.get(field, field))} brings it back"
    raise InvalidInput(field, problem, hint)


def nearest(text: str, names: Iterable[str]) -> str:
    """Return the name that a text with a slip means most likely; "" for none."""
    from difflib import get_close_matches  # 10 ms, and only needed here

    by_fold = {folded(name): name for name in names}
    near = get_close_matches(folded(text), by_fold, 1)
    return by_fold[near[0]] if near else ""


def folded(name: str) -> str:
    """Return a name as names of a list are compared: two that differ in case or spaces alone are the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def create_values() -> None:
    """Write the lists of a new desk (docs/rules.md, Accepted values)."""
    for kind, names in FIRST_VALUES.items():
        for name in names:
            LISTS[kind](name=name).save()
    for destination, name in FIRST_PACKAGES:
        Package(destination=destination, name=name).save()


def model_of(kind: str) -> type[ListedValue]:
    """Return the table of a list."""
    return Package if kind == PACKAGE else LISTS[kind]


def listing(kind: str, *, retired: bool = False) -> list[dict[str, Any]]:
    """Return the rows of one list, packages with their destination.

    With ``retired`` also those that were retired, and for all when that was, and what they are called now.
    """
    model = model_of(kind)
    columns = [Package.destination, Package.name] if kind == PACKAGE else [LISTS[kind].name]
    states = [model.retired_at, model.renamed_to] if retired else []
    query = model.select(*columns, *states).order_by(*columns)
    if not retired:
        query = query.where(model.retired_at.is_null())
    names = [column.name for column in (*columns, *states)]
    return [dict(zip(names, row, strict=True)) for row in tuples(query)]
