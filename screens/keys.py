"""Every key of the application, once: the same verb has the same key everywhere.

A binding's id is what a user's keymap names; its tooltip is the help on it.
"""

from __future__ import annotations

from textual.binding import Binding


def _key(
    identifier: str,
    keys: str,
    action: str,
    label: str,
    tooltip: str,
    *,
    show: bool = True,
    priority: bool = False,
) -> Binding:
    return Binding(keys, action, label, id=identifier, tooltip=tooltip, show=show, priority=priority)


PLACES = ("dispatch", "roster", "queue", "my-desk")
TITLES = {"dispatch": "Dispatch", "roster": "Roster", "queue": "Queue", "my-desk": "My desk"}

APP = [
    _key("help", "f1", "help", "Help", "What this place is for, and all its keys", show=False, priority=True),
    *(
        _key(
            f"place.{place}",
            f"f{number + 1},{number}",
            f"go('{place}')",
            TITLES[place],
            f"Go to {TITLES[place]}; the number works outside inputs",
            show=False,
        )
        for number, place in enumerate(PLACES, start=1)
    ),
    _key("undo", "ctrl+z", "undo", "Undo", "Take back your last command", priority=True),
    _key("undo.letter", "u", "undo", "Undo", "Take back your last command", show=False),
    _key(
        "help.letter", "question_mark", "help", "Help", "What this place is for, and all its keys", show=False
    ),
    _key(
        "find",
        "ctrl+f",
        "find",
        "Find a customer",
        "Type a part of the name in the queue",
        show=False,
        priority=True,
    ),
    _key(
        "quit",
        "ctrl+q",
        "quit",
        "Quit",
        "Leave Astra; what is typed and not sent is told before",
        show=False,
        priority=True,  # over a modal too
    ),
]

WHY_SHOWN = [_key("why", "f8", "why", "Why", "Why the booking went to its agent", priority=True)]
WHY = [
    _key("why", "f8", "why", "Why", "Why the booking went to its agent", show=False, priority=True),
    _key("why.letter", "w", "why", "Why", "Why the booking went to its agent", show=False),
]

COPY = _key("copy", "y", "copy", "Copy", "Copy the row to the clipboard (OSC 52)", show=False)

BOOKING = [
    _key("booking.claim", "c", "claim", "Claim", "Take the booking on for its agent"),
    _key("booking.contact", "t", "contact", "Contact", "Note an attempt to reach the customer"),
    _key("booking.confirm", "f", "confirm", "Confirm", "The customer booked: package and revenues"),
    _key("booking.cancel", "x", "cancel", "Cancel", "The customer does not book: give a reason"),
    _key("booking.reassign", "r", "reassign", "Reassign", "Give the booking to another agent"),
    _key("booking.edit", "e", "edit", "Edit", "Mend customer, trip or quote", show=False),
    _key("booking.note", "n", "note", "Note", "Write a note into its history", show=False),
    _key("booking.release", "l", "release", "Release", "Give up the claim; it stays tentatively", show=False),
    _key(
        "booking.decline",
        "d",
        "decline",
        "Decline",
        "Pass it on to the next agent: give a reason",
        show=False,
    ),
    _key("booking.reopen", "o", "reopen", "Reopen", "Make a closed booking Pending again", show=False),
    _key(
        "booking.rate", "s", "rate", "Score", "The customer's score of a finished booking, 1 to 5", show=False
    ),
    COPY,
]

LIST = [
    _key("filter", "slash", "filter", "Filter", "Type what to look for; escape clears it", show=False),
    _key("sort", "greater_than_sign", "sort", "Sort", "Sort by the next column", show=False),
    _key("sort.reverse", "less_than_sign", "reverse", "Reverse", "Turn the order round", show=False),
    _key("back", "escape", "back", "Back", "Clear the filter, back to the list", show=False),
]

QUEUE = [
    _key(
        "queue.view",
        "v",
        "next_view",
        "View",
        "All, pending, unclaimed, waiting, confirmed, cancelled",
        show=False,
    )
]

ROSTER = [
    _key("agent.add", "a", "add_agent", "Add", "Take on an agent"),
    _key("agent.edit", "e", "edit_agent", "Edit", "Change the agent's details and capacity"),
    _key("agent.leave", "x", "leave", "Leave/return", "The agent goes, or is back"),
    _key("agent.bookings", "b", "bookings", "Bookings", "The agent's bookings, in the queue"),
    _key("roster.left", "v", "toggle_left", "Who left", "Show or hide the agents who left", show=False),
    COPY,
]

MY_DESK = [_key("desk.agent", "a", "choose_agent", "Agent", "Choose whose desk this is", show=False)]

FORM = [
    _key("form.assign", "f9", "assign", "Assign", "Assign the lead, from any field", priority=True),
    _key("form.clear", "ctrl+l", "clear", "Clear", "Empty the form; what was typed is gone"),
    _key("form.several", "ctrl+t", "several", "Several", "Paste or type several leads, one a line"),
]
