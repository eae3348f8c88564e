"""The words of a column's head, whatever its case, spacing, punctuation and accents."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from models.folding import fold

KINDS_BEHIND = frozenset(
    ("work", "home", "primary", "main", "private", "business", "other", "value", "required")
)
_CONTACT = re.compile(
    r"e?mails?|.*email.*|.*phone.*|tel|.*telefon.*|.*mobil.*|cell|handy|.*whatsapp.*|.*rufnummer"
)
# With one of these words it is a fact about messages or devices, or somebody else's contact.
_NO_CONTACT = re.compile(
    r"opt.*|out|bounce.*|hard|open.*|click.*|deliver.*|sent|sends?|repl.*|last|first|domain|status|quality|(in)?valid"
    r"|verif.*|confirm.*|quarantine.*|count|count(ry|er)|code|prefix|(un)?subscri.*|consent|marketing|campaign|template"
    r"|subject|reason|owner|agent|rep|manager|assigne.*|submitter|type|model|app|version|carrier|provider|language"
    r"|os|platform|device|date|time|at|created|is|has"
)
_BRACKETED = re.compile(r"[(\[{<][^)\]}>]*[)\]}>]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=512)
def words_of(head: str) -> tuple[str, ...]:
    """Return the folded words of a head, without what is in brackets: ``LeadSource`` is lead, source."""
    bare = _BRACKETED.sub(" ", head)
    found = _WORD.findall(fold(_CAMEL.sub(" ", bare)))
    return tuple(found or _WORD.findall(fold(head)))


def plain(head: str) -> str:
    """Return a head as its letters and digits alone: BookingID, booking_id and "Booking ID" are the same."""
    return "".join(words_of(head))


def spellings(head: str, owners: Collection[str] = frozenset()) -> Iterator[str]:
    """Yield the plain head, then those without an owner's word before and a kind behind it."""
    words = words_of(head)
    yield "".join(words)
    before = len(words) > 1 and words[0] in owners
    behind = len(words) > 1 and words[-1] in KINDS_BEHIND
    if before:
        yield "".join(words[1:])
    if behind:
        yield "".join(words[:-1])
    if before and behind and len(words) > 2:
        yield "".join(words[1:-1])


def looks_like_contact(head: str) -> bool:
    """Return whether a column of this name may hold customers' phone numbers or e-mail addresses."""
    words = words_of(head)
    if any(_NO_CONTACT.fullmatch(word) for word in words):
        return False
    return any(_CONTACT.fullmatch(word) for word in (*words, plain(head)))
