"""What is probably no wish: a text that another field of the form takes, typed one field too late."""

from __future__ import annotations

from dispatch.desk.accepted_values import AcceptedValues
from dispatch.inputs import validation
from dispatch.inputs.value_words import meant
from models.errors import InvalidInput
from screens.fields.type_ahead import beginning_with
from screens.wording.priorities import NAMES

MOST_WORDS = 4  # of a person's name
KINDS = ("method", "source", "destination", "launch")


def priority_in(wish: str) -> str:
    """Return the priority that is all of a wish: its name, a synonym, or its first letters; else ""."""
    word = wish.strip()
    name = meant("priority", word, NAMES)
    found = [name] if name in NAMES else beginning_with(word, NAMES) if word else []
    return found[0] if len(found) == 1 else ""


def is_of_another_field(wish: str, values: AcceptedValues) -> bool:
    """Return whether a wish reads as a name, a phone number, an e-mail address, or a choice of the form."""
    word = wish.strip()
    if not word:
        return False
    is_choice = any(meant(kind, word, values.of(kind)) in values.of(kind) for kind in KINDS)
    return is_choice or _is_name(word) or _is_contact(word)


def _is_name(text: str) -> bool:
    """Return whether every word begins with a capital letter, as in "Bob Smith"."""
    words = text.split()
    return len(words) <= MOST_WORDS and not text.isupper() and all(word[0].isupper() for word in words)


def _is_contact(text: str) -> bool:
    try:
        (validation.email if "@" in text else validation.phone)(text)
    except InvalidInput:
        return False
    return True
