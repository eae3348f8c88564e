"""Every key of the application, defined once: the same verb has the same key everywhere.

A user's keymap names the binding's id; help shows its tooltip.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from textual.app import App
from textual.binding import Binding

from screens.base.textual_internals import is_character, keymap_of


def key(
    identifier: str, keys: str, label: str, tooltip: str, action: str = "", *, priority: bool = False
) -> Binding:
    """A key with its help; its action is the last part of its id, unless another is given."""
    action = action or identifier.rpartition(".")[2]
    return Binding(keys, action, label, id=identifier, tooltip=tooltip, priority=priority)


def hidden(identifier: str, keys: str, label: str, tooltip: str, action: str = "") -> Binding:
    """A key shown in help and palette; on the key line only where ``key_order`` gives it a place."""
    return replace(key(identifier, keys, label, tooltip, action), show=False)


def anywhere(identifier: str, keys: str, label: str, tooltip: str, action: str = "") -> Binding:
    """A hidden key that works inside inputs, too."""
    return replace(hidden(identifier, keys, label, tooltip, action), priority=True)


PLACES = {"dispatch": 1, "roster": 2, "queue": 3, "my-desk": 4, "service": 5, "insights": 6}
"""Each place with its number: the key in lists; from anywhere it is the function key after it."""
TITLES = {place: place.replace("-", " ").capitalize() for place in (*PLACES, "log")}

UNDO = [
    key("undo", "ctrl+z", "Undo", "Undo the last command of this terminal", priority=True),
    hidden("undo.letter", "u", "Undo", "Undo the last command of this terminal", "undo"),
    anywhere("redo", "ctrl+y", "Redo", "Do again what the last undo of this terminal took back"),
    hidden("redo.letter", "U", "Redo", "Do again what the last undo of this terminal took back", "redo"),
]
APP = [
    anywhere("help", "f1", "Help", "What this place is for, and all its keys"),
    *(
        hidden(
            f"place.{place}",
            f"f{number + 1},{number}",
            TITLES[place],
            f"Go to {TITLES[place]}; the number works in lists",
            f"go('{place}')",
        )
        for place, number in PLACES.items()
    ),
    *UNDO,
    hidden("help.letter", "question_mark", "Help", "What this place is for, and all its keys", "help"),
    anywhere(
        "find", "ctrl+f", "Find a customer", "By part of a name, phone or e-mail, or by a booking's number"
    ),
    anywhere(
        "palette",
        "ctrl+p",
        "Commands",
        "Every command and theme by name; a number or a name goes there",
        "command_palette",
    ),
    anywhere(
        "command_line", "ctrl+g", "Command line", "Type a command: c 413 6, n 413 called twice, 413, nova"
    ),
    hidden("command_line.letter", "colon", "Command line", "The same, in a list", "list_line"),
    hidden("repeat", "full_stop", "Repeat", "The last command typed, for the row under the cursor"),
    anywhere("retry", "ctrl+r", "Refresh", "Try a lost database again, and read the place again"),
    hidden("log", "h", "Log", "What was done at the desk, when, and who did it"),
    anywhere(
        "first_steps", "ctrl+n", "Fill the desk", "Import files, make an empty desk a demo, or add an agent"
    ),
    anywhere("messages", "ctrl+o", "Messages", "The last 50 messages, whole and with their times"),
    anywhere("quit", "ctrl+q", "Quit", "Leave Astra; typed text that is not sent is listed first"),
]

WHY_NOT = hidden(
    "why.not", "W", "Why not", "Why an agent did not get it, and who each policy would choose", "why_not"
)
WHY_SHOWN = [key("why", "f8", "Why", "Why the booking went to its agent", priority=True), WHY_NOT]
WHY = [
    anywhere("why", "f8", "Why", "Why the booking went to its agent"),
    hidden("why.letter", "w", "Why", "Why the booking went to its agent", "why"),
    WHY_NOT,
]

COPY = hidden("copy", "y", "Copy", "Copy the customer's number or address, or else the row")

BOOKING = [
    hidden(
        "booking.next",
        "m",
        "Next step",
        "Do what comes next: claim, contact, confirm or reassign",
        "next_step",
    ),
    key("booking.claim", "c", "Claim", "Take the booking on for its agent"),
    key("booking.contact", "t", "Contact", "Log an attempt to reach the customer"),
    key("booking.confirm", "f", "Confirm", "The customer booked: package and revenues"),
    key("booking.cancel", "x", "Cancel", "The customer does not book: give a reason"),
    key("booking.reassign", "r", "Reassign", "Give the booking to another agent"),
    hidden("booking.follow_up", "F", "Follow-up", "When to get back to the customer; empty for never"),
    hidden("booking.keep", "K", "Keep claim", "I'm still working on it: restart the claim's clock"),
    hidden("booking.edit", "e", "Edit", "Edit customer, trip or quote"),
    hidden("booking.note", "n", "Note", "Write a note into its history"),
    hidden("booking.release", "l", "Release", "Give up the claim; it stays tentatively"),
    hidden("booking.decline", "d", "Decline", "Pass it on to the next agent: give a reason"),
    hidden("booking.reopen", "o", "Reopen", "Make a closed booking Pending again"),
    hidden("booking.rate", "s", "Score", "The customer's score of a finished booking, 1 to 5"),
    hidden("booking.customer", "i", "Customer", "Open the customer's card"),
    hidden("booking.issue", "I", "New issue", "Open an issue about the booking", "new_issue"),
    hidden("booking.log", "H", "Its log", "All that was done to the booking", "booking_log"),
    COPY,
]

PANES = [
    hidden("zoom", "z", "Zoom", "Give all the room to the list or pane in focus; again gives it back"),
    hidden("border.left", "left_square_bracket", "Border left", "Make the pane larger", "border(-1)"),
    hidden("border.right", "right_square_bracket", "Border right", "Make the list larger", "border(1)"),
]
MARKS = [
    hidden("mark", "space", "Mark", "Mark it, and go down; then a verb is for all that are marked"),
    hidden("mark.range", "M", "Mark range", "Mark from the last mark to the cursor", "mark_range"),
    hidden("mark.all", "A", "Mark all", "Mark all that the list has; escape unmarks", "mark_all"),
]
FILTER = hidden("filter", "slash", "Filter", "Type what to look for; escape clears it")
BACK = hidden("back", "escape", "Back", "Clear the filter, back to the list")
COLUMNS = hidden("columns", "comma", "Columns", "Which columns are shown, and in which order")

SAVED_VIEWS = hidden("views", "semicolon", "Saved views", "Choose, save or delete a view of this list")
EXPORT = hidden("export", "E", "Export", "Write all rows of the list into a file: CSV, TSV or JSON lines")
SORT = [
    hidden("sort", "greater_than_sign", "Sort", "Sort by the next column"),
    hidden("sort.reverse", "less_than_sign", "Reverse", "Turn the order round"),
]
LIST = [COLUMNS, EXPORT, SAVED_VIEWS, FILTER, *SORT, BACK]

LOG = [
    key("log.booking", "enter", "Go to it", "To the booking, customer or agent that it was about", "go_to"),
    # they replace the application's own u and U, which undo the last command and redo the last undo
    key("log.undo", "u", "Undo this", "Undo the command under the cursor", "undo_event"),
    hidden("log.redo", "U", "Redo this", "Do the command under the cursor again, if undone", "redo_event"),
    replace(FILTER, show=True),
    replace(BACK, show=True),
    hidden("log.view", "v", "View", "All, mine, undone", "next_view"),
    hidden("log.view.back", "V", "View back", "The view before", "previous_view"),
    COLUMNS,
    *SORT,
    *PANES,
    EXPORT,
    SAVED_VIEWS,
    *(binding for binding in BOOKING if binding.id in ("booking.customer", "booking.log")),
    COPY,
]

QUEUE = [
    hidden("queue.view", "v", "View", "All, pending, unclaimed, waiting, confirmed, cancelled", "next_view"),
    hidden("queue.view.back", "V", "View back", "The view before", "previous_view"),
    *MARKS,
    *PANES,
]

PRESENCE = key("agent.presence", "p", "Presence", "Available, busy, break, away or offline; until when")

ROSTER = [
    key("agent.add", "a", "Add", "Add an agent", "add_agent"),
    key("agent.edit", "e", "Edit", "Change the agent's details and capacity", "edit_agent"),
    PRESENCE,
    hidden("agent.handover", "R", "Hand over", "All of the agent's work, to others", "hand_over"),
    hidden("agent.shift", "S", "Shift", "The hours at which the agent comes and goes"),
    key("agent.leave", "X", "Deactivate", "Deactivate the agent, or bring them back"),
    key("agent.bookings", "b", "Bookings", "The agent's bookings, in the queue"),
    hidden("roster.view", "v", "View", "Active, available, not available, inactive", "next_view"),
    hidden("roster.view.back", "V", "View back", "The view before", "previous_view"),
    COPY,
    *PANES,
]

MY_DESK = [
    *BOOKING,
    key("desk.agent", "at", "Agent", "Choose whose desk this is", "choose_agent"),
    PRESENCE,
    COLUMNS,
    *SORT,
    *PANES,
    EXPORT,
]

ISSUE = [
    key("issue.open", "I", "New issue", "Open an issue from the customer's own words", "open_issue"),
    key("issue.claim", "c", "Claim", "Begin work on it, or take on one that waits"),
    key("issue.reply", "t", "Reply", "Answer the customer, or take down what the customer says"),
    key("issue.resolve", "f", "Resolve", "It is solved: with a closing message, if any"),
    key("issue.escalate", "exclamation_mark", "Escalate", "Bring in a higher level: give the reason"),
    hidden("issue.category", "C", "Category", "Say what it is about with one key; triage learns from it"),
    hidden("issue.wait", "P", "Wait/go on", "Wait for the customer's answer, or go on"),
    hidden("issue.note", "n", "Note", "Write an internal note; the customer does not see it"),
    hidden("issue.reassign", "r", "Reassign", "Hand the issue over to another agent"),
    hidden(
        "issue.acknowledge",
        "K",
        "Acknowledge",
        "Somebody takes care of its escalations: no further level follows",
    ),
    hidden("issue.settle", "D", "Settle", "Close its escalations: give the reason"),
    hidden("issue.close", "x", "Close", "Close a resolved issue", "close_issue"),
    hidden("issue.reopen", "o", "Reopen", "Reopen an ended issue: give the reason"),
    hidden("issue.rate", "s", "Score", "The customer's answer to the survey, 1 to 5"),
    hidden("issue.edit", "e", "Edit", "Edit title, priority, tier or booking"),
    hidden("issue.booking", "b", "Its booking", "The linked booking, in the queue", "go_to_booking"),
    hidden("issue.customer", "i", "Customer", "Open the customer's card"),
    hidden("issue.log", "H", "Its log", "All that was done to the issue", "issue_log"),
    hidden("issue.why", "w,f8", "Why", "Why it is so urgent, and why its agent has it"),
    COPY,
]
SERVICE = [
    *ISSUE,
    key("service.board", "B", "Figures", "The dashboard of the service desk; back to the list"),
    hidden(
        "service.view",
        "v",
        "View",
        "Open, mine, waiting, escalated, unsure, with the customer, ended, all",
        "next_view",
    ),
    hidden("service.view.back", "V", "View back", "The view before", "previous_view"),
    *MARKS,
    *LIST,
    *PANES,
]

FORM = [
    key("form.assign", "f9", "Assign", "Assign the lead, from any field", priority=True),
    hidden("form.begin", "escape", "Customer", "Back to the first field; what is typed stays", "begin"),
    key("form.clear", "ctrl+l", "Clear", "Empty the form; what was typed is gone"),
    key("form.several", "ctrl+t", "Several", "Paste or type several leads, one a line"),
    COLUMNS,
    *SORT,
]

MATCH = [hidden("match.parts", "equals_sign", "Score", "What the agent's match score is made of")]

INSIGHTS = [
    key("insights.view", "v", "View", "Pulse, bookings, agents, match score, weights", "next_view"),
    hidden("insights.view.back", "V", "View back", "The view before", "previous_view"),
    key("insights.open", "enter", "Open", "The figure's bookings in the queue; or the weights", "open_row"),
    key("insights.period", "T", "Period", "The bookings or agents of the last 30 days, or all", "period"),
    key("insights.train", "L", "Train", "Learn weights from the desk's outcomes; again stops it"),
    key("insights.use", "asterisk", "Put in use", "Score by the weights under the cursor", "use_weights"),
    key("insights.report", "E", "Report", "Write the ranked agents and the plot as files"),
    COPY,
    COLUMNS,
    *SORT,
]

BY_ID = {
    str(binding.id): binding
    for group in (APP, WHY, BOOKING, LIST, PANES, QUEUE, ROSTER, MY_DESK, SERVICE, LOG, FORM, MATCH, INSIGHTS)
    for binding in group
}


def place_keys(app: App[Any]) -> set[str]:
    """Return the user's keys that go to a place from anywhere: those that are not a character."""
    known = keymap_of(app)
    names = (f"place.{place}" for place in PLACES)
    found = (known.get(name, BY_ID[name].key).split(",") for name in names)
    return {one for several in found for one in several if not is_character(one)}


KEY_IN_TEXT = re.compile(r"{([\w.-]+)}")
"""A binding's id in a text, to be replaced by its key."""


def key_of(app: App[Any], identifier: str) -> str:
    """Return the name of a binding's first key, as the user has it."""
    binding = BY_ID[identifier]
    first = keymap_of(app).get(identifier, binding.key).split(",")[0]
    return app.get_key_display(binding.with_key(first, None))


def with_keys(app: App[None], text: str) -> str:
    """Return a text with its ``{binding ids}`` replaced by the user's keys."""
    return KEY_IN_TEXT.sub(lambda match: key_of(app, match[1]), text)
