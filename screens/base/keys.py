"""Every key of the application, once: the same verb has the same key everywhere.

A binding's id is what a user's keymap names; its tooltip is the help on it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from textual.app import App
from textual.binding import Binding

from screens.base.textual_internals import keymap_of


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


PLACES = {"dispatch": 1, "roster": 2, "queue": 3, "my-desk": 4, "service": 5, "insights": 6}
"""Each place with its number: the key outside inputs; from anywhere it is the function key after it."""
TITLES = {
    "dispatch": "Dispatch",
    "roster": "Roster",
    "queue": "Queue",
    "my-desk": "My desk",
    "service": "Service",
    "insights": "Insights",
    "log": "Log",
}

UNDO = [
    _key("undo", "ctrl+z", "undo", "Undo", "Take back your last command", priority=True),
    _key("undo.letter", "u", "undo", "Undo", "Take back your last command", show=False),
]
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
        for place, number in PLACES.items()
    ),
    *UNDO,
    _key(
        "help.letter", "question_mark", "help", "Help", "What this place is for, and all its keys", show=False
    ),
    _key(
        "find",
        "ctrl+f",
        "find",
        "Find a customer",
        "By part of a name, phone or e-mail, or by a booking's number",
        show=False,
        priority=True,
    ),
    _key(
        "retry",
        "ctrl+r",
        "retry",
        "Read anew",
        "Try a lost database again, and read the place anew",
        show=False,
        priority=True,
    ),
    _key("log", "h", "log", "Log", "What was done at the desk, when and by whom", show=False),
    _key(
        "first_steps",
        "ctrl+n",
        "first_steps",
        "Fill the desk",
        "Import files, make an empty desk a demo, or add an agent",
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

WHY_NOT = _key(
    "why.not",
    "W",
    "why_not",
    "Why not",
    "Why an agent did not get it, and whom each policy chooses",
    show=False,
)
WHY_SHOWN = [
    _key("why", "f8", "why", "Why", "Why the booking went to its agent", priority=True),
    WHY_NOT,
]
WHY = [
    _key("why", "f8", "why", "Why", "Why the booking went to its agent", show=False, priority=True),
    _key("why.letter", "w", "why", "Why", "Why the booking went to its agent", show=False),
    WHY_NOT,
]

COPY = _key("copy", "y", "copy", "Copy", "Copy the customer's number or address, or else the row", show=False)

BOOKING = [
    _key(
        "booking.next",
        "m",
        "next_step",
        "Next step",
        "Do what comes next: claim, contact, confirm or reassign",
        show=False,
    ),
    _key("booking.claim", "c", "claim", "Claim", "Take the booking on for its agent"),
    _key("booking.contact", "t", "contact", "Contact", "Note an attempt to reach the customer"),
    _key("booking.confirm", "f", "confirm", "Confirm", "The customer booked: package and revenues"),
    _key("booking.cancel", "x", "cancel", "Cancel", "The customer does not book: give a reason"),
    _key("booking.reassign", "r", "reassign", "Reassign", "Give the booking to another agent"),
    _key(
        "booking.follow_up",
        "g",
        "follow_up",
        "Follow-up",
        "When to get back to the customer; empty for never",
        show=False,
    ),
    _key("booking.keep", "k", "keep", "Still on it", "The claim goes on: its clock starts anew", show=False),
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
    _key("booking.customer", "i", "customer", "Customer", "Open the customer's card", show=False),
    _key("booking.issue", "I", "new_issue", "New issue", "Open an issue about the booking", show=False),
    _key("booking.log", "H", "booking_log", "Its log", "All that was done to the booking", show=False),
    COPY,
]

FILTER = _key("filter", "slash", "filter", "Filter", "Type what to look for; escape clears it", show=False)
BACK = _key("back", "escape", "back", "Back", "Clear the filter, back to the list", show=False)
COLUMNS = _key(
    "columns", "comma", "columns", "Columns", "Which columns are shown, and in which order", show=False
)

LIST = [
    COLUMNS,
    FILTER,
    _key("sort", "greater_than_sign", "sort", "Sort", "Sort by the next column", show=False),
    _key("sort.reverse", "less_than_sign", "reverse", "Reverse", "Turn the order round", show=False),
    BACK,
]

LOG = [
    _key("log.booking", "enter", "go_to", "Go to it", "To the booking, customer or agent that it was about"),
    # in place of the application's own u, which takes back the last command
    _key("log.undo", "u", "undo_event", "Undo this", "Take back the command under the cursor"),
    replace(FILTER, show=True),
    replace(BACK, show=True),
    *(binding for binding in BOOKING if binding.id in ("booking.customer", "booking.log")),
    COPY,
]

QUEUE = [
    _key(
        "queue.view",
        "v",
        "next_view",
        "View",
        "All, pending, unclaimed, waiting, confirmed, cancelled",
        show=False,
    ),
    _key("mark", "space", "mark", "Mark", "Mark it, and go down; r, x and l are for the marked", show=False),
    _key("mark.range", "M", "mark_range", "Mark range", "Mark from the last mark to the cursor", show=False),
    _key("mark.all", "A", "mark_all", "Mark all", "Mark all that the list has; escape unmarks", show=False),
]

PRESENCE = _key(
    "agent.presence", "p", "presence", "Presence", "Available, busy, break, away or offline; until when"
)

ROSTER = [
    _key("agent.add", "a", "add_agent", "Add", "Take on an agent"),
    _key("agent.edit", "e", "edit_agent", "Edit", "Change the agent's details and capacity"),
    PRESENCE,
    _key("agent.handover", "t", "hand_over", "Hand over", "All of the agent's work, to others", show=False),
    _key("agent.shift", "s", "shift", "Shift", "The hours at which the agent comes and goes", show=False),
    _key("agent.leave", "x", "leave", "Leave/return", "The agent goes, or is back"),
    _key("agent.bookings", "b", "bookings", "Bookings", "The agent's bookings, in the queue"),
    _key("roster.left", "v", "toggle_left", "Who left", "Show or hide the agents who left", show=False),
    COPY,
]

SHOWN_ON_MY_DESK = ("booking.next", "booking.follow_up", "booking.confirm", "booking.cancel")
MY_DESK = [
    *(replace(binding, show=binding.id in SHOWN_ON_MY_DESK) for binding in BOOKING),
    _key("desk.agent", "a", "choose_agent", "Agent", "Choose whose desk this is"),
    replace(PRESENCE, show=False),
    COLUMNS,
]

ISSUE = [
    _key("issue.open", "a,I", "open_issue", "New issue", "Open an issue from the customer's own words"),
    _key("issue.claim", "c", "claim", "Claim", "Begin work on it, or take on one that waits"),
    _key("issue.reply", "t", "reply", "Reply", "Answer the customer, or take down what the customer says"),
    _key("issue.resolve", "f", "resolve", "Resolve", "It is solved: a last word to the customer, if any"),
    _key("issue.escalate", "exclamation_mark", "escalate", "Escalate", "More eyes are needed: say why"),
    _key(
        "issue.category",
        "g",
        "category",
        "Category",
        "Say what it is about with one key; triage learns from it",
        show=False,
    ),
    _key("issue.wait", "p", "wait", "Wait/go on", "The customer has to answer, or it goes on", show=False),
    _key(
        "issue.note", "n", "note", "Note", "Write an internal note; the customer does not see it", show=False
    ),
    _key("issue.reassign", "r", "reassign", "Reassign", "Hand the issue over to another agent", show=False),
    _key(
        "issue.acknowledge",
        "k",
        "acknowledge",
        "Acknowledge",
        "Somebody takes care of its escalations: no further level follows",
        show=False,
    ),
    _key("issue.settle", "K", "settle", "Settle", "Close its escalations: give the reason", show=False),
    _key("issue.close", "x", "close_issue", "Close", "A resolved issue is done with", show=False),
    _key("issue.reopen", "o", "reopen", "Reopen", "Take up an ended issue again: say why", show=False),
    _key("issue.rate", "s", "rate", "Score", "The customer's answer to the survey, 1 to 5", show=False),
    _key("issue.edit", "e", "edit", "Edit", "Mend title, priority, tier or booking", show=False),
    _key(
        "issue.booking", "b", "go_to_booking", "Its booking", "The linked booking, in the queue", show=False
    ),
    _key("issue.customer", "i", "customer", "Customer", "Open the customer's card", show=False),
    _key("issue.log", "H", "issue_log", "Its log", "All that was done to the issue", show=False),
    _key("issue.why", "w,f8", "why", "Why", "Why it is so urgent, and why its agent has it", show=False),
    COPY,
]
SERVICE = [
    *ISSUE,
    _key("service.board", "d", "board", "Figures", "The dashboard of the service desk; back to the list"),
    _key(
        "service.view",
        "v",
        "next_view",
        "View",
        "Open, mine, waiting, escalated, unsure, with the customer, ended, all",
        show=False,
    ),
    *(binding for binding in LIST if binding.id != "sort.reverse"),
]

FORM = [
    _key("form.assign", "f9", "assign", "Assign", "Assign the lead, from any field", priority=True),
    _key("form.clear", "ctrl+l", "clear", "Clear", "Empty the form; what was typed is gone"),
    _key("form.several", "ctrl+t", "several", "Several", "Paste or type several leads, one a line"),
]

MATCH = [
    _key(
        "match.parts", "equals_sign", "parts", "Score", "What the agent's match score is made of", show=False
    )
]

INSIGHTS = [
    _key("insights.view", "v", "next_view", "View", "Bookings, agents, match score, weights"),
    _key("insights.open", "enter", "open_row", "Open", "The figure's bookings in the queue; or the weights"),
    _key("insights.train", "t", "train", "Train", "Learn weights from the desk's outcomes; again stops it"),
    _key("insights.use", "p", "use_weights", "Put in use", "Score by the weights under the cursor"),
    _key("insights.report", "r", "report", "Report", "Write the ranked agents and the plot as files"),
    COPY,
]

BY_ID = {
    str(binding.id): binding
    for group in (APP, WHY, BOOKING, LIST, QUEUE, ROSTER, MY_DESK, SERVICE, LOG, FORM, MATCH, INSIGHTS)
    for binding in group
}


KEY_IN_TEXT = re.compile(r"{([\w.-]+)}")
"""A binding's id in a text that is to tell the key."""


def key_of(app: App[Any], identifier: str) -> str:
    """How the first key of a binding is named on screen, as the user has it."""
    binding = BY_ID[identifier]
    key = keymap_of(app).get(identifier, binding.key).split(",")[0]
    return app.get_key_display(binding.with_key(key, None))


def with_keys(app: App[None], text: str) -> str:
    """A text with its ``{binding ids}`` as the keys that the user has for them."""
    return KEY_IN_TEXT.sub(lambda match: key_of(app, match[1]), text)
