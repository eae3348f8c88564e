"""Amounts of money as people type them: ``25000``, ``25,000``, ``25 000``, ``25.5k``, ``$1.2m``."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from dispatch.inputs.validation import excerpt
from models.errors import InvalidInput

LARGEST_CENTS = 999_999_999_999  # DECIMAL(12,2)
ACCEPTED = "0 to 9,999,999,999.99, as 25000, 25,000, 25 000, 25.5k or 1.2m"
LONGEST_CURRENCY = 8

SPACES = " \u00a0\u2009\u202f"  # also those that keep a number on one line
GROUPED = rf"[0-9]{{1,3}}(?P<gap>[,{SPACES}'’])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}}){{0,3}}"
# as long as Decimal is exact
AMOUNT = re.compile(
    rf"(?P<sign>[+-]?)(?P<whole>{GROUPED}|[0-9]{{0,15}})(?:\.(?P<part>[0-9]{{0,9}}))?[{SPACES}]?(?P<unit>[kKmM]?)"
)
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
UNITS = {"": 1, "k": 1_000, "m": 1_000_000}
TWO_WAYS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
COMMA_LAST = re.compile(r"([0-9.' ]{0,20}[0-9]),([0-9]{1,2})")


def money_cents(value: object, field: str, currency: str = "") -> int:
    """Return an amount as integer cents; the desk's own ``currency`` may be typed with it.

    Rules: docs/rules.md, Money. Raises InvalidInput, also for what could be read in two ways.
    """
    word = field.replace("_", " ")
    text = str(value).strip()
    amount = _amount(_bare(text, currency) if isinstance(value, str) else text)
    if amount is None:
        hint = _other_way(text) or ACCEPTED
        raise InvalidInput(field, f"{excerpt(text)} is not a {word}", hint)
    cents = amount * 100
    if not 0 <= cents <= LARGEST_CENTS:
        raise InvalidInput(field, f"a {word} of {excerpt(text)} is out of range", ACCEPTED)
    if cents != cents.to_integral_value():
        raise InvalidInput(field, f"{excerpt(text)} is not a {word}", "use at most two decimals")
    return int(cents)


def currency_sign(text: str) -> str:
    """Return a currency's code or sign, "" for none. Raises ValueError."""
    sign = text.strip()
    if sign.casefold() == "off":
        return ""
    fits = len(sign) <= LONGEST_CURRENCY and sign.isprintable() and " " not in sign
    if (
        not fits
        or sign.casefold() in ("k", "m")
        or any(character.isnumeric() or character in ".,'’+-" for character in sign)
    ):
        raise ValueError(text)
    return sign


def is_sign(currency: str) -> bool:
    """Return whether a currency goes before the amount, as $ does; a code goes after it."""
    return bool(currency) and unicodedata.category(currency[-1]) == "Sc"


def _bare(text: str, currency: str) -> str:
    """Return the text without the currency around it."""
    folded = text.casefold()
    for sign in filter(None, (currency.casefold(), SIGNS.get(currency))):
        if folded.startswith(sign):
            return text[len(sign) :].strip()
        if folded.endswith(sign):
            return text[: -len(sign)].strip()
    return text


def _amount(text: str) -> Decimal | None:
    """Return the amount in units; None if the text is none, or could be read in two ways."""
    found = AMOUNT.fullmatch(text)
    if found is None or TWO_WAYS.fullmatch(text):
        return None
    whole, part = re.sub("[^0-9]", "", found["whole"]), found["part"] or ""
    if not whole and not part:
        return None
    return Decimal(f"{found['sign']}{whole or 0}.{part or 0}") * UNITS[found["unit"].lower()]


def _other_way(text: str) -> str:
    """Return how to type what may have been meant, as where a comma divides; "" for no idea."""
    if TWO_WAYS.fullmatch(text):
        return f"type {text.replace('.', '')} for thousands, or two decimal places"
    found = COMMA_LAST.fullmatch(text)
    if found is not None:
        return f"type {re.sub('[^0-9]', '', found[1])}.{found[2]}: commas only group thousands"
    return ""
