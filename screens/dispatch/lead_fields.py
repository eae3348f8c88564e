"""The fields of a lead's form: their names, their order, and what each is for."""

from __future__ import annotations

LABELS = {
    "customer": "Customer",
    "phone": "Phone",
    "email": "E-mail",
    "method": "Contact",
    "source": "Source",
    "destination": "To",
    "launch": "From",
    "priority": "Priority",
    "requests": "Wishes",
}
INPUTS = {
    "customer": "name",
    "phone": "for calls and texts",
    "email": "optional",
    "requests": "what they wish for",
}
OPTIONAL = frozenset(("phone", "email", "requests", "priority"))
WAY = tuple(field for field in LABELS if field != "priority")
"""The fields that enter goes through. Few leads need another priority: tab or a click leads there."""
PERSONAL = ("phone", "email", "requests")
"""The fields whose texts are one customer's alone."""

# a valid beginning: while somebody types, only what no further key can correct is wrong
COMPLETIONS = {"phone": "0000", "email": "@example.com"}


def given_name(field: str) -> str:
    """Return intake's name for a field of the form."""
    return "name" if field == "customer" else field
