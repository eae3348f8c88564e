"""How a customer is reached: by which number or address."""

from __future__ import annotations

from dispatch.queries.row_types import BookingRow

BY_PHONE = frozenset({"Phone Call", "Text"})


def ways(row: BookingRow) -> str:
    """The customer's method, number and address, as far as they are known."""
    return " · ".join(filter(None, (row["method"], row["phone"], row["email"])))


def reach(row: BookingRow) -> tuple[str, str] | None:
    """What to copy for the method: ("phone", number) or ("e-mail", address); None if neither is known."""
    known = [(kind, way) for kind, way in (("phone", row["phone"]), ("e-mail", row["email"])) if way]
    if row["method"] not in BY_PHONE:
        known.reverse()
    return known[0] if known else None
