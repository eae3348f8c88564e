"""The values of fields, and values as they would be typed."""

from __future__ import annotations

from typing import Any, cast

from textual.widget import Widget
from textual.widgets import TextArea

from screens.fields.choice import Pick


def value_of(widget: Widget) -> str:
    """Return what is typed or chosen in a field."""
    if isinstance(widget, TextArea):
        return widget.text
    return widget.chosen if isinstance(widget, Pick) else str(cast("Any", widget).value)


def as_typed(value: object) -> str:
    """Return a stored value as it would be typed: a list with commas, an amount or average to two places."""
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else f"{value:,.2f}" if isinstance(value, float) else str(value)
