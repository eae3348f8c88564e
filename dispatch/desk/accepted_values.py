"""Accepted values: destinations, packages, launch locations, methods and sources."""

from __future__ import annotations

from typing import NoReturn

from dispatch.inputs import validation
from dispatch.inputs.value_words import meant
from models.accepted_values import (
    CommunicationMethod,
    Department,
    Destination,
    JobTitle,
    LaunchLocation,
    LeadSource,
    NamedValue,
    Package,
)
from models.base import tuples
from models.errors import InvalidInput, Refused
from models.hints import act

LISTS: dict[str, type[NamedValue]] = {
    "destination": Destination,
    "launch": LaunchLocation,
    "method": CommunicationMethod,
    "source": LeadSource,
    "department": Department,
    "job_title": JobTitle,
}

WORDS = {
    "launch": "launch location",
    "method": "contact method",
    "source": "lead source",
    "job_title": "job title",
}

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
    """The lists as last read. They only grow, so an accepted value stays accepted."""

    def __init__(self) -> None:
        self._lists: dict[str, tuple[str, ...]] = {}
        self._packages: dict[str, tuple[str, ...]] = {}

    def reload(self) -> dict[str, tuple[str, ...]]:
        """Reread every list; other threads use the old ones until all are read."""
        packages: dict[str, list[str]] = {}
        for row in listing("package"):
            packages.setdefault(row["destination"], []).append(row["name"])
        lists = {kind: tuple(row["name"] for row in listing(kind)) for kind in LISTS}
        self._packages = {destination: tuple(names) for destination, names in packages.items()}
        self._lists = lists
        return lists

    def forget(self) -> None:
        """Reread them next time: what a transaction added was rolled back with it."""
        self._lists = {}

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the accepted names of a kind, in order."""
        return (self._lists or self.reload())[kind]

    def packages(self, destination: str) -> tuple[str, ...]:
        """Return a destination's packages, in order."""
        if not self._lists:
            self.reload()
        return self._packages.get(destination, ())

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
        text = meant(kind, validation.stripped(value, kind), accepted)
        if text not in accepted:
            _refuse(kind, text, word, f"an accepted {word}", ", ".join(accepted))
        return text

    def check_package(self, destination: str, value: str | None) -> str:
        """Return the package if the destination has it. Raises InvalidInput, naming those it has."""
        text = validation.stripped(value, "package")
        if text not in self._packages.get(destination, ()):
            self.reload()
        offered = self.packages(destination)
        if text not in offered:
            accepted = ", ".join(offered) or f"none yet; {act('package.add')} adds one"
            _refuse("package", text, "package", f"a package of {destination}", accepted)
        return text


def _refuse(field: str, text: str, word: str, wanted: str, accepted: str) -> NoReturn:
    problem = f"{validation.excerpt(text)} is not {wanted}" if text else f"{word} is required"
    raise InvalidInput(field, problem, f"accepted: {accepted}")


def create_values() -> None:
    """Write the lists of a new desk (docs/rules.md, Accepted values)."""
    for kind, names in FIRST_VALUES.items():
        for name in names:
            LISTS[kind](name=name).save()
    for destination, name in FIRST_PACKAGES:
        Package(destination=destination, name=name).save()


def listing(kind: str) -> list[dict[str, str]]:
    """Return the rows of one list, packages with their destination."""
    if kind == "package":
        query = Package.select(Package.destination, Package.name).order_by(Package.destination, Package.name)
        return [{"destination": destination, "name": name} for destination, name in tuples(query)]
    model = LISTS[kind]
    return [{"name": name} for (name,) in tuples(model.select(model.name).order_by(model.name))]


def refuse_known(known: bool, word: str, name: str) -> None:
    """Raise Refused if a value is already on its list."""
    if known:
        raise Refused("exists", f"{name!r} is already a {word}")
