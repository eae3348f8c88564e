"""What is known of a customer, key by key."""

# no "from __future__ import annotations" here: as text, each key would be compiled at start
from typing import TypedDict

from dispatch.desk.row_types import EventRow
from dispatch.queries.row_types import BookingRow, CustomerRow


class IssueLine(TypedDict):
    """An issue of a customer in few words."""

    issue_id: int
    status: str
    priority: str
    category: str
    title: str
    opened_at: str


class SupportHistory(TypedDict):
    """A customer's dealings with the service desk; ``satisfaction`` is the mean of the scores given."""

    total_value: float
    previous_issues: int
    satisfaction: float | None
    preferred_channel: str | None
    issues: list[IssueLine]


class LeadRow(TypedDict):
    """What a customer asked for, under the name it came with."""

    lead_id: int
    customer_name: str
    method: str
    source: str
    destination: str | None
    launch_location: str | None
    requests: str | None
    received_at: str


class CustomerCard(CustomerRow, SupportHistory):
    """All that is known of a customer; ``merged`` are the numbers of the others that this one was."""

    merged: list[int]
    leads: list[LeadRow]
    bookings: list[BookingRow]
    events: list[EventRow]


class Suspect(CustomerRow):
    """A customer who may be the one that is being entered.

    ``same``: the phone or e-mail is theirs, so that a lead goes to them anyway. ``because`` is phone,
    e-mail, name or similar name; ``bookings`` are the open ones.
    """

    because: str
    same: bool
    bookings: list[BookingRow]


class MergePreview(TypedDict):
    """What a merge would do: the two, how many leads move, and what becomes of the other's contacts."""

    keep: CustomerRow
    other: CustomerRow
    leads: int
    takes_over: dict[str, str]
    gives_up: dict[str, str]
