"""Customer search by parts of words, on an index that is updated a little later.

Indexing each lead would cost more than the lead itself. So customers are indexed in batches, before a
search or when there is time; until then the newest are scanned one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from peewee import Expression, fn

from models import customer_index
from models.accepted_values import Destination
from models.base import listed, tuples
from models.bookings import Booking
from models.customer_index import CustomerSearch, backlog
from models.customers import Customer, Lead

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

BATCH = 250  # customers per commit: about 2 ms under the write lock
PAUSE_S = 0.001
LARGE_BACKLOG = 2_000  # from here on, indexing takes a search less time than scanning
MOST_LOOKED_THROUGH = 10_000  # of the newest customers not in the index
# customers whose bookings are fetched and sorted; with more of them, the list is scanned
MOST_FETCHED = 5_000

Rows = Mapping[str, Mapping[str, Any]]


def catch_up(desk: Desk, limit: int | None = None, progress: Callable[[int], None] | None = None) -> int:
    """Index at most ``limit`` customers; return how many are left. Safe to run concurrently.

    ``progress`` gets the number left after each batch. Raises DatabaseUnavailable.
    """
    rest = limit
    while rest is None or rest > 0:
        with desk.transaction():
            done = customer_index.append(BATCH if rest is None else min(BATCH, rest))
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
    """Update the index entries of customers whose rows a command has changed."""
    customers, leads = f"{Customer._meta.table_name}:", f"{Lead._meta.table_name}:"
    changed: set[int] = set()
    for key, columns in before.items():
        number = int(key.rpartition(":")[2]) if key.startswith((customers, leads)) else 0
        if key.startswith(customers):
            changed.add(number)
        elif key.startswith(leads) and not {"customer_id", "customer_name"}.isdisjoint(columns):
            changed |= {Lead.lock(number).customer_id, columns.get("customer_id", 0)}
    for customer_id in changed:
        customer_index.renew(customer_id)


def found(needles: Collection[str], limit: int) -> list[int]:
    """Return the customers whose documents contain all needles, newest first; none without needles."""
    if not needles:
        return []
    newest = _not_indexed(needles)[:limit]
    return newest + customer_index.indexed(needles, limit - len(newest))


def _not_indexed(needles: Collection[str]) -> list[int]:
    behind = backlog()
    if not behind:
        return []
    low = customer_index.last_indexed() + 1
    high = low + behind - 1
    rows = customer_index.documents(max(low, high - MOST_LOOKED_THROUGH + 1), high)
    return [customer_id for customer_id, words in reversed(rows) if all(text in words for text in needles)]


class Mentions(NamedTuple):
    """A condition on bookings; with ``many``, scanning the list soon fills a page."""

    condition: Expression
    many: bool


def mentions(text: str) -> Mentions:
    """Match bookings whose customer, destination or id fits this text.

    For a query of Booking joined with Lead. Few customers are looked up by their leads; for many, or a
    destination, scanning the bookings in order finds enough of them.
    """
    needles = _needles(text)
    number = Booking.booking_id == booking_number(text)
    if not needles:
        return Mentions(number, many=False)
    places = _destinations(needles)
    if not places and not customer_index.has_more_than(MOST_FETCHED, needles):
        customers = found(needles, MOST_FETCHED + MOST_LOOKED_THROUGH)
        theirs = Lead.select(Lead.lead_id).where(Lead.customer_id.in_(listed(customers)))
        return Mentions(Booking.lead_id.in_(theirs) | number, many=False)
    newest, indexed = _looked_up(Lead.customer_id, needles)
    return Mentions(Booking.destination.in_(places) | number | newest | indexed, many=True)


def is_found(customer: Any, text: str) -> Mentions:
    """Match a customer, by an id column, against this text."""
    needles = _needles(text)
    if needles and customer_index.has_more_than(MOST_FETCHED, needles):
        newest, indexed = _looked_up(customer, needles)
        return Mentions(newest | indexed, many=True)
    customers = found(needles, MOST_FETCHED + MOST_LOOKED_THROUGH)
    return Mentions(customer.in_(listed(customers)), many=False)


def of_customer(who: int | str) -> Mentions:
    """Match bookings of a customer, by number, or of customers that match a text."""
    own = Lead.customer_id
    condition, many = Mentions(own == who, many=False) if isinstance(who, int) else is_found(own, who)
    few = Booking.lead_id.in_(Lead.select(Lead.lead_id).where(condition))
    return Mentions(condition if many else few, many)


def _needles(text: str) -> list[str]:
    return [customer_index.needle(word) for word in customer_index.words_in(text)]


def _looked_up(customer: Any, needles: Collection[str]) -> tuple[Any, Any]:
    """Match the newest customers, or those in the index, that contain all needles."""
    own = CustomerSearch.select(CustomerSearch.customer_id).where(
        CustomerSearch.customer_id == customer, customer_index.has_all(needles)
    )
    return customer.in_(listed(_not_indexed(needles))), fn.EXISTS(own)


def _destinations(needles: Collection[str]) -> list[str]:
    """Return the accepted destinations that contain all needles."""
    names = [name for (name,) in tuples(Destination.select(Destination.name))]
    return [name for name in names if all(text in customer_index.document([name]) for text in needles)]


def booking_number(text: str) -> int:
    """Return the booking id in a text, with or without a #; 0 for none. SQLite's have 64 bits."""
    number = text.strip().removeprefix("#")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
