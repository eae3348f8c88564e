"""Every key of the application, defined once: the same verb has the same key everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from textual.app import App
from textual.binding import Binding

from dispatch.inputs.validation import noun as noun_of_field
from models.errors import DeskError, InvalidInput
from models.hints import CLAUSES, rendered
from screens.base.textual_internals import bindings_of, is_character, keymap_of


def key(
    identifier: str, keys: str, label: str, tooltip: str, action: str = "", *, priority: bool = False
) -> Binding:
    """A key by the id that keymaps name; its action is the id's last part, unless another is given."""
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
    key("undo", "ctrl+z", "Undo", "Undo your last act; may ask first", priority=True),
    hidden("undo.letter", "u", "Undo", "Undo your last act; may ask first", "undo"),
    anywhere("redo", "ctrl+y", "Redo", "Redo what was just undone"),
    hidden("redo.letter", "U", "Redo", "Redo what was just undone", "redo"),
]
APP = [
    anywhere("help", "f1", "Help", "This place, and its keys"),
    *(
        hidden(
            f"place.{place}",
            f"f{number + 1},{number}",
            TITLES[place],
            f"Go to {TITLES[place]}; digit in lists",
            f"go('{place}')",
        )
        for place, number in PLACES.items()
    ),
    *UNDO,
    hidden("help.letter", "question_mark", "Help", "This place, and its keys", "help"),
    anywhere("find", "ctrl+f", "Find customer", "By name, phone, e-mail or No."),
    anywhere("palette", "ctrl+p", "Commands", "Run a command, or go to a No.", "command_palette"),
    anywhere("command_line", "ctrl+g", "Command line", "Type a command, such as c 413 6"),
    hidden("command_line.letter", "colon", "Command line", "Type a command, such as c 413 6", "list_line"),
    hidden("repeat", "full_stop", "Repeat", "Run the last line on this row"),
    anywhere("retry", "ctrl+r", "Refresh", "Reload, or reconnect"),
    hidden("log", "h", "Log", "See who did what, and when"),
    anywhere("alerts", "f10", "Alerts", "Rotten, overdue or stuck, and whose"),
    anywhere("first_steps", "ctrl+n", "Set up", "Import files, or add an agent"),
    anywhere("messages", "ctrl+o", "Messages", "The last 50 messages in full"),
    anywhere("quit", "ctrl+q", "Quit", "Leave Astra"),
]

WHY_NOT = hidden("why.not", "W", "Why not", "Why not another agent", "why_not")
WHY_SHOWN = [key("why", "f8", "Why", "Why its agent got it", priority=True), WHY_NOT]
WHY = [
    anywhere("why", "f8", "Why", "Why its agent got it"),
    hidden("why.letter", "w", "Why", "Why its agent got it", "why"),
    WHY_NOT,
]

COPY = hidden("copy", "y", "Copy", "Copy the phone, e-mail or row")

BOOKING = [
    hidden("booking.next", "m", "Next step", "Claim, contact or confirm", "next_step"),
    key("booking.claim", "c", "Claim", "Take it on for its agent"),
    key("booking.contact", "t", "Contact", "Log an attempt to reach them"),
    key("booking.confirm", "f", "Confirm", "Booked: package, revenues; claims it"),
    key("booking.cancel", "x", "Cancel", "Not booked; needs a reason"),
    key("booking.reassign", "r", "Reassign", "Give it to another agent"),
    hidden("booking.follow_up", "F", "Follow-up", "Set when to contact them again"),
    hidden("booking.keep", "K", "Keep claim", "Still on it: restart the clock"),
    hidden("booking.edit", "e", "Edit", "Customer, trip, priority or quote"),
    hidden("booking.note", "n", "Note", "Add a note to its history"),
    hidden("booking.release", "l", "Release", "Give up the claim"),
    hidden("booking.decline", "d", "Decline", "Pass it on; needs a reason"),
    hidden("booking.reopen", "o", "Reopen", "Make it Pending again"),
    hidden("booking.rate", "s", "Rate", "The customer's score, 1 to 5"),
    hidden("booking.customer", "i", "Customer", "Open the customer's card"),
    hidden("booking.issue", "I", "New issue", "Open an issue about it", "new_issue"),
    hidden("booking.log", "H", "History", "Show its events in Log", "booking_log"),
    COPY,
]

PANES = [
    hidden("zoom", "z", "Zoom", "Zoom the pane, and back"),
    hidden("border.left", "left_square_bracket", "Border left", "Widen the pane", "border(-1)"),
    hidden("border.right", "right_square_bracket", "Border right", "Widen the list", "border(1)"),
]
MARKS = [
    hidden("mark", "space", "Mark", "Mark the row, and go down"),
    hidden("mark.range", "M", "Mark range", "Mark from the last mark to here", "mark_range"),
    hidden("mark.all", "A", "Mark all", "Mark the whole list; esc unmarks", "mark_all"),
]
FILTER = hidden("filter", "slash", "Filter", "Filter the list; esc clears it")
BACK = hidden("back", "escape", "Clear", "Marks and filter off, back to the list")
TYPED_FILTER = [
    key("filter.apply", "enter", "Apply", "Go to the rows the filter finds", "submit"),
    key("filter.clear", "escape", "Clear", "Filter off, back to the list", "screen.back"),
]
"""The keys while a filter is typed."""
COLUMNS = hidden("columns", "comma", "Columns", "Show, hide, move, sort columns")

SAVED_VIEWS = hidden("views", "semicolon", "Saved views", "Choose, save or delete a view")
EXPORT = hidden("export", "E", "Export", "Export all rows to a file")
SORT = [
    hidden("sort", "greater_than_sign", "Sort", "Sort by the next column"),
    hidden("sort.reverse", "less_than_sign", "Reverse", "Reverse the order"),
]
LIST = [COLUMNS, EXPORT, SAVED_VIEWS, FILTER, *SORT, BACK]

LOG = [
    key("log.booking", "enter", "Open", "Open what the event was about", "go_to"),
    # they replace the application's own u and U, which undo the last command and redo the last undo
    key("log.undo", "u", "Undo this", "Undo this command", "undo_event"),
    hidden("log.redo", "U", "Redo this", "Redo this command", "redo_event"),
    replace(FILTER, show=True),
    BACK,
    hidden("log.view", "v", "View", "Next: all, mine, undone", "next_view"),
    hidden("log.view.back", "V", "View back", "Previous view", "previous_view"),
    COLUMNS,
    *SORT,
    *PANES,
    EXPORT,
    SAVED_VIEWS,
    *(binding for binding in BOOKING if binding.id in ("booking.customer", "booking.log")),
    COPY,
]

QUEUE = [
    hidden("queue.view", "v", "View", "All, pending, unclaimed, …", "next_view"),
    hidden("queue.view.back", "V", "View back", "Previous view", "previous_view"),
    *MARKS,
    *PANES,
]

PRESENCE = key("agent.presence", "p", "Presence", "Set presence, and until when")

ROSTER = [
    key("agent.add", "a", "Add", "Add an agent", "add_agent"),
    key("agent.edit", "e", "Edit", "Change details, capacity, weight", "edit_agent"),
    PRESENCE,
    hidden("agent.handover", "R", "Hand over", "Hand all work to others", "hand_over"),
    hidden("agent.shift", "S", "Shift", "Set the agent's working hours"),
    hidden("absence.add", "O", "Absence", "Plan an absence, and who covers", "add_absence"),
    hidden("absence.remove", "N", "No absence", "Remove a planned absence", "remove_absence"),
    hidden("absence.return", "Y", "End cover", "Give back what others cover", "end_cover"),
    key("agent.leave", "X", "Deactivate", "Deactivate or reactivate"),
    key("agent.bookings", "b", "Bookings", "Their bookings in Queue"),
    hidden("roster.fairness", "B", "Figures", "Who got how many leads: fair shares", "fairness"),
    hidden("roster.view", "v", "View", "Active, available, …", "next_view"),
    hidden("roster.view.back", "V", "View back", "Previous view", "previous_view"),
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
    key("issue.open", "I", "New issue", "From the customer's own words", "open_issue"),
    key("issue.claim", "c", "Claim", "Take the issue on"),
    key("issue.reply", "t", "Reply", "Reply, or log an answer"),
    key("issue.resolve", "f", "Resolve", "Mark as solved, with a message"),
    key("issue.escalate", "exclamation_mark", "Escalate", "Ask a higher level"),
    hidden("issue.category", "C", "Category", "Correct the category"),
    hidden("issue.wait", "P", "Pause/resume", "Pause or resume the clock"),
    hidden("issue.note", "n", "Note", "Add an internal note"),
    hidden("issue.reassign", "r", "Reassign", "Give the issue to another agent"),
    hidden("issue.acknowledge", "K", "Acknowledge", "I'm on it: no more escalation"),
    hidden("issue.settle", "D", "Settle", "Close its escalations"),
    hidden("issue.close", "x", "Close", "Close a resolved issue", "close_issue"),
    hidden("issue.reopen", "o", "Reopen", "Open it again; give the reason"),
    hidden("issue.rate", "s", "Rate", "Enter the survey score, 1 to 5"),
    hidden("issue.edit", "e", "Edit", "Title, priority, tier or booking"),
    hidden("issue.booking", "b", "Its booking", "The linked booking in Queue", "go_to_booking"),
    hidden("issue.customer", "i", "Customer", "Open the customer's card"),
    hidden("issue.log", "H", "History", "Show its events in Log", "issue_log"),
    hidden("issue.why", "w,f8", "Why", "Why this urgency, and this agent"),
    COPY,
]
SERVICE = [
    *ISSUE,
    key("service.board", "B", "Figures", "Switch between figures and list"),
    hidden("service.view", "v", "View", "Open, mine, waiting, …", "next_view"),
    hidden("service.view.back", "V", "View back", "Previous view", "previous_view"),
    *MARKS,
    *LIST,
    *PANES,
]

FORM = [
    key("form.assign", "f9", "Assign", "Assign the lead, from any field", priority=True),
    hidden("form.begin", "escape", "Customer", "First field; keeps the text", "begin"),
    key("form.clear", "ctrl+l", "Clear", "Empty the form"),
    key("form.several", "ctrl+t", "Several", "Several leads, one per line"),
    key("form.trip", "ctrl+s", "Trip", "Days, travellers, budget, language"),
    COLUMNS,
    *SORT,
]

MATCH = [hidden("match.parts", "equals_sign", "Score", "How the match score is computed")]

INSIGHTS = [
    key("insights.view", "v", "View", "Pulse, bookings, agents, …", "next_view"),
    hidden("insights.view.back", "V", "View back", "Previous view", "previous_view"),
    key("insights.open", "enter", "Open", "Its bookings, or the weights", "open_row"),
    key("insights.period", "T", "Period", "Show 30 days, or all time", "period"),
    key("insights.train", "L", "Train", "Learn weights; again stops"),
    key("insights.use", "asterisk", "Select", "Score by these weights", "use_weights"),
    key("insights.report", "E", "Report", "Report: ranked agents and plot"),
    COPY,
    COLUMNS,
    *SORT,
]

OF_AN_AGENT = frozenset(
    {
        *("agent.edit", "agent.handover", "agent.shift", "agent.leave", "agent.bookings"),
        *("absence.add", "absence.remove", "absence.return"),
    }
)
ROW_ACTIONS = frozenset(
    binding.action
    for binding in (*BOOKING, *WHY, *ISSUE, *MARKS, *(each for each in ROSTER if each.id in OF_AN_AGENT))
) - {"open_issue", "mark_all"}
"""The actions that are about the row under the cursor: without one they cannot be done."""

BY_ID = {
    str(binding.id): binding
    for group in (
        *(APP, WHY, BOOKING, LIST, TYPED_FILTER, PANES, QUEUE, ROSTER, MY_DESK),
        *(SERVICE, LOG, FORM, MATCH, INSIGHTS),
    )
    for binding in group
}


def binding_of(kind: str, action: str) -> Binding | None:
    """Return the key of a verb for rows of a kind, such as "issue"."""
    return next(
        (one for name, one in BY_ID.items() if name.startswith(f"{kind}.") and one.action == action), None
    )


def place_keys(app: App[Any], *places: str) -> set[str]:
    """Return the user's keys that go to these places, or to any, and are no character: they work anywhere."""
    known = keymap_of(app)
    names = (f"place.{place}" for place in places or PLACES)
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


WITHOUT_A_KEY = {
    "absence.list",
    "backup",
    "cap.list",
    "compact",
    "contact.anyway",
    "demo",
    "desk.copy",
    "disposition.list",
    "doctor",
    "doctor.repair",
    "holiday.set",
    "lead.from",
    "lead.on_open",
    "login",
    "new",
    "package.add",
    "restore",
    "set",
    "set.to",
    "shuffle",
    "sweep",
    "user.add",
    "user.grants",
    "user.list",
    "user.set",
    "value.add",
    "view.list",
    "weights.list",
}
"""What hints propose and only the shell can do: such a clause is left out here."""
KEPT_IN = {"absence": "Roster", "agent": "Roster", "log": "Log"}
"""Keys that a hint must say the place of, by the first part of their id."""
ROWS_IN = {"booking": "Queue", "issue": "Service"}
"""The same for those of rows, which other places may have as well."""


def hint_of(app: App[Any], hint: str, way_there: str = "") -> str:
    """Return the desk's hint with the user's keys: ``o makes it Pending``.

    A key that the place in sight has not is said with its place: ``D in Service settles it``; or with the key
    that leads to the row, if that is known: ``enter, then D settles it``.
    """

    def way(identifier: str, _: list[str]) -> str | None:
        if identifier not in BY_ID:
            return None
        kind, dot, _rest = identifier.partition(".")
        place, name = KEPT_IN.get(kind) if dot else None, key_of(app, identifier)
        if dot and kind in ROWS_IN and not _is_in_sight(app, identifier):
            place = ROWS_IN[kind]
            if way_there:
                return f"{way_there}, then {name}"
        return f"{name} in {place}" if place else name

    return without_options(rendered(hint, way))


SHELL_OPTION = re.compile(r"(?<!\S)--[a-z]")


def without_options(text: str) -> str:
    """Leave out the clauses that name an option of the shell: no screen has one."""
    return CLAUSES.join(clause for clause in text.split(CLAUSES) if not SHELL_OPTION.search(clause))


def _is_in_sight(app: App[Any], identifier: str) -> bool:
    """Return whether the place in sight, or below the modal in sight, has a key."""
    places = app.screen_stack[:1]
    return any(one.id == identifier for place in places for _, one in bindings_of(place))


FIRST_WORD = re.compile(r"[a-z][a-z-]*(?![\w./\\@])")  # and no name of a file, say
QUOTED = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")  # what somebody typed, as excerpts have it


def said(error: DeskError, noun: str = "") -> str:
    """Return the desk's refusal as a sentence, with the ``noun`` a screen has for the field at fault."""
    text = error.message
    if noun and isinstance(error, InvalidInput):
        own = rf"\b{re.escape(noun_of_field(error.field))}\b"
        parts = QUOTED.split(text)
        parts[::2] = [re.sub(own, noun, part) for part in parts[::2]]
        text = "".join(parts)
    return sentence(text)


def sentence(text: str) -> str:
    """Return a refusal's words as a sentence; a name that they begin with stays as it is."""
    return text[:1].upper() + text[1:] if FIRST_WORD.match(text) else text


def refusal(app: App[Any], error: DeskError, noun: str = "") -> str:
    """Format the same with its hint, and with the user's keys."""
    return ": ".join(filter(None, (said(error, noun), hint_of(app, error.hint))))
