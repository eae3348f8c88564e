"""Accepted values in other words, as people and other programs write them: "Paid" is Bought.

One table for files, pasted text, commands, filters and fields. Nothing ambiguous is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from dispatch.inputs.head_words import plain

SHORTEST_BEGINNING = 3
BY_BEGINNING = frozenset({"destination", "launch"})
"""The kinds whose values are also known by a beginning that no other value has: "London"."""
SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "method": {
        "phonecall": "phone call calls telephone telephonecall phonecalls voice voicecall byphone viaphone"
        " tel callback anruf telefon telefonisch telefonat",
        "text": "sms textmessage textmessages texting bytext viatext smsmessage imessage",
        "email": "mail emails byemail viaemail emailmessage",
    },
    "source": {
        "bought": "paid purchased paidsearch paidsocial paidmedia paidads ads ad advertising advertisement"
        " ppc cpc gekauft bezahlt",
        "organic": "organicsearch organicsocial organictraffic unpaid seo organisch",
    },
    # no numbers: 1 is the highest for some, the lowest for others
    "priority": {
        "low": "lowest minor trivial niedrig gering",
        "medium": "normal regular standard mittel",
        "high": "major important hoch wichtig",
        "urgent": "asap dringend eilig",
        "critical": "highest blocker emergency kritisch",
    },
    "status": {
        "confirmed": "confirm bestatigt",
        "cancelled": "canceled cancel cancelation cancellation storniert",
        "pending": "ausstehend",
    },
}

_NAMED = {
    kind: {word: name for name, words in names.items() for word in words.split()}
    for kind, names in SYNONYMS.items()
}


def meant(kind: str, text: str, accepted: Sequence[str]) -> str:
    """Return the accepted value that a text means: the value in another dress, a synonym, or a beginning.

    A text that means none, or could mean several, is returned as it is, to be refused by name.
    """
    return text if text in accepted else _meant(kind, text, tuple(accepted))


@lru_cache(maxsize=1_000)  # a file of a million rows has few destinations
def _meant(kind: str, text: str, accepted: tuple[str, ...]) -> str:
    word = plain(text)
    dressed = [value for value in accepted if plain(value) in (word, _NAMED.get(kind, {}).get(word))]
    if not dressed and kind in BY_BEGINNING and len(word) >= SHORTEST_BEGINNING:
        dressed = [value for value in accepted if plain(value).startswith(word)]
    return dressed[0] if len(dressed) == 1 and word else text
