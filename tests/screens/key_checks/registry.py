"""The keys of every place and modal, the checks of what they do, and how a check looks around."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.binding import Binding

from astra_tui.app import AstraApp
from dispatch import queries
from dispatch.queries.row_types import BookingRow
from screens.base import keys
from screens.shell import key_catalogue
from screens.shell.desk_screen import Place
from screens.widgets.live_table import LiveTable
from tests.screens.scenes import press

PLACES: dict[str, list[Binding]] = {
    "dispatch": [*keys.FORM, *keys.MATCH, *keys.WHY_SHOWN, *keys.BOOKING, keys.EXPORT],
    "roster": [*keys.ROSTER, *keys.LIST],
    "queue": [*keys.BOOKING, *keys.QUEUE, *keys.LIST, *keys.WHY],
    "my-desk": [*keys.MY_DESK, *keys.WHY],
    "service": [*keys.SERVICE],
    "insights": [*keys.INSIGHTS],
    "log": [*keys.LOG],
}
INSTEAD = {"log.undo": "undo.letter", "log.redo": "redo.letter"}
"""What a place's key does instead of the application's, on purpose."""
MODALS: list[Binding] = [
    binding for modal in key_catalogue.modals() for binding in key_catalogue.bindings_of(modal)
]
ALL = [
    *keys.APP,
    *keys.TYPED_FILTER,
    *(binding for bindings in PLACES.values() for binding in bindings),
    *MODALS,
]
Check = Callable[[AstraApp], Awaitable[None]]
CHECKS: dict[str, Check] = {}
PARTS: dict[str, list[Check]] = {}
"""Side by side, each in an application of its own; inside one, a check finds what those before it left."""


def checks_of(part: str) -> Callable[..., Callable[[Check], Check]]:
    """The decorator of a part's checks: it is given the ids of the keys that the next function presses."""
    PARTS[part] = []

    def check(*identifiers: str) -> Callable[[Check], Check]:
        def mark(function: Check) -> Check:
            CHECKS.update(dict.fromkeys(identifiers, function))
            PARTS[part].append(function)
            return function

        return mark

    return check


async def at_booking(app: AstraApp, number: int) -> None:
    """Go to the queue, and put the cursor on a booking."""
    await press(app, "f4", "escape")
    table = app.screen.query_one(LiveTable)
    table.move_cursor(row=table.get_row_index(str(number)))
    await app.settle()


async def booking(app: AstraApp, number: int) -> BookingRow:
    return await app.backend.read(lambda: queries.booking(number))


def shown_now(app: AstraApp) -> Any:
    """The row under the cursor."""
    row = app.screen.query_one(LiveTable).current
    assert row is not None
    return row


def place(app: AstraApp) -> str:
    screen = app.screen
    return screen.NAME if isinstance(screen, Place) else type(screen).__name__
