"""Telephone numbers as people, phones and other programs write them (docs/rules.md, Accepted values)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

LEAST_DIGITS, MOST_DIGITS = 4, 20
ACCEPTED = "4-20 digits"
# What a search compares: long enough to be one person's, and the same in every dress of a number.
NATIONAL_DIGITS = 8
LEAST_AT_HOME = 6
"""Digits of a number that is read in a country; fewer are an extension, or a number within a town."""
MOST_DRESSES = 8

_SCHEME = re.compile(r"(?:tel|phone|callto|p)\s*:\s*(?://)?", re.IGNORECASE)
_KINDS = r"(?:tel|telefon|telephone|phone|mobile|mobil|mob|cell|handy|work|home|office|m|t|p|h|w)"
_LABEL = re.compile(rf"{_KINDS}\b[.: ]*", re.IGNORECASE)
_LABEL_BEHIND = re.compile(rf"[ (]+{_KINDS}[.) ]*", re.IGNORECASE)
_REDUCED = re.compile(r"\+(?:1|[2-9][1-9]{2}(?!0))[0-9]{4,17}|[1-9][0-9]{3,14}")  # the usual cases, quickly
_MARKS_INSIDE = re.compile(r"[0-9+./() -]*")
_OTHERS = re.compile("[^0-9]+")
_DECIMAL = re.compile(r"([0-9]{7,})\.0")
_EXTENSION = re.compile(
    r"[ ,;]*(?:extension|ext|x|#|durchwahl|dw)[ .:=]*(?P<digits>[0-9]{1,7}) *", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"\s*(?:[;,|\n\r]|\s/\s|\b(?:or|oder|ou|and|und)\b|(?<=[0-9)])\s*(?=\+[0-9]))\s*", re.IGNORECASE
)
_TRUNK = re.compile(r"(\+[0-9 ()./-]{1,6}?)\(0\)")
# North American and Russian numbers have no such 0
_MAYBE_TRUNK = re.compile(r"\+(?![17])[1-9][0-9]{0,2}0")


class Found(NamedTuple):
    """The contact in a text, None if there is none, and what else the text says, such as an extension."""

    value: str | None
    rest: str = ""


def bare(text: str) -> str:
    """Return a text with plain dashes and spaces, and without invisible marks around them."""
    if text.isascii():
        return text.strip().lstrip("' ").strip()
    made = []
    for letter in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(letter)
        if kind in ("Pd", "Zs"):
            made.append("-" if kind == "Pd" else " ")
        elif kind != "Cf":
            made.append("-" if letter == "\u2212" else letter)
    return "".join(made).strip().lstrip("' ").strip()


def reduced(text: str) -> str | None:
    """Return the digits of one number with a leading + if it has a country code; None for any other text.

    00 means +, and the (0) of "+49 (0)171" is left out, as it is not dialled from abroad.
    """
    if _REDUCED.fullmatch(text):
        return text
    plain = bare(text)
    if ":" in plain:
        plain = _SCHEME.sub("", plain, count=1)
    if plain.startswith("(+"):
        plain = plain[1:]
    if not _MARKS_INSIDE.fullmatch(plain) or plain.rfind("+") > 0:
        return None
    digits = _OTHERS.sub("", _DECIMAL.sub(r"\1", plain) if "." in plain else plain)
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        return None
    if plain.startswith("+"):
        return _international(plain, "+" + digits)
    if digits.startswith("00") and digits[2:3] != "0" and len(digits) >= LEAST_DIGITS + 2:
        return _international("+" + plain.replace("0", "", 2).lstrip(" -./()"), "+" + digits[2:])
    return digits


def _international(written: str, number: str) -> str:
    """Return a number with country code without the 0 that is dialled inside the country only."""
    has_trunk = _TRUNK.match(written) is not None
    if not has_trunk and not _MAYBE_TRUNK.match(number):
        return number
    import phonenumbers  # slow to import, seldom needed

    without = re.sub("[^0-9+]", "", _TRUNK.sub(r"\1", written, count=1))
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:  # no country has this code
        return without
    if phonenumbers.is_valid_number(parsed) or not has_trunk:  # in Italy the 0 belongs to the number
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return without


def first_number(text: str) -> Found:
    """Return the first number in a cell; a second one, an extension or other words are the rest."""
    plain = bare(text)
    found = _with_extension(plain)
    if found.value is not None:
        return found
    pieces = [piece for piece in _BETWEEN.split(plain) if piece.strip()]
    for place, piece in enumerate(pieces):
        found = _with_extension(piece)
        if found.value is not None:
            others = [found.rest, *(other for at, other in enumerate(pieces) if at != place)]
            return Found(found.value, "; ".join(filter(None, others)))
    return Found(None, plain)


def _with_extension(text: str) -> Found:
    """Read one number, which may have a label at one end, and an extension."""
    number = reduced(text)
    if number is None:
        for pattern in (_SCHEME, _LABEL):
            label = pattern.match(text)
            text = text[label.end() :] if label else text
        behind = _LABEL_BEHIND.search(text)
        text = text[: behind.start()] if behind and behind.end() == len(text) else text
        number = reduced(text)
    mark = _EXTENSION.search(text) if number is None else None
    if mark is None or mark.end() < len(text):
        return Found(number)
    number = reduced(text[: mark.start()])
    return Found(number, f"ext. {mark['digits']}" if number else "")


def in_country(number: str, country: str) -> str:
    """Return a reduced number with the code of a country, if it is one there; others as they are.

    ``country`` is a code such as DE, or "" for none.
    """
    if not country or number.startswith("+"):
        return number
    import phonenumbers  # slow to import, not needed without a country

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return number
    if len(str(parsed.national_number)) < LEAST_AT_HOME:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def dresses(number: str, country: str = "") -> list[str]:
    """Return a reduced number with its forms on older desks, at most MOST_DRESSES.

    With 00 for +, with the 0 not dialled, and as it is dialled in the desk's own country.
    """
    if not number.startswith("+"):
        return [number]
    digits = number[1:]
    forms = [number, "00" + digits, *(f"+{digits[:code]}0{digits[code:]}" for code in (1, 2, 3))]
    code, trunk = _dialled(country) if country else ("", "")
    if code and digits.startswith(code):
        own = digits[len(code) :]
        forms += [trunk + own, own, digits]
    return forms


@cache
def _dialled(country: str) -> tuple[str, str]:
    """The code of a country, and what precedes a number dialled inside of it."""
    import phonenumbers

    code = phonenumbers.country_code_for_region(country)
    return str(code), phonenumbers.ndd_prefix_for_region(country, True) or ""


def national(number: str) -> str:
    """Return the last digits of a number, by which it is found in any dress; "" for too few of them."""
    own = number.lstrip("+0")[-NATIONAL_DIGITS:]
    return own if len(own) >= LEAST_DIGITS else ""
