"""The places by name; a place's module is imported when somebody first goes there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen


def _dispatch() -> Screen[Any]:
    from screens.dispatch.screen import Dispatch

    return Dispatch()


def _roster() -> Screen[Any]:
    from screens.roster.screen import Roster

    return Roster()


def _queue() -> Screen[Any]:
    from screens.bookings.queue import Queue

    return Queue()


def _my_desk() -> Screen[Any]:
    from screens.bookings.my_desk import MyDesk

    return MyDesk()


def _service() -> Screen[Any]:
    from screens.service.screen import Service

    return Service()


def _insights() -> Screen[Any]:
    from screens.insights.screen import Insights

    return Insights()


def _log() -> Screen[Any]:
    from screens.log.screen import Log

    return Log()


PLACE_MAKERS: dict[str, str | Callable[[], Screen[Any]]] = {
    "dispatch": _dispatch,
    "roster": _roster,
    "queue": _queue,
    "my-desk": _my_desk,
    "service": _service,
    "insights": _insights,
    "log": _log,
}
