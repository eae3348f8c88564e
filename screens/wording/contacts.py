"""A customer's contact: the number or address for the chosen method."""

from __future__ import annotations

from rich.text import Text

from dispatch.queries.row_types import BookingRow
from screens.wording.text import CARE

NO_CONTACT = "⊘"

BY_PHONE = frozenset({"Phone Call", "Text"})


def is_a_call(method: str) -> bool:
    """Return whether a contact method is a call."""
    return any(word in method.casefold() for word in ("phone", "call"))


def needs_number(method: str) -> bool:
    """Return whether a contact method reaches a telephone number: a call or a text message."""
    return is_a_call(method) or any(word in method.casefold() for word in ("text", "sms"))


def method(row: BookingRow) -> str:
    """Return the customer's method, or that its number is missing."""
    if row["method"] not in BY_PHONE or row["phone"]:
        return row["method"]
    return f"{'Phone' if row['method'] == 'Phone Call' else row['method']}: no number on file"


def ways(row: BookingRow) -> str:
    """Return the customer's method, number and address, as far as they are known, or not to use them."""
    mark = f"{NO_CONTACT} do not contact" if row["do_not_contact"] else ""
    return " · ".join(filter(None, (mark, method(row), row["phone"], row["email"])))


def with_mark(name: str, do_not_contact: bool) -> Text:
    """Format a name behind the sign of somebody who must not be contacted."""
    mark = (f"{NO_CONTACT} ", f"bold {CARE}") if do_not_contact else ""
    return Text.assemble(mark, name)


def by_method(row: BookingRow) -> str:
    """Return how to get in touch: ``☎ +1 555 0102``, ``text to +1 555 0102``, ``☎ no number``."""
    number, address = row["phone"], row["email"]
    if row["method"] not in BY_PHONE:
        return f"{row['method']} {address or number or ''}".strip()
    if number is None:
        missing = "☎ no number" if row["method"] == "Phone Call" else "text, no number"
        return f"{missing} · {address}" if address else missing
    return f"☎ {number}" if row["method"] == "Phone Call" else f"text to {number}"


def reach(row: BookingRow) -> tuple[str, str] | None:
    """Return what to copy for the method: ("phone", number) or ("e-mail", address); None if unknown."""
    known = [(kind, way) for kind, way in (("phone", row["phone"]), ("e-mail", row["email"])) if way]
    if row["method"] not in BY_PHONE:
        known.reverse()
    return known[0] if known else None
