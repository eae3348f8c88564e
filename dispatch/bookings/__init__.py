"""Commands on bookings."""

from dispatch.bookings.contact import contact
from dispatch.bookings.lifecycle import (
    cancel,
    claim,
    confirm,
    decline,
    keep,
    note,
    rate,
    reassign,
    release,
    reopen,
)

__all__ = [
    "cancel",
    "claim",
    "confirm",
    "contact",
    "decline",
    "keep",
    "note",
    "rate",
    "reassign",
    "release",
    "reopen",
]
