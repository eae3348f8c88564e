"""The log's views, and how a filter text chooses among them."""

from __future__ import annotations

from typing import Any

from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs.filters.filter_language import Pair, format_filter, parse, together
from dispatch.inputs.filters.filter_reader import Reading, asked
from screens.filters.view_words import without

ALL, MINE, UNDONE = "All", "Mine", "Undone"
VIEWS = (ALL, MINE, UNDONE)


def view_parts(view: str, actor: str) -> dict[str, Any]:
    """Return the parts of a filter that a view sets, for who looks at it."""
    return {"actor": actor if view == MINE else None, "undone": view == UNDONE}


def view_of(which: EventFilter, actor: str) -> str:
    """Return the name of a filter's view; what another person did has none."""
    for view in VIEWS:
        if all(getattr(which, key) == part for key, part in view_parts(view, actor).items()):
            return view
    return "Mixed"


def parse_event_filter(text: str, view: str, actor: str, reading: Reading) -> EventFilter:
    """Parse a text in a view; a word about who or is:undone takes the place of the view.

    Raises InvalidInput.
    """
    fields, named = asked(parse(text), EVENT_KEYS, reading)
    parts = view_parts(view, actor)
    return EventFilter(**((parts if named.isdisjoint(parts) else {}) | fields))


def without_view(text: str, reading: Reading) -> str:
    """Return a text without the words that take the place of a view. Raises InvalidInput."""
    return without(text, ("actor", "undone"), EVENT_KEYS, reading)


def whole_event_text(text: str, view: str, which: EventFilter, actor: str, reading: Reading) -> str:
    """Return the text that finds the same as this one in a view. Raises InvalidInput."""
    if view == ALL or parse_event_filter(text, ALL, actor, reading) == which:
        return text.strip()
    return together(format_filter(Pair("by", ":", actor)) if view == MINE else "is:undone", text)
