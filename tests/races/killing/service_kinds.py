"""Commands on issues, and undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dispatch import agents, bookings, customers
from dispatch.agents.handover import hand_over
from dispatch.agents.presence import set_presence
from dispatch.assignment import shuffle as shuffling
from dispatch.batches.record import together
from dispatch.bookings import bulk_actions, editing
from dispatch.desk.desk import Desk
from dispatch.operations.undo import redo, undo
from dispatch.service import bulk_actions as issue_bulk
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import conversation, escalation_commands, intake, lifecycle, ownership, surveys
from dispatch.service.issues import editing as issue_editing
from dispatch.service.satisfaction import training
from dispatch.service.satisfaction.prediction import current_model
from dispatch.service.satisfaction.trained_model import Learned
from dispatch.service.ticket_files import intake as ticket_intake
from dispatch.service.ticket_files.tickets import ticket_of
from tests.races.killing import desk_at_work as work
from tests.races.killing.desk_at_work import (
    QUOTE,
    add_agent,
    everybody,
    give_issue,
    holder,
    issue_holder,
    lead,
)
from tests.races.killing.desk_kinds import uneven
from tests.races.killing.kinds import Kind, command, set_to, several

WORDS = "Please refund the second payment, I was charged twice."


TICKET = ticket_of(
    {
        "subject": "Refund",
        "text": WORDS,
        "name": "Eve Fox",
        "email": "eve.fox@example.com",
        "status": "pending",
        "priority": "high",
        "external_id": "1041",
        "comments": '[{"body": "Which card?", "incoming": false}, {"body": "Hm", "private": true}]',
    }
)


def open_issue(desk: Desk, **given: Any) -> Any:
    return intake.open_issue(desk, WORDS, **given)


def trained(desk: Desk) -> Any:
    """Keep what a training has learned, unless it was kept before."""
    with desk.reading():
        known = current_model()
    learned = Learned([0.0], [1.0], [0.5, 0.1], 4.5, 2.0)
    rates = {"error": 0.5, "formula_error": 0.6, "accuracy": 0.8}
    return known is None and training.keep(desk, training.FEWEST_ANSWERS, learned, rates)


ISSUES: dict[str, Kind] = {
    "issue": command(open_issue),
    "issue of a booking": command(partial(open_issue, booking_id=work.PENDING, tier="gold", channel="phone")),
    "issue that waits": command(open_issue, partial(everybody, presence="busy")),
    "ticket of a file": command(lambda desk: ticket_intake.take_in(desk, TICKET)),
    "issue of a given category": command(partial(open_issue, category="product_complaint")),
    "issue claimed": command(
        lambda desk: ownership.claim(desk, work.ASSIGNED_ISSUE, issue_holder(desk, work.ASSIGNED_ISSUE))
    ),
    "issue reassigned": command(
        lambda desk: ownership.reassign(desk, work.ISSUE_AT_WORK, 2, "speaks French"),
        partial(give_issue, issue_id=work.ISSUE_AT_WORK, agent_id=1),
    ),
    "issue's status": command(
        lambda desk: lifecycle.set_status(desk, work.ISSUE_AT_WORK, "pending_customer")
    ),
    "reply": command(lambda desk: conversation.reply(desk, work.ISSUE_AT_WORK, "Which browser do you use?")),
    "customer's reply": command(
        lambda desk: conversation.reply(desk, work.ASKED_ISSUE, "The old one.", author="customer")
    ),
    "customer's reply reopens": command(
        lambda desk: conversation.reply(desk, work.RESOLVED_ISSUE, "It broke again!", author="customer")
    ),
    "issue's note": command(lambda desk: conversation.note(desk, work.ISSUE_AT_WORK, "the bank is slow")),
    "escalation": command(
        lambda desk: escalation_commands.escalate(desk, work.ISSUE_AT_WORK, "a loyal customer", 2)
    ),
    "acknowledgement": command(lambda desk: escalation_commands.acknowledge(desk, work.ESCALATED_ISSUE)),
    "settlement": command(lambda desk: escalation_commands.settle(desk, work.ESCALATED_ISSUE, "all is well")),
    "issue resolved": command(lambda desk: lifecycle.resolve(desk, work.ESCALATED_ISSUE, "It works again.")),
    "issue closed": command(lambda desk: lifecycle.close(desk, work.RESOLVED_ISSUE)),
    "issue reopened": command(lambda desk: lifecycle.reopen(desk, work.CLOSED_ISSUE, "it came back")),
    "issue scored": command(lambda desk: surveys.rate(desk, work.RESOLVED_ISSUE, 5, "quick")),
    "issue edited": command(
        lambda desk: issue_editing.edit(
            desk, work.ISSUE_AT_WORK, category="product_complaint", tier="platinum"
        )
    ),
    "several issues reassigned": command(
        lambda desk: issue_bulk.reassign(desk, (work.ISSUE_AT_WORK, work.ESCALATED_ISSUE, 99), 1, "ill")
    ),
    "several issues prioritised": command(
        lambda desk: issue_bulk.prioritise(desk, (work.ISSUE_AT_WORK, work.ESCALATED_ISSUE), "low")
    ),
    "several issues closed": command(
        lambda desk: issue_bulk.close(desk, (work.RESOLVED_ISSUE, work.ISSUE_AT_WORK))
    ),
    "issues passed on": command(
        lambda desk: set_presence(desk, 2, "away"),
        partial(give_issue, issue_id=work.ASSIGNED_ISSUE, agent_id=2),
    ),
    "waiting issues given out": command(
        lambda desk: set_presence(desk, 2, "available"),
        several(partial(everybody, presence="busy"), open_issue, open_issue),
    ),
    "issues' clocks": command(sweep_issues, partial(open_issue, tier="enterprise"), answers_again=False),
    "training": command(trained, answers_again=False),
}


def undone(step: Any, before: Any = None) -> Kind:
    """The undo of a command just done."""
    return command(undo, step if before is None else several(before, step))


def done_again(step: Any) -> Kind:
    """The redo of a command done and undone."""
    return command(redo, several(step, undo))


def batch_of(desk: Desk) -> list[Callable[[], object]]:
    """The commands of a batch: two of them on one booking."""
    return [
        lambda: bookings.claim(desk, work.PENDING, holder(desk, work.PENDING)),
        lambda: bookings.note(desk, work.PENDING, "speaks French"),
        lambda: bulk_actions.cancel(desk, work.MORE_PENDING, "called off"),
        lambda: lead(desk),
    ]


def in_a_batch(desk: Desk) -> object:
    return together(desk, batch_of(desk))


UNDO: dict[str, Kind] = {
    "undo of a batch": undone(in_a_batch),
    "redo of a batch": done_again(in_a_batch),
    "redo of a lead": done_again(lead),
    "redo of a cancellation": done_again(lambda desk: bookings.cancel(desk, work.PENDING, "no money")),
    "undo of a lead": undone(lead),
    "undo of a claim": undone(lambda desk: bookings.claim(desk, work.PENDING, holder(desk, work.PENDING))),
    "undo of a confirmation": undone(lambda desk: bookings.confirm(desk, work.CLAIMED, **QUOTE)),
    "undo of a cancellation": undone(lambda desk: bookings.cancel(desk, work.PENDING, "no money")),
    "undo of a score": undone(lambda desk: bookings.rate(desk, work.SCORED, 2)),
    "undo of an edit": undone(
        lambda desk: editing.edit(desk, work.PENDING, name="Kate M", method="Phone Call")
    ),
    "undo of several cancelled": undone(
        lambda desk: bulk_actions.cancel(desk, work.MORE_PENDING, "called off")
    ),
    "undo of a merge": undone(lambda desk: customers.merge(desk, 1, work.LEADS + 1)),
    "undo of an agent": undone(add_agent),
    "undo of a leave": undone(lambda desk: agents.leave(desk, 1, hand_over=True)),
    "undo of a handover": undone(lambda desk: hand_over(desk, 1, 2)),
    "undo of a shuffle": undone(shuffling.shuffle, uneven),
    "undo of a presence": undone(lambda desk: set_presence(desk, 1, "busy")),
    "undo of an issue": undone(open_issue),
    "undo of a resolution": undone(lambda desk: lifecycle.resolve(desk, work.ESCALATED_ISSUE, "It works.")),
    "undo after a policy": undone(
        lambda desk: bookings.decline(desk, work.PENDING, "full"), set_to("policy", "balanced")
    ),
}
