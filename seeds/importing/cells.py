"""Cells of an export that hold a switch or a list."""

from __future__ import annotations

import json

from dispatch.inputs import validation
from models.errors import InvalidInput

SWITCHES = {"true": True, "1": True, "false": False, "0": False}


def invalid(field: str, text: str, hint: str) -> InvalidInput:
    """Return the refusal of a cell, to be raised."""
    return InvalidInput(field, f"{validation.excerpt(text)} is not a valid {validation.noun(field)}", hint)


def switch(text: str, field: str) -> bool:
    """Parse true or false. Raises InvalidInput."""
    if text.strip().lower() not in SWITCHES:
        raise invalid(field, text, "true or false")
    return SWITCHES[text.strip().lower()]


def names(text: str, field: str) -> list[str]:
    """Parse a list of names: as JSON, or with commas. Raises InvalidInput."""
    found: object = text.split(",")
    if text.lstrip().startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise invalid(field, text, "names with commas, or a JSON list of them") from None
    if not (isinstance(found, list) and all(isinstance(one, str) for one in found)):
        raise invalid(field, text, "names with commas, or a JSON list of them")
    return list(dict.fromkeys(filter(None, (one.strip() for one in found))))
