"""The tour: the essentials of the first minute, a page at a time."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.base.keys import KEY_IN_TEXT, key, key_of
from screens.dialogs.transient_modal import TransientModal

PAGES = (
    (
        "A lead comes in",
        "Type it in Dispatch ({place.dispatch}). Enter goes to the next field the lead needs; in a choice, "
        "type the first letters: m for Mars, du for Dubai. Enter in the last field, or {form.assign} in any, "
        "assigns the lead: the best agent gets it at once, with a booking.",
    ),
    (
        "Six places",
        "{place.dispatch} Dispatch: enter leads\n"
        "{place.roster} Roster: agents, load and rank\n"
        "{place.queue} Queue: every booking\n"
        "{place.my-desk} My desk: one agent's work\n"
        "{place.service} Service: customer issues, most urgent first\n"
        "{place.insights} Insights: the desk's figures\n"
        "In a list: {filter} filters, {queue.view} changes the view, {views} opens saved views, {export} "
        "exports. Tabs and keys can be clicked.",
    ),
    (
        "One key acts on a booking",
        "In a list, {booking.claim} claims the booking under the cursor, {booking.contact} logs a call, "
        "{booking.confirm} confirms, {booking.cancel} cancels, {booking.reassign} reassigns; {why} shows why "
        "it went to its agent. In a field, letters are only text.",
    ),
    (
        "Nothing is lost",
        "Everything is saved at once, and other terminals see it. {undo} undoes what you just did; a lead, "
        "a cap, a setting or an older act is named first, and takes a second press. {redo} redoes what "
        "was just undone. In a list, {undo.letter} and {redo.letter} do the same.",
    ),
    (
        "Find anything",
        "{help} lists the keys of a place; type to find one. {palette} runs a command by name, or goes to "
        "413 or nova. {command_line} opens the command line anywhere ({command_line.letter} in a list): "
        "c 413 claims booking 413. The palette has this tour.",
    ),
)


class Tour(TransientModal[bool | None]):
    """A modal that closes with True when finished or skipped, and None for somebody who just types on."""

    FRAME = "tour"
    BINDINGS = [
        key("tour.next", "enter,right", "Next", "Next page; the last one ends the tour"),
        key("tour.back", "left", "Back", "Previous page"),
        key("tour.skip", "escape", "Skip", "Skip; the palette has this tour"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._page = 0

    def body(self) -> ComposeResult:
        yield Static(id="page")

    def on_mount(self) -> None:
        self._turn(0)

    def _turn(self, page: int) -> None:
        self._page = page
        title, text = PAGES[page]
        frame = self.query_one("#tour")
        frame.border_title = Content(title)
        frame.border_subtitle = Content(f"{page + 1} of {len(PAGES)}")
        self.query_one("#page", Static).update(_with_keys(text, lambda name: key_of(self.app, name)))

    def action_next(self) -> None:
        if self._page + 1 < len(PAGES):
            self._turn(self._page + 1)
        else:
            self.leave(True)

    def action_back(self) -> None:
        self._turn(max(0, self._page - 1))

    def action_skip(self) -> None:
        self.leave(True)


def _with_keys(text: str, key: Callable[[str], str]) -> Content:
    """Return the text with its ``{binding ids}`` replaced by the user's keys."""
    parts = KEY_IN_TEXT.split(text)
    return Content.assemble(
        *((key(part), "bold $accent") if place % 2 else part for place, part in enumerate(parts))
    )
