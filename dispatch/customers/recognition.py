"""Whose lead it is: a customer is known by phone or e-mail, and by phone only under a name that agrees."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from dispatch.customers import contacts
from dispatch.customers.contacts import Contact, standing
from dispatch.customers.person_names import agree
from dispatch.customers.records import complete
from dispatch.inputs.phone_numbers import MOST_DRESSES
from models.base import CompiledQuery, parameter
from models.customers import ContactPoint, Customer, Lead
from models.errors import InvalidInput

Person = tuple[int, int | None, str, bool]
"""A customer's id, the one it was merged into, its name, and whether they must not be contacted."""


class Recognised(NamedTuple):
    """The customer of a lead, None for a new one, and the one known by the contact under another name.

    ``phone`` and ``email`` are contacts that nobody has yet, to be added to the customer's own.
    """

    customer_id: int | None
    other_id: int | None = None
    phone: Contact | None = None
    email: Contact | None = None
    do_not_contact: bool = False

    def complete(self) -> None:
        """Let the customer have the contact that is new."""
        if self.customer_id is not None:
            complete(self.customer_id, self.phone, self.email)


def recognise(name: str, phone: Contact | None, email: Contact | None) -> Recognised:
    """Find the customer of a lead, without writing; a name alone proves nothing.

    Several may share a phone, and somebody with a name of their own there is a new customer. An e-mail
    address is one person's.
    """
    if not (phone or email):
        return Recognised(None)
    by_phone = with_phone(phone.value) if phone else []
    by_email = with_email(email.value) if email else []
    known = _of_this_name(by_phone, name) or (by_email[0] if by_email else None)
    if known is None:
        return Recognised(None, _followed(by_phone[0])[0] if by_phone else None)
    customer_id, _, _, marked = _followed(known)
    is_theirs = known in by_phone or _has_name(known, name)
    added = None if by_phone else phone, None if by_email else email
    return Recognised(customer_id, None if is_theirs else customer_id, *added, bool(marked))


def recognised(name: str, phone: str, email: str) -> int | None:
    """Return whose lead it would be as it is typed; None for a new customer, or with half a contact."""
    try:
        contact = contacts.phone(phone), contacts.email(email)
    except InvalidInput:
        return None
    return recognise(name, *contact).customer_id


def note_on(customer_id: int, other_id: int) -> str:
    """Say that another name is known by a contact of this customer, who may be the other one."""
    customer, other = Customer.lock(customer_id), Customer.lock(standing(other_id))
    if customer_id == other_id:
        return f"filed under customer {other_id}: {customer.email} is {other.name}'s"
    return (
        f"new customer {customer_id}: {customer.phone} is also {other.name}'s (customer {other.customer_id})"
    )


def with_phone(phone: str) -> list[Person]:
    """Return the customers with this number in any dress, oldest first; merged ones too."""
    known = contacts.dresses_here(phone)
    padded = known + known[:1] * (MOST_DRESSES - len(known))
    return _oldest_first(_by_phone(**{f"phone{place}": number for place, number in enumerate(padded)}))


def with_email(email: str) -> list[Person]:
    """Return the customers with this address, oldest first; merged ones too."""
    return _oldest_first(_by_email(email=email))


def _oldest_first(people: list[Person]) -> list[Person]:
    return sorted(people, key=itemgetter(0))


def _of_this_name(people: Iterable[Person], name: str) -> Person | None:
    people = list(people)
    return next(
        (one for one in people if agree(one[2], name)),
        next((one for one in people if _has_name(one, name)), None),
    )


def _has_name(person: Person, name: str) -> bool:
    """Return whether a customer has, or has used, a name that agrees with this one."""
    if agree(person[2], name):
        return True
    customer_id, _, own, _ = _followed(person)
    return agree(own, name) or any(agree(used, name) for (used,) in _names(customer_id=customer_id))


def _followed(person: Person) -> Person:
    """Return the remaining customer for one who was merged."""
    if person[1] is None:
        return person
    remaining = Customer.lock(standing(person[1]))
    return remaining.customer_id, None, remaining.name, remaining.do_not_contact


def _with(column: Any, values: Any) -> Any:
    """The customers whose main or further contact is among some values."""
    columns = Customer.customer_id, Customer.merged_into, Customer.name, Customer.do_not_contact
    further = (
        Customer.select(*columns)
        .join(ContactPoint, on=(ContactPoint.customer_id == Customer.customer_id))
        .where(ContactPoint.value.in_(values), ~ContactPoint.removed)
    )
    return Customer.select(*columns).where(column.in_(values)) | further


_by_phone = CompiledQuery(
    lambda: _with(Customer.phone, [parameter(f"phone{place}") for place in range(MOST_DRESSES)])
)
_by_email = CompiledQuery(lambda: _with(Customer.email, [parameter("email")]))
_names = CompiledQuery(
    lambda: Lead.select(Lead.customer_name).where(Lead.customer_id == parameter("customer_id")).distinct()
)
