"""Search by parts of words in customers, wishes and notes, on indexes that are updated a little later.

Indexing each lead would cost more than the lead itself. So rows are indexed in batches, before a search or
when there is time; until then the newest are scanned one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any, NamedTuple

from peewee import Expression, ModelSelect, fn

from dispatch.inputs.phone_numbers import national
from models import customer_index
from models.accepted_values import Destination
from models.audit import Event
from models.base import tuples
from models.bookings import Booking
from models.customer_index import CUSTOMERS
from models.customers import ContactPoint, Customer, Lead
from models.search_index import TRIGRAM, SearchIndex
from models.sql import listed
from models.text_index import INDEXES, NOTE_INDEX, WISH_INDEX

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

BATCH = 250  # rows per commit: about 2 ms under the write lock
PAUSE_S = 0.001
LARGE_BACKLOG = 2_000  # from here on, indexing takes a search less time than scanning
MOST_LOOKED_THROUGH = 10_000  # of the newest rows not in an index
# customers or texts whose bookings are fetched and sorted; with more of them, the list is scanned
MOST_FETCHED = 5_000

Rows = Mapping[str, Mapping[str, Any]]


def backlog() -> int:
    """Return how many of the newest rows are not in the index that is furthest behind."""
    return max(index.backlog() for index in INDEXES)


def catch_up(desk: Desk, limit: int | None = None, progress: Callable[[int], None] | None = None) -> int:
    """Index at most ``limit`` rows; return how many are left. Safe to run concurrently.

    ``progress`` gets the number left after each batch. Raises DatabaseUnavailable.
    """
    rest = limit
    while rest is None or rest > 0:
        with desk.transaction():
            behind = max(INDEXES, key=SearchIndex.backlog)
            done = behind.append(BATCH if rest is None else min(BATCH, rest))
            left = backlog()
        if progress is not None:
            progress(left)
        if not (done and left):
            return left
        rest = None if rest is None else rest - done
        time.sleep(PAUSE_S)
    with desk.reading():
        return backlog()


def prepare(desk: Desk, progress: Callable[[int], None] | None = None) -> None:
    """Catch up before a search if a backlog would make it slow or incomplete."""
    if desk.why_read_only:
        return
    with desk.reading():
        behind = backlog()
    if behind >= LARGE_BACKLOG:
        catch_up(desk, progress=progress)


def keep_up(before: Rows) -> None:
    """Update the index entries of customers and wishes whose rows a command has changed."""
    customers, leads, further = (f"{model.table}:" for model in (Customer, Lead, ContactPoint))
    changed: set[int] = set()
    for key, columns in before.items():
        if key.startswith(further):
            changed.add(ContactPoint.lock(int(key.rpartition(":")[2])).customer_id)
        number = int(key.rpartition(":")[2]) if key.startswith((customers, leads)) else 0
        if key.startswith(customers):
            changed |= {number, columns.get("merged_into") or number}
        elif key.startswith(leads):
            if not {"customer_id", "customer_name"}.isdisjoint(columns):
                changed |= {Lead.lock(number).customer_id, columns.get("customer_id", 0)}
            if "requests" in columns:
                WISH_INDEX.renew(number)
    for customer_id in _and_remaining(changed):
        CUSTOMERS.renew(customer_id)


def _and_remaining(people: set[int]) -> set[int]:
    """Customers, and all those into whom they were merged: their contacts are found by these."""
    found, newest = set(people), people
    while newest:
        into = Customer.select(Customer.merged_into).where(
            Customer.customer_id.in_(listed(newest)), Customer.merged_into.is_null(False)
        )
        newest = {number for (number,) in tuples(into)} - found
        found |= newest
    return found


def found(needles: Collection[str], limit: int, index: SearchIndex = CUSTOMERS) -> list[int]:
    """Return the customers, or the rows of an index, with all needles, newest first; none without needles."""
    if not needles:
        return []
    newest = index.not_indexed(needles, MOST_LOOKED_THROUGH)[:limit]
    return newest + index.indexed(needles, limit - len(newest))


Named = Booking.alias()
"""Bookings that a text names, beside those of the list."""


class Mentions(NamedTuple):
    """A condition on bookings; with ``many``, scanning the list soon fills a page."""

    condition: Expression
    many: bool


def mentions(text: str) -> Mentions:
    """Match bookings whose customer, destination, wishes, a note or id fits this text.

    For a query of Booking joined with Lead. A few customers or texts are looked up; with many, or a
    destination, scanning the bookings in order finds enough of them. A text of short words alone is not
    looked for in wishes and notes: nearly all of them would have it.
    """
    needles, number = needles_of(text), booking_number(text)
    if not needles:
        return Mentions(Booking.booking_id == number, many=False)
    parts = [_of_their_customer(needles)]
    if any(len(word) >= TRIGRAM for word in customer_index.words_in(text)):
        parts += [_with_wishes(needles), _with_notes(needles)]
    few = [part for part in parts if isinstance(part, ModelSelect)]
    many = [part for part in parts if not isinstance(part, ModelSelect)]
    if places := _destinations(needles):
        many.append(Booking.destination.in_(places))
    condition: Any = Booking.booking_id == number
    if few:  # one list of numbers: a server would go through all bookings for several
        by_number = Named.select(Named.booking_id).where(Named.booking_id == number)
        condition = Booking.booking_id.in_(reduce(add, few, by_number))
    return Mentions(reduce(or_, many, condition), many=bool(many))


def _of_their_customer(needles: Collection[str]) -> Any:
    """Return the numbers of the bookings, as a query, or with many the condition that finds them."""
    if CUSTOMERS.has_more_than(MOST_FETCHED, needles):
        return _looked_up(CUSTOMERS, Lead.customer_id, needles)
    theirs = Lead.customer_id.in_(listed(_all(CUSTOMERS, needles)))
    return Named.select(Named.booking_id).where(Named.lead_id.in_(Lead.select(Lead.lead_id).where(theirs)))


def _with_wishes(needles: Collection[str]) -> Any:
    if WISH_INDEX.has_more_than(MOST_FETCHED, needles):
        return _looked_up(WISH_INDEX, Booking.lead_id, needles)
    return Named.select(Named.booking_id).where(Named.lead_id.in_(listed(_all(WISH_INDEX, needles))))


def _with_notes(needles: Collection[str]) -> Any:
    if NOTE_INDEX.has_more_than(MOST_FETCHED, needles):
        its = Event.select(Event.event_id).where(Event.booking_id == Booking.booking_id)
        return fn.EXISTS(its.where(_looked_up(NOTE_INDEX, Event.event_id, needles)))
    return Event.select(Event.booking_id).where(Event.event_id.in_(listed(_all(NOTE_INDEX, needles))))


def is_found(customer: Any, text: str) -> Mentions:
    """Match a customer, by an id column, against this text."""
    needles = needles_of(text)
    if needles and CUSTOMERS.has_more_than(MOST_FETCHED, needles):
        return Mentions(_looked_up(CUSTOMERS, customer, needles), many=True)
    return Mentions(customer.in_(listed(_all(CUSTOMERS, needles))), many=False)


def of_customer(who: int | str) -> Mentions:
    """Match bookings of a customer, by number, or of customers that match a text."""
    own = Lead.customer_id
    condition, many = Mentions(own == who, many=False) if isinstance(who, int) else is_found(own, who)
    few = Booking.lead_id.in_(Lead.select(Lead.lead_id).where(condition))
    return Mentions(condition if many else few, many)


def needles_of(text: str) -> list[str]:
    """Return what to look for in documents: each word, of a phone number its last digits."""
    digits = digits_in(text)
    words = (national(digits) or digits,) if digits else customer_index.words_in(text)
    return [customer_index.needle(word) for word in words]


def digits_in(text: str) -> str:
    """Return the digits of a query that has nothing else, as a phone number; "" for any other."""
    words = customer_index.words_in(text)
    return words[0] if len(words) == 1 and words[0].isdecimal() else ""


def _all(index: SearchIndex, needles: Collection[str]) -> list[int]:
    return found(needles, MOST_FETCHED + MOST_LOOKED_THROUGH, index)


def _looked_up(index: SearchIndex, number: Any, needles: Collection[str]) -> Any:
    """Match the newest rows, or those in the index, that contain all needles."""
    table = index.table
    own = table.select(table.number).where(table.number == number, index.has_all(needles))
    return number.in_(listed(index.not_indexed(needles, MOST_LOOKED_THROUGH))) | fn.EXISTS(own)


def _destinations(needles: Collection[str]) -> list[str]:
    """Return the accepted destinations that contain all needles."""
    names = [name for (name,) in tuples(Destination.select(Destination.name))]
    return [name for name in names if all(text in customer_index.document([name]) for text in needles)]


def booking_number(text: str) -> int:
    """Return the booking id in a text, with or without a #; 0 for none. SQLite's have 64 bits."""
    number = text.strip().removeprefix("#")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
