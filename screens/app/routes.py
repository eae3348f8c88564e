"""The places by name; a place's module is imported on the first visit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from textual.screen import Screen

CLASSES = {
    "dispatch": "screens.dispatch.screen.Dispatch",
    "roster": "screens.roster.screen.Roster",
    "queue": "screens.bookings.queue.Queue",
    "my-desk": "screens.bookings.my_desk.MyDesk",
    "service": "screens.service.screen.Service",
    "insights": "screens.insights.screen.Insights",
    "log": "screens.log.screen.Log",
}


def _make(class_name: str) -> Screen[Any]:
    module, _, name = class_name.rpartition(".")
    place: Screen[Any] = getattr(import_module(module), name)()
    return place


PLACE_MAKERS: dict[str, str | Callable[[], Screen[Any]]] = {
    place: partial(_make, name) for place, name in CLASSES.items()
}
