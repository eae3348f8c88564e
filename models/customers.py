"""Customers and their leads."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, IntegerField, TextField

from models.base import BaseModel, reference
from models.priorities import MEDIUM


class Customer(BaseModel):
    """A person, identified by phone or e-mail; an equal name alone never joins two leads.

    ``phone`` and ``email`` are the main ones in the form in which they are compared, ``phone_typed`` and
    ``email_typed`` as they were typed if that differs; ContactPoint has further ones. A merged duplicate
    (``merged_into``) keeps its row and its contacts, by which who remains is known, but has no leads.
    """

    label = "customer"
    table = "customers"

    customer_id = AutoField()
    name = TextField()
    phone = TextField(null=True)
    email = TextField(null=True)
    created_at = TextField()
    merged_into = IntegerField(null=True)
    tier = TextField(null=True)
    phone_typed = TextField(null=True)
    email_typed = TextField(null=True)
    do_not_contact = BooleanField(default=False)


class ContactPoint(BaseModel):
    """A further phone or e-mail (``kind``) of a customer; ``value`` is None once it is erased.

    A ``removed`` one stays, so that undo can bring it back.
    """

    label = "contact"
    table = "contact_points"

    contact_id = AutoField()
    customer_id = reference(Customer, "customer_id")
    kind = TextField()
    value = TextField(null=True)
    typed = TextField(null=True)
    note = TextField(null=True)
    removed = BooleanField(default=False)
    version = IntegerField(default=1)


class Apart(BaseModel):
    """Two customers who are not the same person, the lower number first; a ``removed`` row counts no more."""

    label = "pair"
    table = "customers_apart"

    apart_id = AutoField()
    customer_id = reference(Customer, "customer_id")
    other_id = reference(Customer, "other_id")
    removed = BooleanField(default=False)
    version = IntegerField(default=1)


class Lead(BaseModel):
    """A customer's request. Imported leads without a booking have no destination.

    ``departs_on`` and ``returns_on`` are days, ``2083-03-12``; ``budget_cents`` are integer cents.

    ``booking`` is the one that the triggers opened for a lead just saved, and ``priority`` what it begins
    with: the booking keeps it. ``is_first``: the customer is new; ``on_open`` is what the entry says about an
    open booking of theirs (dispatch/assignment/customer_owner.py). ``holder`` is the row of the agent chosen,
    where it was read along with the choice.
    """

    label = "lead"
    table = "new_customer"
    booking: Any = None
    priority: int = MEDIUM
    is_first: bool = False
    on_open: str | None = None
    holder: Any = None

    lead_id = AutoField()
    customer_id = reference(Customer, "customer_id")
    customer_name = TextField()
    method = TextField()
    source = TextField()
    destination = TextField(null=True)
    launch_location = TextField(null=True)
    requests = TextField(null=True)
    received_at = TextField()
    departs_on = TextField(null=True)
    returns_on = TextField(null=True)
    travellers = IntegerField(null=True)
    budget_cents = BigIntegerField(null=True)
    language = TextField(null=True)
