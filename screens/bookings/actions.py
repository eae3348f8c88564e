"""Actions on the booking under the cursor, the same in every place that shows bookings."""

from __future__ import annotations

from functools import partial

from dispatch import bookings, customers, queries
from dispatch.assignment import counterfactuals, explanations
from dispatch.desk.desk import Desk
from dispatch.queries.next_steps import next_action
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import booking_state, day_and_moment, short_moment
from dispatch.service.row_types import IssueDetails
from models.errors import Refused
from screens.base import keys
from screens.bookings import forms
from screens.bookings.possible import RULES, is_finished, is_held
from screens.bookings.why_panels import why_not_panel, why_panel
from screens.dialogs.agent_chooser import PickAgent
from screens.service.new_issue import NewIssue
from screens.shell.row_actions import RowActions, Said, at_once, on_chosen, with_form
from screens.wording.bookings import is_open
from screens.wording.contacts import reach
from screens.wording.issues import describe as describe_issue
from screens.wording.issues import describe_briefly
from screens.wording.text import short

REASSIGN = "{booking.reassign} assigns it"
FOLLOW_UP = "Follow-up"


def _taker(word: str, row: BookingRow, length: int) -> str:
    """Return who has the booking after an act that gives it to somebody: `` → Soren Baker``."""
    taker = row["agent_name"] if word in ("Reassigned", "Declined") else None
    return f" → {short(taker, length)}" if taker else ""


class BookingActions(RowActions[BookingRow, BookingRow]):
    NUMBER = "booking_id"
    ENTER = "why"
    POSSIBLE = RULES
    NOTHING_CHOSEN = "No booking selected: move to one first"

    def read_row(self, number: int) -> BookingRow:
        return queries.booking(number)

    def describe_done(self, word: str, row: BookingRow) -> Said:
        about = f"{word} {row['booking_id']}"
        return (
            f"{about} {short(row['customer_name'], 24)}{_taker(word, row, 20)}",
            f"{about}{_taker(word, row, 14)}",
        )

    def _with_follow_up(self, word: str, row: BookingRow) -> Said:
        """Describe with the moment in as few cells as will do: the line is half a screen wide at most."""
        at = row["follow_up_at"]
        about = f"{word} {row['booking_id']}" + (f" ({row['attempt']})" if row.get("attempt") else "")
        if not is_open(row):
            return f"{about}: {booking_state(row).lower()}", ""
        if not at:
            return f"{about} removed" if word == FOLLOW_UP else f"{about}, no follow-up", ""
        when = f"{day_and_moment(at)[:3]} {short_moment(at)}"
        return f"{about}: {when}" if word == FOLLOW_UP else f"{about}, follow-up {when}", ""

    def _with_unsuited(self, word: str, row: BookingRow) -> Said:
        """Say why the agent who had it does not suit it any more, and who has it now."""
        (done, brief), why, holder = (
            self.describe_done(word, row),
            row.get("unsuited"),
            row["agent_name"] or "",
        )
        if why is None:
            return done, brief
        if why.startswith(holder):
            return f"{done}: {why}", brief
        return f"{done} → {short(holder, 20)}: {why}", f"{brief} → {short(holder, 14)}"

    # Checks before a form opens, so that a refusal does not wait for the typing. Each raises Refused.

    def _is_open(self, row: BookingRow) -> None:
        if not is_open(row):
            hint = "enter the lead again" if row["voided"] else "{booking.reopen} makes it Pending"
            raise self._refusal("not_pending", row, _state(row), hint)

    def _is_held(self, row: BookingRow) -> None:
        self._is_open(row)
        if not is_held(row):
            raise self._refusal("waiting", row, "waits for an agent", REASSIGN)

    def _is_finished(self, row: BookingRow) -> None:
        if not is_finished(row):
            raise self._refusal("not_finished", row, _state(row), "only a finished one has a score")
        if row["agent_id"] is None:
            raise self._refusal("nobody_to_rate", row, "never had an agent", "")

    def _refusal(self, code: str, row: BookingRow, text: str, hint: str) -> Refused:
        return Refused(code, f"booking {row['booking_id']} {text}", hint)

    @on_chosen
    def action_claim(self, row: BookingRow) -> None:
        """Claim for the holder, or another's unclaimed work for oneself where the setting ``pull`` is on."""
        taker, me = row["agent_id"], self.host.my_agent_id
        if taker and me is not None and row["claimed_at"] is None and self.backend.desk.settings["pull"]:
            taker = me

        def claim(desk: Desk, number: int) -> BookingRow:
            if taker is None:
                raise Refused("waiting", f"booking {number} waits for an agent", REASSIGN)
            return bookings.claim(desk, number, taker)

        self.do_with(row, "Claimed", claim, verb="claim")

    action_keep = at_once("Kept", bookings.keep, "keep")
    action_release = at_once("Released", bookings.release, "release")

    @on_chosen
    def action_reopen(self, row: BookingRow) -> None:
        """Reopen a closed one once the key is pressed again: a typed name must not undo a sale."""

        def reopen() -> None:
            self.do_with(row, "Reopened", bookings.reopen)

        if is_open(row):
            reopen()  # refused in the desk's words
            return
        what = f"reopen {row['booking_id']} ({short(row['customer_name'], 24)}), {row['status']}"
        self.host.ask_again("booking.reopen", what, reopen)

    action_contact = with_form(
        "Contacted", forms.contact_form, needs=_is_held, tell=_with_follow_up, verb="contact"
    )
    action_follow_up = with_form(
        FOLLOW_UP, forms.follow_up_form, needs=_is_held, tell=_with_follow_up, verb="follow_up"
    )

    @on_chosen
    def action_next_step(self, row: BookingRow) -> None:
        """Claim at once; open the form for any other step."""
        step = next_action(row, self.backend.desk.now())
        if step is None:
            text = f"Booking {row['booking_id']} {_state(row)}: nothing comes next"
            self.say(text, severity="warning")
        else:
            getattr(self, f"action_{step}")()

    def action_confirm(self) -> None:
        form = partial(forms.confirm_form, values=self.backend.values)
        self.with_form("Confirmed", form, needs=self._is_held, verb="confirm")

    action_cancel = with_form("Cancelled", forms.cancel_form, needs=_is_open, verb="cancel")
    action_decline = with_form("Declined", forms.decline_form, needs=_is_held, verb="decline")
    action_note = with_form("Noted", forms.note_form)
    action_rate = with_form("Scored", forms.rate_form, needs=_is_finished, verb="rate")

    def action_edit(self) -> None:
        form = partial(forms.edit_form, values=self.backend.values)
        self.with_form("Saved", form, tell=self._with_unsuited)

    action_reassign = with_form("Reassigned", forms.reassign_form, needs=_is_open, verb="reassign")

    def action_why(self) -> None:
        """Explain the decision, beside the number of all agents."""
        self.with_panel(lambda number: why_panel(explanations.why(number), len(queries.list_agents())))

    @on_chosen
    def action_why_not(self, row: BookingRow) -> None:
        """Ask for an agent, then show why not them, and each policy's choice now."""
        number, holder, desk = row["booking_id"], row["agent_id"], self.backend.desk
        again = keys.key_of(self.app, "why.not")

        def picked(agent_id: int) -> None:
            self.open_made(
                lambda: why_not_panel(
                    counterfactuals.why_not(desk, number, agent_id),
                    counterfactuals.other_policies(desk, number),
                    queries.booking(number)["agent_name"],
                    again,
                    self.action_why_not,
                )
            )

        def make() -> PickAgent:
            others = [agent for agent in queries.list_agents() if agent["agent_id"] != holder]
            return PickAgent(f"Compare booking {number} with which agent?", others)

        self.open_made(make, picked)

    @on_chosen
    def action_copy(self, row: BookingRow) -> None:
        """Copy the number or address for the customer's method; without either, the row."""
        way = reach(row)
        if way is not None:
            kind, text = way
            self.copy(text, kind)
        else:
            self.copy(_line(row))

    @on_chosen
    def action_customer(self, row: BookingRow) -> None:
        self.open_customer(row["customer_id"])

    @on_chosen
    def action_new_issue(self, row: BookingRow) -> None:
        def opened(issue: IssueDetails) -> None:
            self.say_done(
                f"{describe_issue('Opened', issue)}; {keys.key_of(self.app, 'place.service')} shows it",
                describe_briefly("Opened", issue),
            )

        self.open_made(lambda: NewIssue(customers.card(row["customer_id"]), row["booking_id"]), opened)

    @on_chosen
    def action_booking_log(self, row: BookingRow) -> None:
        self.host.show_log(f"booking:{row['booking_id']}")


def _state(row: BookingRow) -> str:
    if row["voided"]:
        return "was entered by mistake"
    return "is still open" if is_open(row) else f"is already {row['status'].lower()}"


def _line(row: BookingRow) -> str:
    trip = f"{row['destination']} from {row['launch_location']}"
    holder = row["agent_name"] or "waiting for an agent"
    return f"Booking {row['booking_id']}, {row['customer_name']}: {trip}, {row['status']}, {holder}"
