"""The words of a filter that take the place of a view."""

from __future__ import annotations

from collections.abc import Collection

from dispatch.inputs.filters.filter_language import format_filter, joined, parse, parts_of
from dispatch.inputs.filters.filter_reader import Keys, Reading, asked


def without(text: str, names: Collection[str], keys: Keys, reading: Reading) -> str:
    """Return a filter text without the parts that use some of these fields or keys. Raises InvalidInput."""
    kept = [part for part in parts_of(parse(text)) if asked(part, keys, reading)[1].isdisjoint(names)]
    return format_filter(joined("and", kept)) if kept else ""
