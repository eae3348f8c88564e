"""A customer's contact: the number or address for the chosen method."""

from __future__ import annotations

from dispatch.queries.row_types import BookingRow

BY_PHONE = frozenset({"Phone Call", "Text"})


def is_a_call(method: str) -> bool:
    """Return whether a contact method is a call, which needs a number."""
    return any(word in method.casefold() for word in ("phone", "call"))


def ways(row: BookingRow) -> str:
    """Return the customer's method, number and address, as far as they are known."""
    return " · ".join(filter(None, (row["method"], row["phone"], row["email"])))


def reach(row: BookingRow) -> tuple[str, str] | None:
    """Return what to copy for the method: ("phone", number) or ("e-mail", address); None if unknown."""
    known = [(kind, way) for kind, way in (("phone", row["phone"]), ("e-mail", row["email"])) if way]
    if row["method"] not in BY_PHONE:
        known.reverse()
    return known[0] if known else None
