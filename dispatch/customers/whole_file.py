"""Possible duplicates among all customers (docs/rules.md, Customers and duplicates).

Only customers with a number, its end, an address or a name in common are compared with each other.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from peewee import fn

from dispatch.customers import contacts
from dispatch.customers.contact_likeness import NOTHING_AGAINST, compare
from dispatch.customers.name_likeness import ALIKE, FIRST_ALIKE, SAME, likeness
from dispatch.customers.records import rows_of
from dispatch.customers.row_types import DuplicatePair
from dispatch.inputs.phone_numbers import NATIONAL_DIGITS
from models.base import CompiledQuery, parameter, tuples
from models.customers import Apart, ContactPoint, Customer
from models.sql import caseless, joined, listed

MOST_IN_BLOCK = 20
"""Customers with one number, address or name; where there are more, it tells nobody from another."""
MOST_NAMESAKES = 4
PAGE = 50
LEAST_SCORE = 0.75

SAME_NAME, SIMILAR_NAME, FIRST_NAME = "same name", "similar name", "same first name"


class Person(NamedTuple):
    """What two customers are compared by."""

    customer_id: int
    name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]


def score(one: Person, other: Person, *, rare: bool = True) -> tuple[float, list[str]]:
    """Return how likely two customers are one, 0 to 1, and why.

    ``rare``: few have this name. From LEAST_SCORE on they are possible duplicates.
    """
    name, reach = likeness(one.name, other.name), compare(one, other)
    reasons = [*reach.reasons]
    if name:
        reasons.append({SAME: SAME_NAME, ALIKE: SIMILAR_NAME}.get(name, FIRST_NAME))
    if not name or (name == FIRST_ALIKE and not reach.is_same):
        return min(reach.weight, 0.5), reasons
    if not reach.is_same and reach.differs:
        return 0.5, reasons
    if not reach.reasons and (name != SAME or not rare or len(one.name.split()) < 2):
        return 0.4, reasons
    weight = reach.weight or NOTHING_AGAINST
    return round(min(1.0, weight + 0.4 * name), 2), reasons


def duplicates(limit: int = PAGE, offset: int = 0) -> list[DuplicatePair]:
    """Possible duplicates of the whole file, the likeliest first, without those who are kept apart."""
    found = scored_pairs()
    page = found[offset : offset + limit]
    rows = {row["customer_id"]: row for row in rows_of(sorted({one for pair in page for one in pair[1]}))}
    return [
        DuplicatePair(
            pair=f"{one}-{other}", customer=rows[one], other=rows[other], score=value, reasons=reasons
        )
        for value, (one, other), reasons in page
    ]


def scored_pairs() -> list[tuple[float, tuple[int, int], list[str]]]:
    """All possible duplicates, the likeliest first: their score, numbers and reasons."""
    apart = set(tuples(Apart.select(Apart.customer_id, Apart.other_id).where(~Apart.removed)))
    pairs = {pair for block in _blocks() for pair in combinations(sorted(block), 2)} - apart
    people = _people({one for pair in pairs for one in pair})
    found = []
    for pair in pairs:
        one, other = (people.get(number) for number in pair)
        if one is not None and other is not None:
            value, reasons = score(one, other)
            if value >= LEAST_SCORE:
                found.append((value, pair, reasons))
    return sorted(found, key=lambda row: (-row[0], row[1]))


def _blocks() -> Iterator[Collection[int]]:
    """Customers who have something in common, a few at a time."""
    for kind, repeated in _repeated.items():
        yield from _together(repeated())
        yield from _together(_further(kind=kind), _held[kind]())
    if with_country := _with_country():
        ends = {end for end, _ in with_country}
        yield from _together(with_country, (row for row in _without_country() if row[0] in ends))
    for (numbers,) in _namesakes():
        yield [int(text) for text in numbers.split(",")]


def _together(*rows: Iterable[tuple[str, int]]) -> Iterator[set[int]]:
    """Customers with the same value; where there are many, it tells nobody from another."""
    held: dict[str, set[int]] = {}
    for several in rows:
        for value, customer_id in several:
            held.setdefault(value, set()).add(customer_id)
    return (block for block in held.values() if 1 < len(block) <= MOST_IN_BLOCK)


def _of_several(column: Any) -> CompiledQuery:
    """Customers whose main contact is another customer's, too."""
    repeated = Customer.alias()
    own = getattr(repeated, column.name)
    values = repeated.select(own).where(own.is_null(False)).group_by(own).having(fn.COUNT(own) > 1)
    return CompiledQuery(lambda: Customer.select(column, Customer.customer_id).where(column.in_(values)))


def _of_further(column: Any) -> CompiledQuery:
    """Customers whose main contact is a further one of another customer."""
    values = ContactPoint.select(ContactPoint.value).where(
        ~ContactPoint.removed, ContactPoint.value.is_null(False)
    )
    return CompiledQuery(lambda: Customer.select(column, Customer.customer_id).where(column.in_(values)))


_repeated = {column.name: _of_several(column) for column in (Customer.phone, Customer.email)}
_held = {column.name: _of_further(column) for column in (Customer.phone, Customer.email)}
_further = CompiledQuery(
    lambda: ContactPoint.select(ContactPoint.value, ContactPoint.customer_id).where(
        ContactPoint.kind == parameter("kind"), ~ContactPoint.removed, ContactPoint.value.is_null(False)
    )
)
DIGIT = "0"
"""Numbers from here on have no country: a + sorts before all digits."""


def _end(column: Any) -> Any:
    start = (fn.LENGTH(column) - (NATIONAL_DIGITS - 1)).cast("INTEGER")  # a server wants one of 32 bits
    return fn.SUBSTR(column, start)


def _ends(*, of_country: bool) -> Any:
    """The ends of numbers with a country, or without, and whose they are."""
    side = Customer.phone < DIGIT if of_country else Customer.phone >= DIGIT
    return Customer.select(_end(Customer.phone), Customer.customer_id).where(
        side, fn.LENGTH(Customer.phone) >= NATIONAL_DIGITS
    )


def _ends_without_country() -> Any:
    own = Customer.alias()
    return own.select(_end(own.phone)).where(own.phone >= DIGIT, fn.LENGTH(own.phone) >= NATIONAL_DIGITS)


_with_country = CompiledQuery(
    lambda: _ends(of_country=True).where(_end(Customer.phone).in_(_ends_without_country()))
)
_without_country = CompiledQuery(lambda: _ends(of_country=False))
_namesakes = CompiledQuery(
    lambda: (
        Customer.select(joined(Customer.customer_id))
        .group_by(caseless(Customer.name))
        .having(fn.COUNT(Customer.customer_id).between(2, MOST_NAMESAKES))
    )
)
_named = CompiledQuery(
    lambda: Customer.select(Customer.customer_id, Customer.name, Customer.phone, Customer.email).where(
        Customer.customer_id.in_(listed(parameter("numbers"))), Customer.merged_into.is_null()
    )
)
_also = CompiledQuery(
    lambda: ContactPoint.select(ContactPoint.customer_id, ContactPoint.kind, ContactPoint.value).where(
        ContactPoint.customer_id.in_(listed(parameter("numbers"))),
        ContactPoint.value.is_null(False),
        ~ContactPoint.removed,
    )
)


def _people(numbers: Iterable[int]) -> dict[int, Person]:
    """What customers are compared by; those merged into others are left out."""
    some = json.dumps(sorted(numbers))
    further: dict[tuple[int, str], list[str]] = {}
    for customer_id, kind, value in _also(numbers=some):
        further.setdefault((customer_id, kind), []).append(value)
    return {
        number: Person(
            number,
            name,
            *(
                (*filter(None, (main,)), *further.get((number, kind), ()))
                for kind, main in zip(contacts.KINDS, (phone, email), strict=True)
            ),
        )
        for number, name, phone, email in _named(numbers=some)
    }
