"""Full-text indexes of what was written about a booking: wishes, and notes (docs/decisions/0007).

A document holds the folded words of one text, each behind WORD, then the short beginnings inside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from peewee import fn

from models.audit import Event
from models.base import CompiledQuery, parameter
from models.customer_index import CUSTOMERS, PIECES, WORD, within
from models.customers import Lead
from models.folding import fold
from models.search_index import TRIGRAM, SearchIndex, SearchTable

NOTES = ("booking.note", "booking.contact")
"""The commands whose events hold a note."""
NOTE = "text"
"""The key of a note in its event's detail."""


class WishSearch(SearchTable):
    """A lead's wishes."""

    table = "wish_search"


class NoteSearch(SearchTable):
    """A note, by the event that wrote it."""

    table = "note_search"


def document(text: str) -> str:
    """Build the document of a text, to be searched with ``customer_index.needle``."""
    words = dict.fromkeys(fold(text).split())
    inside = (part for word in words for part in _beginnings(word))
    return "".join(WORD + part for part in dict.fromkeys((*words, *inside)))


def _beginnings(word: str) -> Iterator[str]:
    """Yield the letters by which a short word is found inside a longer one: e-mail also begins with ma."""
    for found in PIECES.finditer(word):
        if start := found.start():
            yield word[start : start + TRIGRAM - 1]
    yield from within(word)


_last_lead = CompiledQuery(lambda: Lead.select(fn.MAX(Lead.lead_id)))
_wishes = CompiledQuery(
    lambda: (
        Lead.select(Lead.lead_id, Lead.requests)
        .where(Lead.lead_id.between(parameter("low"), parameter("high")), Lead.requests.is_null(False))
        .order_by(Lead.lead_id)
    )
)
_last_event = CompiledQuery(lambda: Event.select(fn.MAX(Event.event_id)))
_notes = CompiledQuery(
    lambda: (
        Event.select(Event.event_id, Event.detail)
        .where(
            Event.event_id.between(parameter("low"), parameter("high")),
            Event.command.in_(NOTES),
            Event.detail.is_null(False),
        )
        .order_by(Event.event_id)
    )
)


def wishes(low: int, high: int) -> list[tuple[int, str]]:
    """Build the documents of the wishes of leads ``low`` to ``high``."""
    return [(lead_id, document(text)) for lead_id, text in _wishes(low=low, high=high)]


def notes(low: int, high: int) -> list[tuple[int, str]]:
    """Build the documents of the notes in events ``low`` to ``high``; one that was erased is empty."""
    made = []
    for event_id, detail in _notes(low=low, high=high):
        text = json.loads(detail).get(NOTE)
        if isinstance(text, str):
            made.append((event_id, document(text)))
    return made


WISH_INDEX = SearchIndex("wishes", WishSearch, _last_lead, wishes)
NOTE_INDEX = SearchIndex("notes", NoteSearch, _last_event, notes)
INDEXES = (CUSTOMERS, WISH_INDEX, NOTE_INDEX)
"""All indexes of the desk."""
