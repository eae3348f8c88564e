"""How a person is reached: the main number and address of a customer's row, and further ones.

Each is kept as it was typed and in the form in which it is compared: a number with its country (E.164) where
that is known, an address in one case and width of letters. Contacts of merged customers stay on their own
rows, and count as those of the customer who remains.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from dispatch.customers.row_types import ContactRow
from dispatch.inputs import validation
from dispatch.inputs.phone_numbers import dresses, in_country
from models.base import CompiledQuery, parameter, tuples
from models.customers import Apart, ContactPoint, Customer, Lead
from models.database import database_at_work
from models.errors import InvalidInput, NotFound, Refused
from models.hints import act
from models.sql import listed

PHONE, EMAIL = KINDS = ("phone", "email")
SHARED = ("family", "shared")
"""Notes that say that others have the number, too."""
MOST_CONTACTS = 20  # further ones of a customer
LONGEST_NOTE = 20


class Contact(NamedTuple):
    """A phone or e-mail (``kind``) as it is compared, and as ``typed`` if that differs."""

    kind: str
    value: str
    typed: str | None = None
    note: str | None = None


def phone(text: str | None) -> Contact | None:
    """Read a telephone number, in the desk's country if it names none. Raises InvalidInput."""
    number = validation.phone(text)
    return None if number is None else _contact(PHONE, in_country(number, database_at_work().country), text)


def email(text: str | None) -> Contact | None:
    """Read an e-mail address. Raises InvalidInput."""
    address = validation.email(text)
    return None if address is None else _contact(EMAIL, address, text)


def _contact(kind: str, value: str, text: str | None) -> Contact:
    typed = (text or "").strip()
    return Contact(kind, value, None if typed == value else typed)


def read(text: str) -> Contact:
    """Read a number or an address with a note before it or none: ``work: 0171 1``. Raises InvalidInput."""
    note, sign, rest = text.partition(":")
    note = note.strip()
    is_noted = bool(sign) and note.isalpha() and note.lower() not in ("tel", "mailto", "callto")
    if is_noted and len(note) > LONGEST_NOTE:
        raise InvalidInput(
            "note", f"{validation.excerpt(note)} is too long", f"at most {LONGEST_NOTE} letters"
        )
    found = (email if "@" in text else phone)(rest if is_noted else text)
    if found is None:
        raise InvalidInput("contact", "a phone number or e-mail address is required")
    return found._replace(note=note.lower() if is_noted else None)


def dresses_here(number: str) -> list[str]:
    """Return a number in all forms in which this desk may have stored it."""
    return dresses(number, database_at_work().country)


def is_same(kind: str, one: str, other: str) -> bool:
    """Return whether two contacts of a kind are one, in whatever form a desk stored them."""
    return one == other or (kind == PHONE and (one in dresses_here(other) or other in dresses_here(one)))


def new_customer(name: str, phone: Contact | None, email: Contact | None, now: str) -> Customer:
    """Make the row of a new customer, to be saved."""
    customer = Customer(name=name, phone=None, email=None, created_at=now)
    for contact in (phone, email):
        if contact is not None:
            customer.__data__[contact.kind] = contact.value
            if contact.typed is not None:
                customer.__data__[f"{contact.kind}_typed"] = contact.typed
    return customer


def give(customer: Customer, contact: Contact) -> None:
    """Make a contact the customer's main one, or a further one if there is one; the row is saved later."""
    if getattr(customer, contact.kind) is None:
        set_main(customer, contact.kind, contact)
    else:
        _keep(customer.customer_id, contact)


def main_contact(customer: Customer, kind: str) -> Contact | None:
    """Return a customer's main contact of a kind."""
    value = getattr(customer, kind)
    return None if value is None else Contact(kind, value, getattr(customer, f"{kind}_typed"))


def set_main(customer: Customer, kind: str, contact: Contact | None) -> None:
    setattr(customer, kind, contact and contact.value)
    setattr(customer, f"{kind}_typed", contact and contact.typed)


def _keep(customer_id: int, contact: Contact) -> None:
    kind, value, typed, note = contact
    ContactPoint(customer_id=customer_id, kind=kind, value=value, typed=typed, note=note).save()


def add(customer: Customer, text: str) -> None:
    """Add a further contact. Raises InvalidInput, and Refused for one that somebody has.

    A note of SHARED lets several have one.
    """
    contact = read(text)
    own = _rows([customer.customer_id])
    if any(row["kind"] == contact.kind and is_same(contact.kind, row["value"], contact.value) for row in own):
        raise Refused("known_contact", f"customer {customer.customer_id} has {contact.value} already")
    if len(own) > MOST_CONTACTS:
        raise Refused("most_contacts", f"a customer has at most {MOST_CONTACTS} further contacts")
    if contact.note not in SHARED:
        _refuse_others(customer.customer_id, contact)
    give(customer, contact)


def _refuse_others(customer_id: int, contact: Contact) -> None:
    """Refuse a contact of somebody else: it may be one person, or a family's."""
    values = dresses_here(contact.value) if contact.kind == PHONE else [contact.value]
    others = [one for one in having(contact.kind, values) if one != customer_id]
    if others:
        name = Customer.lock(others[0]).name
        raise Refused(
            "shared_contact",
            f"{contact.value} is {name}'s (customer {others[0]})",
            f"merge the two if they are one person; '{SHARED[0]}: {contact.value}' lets both have it",
        )


def having(kind: str, values: Collection[str]) -> list[int]:
    """Return the customers who have one of these contacts, the oldest first; for those merged who remains."""
    column = getattr(Customer, kind)
    main = Customer.select(Customer.customer_id).where(column.in_(values))
    further = ContactPoint.select(ContactPoint.customer_id).where(
        ContactPoint.value.in_(values), ContactPoint.kind == kind, ~ContactPoint.removed
    )
    found = {number for query in (main, further) for (number,) in tuples(query)}
    return sorted({standing(number) for number in found})


def standing(customer_id: int) -> int:
    """The id of the customer that this one was finally merged into, or its own. Raises NotFound."""
    return standing_customer(customer_id).customer_id


def standing_customer(customer_id: int) -> Customer:
    """The customer that this one was finally merged into, or the customer itself. Raises NotFound."""
    customer, seen = Customer.lock(customer_id), set[int]()
    while customer.merged_into is not None and customer.merged_into not in seen:  # a damaged desk: a circle
        seen.add(customer.customer_id)
        customer = Customer.lock(customer.merged_into)
    return customer


_unwanted = CompiledQuery(
    lambda: (
        Customer.select(Customer.customer_id)
        .join(Lead, on=(Lead.customer_id == Customer.customer_id))
        .where(Lead.lead_id == parameter("lead_id"), Customer.do_not_contact)
    )
)


def refuse_contact(lead_id: int, booking_id: int) -> None:
    """Raise Refused if the customer of a lead, and of its booking, must not be contacted."""
    for (customer_id,) in _unwanted(lead_id=lead_id):
        raise Refused(
            "do_not_contact",
            f"customer {customer_id} must not be contacted",
            f"{act('contact.anyway', booking_id)} records it all the same",
        )


def remove(customer: Customer, text: str) -> None:
    """Remove a contact, of the customer or of one merged into them. Raises InvalidInput, NotFound.

    After the main one the first further one is the main one.
    """
    contact = read(text)
    kind = contact.kind
    own = [row for row in contact_rows([customer.customer_id]) if is_same(kind, row["value"], contact.value)]
    if not own:
        raise NotFound("contact", contact.value, f"{act('find')} looks for it")
    for row in own:
        if row["contact_id"] is not None:
            _drop(row["contact_id"])
            continue
        holder = customer if row["customer_id"] == customer.customer_id else Customer.lock(row["customer_id"])
        set_main(holder, kind, None)
        if holder is not customer:
            holder.save()
    if getattr(customer, kind) is None:
        _promote(customer, kind)


def differences(customer: Customer, listed_text: str) -> tuple[list[str], list[str]]:
    """Compare the further contacts with a list of them, with commas: what is gone, and what is new.

    Raises InvalidInput.
    """
    wanted = [part.strip() for part in listed_text.replace(";", ",").split(",") if part.strip()]
    values = {read(text).value: text for text in wanted}
    own = {row["value"] for row in further_rows(customer.customer_id)}
    return [value for value in own if value not in values], [
        text for value, text in values.items() if value not in own
    ]


def further_rows(customer_id: int) -> list[ContactRow]:
    """The contacts of a customer beside the two main ones, those of merged customers among them."""
    rows = contact_rows([customer_id])
    return [row for row in rows if row["contact_id"] is not None or row["customer_id"] != customer_id]


def written(row: ContactRow) -> str:
    """Write a contact as it can be typed: ``work: 0171 1``."""
    text = row["typed"] or row["value"]
    return f"{row['note']}: {text}" if row["note"] else text


def _drop(contact_id: int) -> None:
    row = ContactPoint.lock(contact_id)
    row.removed = True
    row.save()


def _promote(customer: Customer, kind: str) -> None:
    """Make the first further contact the main one."""
    theirs = (row for row in _rows([customer.customer_id]) if row["kind"] == kind and row["contact_id"])
    first = next(theirs, None)
    if first is not None and first["contact_id"] is not None:
        set_main(customer, kind, Contact(kind, first["value"], first["typed"]))
        _drop(first["contact_id"])


def contact_rows(customer_ids: list[int]) -> list[ContactRow]:
    """All contacts of customers and of those merged into them, the main ones first, each once."""
    found: list[ContactRow] = []
    for row in _rows(with_merged(customer_ids)):
        if not any(one["kind"] == row["kind"] and one["value"] == row["value"] for one in found):
            found.append(row)
    return found


def apart_from(customer_id: int) -> list[int]:
    """Return the customers who are known not to be this one."""
    one, other = Apart.customer_id, Apart.other_id
    pairs = Apart.select(one, other).where(((one == customer_id) | (other == customer_id)), ~Apart.removed)
    return sorted(sum(pair) - customer_id for pair in tuples(pairs))


def contact_rows_of(customer_ids: list[int]) -> dict[int, list[ContactRow]]:
    """The own contacts of several customers by their numbers, without those of merged ones."""
    found: dict[int, list[ContactRow]] = {number: [] for number in customer_ids}
    for row in _rows(customer_ids):
        found[row["customer_id"]].append(row)
    return found


def with_merged(customer_ids: Collection[int]) -> list[int]:
    """Return customers and all who were merged into them, in whatever steps."""
    people = list(customer_ids)
    newest = people
    while newest:
        merged = Customer.select(Customer.customer_id).where(Customer.merged_into.in_(listed(newest)))
        found = [number for (number,) in tuples(merged.order_by(Customer.customer_id))]
        newest = [number for number in found if number not in people]  # a damaged desk may have a circle
        people = people + newest
    return people


def _rows(people: list[int]) -> list[ContactRow]:
    return [*_main(people), *_further(people)]


def _main(people: list[int]) -> Iterator[ContactRow]:
    order = {number: place for place, number in enumerate(people)}
    columns: list[Any] = [
        getattr(Customer, name) for name in ("customer_id", "phone", "phone_typed", "email", "email_typed")
    ]
    rows = tuples(Customer.select(*columns).where(Customer.customer_id.in_(listed(people))))
    for number, *values in sorted(rows, key=lambda row: order[row[0]]):
        for kind, value, typed in zip(KINDS, values[::2], values[1::2], strict=True):
            if value is not None:
                yield ContactRow(
                    customer_id=number, contact_id=None, kind=kind, value=value, typed=typed, note=None
                )


def _further(people: list[int]) -> Iterator[ContactRow]:
    columns = [getattr(ContactPoint, name) for name in ContactRow.__annotations__]
    theirs = ContactPoint.select(*columns).where(
        ContactPoint.customer_id.in_(listed(people)), ~ContactPoint.removed, ContactPoint.value.is_null(False)
    )
    for values in tuples(theirs.order_by(ContactPoint.contact_id)):
        yield ContactRow(**dict(zip(ContactRow.__annotations__, values, strict=True)))  # type: ignore[typeddict-item]
