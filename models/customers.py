"""Customers and their leads."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BigIntegerField, IntegerField, TextField

from models.base import BaseModel, reference
from models.priorities import MEDIUM


class Customer(BaseModel):
    """A person, identified by phone or e-mail; an equal name alone never joins two leads.

    A merged duplicate (``merged_into``) keeps its row, has no leads, and is not found.
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


class Lead(BaseModel):
    """A customer's request. Imported leads without a booking have no destination.

    ``departs_on`` and ``returns_on`` are days, ``2083-03-12``; ``budget_cents`` are integer cents.

    ``booking`` is the one that the triggers opened for a lead just saved, and ``priority`` what it begins
    with: the booking keeps it. ``is_first``: the customer is new; ``on_open`` is what the entry says about an
    open booking of theirs (dispatch/assignment/customer_owner.py).
    """

    label = "lead"
    table = "new_customer"
    booking: Any = None
    priority: int = MEDIUM
    is_first: bool = False
    on_open: str | None = None

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
