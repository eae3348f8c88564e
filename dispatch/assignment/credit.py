"""Turns and shares given back by leads that are undone, and taken again by their redo.

A lead counts for the agent who has it by a policy that remembers whom it gave leads: in ``round_robin`` its
turn, in ``share`` a lead received. The undo's event says how many were given back to whom (``credit``), the
redo's how many were ``taken_again``.
"""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.assignment.policies import POLICIES
from dispatch.desk.commands import Command
from models import shares
from models.audit import Decision
from models.base import CompiledQuery, parameter
from models.bookings import Booking
from models.customers import Lead

REMEMBERING = ("round_robin", shares.SHARE)

_decision = CompiledQuery(
    lambda: (
        Decision.select(Decision.decision_id, Decision.policy, Booking.agent_id, Booking.lead_id)
        .join(Booking, on=(Booking.lead_id == Decision.lead_id))
        .where(Booking.booking_id == parameter("booking_id"), Decision.agent_id == Booking.agent_id)
        .order_by(Decision.decision_id.desc())
        .limit(1)
    )
)


def give_back(running: Command, booking_ids: Iterable[int]) -> None:
    """Let the leads of undone bookings count no more, once their load is taken off, the newest first."""
    for policy, agent_id, lead in _counted(sorted(booking_ids, reverse=True)):
        if POLICIES[policy].give_back(lead, agent_id):
            _note(running, "credit", policy, agent_id)


def take_again(running: Command, booking_ids: Iterable[int]) -> None:
    """Let the leads of bookings that are back count again, the oldest first."""
    for policy, agent_id, lead in _counted(sorted(booking_ids)):
        if POLICIES[policy].take_again(lead, agent_id):
            _note(running, "taken_again", policy, agent_id)


def _counted(booking_ids: Iterable[int]) -> Iterable[tuple[str, int, Lead]]:
    """The policy that gave each booking to its agent, if it remembers that."""
    since = shares.counts_since()
    for booking_id in booking_ids:
        for decision_id, policy, agent_id, lead_id in _decision(booking_id=booking_id):
            forgotten = policy == shares.SHARE and (since is None or decision_id <= since)
            if policy in REMEMBERING and not forgotten:
                yield policy, agent_id, Lead.lock(lead_id)


def _note(running: Command, what: str, policy: str, agent_id: int) -> None:
    counts = running.detail.setdefault(what, {}).setdefault(policy, {})
    counts[str(agent_id)] = counts.get(str(agent_id), 0) + 1
