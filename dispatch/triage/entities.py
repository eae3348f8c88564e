"""Entities in a message: amounts, dates, numbers, addresses, and the desk's own names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dispatch.triage.message import READ_CHARACTERS, Message
from dispatch.triage.row_types import Entity

Found = tuple[int, int, str]

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)"
)
_FULL_WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_ORDINAL = rf"{_DAY}(?:st|nd|rd|th)"
_YEAR = r"(?:19|20|21)\d\d"
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|a few|several)"
_SPAN = r"(?:minutes?|hours?|days?|weeks?|months?|years?)"
_CURRENCY = r"(?:USD|EUR|GBP|CHF|AUD|JPY|dollars?|euros?|pounds?|francs?|yen|bucks|cents?|credits|[$€£¥])"
_AMOUNT = r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?!\d)"
_NUMBER = r"(?:(?:number|no\.?|nr\.?|id|ref(?:erence)?\.?)\s*)?[:#]?\s*(\d{1,10})"

_FORMS: Final[tuple[tuple[str, str], ...]] = (
    ("email", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"),
    ("assignment", rf"\bassignments?\s+{_NUMBER}\b"),
    ("booking", rf"\b(?:booking|reservation)s?\s+{_NUMBER}\b|(?<![\w&#])#\d{{1,10}}\b"),
    (
        "money",
        rf"(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF|AUD|JPY)\b)\s?(?:{_AMOUNT})(?:\s?[km]\b)?"
        rf"|(?<![\w.,])(?:{_AMOUNT})\s?{_CURRENCY}(?!\w)",
    ),
    (
        "date",
        rf"\b{_YEAR}-\d{{1,2}}-\d{{1,2}}\b|\b\d{{1,2}}[./]\d{{1,2}}[./](?:{_YEAR}|\d\d)\b|\b\d{{1,2}}\.\d{{1,2}}\.(?!\d)"
        rf"|\b{_FULL_WEEKDAY},?\s+(?:the\s+)?{_DAY}(?:st|nd|rd|th)?(?:\s+(?:of\s+)?{_MONTH})?(?!\w)"
        rf"|\b{_DAY}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?(?!\w)"
        rf"|\b{_MONTH}\s+(?:the\s+)?{_DAY}(?:st|nd|rd|th)?(?!\w|[.,:]\d)(?:,?\s+{_YEAR}\b)?"
        rf"|\b(?:the\s+){_ORDINAL}\b"
        rf"|\b(?:(?:the\s+)?day\s+(?:after\s+tomorrow|before\s+yesterday)|tomorrow|tmrw|today|tonight|yesterday)\b"
        rf"|\b(?:next|last|this|coming)\s+(?:{_WEEKDAY}|{_MONTH}|week(?:end)?|month|year|summer|winter|spring|autumn|fall|night)(?!\w)"
        rf"|\b{_COUNT}\s+{_SPAN}\s+ago\b|\b(?:in|within)\s+(?:the\s+next\s+)?{_COUNT}\s+{_SPAN}\b"
        rf"|\b{_FULL_WEEKDAY}\b|\b(?:january|february|april|june|july|august|september|october|november|december)\b"
        rf"|\b(?:in|since|until|till|of|by)\s+(?:march|may)\b(?:\s+{_YEAR}\b)?",
    ),
    (
        "phone",
        r"(?<![\w+.])(?:\+\d|\(?0\d)[\d ()./-]{5,20}\d(?!\w)|(?<![\w.-])\d{3}[-. ]\d{3}[-. ]\d{4}(?!\w)",
    ),
)
"""The forms recognised without the desk's names; where two overlap, the earlier one counts."""

_PATTERNS = tuple((kind, re.compile(form, re.IGNORECASE)) for kind, form in _FORMS)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class KnownNames:
    """The desk's own names by type, found as whole words in any case; built once, used for every message."""

    def __init__(self, names: Mapping[str, Iterable[str]] | None = None) -> None:
        """``names`` by type ("destination", "package", "launch_location", "agent", ...)."""
        self._by_first_word: dict[str, list[tuple[str, str]]] = {}
        for kind, known in (names or {}).items():
            for name in known:
                first = _WORD.search(name)
                if first is not None and first.start() == 0:
                    key = first[0].lower()
                    self._by_first_word.setdefault(key, []).append((kind, name.lower()))
        for same_start in self._by_first_word.values():
            same_start.sort(key=lambda entry: -len(entry[1]))

    def find(self, text: str) -> Iterator[Found]:
        """Yield start, end and type of each name in a text, the longest of those that begin at a word."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a letter whose lower case is longer would shift positions
            lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
        for word in _WORD.finditer(lowered):
            for kind, name in self._by_first_word.get(word[0].removesuffix("'s").removesuffix("’s"), ()):
                end = word.start() + len(name)
                if lowered.startswith(name, word.start()) and not lowered[end : end + 1].isalnum():
                    yield word.start(), end, kind
                    break


NO_NAMES = KnownNames()


def entities(message: Message, known: KnownNames = NO_NAMES) -> list[Entity]:
    """Return the message's entities in order, without overlaps."""
    read = message.text[:READ_CHARACTERS]
    taken = bytearray(len(read))
    found: list[Found] = []
    for start, end, kind in _candidates(read, known):
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            found.append((start, end, kind))
    return [
        {"type": kind, "text": read[start:end], "start": start, "end": end}
        for start, end, kind in sorted(found)
    ]


def _candidates(text: str, known: KnownNames) -> Iterator[Found]:
    """Yield every candidate, the most certain first."""
    for kind, pattern in _PATTERNS[:1]:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), kind
    yield from known.find(text)
    for kind, pattern in _PATTERNS[1:]:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), kind
