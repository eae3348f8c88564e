"""Validation of text, numbers and scores; errors name the field and the value."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from dispatch.inputs import phone_numbers
from models.errors import InvalidInput
from models.priorities import PRIORITIES

NAME_LENGTH = 100
TEXT_LENGTH = 10_000
MOST_WEIGHT = 10

# They reorder the text around them, so that a name reads differently in a list.
BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
INVISIBLE_CATEGORIES = frozenset({"Cf", "Zs", "Mn"})


NOUNS = {"leads": "number of leads", "per": "window"}


def noun(field: str) -> str:
    """Return a field's name as a message says it: ``customer name``."""
    return NOUNS.get(field, field.replace("_", " "))


def stripped(value: object, field: str) -> str:
    """Return a text without surrounding spaces; None is empty. Raises InvalidInput on a number or list."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(field, f"{_described(field, str(value))} is not text")
    return value.strip()


def name(value: str | None, field: str = "name") -> str:
    """Validate a person's name: 1 to 100 visible characters on one line. Raises InvalidInput."""
    text = stripped(value, field)
    if text.isascii() and text.isprintable() and 0 < len(text) <= NAME_LENGTH:
        return text
    _refuse_characters(text, field, allowed="")
    if all(unicodedata.category(character) in INVISIBLE_CATEGORIES for character in text):
        raise InvalidInput(field, f"{noun(field)} is required", f"1 to {NAME_LENGTH} characters")
    _refuse_length(text, field, NAME_LENGTH)
    return text


def optional_text(
    value: str | None, field: str, *, limit: int = NAME_LENGTH, lines: bool = False
) -> str | None:
    """Validate an optional text (None); ``lines`` allows line breaks and tabs. Raises InvalidInput."""
    text = stripped(value, field)
    if not text:
        return None
    _refuse_characters(text, field, allowed="\n\t" if lines else "")
    _refuse_length(text, field, limit)
    return text


def required_text(value: str | None, field: str) -> str:
    """Validate a required reason or note. Raises InvalidInput."""
    text = optional_text(value, field, limit=TEXT_LENGTH, lines=True)
    if text is None:
        raise InvalidInput(field, f"{noun(field)} is required", f"1 to {TEXT_LENGTH:,} characters")
    return text


def wishes(value: str | None) -> str | None:
    """Validate what a customer wishes for, which may have several lines. Raises InvalidInput."""
    return optional_text(value, "requests", limit=TEXT_LENGTH, lines=True)


def email(value: str | None) -> str | None:
    """Return an e-mail address as it is compared, or None: ``folded_address``. Raises InvalidInput."""
    text = optional_text(value, "email")
    if text is None:
        return None
    folded = folded_address(text)
    local, _, domain = folded.rpartition("@")
    if not local or "." not in domain or " " in folded:
        raise InvalidInput("email", f"{excerpt(text)} is not an e-mail address", "like name@example.com")
    return folded


def folded_address(text: str) -> str:
    """Return an address in one case and one width of letters, as it is compared with others."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).lower()


def phone(value: str | None) -> str | None:
    """Return a telephone number reduced to its digits and leading +, or None. Raises InvalidInput."""
    text = stripped(value, "phone")
    if not text:
        return None
    number = phone_numbers.reduced(text) if len(text) <= NAME_LENGTH else None
    if number is None:
        shown = optional_text(text, "phone") or ""
        raise InvalidInput("phone", f"{excerpt(shown)} is not a phone number", _number_hint(shown))
    return number


def _number_hint(text: str) -> str:
    """What to do about a text that is no telephone number."""
    if any(letter.isalpha() for letter in text):
        return f"{phone_numbers.ACCEPTED}, no letters"
    return phone_numbers.ACCEPTED


def whole(value: str | int, field: str, low: int, high: int) -> int:
    """Validate a whole number in a range. Raises InvalidInput."""
    try:
        number = int(str(value))
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        word = noun(field)
        raise InvalidInput(
            field, f"{excerpt(str(value))} is not a valid {word}", f"a whole number, {low} to {high}"
        )
    return number


def one_of(value: str | None, field: str, accepted: Sequence[str]) -> str:
    """Validate one word of a list. Raises InvalidInput, naming the accepted ones."""
    text = stripped(value, field)
    if text not in accepted:
        word = noun(field)
        problem = f"{excerpt(text)} is not a {word}" if text else f"{word} is required"
        raise InvalidInput(field, problem, "accepted: " + ", ".join(accepted))
    return text


def priority(value: str | None, usual: int | None = None) -> int:
    """Return the number, 1 to 5, of a priority's name in any case, or the ``usual`` one for no text.

    Raises InvalidInput, naming them all.
    """
    text = stripped(value, "priority")
    if usual is not None and not text:
        return usual
    if text.upper() not in PRIORITIES:
        one_of(text, "priority", PRIORITIES[::-1])
    return PRIORITIES.index(text.upper()) + 1


def rating(value: str | float) -> float:
    """Validate an average rating from 0 to 5. Raises InvalidInput."""
    try:
        number = float(value)
    except (ValueError, TypeError):
        number = -1.0
    if not 0 <= number <= 5:
        raise InvalidInput("rating", f"{excerpt(str(value))} is not a valid rating", "a number, 0 to 5")
    return number


def weight(value: str | float) -> float:
    """Validate an agent's weight: 0 to 10, with at most one decimal. Raises InvalidInput."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not (number.is_finite() and 0 <= number <= MOST_WEIGHT and number * 10 % 1 == 0):
        problem = f"{excerpt(str(value))} is not a valid weight"
        raise InvalidInput("weight", problem, f"a number, 0 to {MOST_WEIGHT}, with at most one decimal")
    return abs(float(number))


def excerpt(text: str, length: int = 60) -> str:
    """Format a value for an error: quoted, escaped, and cut to one line."""
    return repr(text if len(text) <= length else text[: length - 3] + "...")


def _refuse_characters(text: str, field: str, allowed: str) -> None:
    for character in text:
        if character in allowed:
            continue
        if character in BIDI_OVERRIDES or unicodedata.category(character) in REFUSED_CATEGORIES:
            raise InvalidInput(
                field,
                f"{_described(field, text)} contains the control character U+{ord(character):04X}",
                "use letters, digits, punctuation, spaces and emoji",
            )


def _refuse_length(text: str, field: str, limit: int) -> None:
    if len(text) > limit:
        problem = f"the {field.replace('_', ' ')} has {len(text):,} characters"
        raise InvalidInput(field, problem, f"at most {limit:,}")


def _described(field: str, text: str) -> str:
    return f"{noun(field)} {excerpt(text)}"
