"""Search for customers by name, number, e-mail or booking, and by a filter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from peewee import fn

from dispatch.customers import contacts
from dispatch.customers.records import rows_of
from dispatch.inputs.filters.filter_language import Node, Pair, Words
from dispatch.inputs.filters.filter_reader import Choice, Key, Moment, Number, Part, Reading, condition, table
from dispatch.inputs.phone_numbers import in_country, national, reduced
from dispatch.inputs.validation import folded_address
from dispatch.queries.customer_index import booking_number, digits_in, found, is_found, needles_of
from dispatch.queries.row_types import CustomerRow
from models.base import each_tuple, tuples
from models.bookings import PENDING, Booking
from models.customer_index import name_needle, needle, words_in
from models.customers import Customer, Lead
from models.database import database_at_work
from models.issues import TIERS

MOST_FOUND = 20
PAGE = 500  # customers whose bookings are read at once
OPEN = (
    Booking.select(fn.COUNT(Booking.booking_id))
    .join(Lead, on=(Booking.lead_id == Lead.lead_id))
    .where(Lead.customer_id == Customer.customer_id, Booking.status == PENDING)
)


class PartOfNumber(Part):
    """A telephone number: ``:`` finds its last digits in any form, ``=`` the whole number."""

    def read(self, pair: Pair, reading: Reading) -> str:
        text = super().read(pair, reading)
        if pair.operator == "=":
            return reduced(text) or text
        digits = digits_in(text)
        return national(digits) or digits or text


CUSTOMER_KEYS = table(
    Key("name", Part(), "name", Customer.name),
    Key("phone", PartOfNumber(), "telephone number, in any form", Customer.phone),
    Key("email", Part(), "e-mail address", Customer.email),
    Key("tier", Choice(TIERS), "tier", Customer.tier),
    Key("open", Number(), "number of Pending bookings", fn.COALESCE(OPEN, 0)),
    Key("created", Moment(), "when the customer was added", Customer.created_at),
    Key("number", Number(), "customer number", Customer.customer_id, also=("id",)),
)


def find(text: str, limit: int = MOST_FOUND) -> list[CustomerRow]:
    """Customers by a part of a name, phone or e-mail, or by a booking's number; best first.

    Exact numbers, phones and e-mails come first, then names that begin with the text, then the others,
    newest first. Every word must match: one of three letters or more anywhere, a shorter one at the
    start of a word; a phone number also by its last digits, in any national form. Of the newest customers
    not yet in the index (``backlog``), at most 10,000 are searched.
    """
    words = words_in(text)
    ids = dict.fromkeys(_exactly(text))
    if words:
        ids |= dict.fromkeys(found([name_needle(words)], limit))
        ids |= dict.fromkeys(found([needle(word) for word in words], limit + len(ids)))
        ids |= dict.fromkeys(found(needles_of(text), limit + len(ids)))
    return rows_of(list(ids)[:limit])


def filtered(asked: Node | None, limit: int = MOST_FOUND) -> list[CustomerRow]:
    """Customers who match a filter: for words alone as in ``find``, else newest first."""
    if asked is None or isinstance(asked, Words):
        return find(asked.text if asked else "", limit)

    fit = condition(asked, CUSTOMER_KEYS, _of_words, lambda _: [])
    people = Customer.select(Customer.customer_id).where(Customer.merged_into.is_null(), fit)
    newest = people.order_by(Customer.customer_id.desc()).limit(limit)
    return rows_of([customer_id for (customer_id,) in tuples(newest)])


def each(asked: Node | None = None, limit: int | None = None) -> Iterator[CustomerRow]:
    """Yield customers who match a filter, or all, newest first; those merged into others are left out."""
    conditions = [Customer.merged_into.is_null()]
    if asked is not None:
        conditions.append(condition(asked, CUSTOMER_KEYS, _of_words, lambda _: []))
    people = Customer.select(Customer.customer_id).where(*conditions)
    numbers = each_tuple(people.order_by(Customer.customer_id.desc()).limit(limit))
    while page := [customer_id for (customer_id,) in islice(numbers, PAGE)]:
        yield from rows_of(page)


def _of_words(text: str) -> list[Any]:
    return [is_found(Customer.customer_id, text).condition]


def _exactly(text: str) -> list[int]:
    """Customers with exactly this booking number, phone or e-mail, newest first."""
    digits = digits_in(text)
    number = booking_number(text)
    lead = Booking.select(Booking.lead_id).where(Booking.booking_id == number)
    lookups: list[Any] = [Lead.select(Lead.customer_id).where(Lead.lead_id.in_(lead))] if number else []
    phone = reduced(text) if digits else None
    forms = contacts.dresses_here(in_country(phone, database_at_work().country)) if phone else ()
    numbers = [digits, "+" + digits, *forms] if digits else []
    held = [*contacts.having(contacts.PHONE, numbers)[::-1]] if numbers else []
    held += contacts.having(contacts.EMAIL, [folded_address(text.strip())])[::-1] if "@" in text else []
    return [*(customer_id for query in lookups for (customer_id,) in tuples(query)), *held]
