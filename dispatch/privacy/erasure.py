"""Erasing a customer: the desk keeps the work and its figures, and forgets the person.

The one command that changes what was written: names, numbers, addresses and texts go from rows, events and
the search indexes. The chain of events stays valid (dispatch/desk/event_chain.py). Merged customers go with
the one they were merged into.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import erase, seal, seal_at_once
from dispatch.privacy.holdings import CONTACTS, PERSONAL, TYPED, Holdings, event_ids, events_on_loan, holdings
from dispatch.privacy.row_types import Erased
from models.audit import Decision, Erasure, Event, EventSeal, write_over, write_over_row
from models.base import tuples
from models.bookings import PENDING, Booking
from models.customer_index import CUSTOMERS
from models.customers import Lead
from models.errors import Refused
from models.hints import act
from models.issues import CLOSED, RESOLVED, Interaction, Issue
from models.sql import listed
from models.steps import STEPS
from models.text_index import NOTE_INDEX, WISH_INDEX

NAMES_NOBODY = frozenset(
    [
        "agent_name",
        "author",
        "category",
        "channel",
        "command",
        "complexity",
        "destination",
        "department",
        "hours",
        "kind",
        "launch",
        "launch_location",
        "level",
        "method",
        "outcome",
        "package",
        "policy",
        "presence",
        "priority",
        "source",
        "status",
        "tier",
        "to",
        "trigger",
        "triggers",
        "unsuited",
    ]
)
"""Keys in an event's detail and result whose texts tell of the work; any other may tell of the person."""
FORGET = "customer.forget"
MOST_NAMED = 10
WRITTEN_ONCE = (Decision, Interaction)
_COLUMNS = {model.table: frozenset(columns) for model, columns in PERSONAL.items()}


def forget(desk: Desk, customer_id: int) -> Erased:
    """Erase a customer, finally. Raises NotFound, and Refused while work for them is open."""
    seal(desk)  # most of it in short commits: only sealed events can be erased
    return _forget(desk, customer_id)


def preview(customer_id: int) -> Erased:
    """Return what would be erased, without changing anything. Raises what ``forget`` raises."""
    held = holdings(customer_id)
    _check_nothing_open(held)
    return _told(customer_id, held, len(_events(held)))


@command(
    "customer.forget", past="erased", undo=never("what was erased is nowhere any more"), may="customer.erase"
)
def _forget(running: Command, customer_id: int) -> Erased:
    held = holdings(customer_id)
    _check_nothing_open(held)
    seal_at_once()
    opened = [Erasure(customer_id=one, erased_at=running.now) for one in held.customers]
    for erasure in opened:
        erasure.save()
    _erase_rows(held)
    changed = _erase_events(held)
    for erasure in opened:
        erasure.closed = True
        erasure.save()
        CUSTOMERS.renew(erasure.customer_id)
    for lead_id in held.ids[Lead]:
        WISH_INDEX.renew(lead_id)
    running.customer_id = customer_id
    erased = _told(customer_id, held, changed)
    running.detail = {"customers": erased["customers"], "events": changed}
    return erased


def _told(customer_id: int, held: Holdings, events: int) -> Erased:
    rows = {model.table: len(numbers) for model, numbers in held.ids.items() if numbers and model in PERSONAL}
    return {"customer_id": customer_id, "customers": held.customers, "rows": rows, "events": events}


def _check_nothing_open(held: Holdings) -> None:
    customer_id = held.customers[0]
    for model, is_open, first, way in (
        (Booking, Booking.status == PENDING, "confirm or cancel them first", "booking.cancel"),
        (Issue, Issue.status.not_in((RESOLVED, CLOSED)), "resolve them first", "issue.resolve"),
    ):
        key = model._meta.primary_key
        mine = model.select(key).where(key.in_(listed(held.ids[model])), is_open).order_by(key)
        numbers = [number for (number,) in tuples(mine)]
        if numbers:
            some = ", ".join(map(str, numbers[:MOST_NAMED]))
            problem = f"customer {customer_id} has open work: {model.label} {some}"
            raise Refused("work_open", problem, f"{first}; {act(way, numbers[0])}")


def _erase_rows(held: Holdings) -> None:
    """Erase the personal columns by queries: rows saved one by one would be written down in the event."""
    for model, columns in PERSONAL.items():
        key: Any = model._meta.primary_key
        for name, instead in columns.items():
            column = model._meta.fields[name]
            there = column.is_null(False) & key.in_(listed(held.ids[model]))
            if model in TYPED:
                there &= TYPED[model]
            if model in WRITTEN_ONCE:
                write_over(
                    model, [number for (number,) in tuples(model.select(key).where(there))], {name: instead}
                )
            else:
                model.update({column: instead}).where(there).execute()


def _events(held: Holdings) -> list[int]:
    return sorted({*event_ids(held), *events_on_loan(held)})


def _erase_events(held: Holdings) -> int:
    """Erase the texts of events; return how many had some."""
    own, changed = held.keys(), 0
    for event_id in _events(held):
        rule = _rule(own, held.borrowers(event_id))
        event, sealed = Event.lock(event_id), EventSeal.lock(event_id)
        if erase(event, sealed, rule):
            write_over_row(event)
            write_over_row(sealed)
            changed += 1
        NOTE_INDEX.renew(event_id)
    return changed


ORDER = f"detail//{STEPS}/"
"""Where an event's detail says in which order rows changed: their numbers, and no words of a customer."""


def _rule(own: set[str], borrowers: set[str]) -> Callable[[str, str], bool]:
    """Return which texts of an event go, by part and path; of borrowers' rows the contacts."""

    def is_personal(part: str, path: str) -> bool:
        table, _, number = part.partition(":")
        if path.startswith(ORDER):
            return False
        if not number:
            name = next((name for name in reversed(path.split("/")) if name and not name.isdecimal()), "")
            return name not in NAMES_NOBODY and not name.endswith("_at")
        column = path.rpartition("/")[2]
        return (part in own and column in _COLUMNS.get(table, ())) or (
            part in borrowers and column in CONTACTS
        )

    return is_personal
