"""Possible duplicates: customers who may be the same person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from peewee import JOIN

from dispatch import queries
from dispatch.customers import contacts
from dispatch.customers.person_names import NEARLY
from dispatch.customers.records import rows_of
from dispatch.customers.row_types import Suspect
from dispatch.inputs import validation
from dispatch.inputs.phone_numbers import NATIONAL_DIGITS, national
from dispatch.queries.customer_index import found
from dispatch.queries.row_types import CustomerRow
from models.base import tuples
from models.bookings import Booking
from models.customer_index import MOST_WORDS, name_needle, needle
from models.customers import Customer, Lead
from models.errors import InvalidInput
from models.folding import fold
from models.issues import Issue
from models.search_index import TRIGRAM
from models.sql import listed

MOST_SUSPECTS = 10
MOST_COMPARED = 200
MOST_OFFERED = 3  # customers known by the beginning of their first name
LAST_DIGITS = "last digits of the phone"

T = TypeVar("T")


def suspects(
    name: str = "", phone: str | None = None, email: str | None = None, limit: int = MOST_SUSPECTS
) -> list[Suspect]:
    """Existing customers who may be the one being entered, surest first; a partial phone finds nobody."""
    return _described(_with_contacts(phone, email), _namesakes(name), limit)


def suggestions(
    name: str = "", phone: str | None = None, email: str | None = None, limit: int = MOST_SUSPECTS
) -> list[Suspect]:
    """The same while somebody types, with those whose name goes on so or whose phone has the same end.

    Nobody of whom nothing is left is suggested: a lead undone has not made them known.
    """
    sure = _with_contacts(phone, email)
    likely = _with_last_digits(phone) | _begun(name) | _namesakes(name) | _of_first_name(name)
    gone = _with_nothing_left({*sure, *likely})
    known, perhaps = (
        {customer_id: because for customer_id, because in found.items() if customer_id not in gone}
        for found in (sure, likely)
    )
    return _described(known, perhaps, limit)


def _with_nothing_left(customer_ids: Collection[int]) -> set[int]:
    """Of these customers, those whose leads were all undone and who have no issue; not one without leads."""
    theirs = (
        Lead.select(Lead.customer_id, Booking.voided)
        .join(Booking, JOIN.LEFT_OUTER, on=(Booking.lead_id == Lead.lead_id))
        .where(Lead.customer_id.in_(listed(customer_ids)))
        .distinct()
    )
    leads = [*tuples(theirs)]
    undone = {customer_id for customer_id, is_undone in leads if is_undone}
    undone -= {customer_id for customer_id, is_undone in leads if not is_undone}
    if not undone:
        return undone
    issues = Issue.select(Issue.customer_id).where(Issue.customer_id.in_(listed(undone)), ~Issue.voided)
    return undone - {customer_id for (customer_id,) in tuples(issues)}


def _with_contacts(phone: str | None, email: str | None) -> dict[int, str]:
    number, address = _or_none(contacts.phone, phone), _or_none(contacts.email, email)
    forms = contacts.dresses_here(number.value) if number else ()
    because = dict.fromkeys(contacts.having(contacts.PHONE, forms) if forms else (), "phone")
    for customer_id in contacts.having(contacts.EMAIL, [address.value]) if address else ():
        because.setdefault(customer_id, "e-mail")
    return because


def _described(because: Mapping[int, str], likely: Mapping[int, str], limit: int) -> list[Suspect]:
    rows = [_suspect(row, because, same=True) for row in rows_of(list(because))]
    others = [customer_id for customer_id in likely if customer_id not in because]
    namesakes = [_suspect(row, likely, same=False) for row in rows_of(others)]
    namesakes.sort(key=lambda row: (row["because"] not in ("name", LAST_DIGITS), not row["open_bookings"]))
    found_rows = [*rows, *namesakes][:limit]
    still_open = queries.bookings_of([row["customer_id"] for row in found_rows], open_only=True)
    for row in found_rows:
        row["bookings"] = [one for one in still_open if one["customer_id"] == row["customer_id"]]
    return found_rows


def _suspect(row: CustomerRow, because: Mapping[int, str], *, same: bool) -> Suspect:
    return {**row, "because": because[row["customer_id"]], "same": same, "bookings": []}


def similar(customer_id: int, limit: int = MOST_SUSPECTS) -> list[Suspect]:
    """Other customers who may be the same as this one, as in ``suspects``, but those kept apart.

    Raises NotFound.
    """
    customer = Customer.lock(customer_id)
    left_out = {customer_id, *contacts.apart_from(customer_id)}
    likely = suspects(customer.name, customer.phone, customer.email, limit + len(left_out))
    return [row for row in likely if row["customer_id"] not in left_out][:limit]


def in_question(suspected: Sequence[Suspect]) -> list[Suspect]:
    """The suspects to ask about before a lead is taken in.

    They have an open booking, and the phone or e-mail matches, or else the name does and nobody's phone
    or e-mail identifies the customer.
    """
    settled = any(row["same"] for row in suspected)
    return [
        row
        for row in suspected
        if row["bookings"] and (row["same"] or (row["because"] == "name" and not settled))
    ]


def _or_none(check: Callable[[str | None], T], given: str | None) -> T | None:
    try:
        return check(given)
    except InvalidInput:  # still being typed
        return None


def _with_last_digits(phone: str | None) -> dict[int, str]:
    """Customers whose phone ends like this one: it may be typed with or without its country."""
    typed = _or_none(contacts.phone, phone)
    end = national(typed.value) if typed else ""
    if len(end) < NATIONAL_DIGITS:
        return {}
    ids = found([end], MOST_COMPARED)
    rows = contacts.contact_rows_of(ids)
    return {number: LAST_DIGITS for number in ids if any(row["value"].endswith(end) for row in rows[number])}


def _begun(name: str) -> dict[int, str]:
    """Customers of whose name each of two or more typed words begins another word."""
    words = fold(name).split()
    if not 2 <= len(words) <= MOST_WORDS:
        return {}
    ids = listed(found([needle(word) for word in words], MOST_COMPARED))
    query = Customer.select(Customer.customer_id, Customer.name).where(
        Customer.customer_id.in_(ids), Customer.merged_into.is_null()
    )
    rows = sorted(tuples(query), reverse=True)
    return {customer_id: "name so far" for customer_id, known in rows if _begin(words, fold(known).split())}


def first_names(name: str) -> list[str]:
    """Names of the customers whose first name begins with the one word typed, if too many to offer.

    There are at most MOST_COMPARED of them.
    """
    people = _first_named(name)
    return [known for _, known in people] if len(people) > MOST_OFFERED else []


def _of_first_name(name: str) -> dict[int, str]:
    people = _first_named(name)
    return {customer_id: "first name" for customer_id, _ in people} if len(people) <= MOST_OFFERED else {}


def _first_named(name: str) -> list[tuple[int, str]]:
    """Customers whose name begins with the one word typed, of three letters or more, newest first."""
    words = fold(name).split()
    if len(words) != 1 or len(words[0]) < TRIGRAM:
        return []
    ids = found([name_needle(words)], MOST_COMPARED)
    query = Customer.select(Customer.customer_id, Customer.name).where(
        Customer.customer_id.in_(listed(ids)), Customer.merged_into.is_null()
    )
    people = [row for row in sorted(tuples(query), reverse=True) if fold(row[1]).startswith(words[0])]
    gone = _with_nothing_left([customer_id for customer_id, _ in people])
    return [row for row in people if row[0] not in gone]


def _begin(words: Sequence[str], known: Sequence[str]) -> bool:
    """Return whether each word begins another one of those known; the longest choose first."""
    left = list(known)
    for word in sorted(words, key=len, reverse=True):
        begun = next((one for one in left if one.startswith(word)), None)
        if begun is None:
            return False
        left.remove(begun)
    return True


def _namesakes(name: str) -> dict[int, str]:
    """Customers whose name has the same or nearly the same words, in any order."""
    words = fold(name).split() if len(name) <= validation.NAME_LENGTH else []
    if len(words) > MOST_WORDS:
        return {}
    near: dict[int, None] = {}
    for place, word in enumerate(words):  # any one word may have a typo after its first three letters
        rest = [needle(other) for other in words[:place] + words[place + 1 :]]
        near |= dict.fromkeys(found([*rest, needle(word[:3])], MOST_COMPARED))
    wanted = " ".join(sorted(words))
    query = Customer.select(Customer.customer_id, Customer.name).where(Customer.customer_id.in_(listed(near)))
    likely: dict[int, str] = {}
    for customer_id, known in sorted(tuples(query), reverse=True):
        theirs = " ".join(sorted(fold(known).split()))
        if theirs == wanted:
            likely[customer_id] = "name"
        elif SequenceMatcher(None, wanted, theirs).ratio() >= NEARLY:
            likely[customer_id] = "similar name"
    return likely
