"""Values of files are cleaned before they are refused (docs/rules.md, Intake).

What is only dressed differently is read: marks, labels, offsets, an id as 1.0. What could mean two things is
refused with both; what is no phone or e-mail at all is kept as a remark, so that no lead is lost for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from dispatch.inputs import trip_facts, validation
from dispatch.inputs.amounts import money_cents
from dispatch.inputs.phone_numbers import Found, bare, first_number
from dispatch.inputs.value_words import meant
from models.errors import InvalidInput
from models.priorities import PRIORITIES

LARGEST_ID = 2_147_483_647  # fits an INTEGER of every database
CHOSEN = ("method", "source", "destination", "launch")
COMMA, POINT = ",", "."
# What programs and people write where they know nothing.
NOTHING = frozenset(
    {"", "-", "--", "na", "nan", "none", "null", "nil", "unknown", "nophone", "noemail", "keine", "0"}
)

LONGEST_NOTHING = 12
FORCED = frozenset("\u202d\u202e")

_PLAIN_ADDRESS = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{1,30})+", re.ASCII)
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:|]+@[^\s<>()\[\]\",;:|]+")
_MAILTO = re.compile("mailto:", re.IGNORECASE)
_WHOLE = re.compile(r"\+?([0-9]{1,10})(?:\.0{1,6})?")
_COMMA_DECIMALS = re.compile(
    r"([+-]?)([0-9]{1,3}(?:([. '\u2019])[0-9]{3}(?:\3[0-9]{3})*)?|[0-9]+)(?:,([0-9]+))?"
)

Accepted = Callable[[str], Sequence[str]]


def lead(fields: Mapping[str, str | None], accepted: Accepted) -> dict[str, str | None]:
    """Return a lead's fields as the desk takes them; what is no contact becomes a remark in the requests.

    ``accepted`` gives the accepted values of a kind. Nothing is refused here: what stays wrong is refused
    where the lead is taken in; but what is no fact of a trip becomes a remark as well.
    """
    made = {name: None if value is None else visible(value) for name, value in fields.items()}
    for kind in CHOSEN:
        if text := made.get(kind):
            made[kind] = meant(kind, text, accepted(kind))
    if text := made.get("priority"):
        made["priority"] = meant("priority", text, PRIORITIES)
    remarks = []
    for name, read in (("phone", first_number), ("email", first_address)):
        value = fields.get(name)
        if value:
            found = contact(value, read)
            made[name] = found.value
            remarks += [f"{name}: {found.rest}"] if found.rest else []
    for name in trip_facts.FACTS:
        if (text := made.get(name)) and (problem := trip_facts.unread(name, text)):
            made[name] = None
            remarks.append(problem)
    if remarks:
        made["requests"] = "\n".join(filter(None, (made.get("requests"), *map(visible, remarks))))
    return made


def contact(text: str, read: Callable[[str], Found]) -> Found:
    """Return what a reader finds in a cell; nothing at all where somebody wrote that there is nothing."""
    if len(text) <= LONGEST_NOTHING and re.sub(r"[\W_]+", "", text).lower() in NOTHING:
        return Found(None)
    return read(text)


def first_address(text: str) -> Found:
    """Return the first e-mail address in a cell, and further ones as the rest: ``Ada <a@example.com>``."""
    if _is_plain_address(text):
        return Found(text.lower())
    plain = bare(text)
    addresses: dict[str, None] = {}
    for one in _ADDRESS.findall(_MAILTO.sub(" ", plain) if ":" in plain else plain):
        one = one.partition("?")[0].strip(".'")
        with suppress(InvalidInput):
            if address := one.lower() if _is_plain_address(one) else validation.email(one):
                addresses[address] = None
    if not addresses:
        return Found(None, plain)
    first, *others = addresses
    return Found(first, "; ".join(others))


def _is_plain_address(text: str) -> bool:
    """Return whether a text is an address that needs no closer look: the usual case, quickly."""
    return len(text) <= validation.NAME_LENGTH and _PLAIN_ADDRESS.fullmatch(text) is not None


def visible(text: str) -> str:
    """Return a text without the invisible marks that phones and web pages leave around what is copied.

    Joiners inside a word stay: emoji and some scripts need them. So does what forces a direction, to be
    refused by name.
    """
    if text.isascii() or not FORCED.isdisjoint(text):
        return text.strip()
    kept = "".join(letter for letter in text if letter not in validation.BIDI_OVERRIDES)
    first, last = 0, len(kept)
    while first < last and _is_blank(kept[first]):
        first += 1
    while first < last and _is_blank(kept[last - 1]):
        last -= 1
    return kept[first:last]


def _is_blank(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) == "Cf"


def identifier(text: str, field: str) -> int:
    """Return an id from 1 to LARGEST_ID, also as ``1.0``. Raises InvalidInput."""
    found = _WHOLE.fullmatch(bare(text))
    number = int(found[1]) if found else 0
    if not 0 < number <= LARGEST_ID:
        problem = f"{validation.excerpt(text.strip())} is not a valid {validation.noun(field)}"
        raise InvalidInput(field, problem, f"a whole number from 1 to {LARGEST_ID}")
    return number


def whole(text: str) -> str:
    """Return a whole number without the decimals of a spreadsheet, ``5.0``; any other text as it is."""
    found = _WHOLE.fullmatch(bare(text))
    return found[1] if found else text


def money(text: str, field: str, decimal: str = POINT) -> int:
    """Return an amount in cents; ``decimal`` is the sign before the cents. Raises InvalidInput."""
    return money_cents(number(text, decimal), field)


def number(text: str, decimal: str = POINT) -> str:
    """Return a number with a decimal point. With COMMA, 150.000,00 is 150000.00; else the text as it is."""
    plain = bare(text)
    found = _COMMA_DECIMALS.fullmatch(plain) if decimal == COMMA else None
    if found is None:
        return text if decimal == POINT else plain
    sign, units, _, part = found.groups()
    return f"{sign}{re.sub('[^0-9]', '', units)}" + (f".{part}" if part else "")
