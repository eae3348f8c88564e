"""Customers: finding them, what is known of one, who may be the same, and making two into one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from peewee import JOIN

from dispatch import checks, logbook, views
from dispatch.commands import Command, command
from dispatch.search import booking_number, catch_up, found, prepare
from dispatch.service.dealings import dealings
from dispatch.triage import categories
from models.audit import Event
from models.base import listed, tuples
from models.bookings import PENDING, Assignment, Booking
from models.customers import Customer, Lead
from models.errors import InvalidInput, NotFound, Refused
from models.issues import Issue
from models.search import backlog, fold, name_needle, needle, words_in

__all__ = [
    "backlog",
    "card",
    "catch_up",
    "edit",
    "find",
    "in_question",
    "merge",
    "prepare",
    "preview_merge",
    "rename_leads",
    "similar",
    "standing",
    "suspects",
]

Row = dict[str, Any]

MOST_FOUND = 20
MOST_LISTED = 10_000
MOST_ON_CARD = 50
MOST_SUSPECTS = 10
MOST_COMPARED = 200
NEARLY = 0.88  # of two names' letters, in order: a letter or two of a usual name may differ
COLUMNS = (
    Customer.customer_id,
    Customer.name,
    Customer.phone,
    Customer.email,
    Customer.created_at,
    Customer.merged_into,
    Customer.tier,
)


def find(text: str, limit: int = MOST_FOUND) -> list[Row]:
    """Customers by a part of a name, phone or e-mail, or by a booking's number; best first.

    First who has exactly this number, phone or e-mail, then whose name begins so, then the others,
    the newest first. Every word has to be there: one of three letters or more anywhere, a shorter
    one where a word begins. Of more than 10,000 newest customers who are not in the index yet
    (``backlog``), only that many are looked through.
    """
    words = words_in(text)
    ids = dict.fromkeys(_exactly(text))
    if words:
        ids |= dict.fromkeys(found([name_needle(words)], limit))
        ids |= dict.fromkeys(found([needle(word) for word in words], limit + len(ids)))
    return _rows(list(ids)[:limit])


def _exactly(text: str) -> list[int]:
    """The customers with just this booking number, phone or e-mail, newest first."""
    words = words_in(text)
    digits = words[0] if words and words[0].isdecimal() and len(words) == 1 else ""
    number = booking_number(text)
    lead = Booking.select(Booking.lead_id).where(Booking.booking_id == number)
    lookups: list[Any] = [Lead.select(Lead.customer_id).where(Lead.lead_id.in_(lead))] if number else []
    for contact in (Customer.phone.in_([digits, "+" + digits]), Customer.email == fold(text).strip()):
        people = Customer.select(Customer.customer_id).where(contact, Customer.merged_into.is_null())
        lookups.append(people.order_by(Customer.customer_id.desc()))
    return [customer_id for query in lookups for (customer_id,) in tuples(query)]


def _rows(customer_ids: Sequence[int]) -> list[Row]:
    """Customers in the order given, with what they have open and their last booking."""
    people = tuples(Customer.select(*COLUMNS).where(Customer.customer_id.in_(listed(customer_ids))))
    made = {values[0]: _row(values) for values in people}
    bookings = (
        Booking.select(Lead.customer_id, Booking.booking_id, Booking.status, Booking.created_at)
        .join(Lead, on=(Booking.lead_id == Lead.lead_id))
        .where(Lead.customer_id.in_(listed(customer_ids)), ~Booking.voided)
    )
    for customer_id, booking_id, status, created_at in tuples(bookings):
        row = made[customer_id]
        row["open_bookings"] += status == PENDING
        if booking_id > (row["last_booking_id"] or 0):
            row["last_booking_id"], row["last_booking_at"] = booking_id, created_at
    return [made[customer_id] for customer_id in customer_ids if customer_id in made]


def _row(values: tuple[Any, ...]) -> Row:
    row = dict(zip((column.name for column in COLUMNS), values, strict=True))
    return row | {"open_bookings": 0, "last_booking_id": None, "last_booking_at": None}


def card(customer_id: int, limit: int = MOST_ON_CARD) -> Row:
    """All that is known of a customer; leads, bookings and events newest first, ``limit`` of each.

    Raises NotFound.
    """
    rows = _rows([customer_id])
    if not rows:
        raise NotFound("customer", customer_id, "astra customer find looks for one")
    merged = Customer.select(Customer.customer_id).where(Customer.merged_into == customer_id)
    bookings = views.bookings_of([customer_id], limit)
    return (
        rows[0]
        | dealings(customer_id)
        | {
            "merged": [other for (other,) in tuples(merged)],
            "leads": _leads(customer_id, limit),
            "bookings": bookings,
            "events": _events(customer_id, [row["booking_id"] for row in bookings], limit),
        }
    )


def _leads(customer_id: int, limit: int) -> list[Row]:
    names = ("customer_name", "method", "source", "destination", "launch_location", "requests", "received_at")
    query = (
        Lead.select(Lead.lead_id, *(getattr(Lead, name) for name in names))
        .where(Lead.customer_id == customer_id)
        .order_by(Lead.lead_id.desc())
        .limit(limit)
    )
    return [dict(zip(("lead_id", *names), values, strict=True)) for values in tuples(query)]


def _events(customer_id: int, booking_ids: Sequence[int], limit: int) -> list[Row]:
    """What was done to the customer and to these bookings."""
    newest: set[int] = set()
    for of_it in (Event.customer_id == customer_id, Event.booking_id.in_(listed(booking_ids))):
        query = Event.select(Event.event_id).where(of_it).order_by(Event.event_id.desc()).limit(limit)
        newest |= {event_id for (event_id,) in tuples(query)}
    return logbook.events_among(sorted(newest)[-limit:] if limit else [])


def suspects(
    name: str = "", phone: str | None = None, email: str | None = None, limit: int = MOST_SUSPECTS
) -> list[Row]:
    """Who may be the customer that somebody is about to enter, surest first.

    Rows as of ``find``, with ``same`` (the phone or e-mail is theirs: a lead goes to them anyway),
    ``because`` (phone, e-mail, name, similar name) and ``bookings``, their open ones. What is only
    half typed finds nobody.
    """
    because = dict.fromkeys(_with_contact(Customer.phone, _or_none(checks.phone, phone)), "phone")
    for customer_id in _with_contact(Customer.email, _or_none(checks.email, email)):
        because.setdefault(customer_id, "e-mail")
    likely = {customer_id: why for customer_id, why in _namesakes(name).items() if customer_id not in because}
    rows = [row | {"because": because[row["customer_id"]], "same": True} for row in _rows(list(because))]
    namesakes = [row | {"because": likely[row["customer_id"]], "same": False} for row in _rows(list(likely))]
    namesakes.sort(key=lambda row: (row["because"] != "name", not row["open_bookings"]))
    told = [*rows, *namesakes][:limit]
    still_open = views.bookings_of([row["customer_id"] for row in told], open_only=True)
    for row in told:
        row["bookings"] = [one for one in still_open if one["customer_id"] == row["customer_id"]]
    return told


def similar(customer_id: int, limit: int = MOST_SUSPECTS) -> list[Row]:
    """Others who may be the same as this customer, as ``suspects`` tells them. Raises NotFound."""
    customer = Customer.lock(customer_id)
    likely = suspects(customer.name, customer.phone, customer.email, limit + 1)
    return [row for row in likely if row["customer_id"] != customer_id][:limit]


def in_question(suspected: Sequence[Row]) -> list[Row]:
    """Of those whom ``suspects`` told, the ones to ask about before a lead is taken in.

    Somebody may be waiting for them already: they have an open booking, and either the phone or
    e-mail is theirs, or the name is and no phone or e-mail tells whose lead it is.
    """
    settled = any(row["same"] for row in suspected)
    return [
        row
        for row in suspected
        if row["bookings"] and (row["same"] or (row["because"] == "name" and not settled))
    ]


def _or_none(check: Any, given: str | None) -> str | None:
    try:
        checked: str | None = check(given)
    except InvalidInput:  # it is being typed
        return None
    return checked


def _with_contact(column: Any, value: str | None) -> list[int]:
    """Who has this phone or e-mail; one who was merged counts as the one who is left."""
    if value is None:
        return []
    query = Customer.select(Customer.customer_id).where(column == value).order_by(Customer.customer_id)
    return [standing(customer_id) for (customer_id,) in tuples(query)]


def _namesakes(name: str) -> dict[int, str]:
    """Customers with the same words in their name, or nearly, in any order."""
    words = fold(name).split()
    near: dict[int, None] = {}
    for place, word in enumerate(words):  # any one word may have a slip behind its first letters
        rest = [needle(other) for other in words[:place] + words[place + 1 :]]
        near |= dict.fromkeys(found([*rest, needle(word[:3])], MOST_COMPARED))
    wanted = " ".join(sorted(words))
    query = Customer.select(Customer.customer_id, Customer.name).where(Customer.customer_id.in_(listed(near)))
    likely: dict[int, str] = {}
    for customer_id, known in sorted(tuples(query), reverse=True):
        theirs = " ".join(sorted(fold(known).split()))
        if theirs == wanted:
            likely[customer_id] = "name"
        elif SequenceMatcher(None, wanted, theirs).ratio() >= NEARLY:
            likely[customer_id] = "similar name"
    return likely


def standing(customer_id: int) -> int:
    """The customer as whom one is known now: the last one merged into. Raises NotFound."""
    customer = Customer.lock(customer_id)
    while customer.merged_into is not None:
        customer = Customer.lock(customer.merged_into)
    return customer.customer_id


@command("customer.merge")
def merge(running: Command, keep_id: int, other_id: int) -> Row:
    """Make two customers one: ``keep_id`` gets the other's leads, and the phone and e-mail it lacks.

    The other's row stays, points to the one who is kept, and is not found any more. Raises NotFound,
    Refused.
    """
    keep, other = _two(keep_id, other_id)
    theirs = Lead.select(Lead.lead_id).where(Lead.customer_id == other_id).order_by(Lead.lead_id)
    for (lead_id,) in tuples(theirs):
        lead = Lead.lock(lead_id)
        lead.customer_id = keep_id
        lead.save()
    _move_issues(keep_id, other_id)
    keep.phone = keep.phone or other.phone
    keep.email = keep.email or other.email
    keep.tier = keep.tier or other.tier
    keep.save()
    other.merged_into = keep_id
    other.save()
    running.customer_id = keep_id
    running.detail = {"customer_id": keep_id, "merged_customer_id": other_id}
    return _rows([keep_id])[0]


def preview_merge(keep_id: int, other_id: int) -> Row:
    """What ``merge`` would do, and nothing done: both rows, what moves, and what becomes of the contacts.

    ``takes_over`` is what the one who is kept lacks, ``gives_up`` what of the other's is not needed: it
    is on the other's row only from then on. Raises NotFound, Refused.
    """
    keep, other = _two(keep_id, other_id)
    contacts = {name: (getattr(keep, name), getattr(other, name)) for name in ("phone", "email")}
    leads = Lead.select().where(Lead.customer_id == other_id)
    kept, theirs = _rows([keep_id, other_id])
    return {
        "keep": kept,
        "other": theirs,
        "leads": leads.count(),
        "takes_over": {name: has for name, (own, has) in contacts.items() if has and not own},
        "gives_up": {name: has for name, (own, has) in contacts.items() if has and own},
    }


def _two(keep_id: int, other_id: int) -> tuple[Customer, Customer]:
    if keep_id == other_id:
        raise Refused("same_customer", f"customer {keep_id} cannot be merged into itself", "name two")
    return _present(keep_id), _present(other_id)


def _move_issues(keep_id: int, other_id: int) -> None:
    theirs = Issue.select(Issue.issue_id).where(Issue.customer_id == other_id).order_by(Issue.issue_id)
    for (issue_id,) in tuples(theirs):
        issue = Issue.lock(issue_id)
        issue.customer_id = keep_id
        issue.save()


@command("customer.edit")
def edit(
    running: Command,
    customer_id: int,
    *,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    tier: str | None = None,
) -> Row:
    """Change what is given and leave the rest; leads under the old name get the new one.

    An empty text clears phone, e-mail and tier. Raises NotFound, Refused, InvalidInput.
    """
    customer = _present(customer_id)
    if phone is not None:
        customer.phone = checks.phone(phone)
    if email is not None:
        customer.email = checks.email(email)
    if name is not None:
        customer.name = checks.name(name, "customer_name")
    if tier is not None:
        customer.tier = categories.tier(tier)
    if not customer.differs():
        raise InvalidInput("edit", "nothing to change", "give at least one new value")
    before = customer.was("name")
    customer.save()
    if customer.name != before:
        rename_leads(customer_id, [before], customer.name)
    running.customer_id = customer_id
    running.detail = {"customer_id": customer_id}
    return _rows([customer_id])[0]


def rename_leads(customer_id: int, before: Sequence[str], after: str) -> None:
    """Give the customer's leads and assignments that show one of these names the new one.

    They show the name they came with; where that was a mistake on the customer, it was one there too.
    """
    wrong = (
        Lead.select(Lead.lead_id, Assignment.assignment_id)
        .join(Assignment, JOIN.LEFT_OUTER, on=(Assignment.lead_id == Lead.lead_id))
        .where(Lead.customer_id == customer_id, Lead.customer_name.in_(before))
    )
    for lead_id, assignment_id in tuples(wrong):
        lead, assignment = Lead.lock(lead_id), Assignment.lock_or_none(assignment_id)
        lead.customer_name = after
        lead.save()
        if assignment is not None:
            assignment.customer_name = after
            assignment.save()


def _present(customer_id: int) -> Customer:
    """A customer for writing. Raises NotFound; Refused for one who was merged."""
    customer = Customer.lock_or_none(customer_id)
    if customer is None:
        raise NotFound("customer", customer_id, "astra customer find looks for one")
    if customer.merged_into is not None:
        raise Refused(
            "merged",
            f"customer {customer_id} was merged into customer {customer.merged_into}",
            f"work on customer {standing(customer_id)}",
        )
    return customer
