"""Commands on bookings."""

from dispatch.bookings.lifecycle import (
    OUTCOMES,
    cancel,
    claim,
    confirm,
    contact,
    decline,
    keep,
    note,
    rate,
    reassign,
    release,
    reopen,
)

__all__ = [
    "OUTCOMES",
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
