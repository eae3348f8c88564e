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
        "Type it in Dispatch ({place.dispatch}). Enter goes to the next field; where there is a choice, type "
        "the first letter: m for Mars. Enter on Assign, or {form.assign} in any field, assigns the lead: "
        "the best agent gets it at once, and a booking is opened.",
    ),
    (
        "Six places",
        "{place.dispatch} Dispatch: leads come in.\n"
        "{place.roster} Roster: the agents, with load and rank.\n"
        "{place.queue} Queue: every booking; {filter} filters, {queue.view} changes the view.\n"
        "{place.my-desk} My desk: one agent's own work.\n"
        "{place.service} Service: customer issues, most urgent first.\n"
        "{place.insights} Insights: the desk's figures.\n"
        "You can also click the tabs at the top and the keys at the bottom.",
    ),
    (
        "One key acts on a booking",
        "In a list, {booking.claim} claims the booking under the cursor, {booking.contact} logs a call, "
        "{booking.confirm} confirms, {booking.cancel} cancels, {booking.reassign} reassigns; {why} shows why "
        "it went to its agent. In a field, letters are only text.",
    ),
    (
        "Nothing is lost",
        "Everything is saved at once, and other terminals see it. {undo} undoes your last command; press it "
        "again for the one before.",
    ),
    (
        "Where to find help",
        "{help} shows what a place is for, all its keys, and where its numbers come from; click a key "
        "there to run it. The palette (ctrl+p) lists every command by name, and this tour.",
    ),
)


class Tour(TransientModal[bool | None]):
    """A modal that closes with True when finished or skipped, and None for somebody who just types on."""

    FRAME = "tour"
    BINDINGS = [
        key("tour.next", "enter,right", "Next", "The next page; after the last, to work"),
        key("tour.back", "left", "Back", "The page before"),
        key("tour.skip", "escape", "Skip", "Start working; the palette has this tour"),
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
