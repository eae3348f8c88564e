"""The lifecycle of a booking: claim, release, decline, confirm, cancel, reassign, reopen, rate.

Each command (see desk/commands.py) returns the booking as it is afterwards.
"""

from __future__ import annotations

from dispatch import queries
from dispatch.assignment.agent_checks import (
    attending_agent,
    check_caps,
    check_room,
    not_the_holder,
    working_agent,
)
from dispatch.assignment.assign import find_agent, give, may_take, save, start_clock
from dispatch.assignment.decisions import decide_by_hand
from dispatch.bookings.renamed_terms import put_present_names
from dispatch.customers.records import refuse_erased
from dispatch.desk.commands import Command, command, put_back, reverse_event
from dispatch.inputs import validation
from dispatch.inputs.amounts import money_cents
from dispatch.inputs.times import due_times
from dispatch.queries.offer_rounds import DECLINED
from dispatch.queries.row_types import BookingRow
from models.agents import GONE, Agent
from models.bookings import CANCELLED, CONFIRMED, PENDING, Booking
from models.calendars import terminal
from models.customers import Lead
from models.errors import InvalidInput, Refused
from models.hints import act

ENTER_AGAIN = "enter the lead again"
PULLED = "pull"


@command("booking.claim", past="claimed", undo=put_back, may="booking.work")
def claim(running: Command, booking_id: int, agent_id: int) -> BookingRow:
    """Claim a booking for its agent or, with the setting ``pull``, for another. Raises NotFound, Refused."""
    booking = pending_booking(running, booking_id)
    agent = working_agent(agent_id)
    if booking.agent_id != agent_id:
        _pull(running, booking, agent)
    elif booking.claimed_at is not None:
        told = f"{agent.name} claimed booking {booking_id} at {booking.claimed_at}"
        raise Refused("already_claimed", told, f"{act('booking.reassign', booking_id)} reassigns it")
    booking.claimed_at = booking.progress_at = running.now
    start_clock(booking, running.now)
    booking.given_at = booking.given_at or running.now
    if agent.offers_missed:
        agent = Agent.lock(agent_id)  # as it is after a pull
        agent.offers_missed = 0
        agent.save()
    return saved(running, booking)


def _pull(running: Command, booking: Booking, agent: Agent) -> None:
    """Move another agent's unclaimed booking to the agent who claims it. Raises Refused."""
    holder = Agent.lock(booking.agent_id)
    if booking.claimed_at is not None or not running.desk.settings["pull"]:
        claimed = f" who claimed it at {booking.claimed_at}," if booking.claimed_at else ""
        raise not_the_holder("booking", booking.booking_id, holder, agent, claimed)
    attending_agent(agent.agent_id)
    check_room(agent)
    check_caps(agent, booking.lead_id)
    running.detail = {"pulled_from": holder.agent_id}
    decide_by_hand(running, booking.lead_id, agent, f"{agent.name} pulled it from {holder.name}", PULLED)
    give(running, booking, agent.agent_id, by_person=True)


@command("booking.release", past="released", undo=put_back, may="booking.work")
def release(running: Command, booking_id: int) -> BookingRow:
    """Release a claim; the booking stays with its agent unless that agent is away or offline.

    Raises NotFound, Refused.
    """
    booking = pending_booking(running, booking_id)
    check_claimed(booking)
    return unclaim(running, booking)


@command("booking.decline", past="declined", undo=put_back, may="booking.work")
def decline(running: Command, booking_id: int, reason: str) -> BookingRow:
    """Decline a booking: it goes to the next agent who has not declined it, or waits if there is none."""
    reason = validation.required_text(reason, "reason")
    booking = pending_booking(running, booking_id)
    decliner = booking.agent_id
    assert decliner is not None  # pending_booking refuses waiting ones
    running.detail = {"reason": reason, "declined_by": decliner}
    find_agent(running, booking, {decliner: DECLINED})
    return described(running, booking_id)


@command("booking.note", past="note", undo=reverse_event, may="booking.work")
def note(running: Command, booking_id: int, text: str) -> BookingRow:
    """Add a note to the booking's history. Raises NotFound, InvalidInput."""
    running.detail = {"text": validation.required_text(text, "text")}
    booking = booking_at_work(running, booking_id)
    refuse_erased(Lead.lock(booking.lead_id).customer_id)
    return saved(running, booking)


@command("booking.confirm", past="confirmed", undo=put_back, may="booking.work")
def confirm(
    running: Command,
    booking_id: int,
    package: str | None = None,
    destination_revenue: str | float | None = None,
    package_revenue: str | float | None = None,
) -> BookingRow:
    """Confirm a booking, taking from its quote what is not given; this claims it too.

    Raises NotFound, Refused, InvalidInput.
    """
    booking = pending_booking(running, booking_id)
    set_quote(running, booking, package, destination_revenue, package_revenue)
    missing = [
        option
        for option, value in (
            ("--package", booking.package),
            ("--destination-revenue", booking.destination_revenue_cents),
            ("--package-revenue", booking.package_revenue_cents),
        )
        if value is None
    ]
    if missing:
        raise InvalidInput(
            "quote",
            f"booking {booking_id} has no quote yet: {' and '.join(missing)} missing",
            "add them to confirm",
        )
    booking.status = CONFIRMED
    booking.completed_at = running.now
    booking.follow_up_at = None
    booking.claimed_at = booking.claimed_at or running.now
    return saved(running, booking)


@command("booking.cancel", past="cancelled", undo=put_back, may="booking.work")
def cancel(running: Command, booking_id: int, reason: str) -> BookingRow:
    """Cancel a booking, even one that waits for an agent. Raises NotFound, Refused, InvalidInput."""
    reason = validation.required_text(reason, "reason")
    booking = pending_booking(running, booking_id, waiting_too=True)
    running.detail = {"reason": reason}
    cancelled(running, booking, reason)
    return described(running, booking_id)


def cancelled(running: Command, booking: Booking, reason: str) -> None:
    """Cancel a booking as part of a command."""
    booking.status = CANCELLED
    booking.cancelled_at = running.now
    booking.cancel_reason = reason
    booking.follow_up_at = None
    if booking.agent_id is not None:
        booking.claimed_at = booking.claimed_at or running.now
    save(running, booking)


@command("booking.reassign", past="reassigned", undo=put_back, may="booking.manage")
def reassign(running: Command, booking_id: int, to_agent_id: int, reason: str) -> BookingRow:
    """Give a Pending booking to another agent by hand, unclaimed, even above the agent's capacity or a cap.

    Returns it with ``over_capacity``, and with ``over_cap`` where the agent was at one. Raises NotFound,
    InvalidInput, and Refused for an absent agent.
    """
    reason = validation.required_text(reason, "reason")
    booking = pending_booking(running, booking_id, waiting_too=True)
    agent = attending_agent(to_agent_id)
    running.detail = {"reason": reason}
    over = reassigned(running, booking, agent, reason)
    row = described(running, booking_id) | {"over_capacity": over}
    return row | {"over_cap": running.detail["over_cap"]} if "over_cap" in running.detail else row


def reassigned(running: Command, booking: Booking, agent: Agent, reason: str) -> bool:
    """Give a booking to another agent as part of a command; return whether it exceeds the capacity."""
    check_other(booking, agent)
    is_full = agent.held >= agent.capacity
    decide_by_hand(running, booking.lead_id, agent, reason)
    give(running, booking, agent.agent_id, by_person=True)
    return is_full


@command("booking.reopen", past="reopened", undo=put_back, may="booking.manage")
def reopen(running: Command, booking_id: int) -> BookingRow:
    """Reopen a closed booking, unclaimed and with its quote; replace an agent who may take no work."""
    booking = booking_at_work(running, booking_id)
    if booking.status == PENDING:
        raise Refused(
            "not_closed",
            f"booking {booking_id} is Pending",
            "only Confirmed or Cancelled bookings can be reopened",
        )
    if booking.voided:
        raise Refused("voided", f"booking {booking_id} was entered by mistake", ENTER_AGAIN)
    refuse_erased(Lead.lock(booking.lead_id).customer_id)
    booking.status = PENDING
    booking.completed_at = booking.cancelled_at = booking.cancel_reason = booking.claimed_at = None
    booking.progress_at = booking.asked_at = booking.pinned_at = None
    booking.clock_from = running.now
    booking.unreachable, booking.attempts_in_row = False, 0
    put_present_names(running.desk.values, booking)
    if booking.agent_id is None or not may_take(booking.agent_id, booking.lead_id):
        find_agent(running, booking)
        return described(running, booking_id)
    booking.given_at = running.now
    return saved(running, booking)


@command("booking.rate", past="scored", undo=put_back, may="booking.manage")
def rate(running: Command, booking_id: int, score: int | str) -> BookingRow:
    """Set the customer's score, 1 to 5, for a closed booking; a second score replaces the first."""
    points = validation.whole(score, "score", 1, 5)
    booking = booking_at_work(running, booking_id)
    refuse_erased(Lead.lock(booking.lead_id).customer_id)
    if booking.status == PENDING or booking.voided:
        raise Refused("not_finished", f"booking {booking_id} is not finished", "confirm or cancel it first")
    if booking.agent_id is None:
        raise Refused("nobody_to_rate", f"booking {booking_id} never had an agent")
    booking.score = points
    booking.scored_agent_id = booking.agent_id
    running.detail = {"score": points}
    return saved(running, booking)


def unclaim(running: Command, booking: Booking) -> BookingRow:
    """Remove the claim from a booking, and find another agent if the holder is away or offline.

    Whoever lets go of it undoes what a person decided: it is no longer pinned to them.
    """
    booking.claimed_at = booking.progress_at = booking.asked_at = booking.pinned_at = None
    holder = Agent.lock(booking.agent_id)
    if holder.presence in GONE:
        find_agent(running, booking, because=f"{holder.name} is {holder.presence}")
        return described(running, booking.booking_id)
    return saved(running, booking)


def set_quote(
    running: Command,
    booking: Booking,
    package: str | None,
    destination_revenue: str | float | None,
    package_revenue: str | float | None,
) -> None:
    """Set the given parts of the booking's quote. Raises InvalidInput."""
    if package is not None:
        booking.package = running.desk.values.check_package(booking.destination, package, booking.package)
    currency = running.desk.settings["currency"]
    if destination_revenue is not None:
        cents = money_cents(destination_revenue, "destination_revenue", currency)
        booking.destination_revenue_cents = cents
    if package_revenue is not None:
        booking.package_revenue_cents = money_cents(package_revenue, "package_revenue", currency)


def set_follow_up(running: Command, booking: Booking, at: str | None) -> None:
    """Set when to get back to the customer, on the booking and in the event. Raises InvalidInput."""
    booking.follow_up_at = follow_up_time(at, running.now)
    running.detail["follow_up_at"] = booking.follow_up_at


def follow_up_time(at: str | None, now: str) -> str:
    """Return the stored time that a follow-up's text names. Raises InvalidInput."""
    return due_times.understand(at or "", now, terminal())


def nothing_to_clear(booking_id: int) -> Refused:
    """Return the refusal to clear a follow-up that a booking does not have."""
    return Refused("no_follow_up", f"booking {booking_id} has no follow-up to clear")


def booking_at_work(running: Command, booking_id: int) -> Booking:
    """Return the booking a command is about, for writing. Raises NotFound."""
    running.booking_id = booking_id
    return Booking.lock(booking_id)


def pending_booking(running: Command, booking_id: int, *, waiting_too: bool = False) -> Booking:
    """Return a Pending booking for writing; ``waiting_too`` allows no agent. Raises NotFound, Refused."""
    booking = booking_at_work(running, booking_id)
    check_open(booking, waiting_too=waiting_too)
    return booking


def check_open(booking: Booking, *, waiting_too: bool = False) -> None:
    """Raise Refused for a closed booking or, unless ``waiting_too``, one without an agent."""
    number = booking.booking_id
    if booking.status != PENDING:
        state = "was entered by mistake" if booking.voided else f"is already {booking.status.lower()}"
        raise Refused(
            "not_pending",
            f"booking {number} {state}",
            ENTER_AGAIN if booking.voided else f"{act('booking.reopen', number)} makes it Pending",
        )
    if booking.agent_id is None and not waiting_too:
        raise Refused(
            "waiting",
            f"booking {number} waits for an agent",
            f"{act('booking.reassign', number)} assigns it",
        )


def check_claimed(booking: Booking, hint: str = "only claimed work can be released") -> None:
    """Raise Refused for an unclaimed booking."""
    if booking.claimed_at is None:
        raise Refused("not_claimed", f"booking {booking.booking_id} is not claimed", hint)


def check_other(booking: Booking, agent: Agent) -> None:
    """Raise Refused if the agent already has the booking."""
    if booking.agent_id == agent.agent_id:
        raise Refused("same_agent", f"booking {booking.booking_id} is already with {agent.name}")


def saved(running: Command, booking: Booking) -> BookingRow:
    """Save the booking of a command, and return its row."""
    save(running, booking)
    return described(running, booking.booking_id)


def described(running: Command, booking_id: int) -> BookingRow:
    """Return the row of the booking a command is about, and note its agent for the event."""
    row = queries.booking(booking_id)
    running.booking_id, running.agent_id = booking_id, row["agent_id"]
    return row


@command("booking.keep", past="claim kept", undo=put_back, may="booking.work")
def keep(running: Command, booking_id: int) -> BookingRow:
    """Keep a claim whose agent is still working on it; its clock restarts. Raises NotFound, Refused."""
    booking = pending_booking(running, booking_id)
    check_claimed(booking, f"{act('booking.claim', booking_id)} claims it")
    booking.asked_at = None
    booking.progress_at = running.now
    return saved(running, booking)
