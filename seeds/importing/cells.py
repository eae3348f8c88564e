"""Single cells of a row: ids, times, switches and lists."""

from __future__ import annotations

import json
import re
from datetime import datetime

from dispatch.inputs import validation
from models.errors import InvalidInput
from seeds.importing.columns import Value

LARGEST_ID = 2_147_483_647  # fits an INTEGER of every database
WHOLE = re.compile(r"\+?[0-9]{1,10}")
TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]((?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}))?")
SWITCHES = {"true": True, "1": True, "false": False, "0": False}


def identifier(value: Value, field: str) -> int:
    """Parse an id, from 1 to LARGEST_ID. Raises InvalidInput."""
    text = present(value, field).strip()
    number = int(text) if WHOLE.fullmatch(text) else 0
    if not 0 < number <= LARGEST_ID:
        raise invalid(field, text, f"a whole number from 1 to {LARGEST_ID}")
    return number


def moment(text: str, field: str) -> str:
    """Parse a time into the stored form, taken as desk time. Raises InvalidInput."""
    match = TIME.fullmatch(text.strip())
    if match is not None:
        day, time = match.groups()
        try:
            datetime.fromisoformat(day)
            if time is None or int(time[3:5]) < 60 > int(time[6:8]):
                return f"{day} {time or '00:00:00'}"
        except ValueError:  # such as 30 February
            pass
    raise invalid(field, text, "like 2082-11-22 01:02:03")


def invalid(field: str, text: str, hint: str) -> InvalidInput:
    return InvalidInput(field, f"{validation.excerpt(text)} is not a valid {words(field)}", hint)


def present(value: Value, field: str) -> str:
    if value is None or not value.strip():
        raise InvalidInput(field, f"{words(field)} is required")
    return value


def words(field: str) -> str:
    return field.replace("_", " ")


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
