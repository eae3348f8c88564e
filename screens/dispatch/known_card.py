"""What is known of the customer in the form: who it may be, and their last bookings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from dispatch import customers, queries
from dispatch.customers.row_types import Suspect
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import age
from screens.base.keys import key_of
from screens.widgets.frame import Frame
from screens.wording.bookings import state_with_sign
from screens.wording.text import CARE, short

LEAST_BOOKINGS, MOST_BOOKINGS, MOST_OTHERS = 4, 16, 2  # as many bookings as the card has rows for
NAME_CELLS, ASKED, ASKED_CELLS = 24, 1, 12
NOBODY_KNOWN = "A known customer appears here"

Identity = tuple[str, str, str]
"""Name, phone and e-mail as typed."""


class Known(NamedTuple):
    """Who the customer in the form may be, surest first, and the last bookings of the first.

    Without anybody, ``namesakes`` has the names of those whose first name begins so, too many to list.
    ``customer_id`` is the one whose lead it would be if it were assigned now.
    """

    who: Identity = ("", "", "")
    suspected: Sequence[Suspect] = ()
    bookings: Sequence[BookingRow] = ()
    namesakes: Sequence[str] = ()
    customer_id: int | None = None


def look_for(who: Identity) -> Known:
    """Find existing customers for what is typed, inside ``desk.reading()``."""
    found = customers.suggestions(*who) if any(who) else []
    last = queries.bookings_of([found[0]["customer_id"]], MOST_BOOKINGS) if found else list[BookingRow]()
    named = () if found else customers.first_names(who[0])
    return Known(who, found, queries.with_seen(last), named, customers.recognised(*who) if found else None)


def number_on_file(known: Known) -> str:
    """Return the telephone number of the one customer whom the form is surely about, or ""."""
    sure = [one for one in known.suspected if one["same"] or one["because"] == "name"]
    return sure[0]["phone"] or "" if len(sure) == 1 else ""


class KnownCard(Frame):
    """The surest customer with their last bookings, and who else it may be."""

    DEFAULT_CSS = """
    KnownCard { height: 1fr; overflow-y: auto; padding-left: 1; }
    KnownCard > Static { height: auto; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    text = getters.query_one(Static)

    def __init__(self) -> None:
        super().__init__(id="known")
        self.border_title = Content("Customer")
        self._known, self._now = Known(), ""

    def on_resize(self) -> None:
        self.text.update(self._text(self._known, self._now))

    def compose(self) -> ComposeResult:
        yield Static()

    def show_known(self, known: Known, now: str) -> None:
        """Show who was found, or an empty card."""
        self._known, self._now = known, now
        self.border_title = Content(heading(known.suspected[0]) if known.suspected else "Customer")
        self.text.update(self._text(known, now))

    def _text(self, known: Known, now: str) -> Text:
        if not known.suspected:
            return Text(self._crowd(known) if known.namesakes else NOBODY_KNOWN, "dim")
        text = Text()
        place_cells = max((cell_len(row["destination"]) for row in known.bookings), default=0)
        others = min(len(known.suspected) - 1, MOST_OTHERS + 1)
        rows = max(LEAST_BOOKINGS, self.size.height - others - ASKED)
        for row in known.bookings[:rows]:
            text.append_text(_line(row, now, place_cells)).append("\n")
        if not known.bookings:
            text.append("no booking yet\n", "dim")
        for other in known.suspected[1 : 1 + MOST_OTHERS]:
            text.append(f"or {short(other['name'], NAME_CELLS)}, customer {other['customer_id']}\n", "dim")
        more = len(known.suspected) - 1 - MOST_OTHERS
        if more > 0:
            text.append(f"and {more} more with a similar name\n", "dim")
        if customers.in_question(known.suspected):
            text.append(f"{key_of(self.app, 'form.assign')} asks: same customer?", f"bold {CARE}")
        text.rstrip()
        return text

    def _crowd(self, known: Known) -> str:
        """Say how many customers have a first name that begins so, and the key that finds one."""
        first = {name.split()[0] for name in known.namesakes}
        count, typed = len(known.namesakes), short(known.who[0].strip(), ASKED_CELLS)
        many = "Many" if count >= customers.MOST_COMPARED else f"{count:,}"
        whose = f"named {first.pop()}" if len(first) == 1 else f"whose name begins with {typed}"
        how = f"keep typing, or {key_of(self.app, 'find')} finds one"
        one_line = f"{many} customers {whose}: {how}"
        return one_line if cell_len(one_line) <= self.size.width else one_line.replace(": ", ":\n", 1)


def heading(row: Suspect) -> str:
    """Say how sure it is that a customer is the one in the form."""
    name = short(row["name"], NAME_CELLS)
    if row["same"]:
        return f"{name} has been here before (same {row['because']})"
    return f"{name} has been here before" if row["because"] == "name" else f"Is it {name}?"


def _line(row: BookingRow, now: str, place_cells: int) -> Text:
    """Format a booking: number, destination, state, agent and age."""
    place = set_cell_size(row["destination"], place_cells)
    line = Text.assemble((f"{row['booking_id']} ", "bold"), f"{place} ")
    line.append_text(state_with_sign(row)).append(f" {row['agent_name'] or 'waiting'}")
    return line.append(f" {age(row['created_at'], now)}", "dim")
