"""Row types of customers."""

# without "from __future__ import annotations", which would compile every key at start
from typing import TypedDict

from dispatch.desk.row_types import EventRow
from dispatch.queries.row_types import BookingRow, CustomerRow


class IssueLine(TypedDict):
    """A customer's issue in brief."""

    issue_id: int
    status: str
    priority: str
    category: str
    title: str
    opened_at: str


class SupportHistory(TypedDict):
    """A customer's history with the service desk; ``satisfaction`` is the mean of their scores."""

    total_value: float
    previous_issues: int
    open_issues: int
    satisfaction: float | None
    preferred_channel: str | None
    issues: list[IssueLine]


class LeadRow(TypedDict):
    """A customer's lead, under the name it was entered with."""

    lead_id: int
    customer_name: str
    method: str
    source: str
    destination: str | None
    launch_location: str | None
    requests: str | None
    received_at: str


class ContactRow(TypedDict):
    """A phone or e-mail (``kind``) of a customer, or of one merged into them, as compared and as ``typed``.

    ``contact_id`` is None for the main one of ``customer_id``.
    """

    customer_id: int
    contact_id: int | None
    kind: str
    value: str
    typed: str | None
    note: str | None


class CustomerCard(CustomerRow, SupportHistory):
    """A customer with everything of theirs.

    ``merged`` lists the ids merged into this one, ``apart`` those of customers who are known to be others.
    """

    merged: list[int]
    apart: list[int]
    contacts: list[ContactRow]
    leads: list[LeadRow]
    bookings: list[BookingRow]
    events: list[EventRow]


class Suspect(CustomerRow):
    """An existing customer similar to the one being entered.

    ``same``: the phone or e-mail is theirs, so that a lead goes to them anyway. ``because`` is phone,
    e-mail, name or similar name; ``bookings`` are the open ones.
    """

    because: str
    same: bool
    bookings: list[BookingRow]


class DuplicatePair(TypedDict):
    """Two customers who may be one: the older first, how likely (0 to 1), and why; ``pair`` names both."""

    pair: str
    customer: CustomerRow
    other: CustomerRow
    score: float
    reasons: list[str]


class PairApart(TypedDict):
    """Two customers, and whether they are known not to be one."""

    customer_id: int
    other_id: int
    apart: bool


class MergePreview(TypedDict):
    """A merge before it is made: both customers, the leads to move, and the fate of the other's contacts.

    ``asks`` are the other's main contacts of which both have one; ``tier`` is what the kept one will have.
    """

    keep: CustomerRow
    other: CustomerRow
    leads: int
    takes_over: dict[str, str]
    asks: dict[str, str]
    tier: str | None
    do_not_contact: bool
