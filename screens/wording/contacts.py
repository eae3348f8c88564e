"""How a customer is reached: by which number or address."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

BY_PHONE = frozenset({"Phone Call", "Text"})


def ways(row: Row) -> str:
    """The customer's method, number and address, as far as they are known."""
    return " · ".join(filter(None, (row["method"], row["phone"], row["email"])))


def reach(row: Row) -> tuple[str, str] | None:
    """What to copy for the method: ("phone", number) or ("e-mail", address); None if neither is known."""
    known = [(kind, row[key]) for kind, key in (("phone", "phone"), ("e-mail", "email")) if row[key]]
    if row["method"] not in BY_PHONE:
        known.reverse()
    return known[0] if known else None
