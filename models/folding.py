"""Folding of text for comparison: capitals, accents, strokes and kinds of apostrophes aside."""

from __future__ import annotations

import re
import unicodedata

LEFT_OUT = frozenset({"Mn", "Cs"})  # combining accents after decomposition; broken characters
APOSTROPHES = (
    "\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u2018\u2019\u201a\u201b\u2032\u2035\ua78c\uff07`"
)
# Letters of their own in Unicode, which people without the key type as these.
PLAIN = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n", "ı": "i", "ȷ": "j", "ĸ": "k", "ƶ": "z"}

_unprintable = re.compile(r"[\x00-\x1f\x7f]")
_marked = re.compile(r"LATIN SMALL LETTER ([A-Z])(?: WITH .*)")


class _Letters(dict[int, str]):
    """What each letter that is not ASCII becomes, found out once."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        marked = _marked.fullmatch(unicodedata.name(letter, "")) if code > 127 else None
        self[code] = plain = PLAIN.get(letter) or (marked[1].lower() if marked else letter)
        return plain


_letters = _Letters({ord(mark): "'" for mark in APOSTROPHES})


def fold(text: str) -> str:
    """Fold a text for comparison: lower case, without accents and strokes, with one kind of apostrophe."""
    if text.isascii():
        return _unprintable.sub(" ", text.lower()).replace("`", "'")
    # a spacing acute accent decomposes into a blank and an accent, and would split its word
    text = unicodedata.normalize("NFKD", text.replace("\u00b4", "'"))
    bare = "".join(letter for letter in text if unicodedata.category(letter) not in LEFT_OUT)
    return _unprintable.sub(" ", bare.casefold().translate(_letters))
