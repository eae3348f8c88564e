"""What can be done with the booking under the cursor; the same on every place that shows bookings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.screen import ModalScreen

from dispatch import bookings, customers, queries
from dispatch.assignment import counterfactuals, explanations
from dispatch.assignment.row_types import PolicyChoice, WhyNot
from dispatch.desk.desk import Desk
from dispatch.queries.next_action import next_action
from dispatch.queries.row_types import BookingRow
from dispatch.service.row_types import IssueDetails
from models.bookings import PENDING
from models.errors import Refused
from screens.base import keys
from screens.bookings import forms
from screens.bookings.why_panels import why_not_panel, why_panel
from screens.dialogs.agent_chooser import PickAgent
from screens.service.new_issue import NewIssue
from screens.shell.desk_screen import Place
from screens.wording.contacts import reach
from screens.wording.issues import told as issue_told
from screens.wording.text import day_and_moment, short

HELD = ("already_claimed", "not_the_holder")
"""Refusals whose own hint is for the command line; here a key helps."""


class BookingActions(Place):
    """A place with bookings. A subclass tells which one is chosen."""

    def chosen_booking(self) -> BookingRow | None:
        """The booking that a key is meant for."""
        raise NotImplementedError

    def action_claim(self) -> None:
        self._at_once("Claimed", self._claim)

    def _claim(self, row: BookingRow) -> Callable[[Desk], BookingRow]:
        """For its holder; another's unclaimed work for oneself where the setting ``pull`` allows it."""
        number, taker, me = row["booking_id"], _holder(row), self.host.my_agent_id
        if me is not None and row["claimed_at"] is None and self.backend.desk.settings["pull"]:
            taker = me

        def claim(desk: Desk) -> BookingRow:
            try:
                return bookings.claim(desk, number, taker)
            except Refused as error:
                if error.code not in HELD:
                    raise
                raise Refused(error.code, error.message, "r gives it to another agent") from error

        return claim

    def action_keep(self) -> None:
        self._at_once("Still on it", lambda row: lambda desk: bookings.keep(desk, row["booking_id"]))

    def action_release(self) -> None:
        self._at_once("Released", lambda row: lambda desk: bookings.release(desk, row["booking_id"]))

    def action_reopen(self) -> None:
        self._at_once("Reopened", lambda row: lambda desk: bookings.reopen(desk, row["booking_id"]))

    def action_contact(self) -> None:
        self._with_form(
            "Noted",
            lambda row: forms.contact_form(row, self.backend.desk.now),
            told_with_follow_up,
            needs=self._is_held,
        )

    def action_follow_up(self) -> None:
        self._with_form(
            "Follow-up",
            lambda row: forms.follow_up_form(row, self.backend.desk.now),
            told_with_follow_up,
            needs=self._is_held,
        )

    def action_next_step(self) -> None:
        """Claim at once; for all else the form opens."""
        row = self._chosen()
        if row is None:
            return
        step = next_action(row, self.backend.desk.now())
        steps: dict[str | None, Callable[[], None]] = {
            "claim": self.action_claim,
            "contact": self.action_contact,
            "confirm": self.action_confirm,
            "reassign": self.action_reassign,
        }
        if step is None:
            self.say(
                f"Booking {row['booking_id']} {_told_state(row)}: nothing comes next", severity="warning"
            )
        else:
            steps[step]()

    def action_confirm(self) -> None:
        self._with_form(
            "Confirmed", lambda row: forms.confirm_form(row, self.backend.values), needs=self._is_held
        )

    def action_cancel(self) -> None:
        self._with_form("Cancelled", forms.cancel_form, needs=self._is_open)

    def action_decline(self) -> None:
        self._with_form("Declined", forms.decline_form, needs=self._is_held)

    def action_note(self) -> None:
        self._with_form("Noted", forms.note_form)

    def action_rate(self) -> None:
        self._with_form("Scored", forms.rate_form, needs=self._is_finished)

    def action_edit(self) -> None:
        self._with_form("Saved", lambda row: forms.edit_form(row, self.backend.values))

    def action_reassign(self) -> None:
        self._with_form(
            "Reassigned", lambda row: forms.reassign_form(row, queries.list_agents()), needs=self._is_open
        )

    def action_why(self) -> None:
        row = self._chosen()
        if row is not None:
            number = row["booking_id"]
            self.host.ask(lambda: explanations.why(number), lambda why: self.open(why_panel(why)), opens=True)

    def action_why_not(self) -> None:
        """Ask for an agent, then tell why not them, and whom each policy would choose now."""
        row = self._chosen()
        if row is None:
            return
        number, desk = row["booking_id"], self.backend.desk

        def work(agent_id: int) -> tuple[WhyNot, list[PolicyChoice]]:
            return counterfactuals.why_not(desk, number, agent_id), counterfactuals.other_policies(
                desk, number
            )

        def picked(agent_id: int | None) -> None:
            if agent_id is not None:
                self.host.ask(
                    lambda: work(agent_id), lambda told: self.open(why_not_panel(*told)), opens=True
                )

        title = f"Why did booking {number} not go to ...?"
        self.host.ask(
            queries.list_agents, lambda agents: self.open(PickAgent(title, agents), picked), opens=True
        )

    def action_copy(self) -> None:
        """The number or address for the customer's method; where none is known, the row."""
        row = self._chosen()
        if row is None:
            return
        way = reach(row)
        if way is not None:
            kind, text = way
            self.copy(text, f"the {kind} of {short(row['customer_name'])}")
        else:
            self.copy(_line(row))

    def action_customer(self) -> None:
        row = self._chosen()
        if row is not None:
            self.open_customer(row["customer_id"])

    def action_new_issue(self) -> None:
        """The customer of this booking needs something."""
        row = self._chosen()
        if row is None:
            return

        def closed(issue: IssueDetails | None) -> None:
            if issue is not None:
                self.say(f"{issue_told('Opened', issue)}; {keys.key_of(self.app, 'place.service')} shows it")

        self.host.ask(
            lambda: customers.card(row["customer_id"]),
            lambda card: self.open(NewIssue(card, row["booking_id"]), closed),
            opens=True,
        )

    def action_booking_log(self) -> None:
        row = self._chosen()
        if row is not None:
            self.host.show_log(f"booking:{row['booking_id']}")

    # What the desk would refuse whatever is typed is said before a form is opened. Each raises Refused.

    def _is_open(self, row: BookingRow) -> None:
        if row["status"] != PENDING:
            hint = "enter the lead anew" if row["voided"] else "{booking.reopen} makes it Pending"
            raise self._refusal("not_pending", f"booking {row['booking_id']} {_told_state(row)}", hint)

    def _is_held(self, row: BookingRow) -> None:
        self._is_open(row)
        if row["agent_id"] is None:
            text = f"booking {row['booking_id']} waits for an agent"
            raise self._refusal("waiting", text, "{booking.reassign} gives it to one")

    def _is_finished(self, row: BookingRow) -> None:
        if row["status"] == PENDING or row["voided"]:
            text = f"booking {row['booking_id']} {_told_state(row)}"
            raise self._refusal("not_finished", text, "only a finished one has a score")

    def _refusal(self, code: str, text: str, hint: str) -> Refused:
        return Refused(code, text, keys.with_keys(self.app, hint))

    def _chosen(self) -> BookingRow | None:
        row = self.chosen_booking()
        if row is None:
            self.say("No booking is chosen: move the cursor to one first", severity="warning")
        return row

    def _at_once(self, word: str, command: Callable[[BookingRow], Callable[[Desk], BookingRow]]) -> None:
        self.perform_on(self._chosen(), command, partial(told, word))

    def _with_form(
        self,
        word: str,
        form: Callable[[BookingRow], ModalScreen[BookingRow | None]],
        tell: Callable[[str, BookingRow], str] | None = None,
        *,
        needs: Callable[[BookingRow], None] | None = None,
    ) -> None:
        """Open a form for the booking as it is now, not as the list last saw it, if that ``needs`` it."""
        row = self._chosen()
        if row is None:
            return

        def ready() -> ModalScreen[BookingRow | None]:
            booking = queries.booking(row["booking_id"])
            if needs is not None:
                needs(booking)
            return form(booking)

        self.open_form(ready, partial(tell or told, word))


def told(word: str, booking: BookingRow) -> str:
    """What a toast says about a booking after a command."""
    holder = short(booking["agent_name"] or "waiting for an agent")
    return f"{word}: booking {booking['booking_id']}, {short(booking['customer_name'])} ({holder})"


def told_with_follow_up(word: str, booking: BookingRow) -> str:
    """The same, and when to get back to the customer."""
    at = booking["follow_up_at"]
    return f"{told(word, booking)}, {f'follow-up {day_and_moment(at)}' if at else 'no follow-up'}"


def _told_state(row: BookingRow) -> str:
    return "was entered by mistake" if row["voided"] else f"is {row['status']}"


def _line(row: BookingRow) -> str:
    trip = f"{row['destination']} from {row['launch_location']}"
    holder = row["agent_name"] or "waiting for an agent"
    return f"Booking {row['booking_id']}, {row['customer_name']}: {trip}, {row['status']}, {holder}"


def _holder(row: BookingRow) -> int:
    if row["agent_id"] is None:
        raise Refused("waiting", f"booking {row['booking_id']} waits for an agent", "r reassigns it")
    agent_id: int = row["agent_id"]
    return agent_id
