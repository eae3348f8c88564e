"""Booking queries for screens and commands: rows as plain JSON-ready dicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from peewee import JOIN, Expression, ModelSelect, fn

from dispatch.inputs.filters.filter_language import Node, Pair, joined, parts_of
from dispatch.inputs.filters.filter_reader import condition
from dispatch.queries.booking_filter_keys import BOOKING_KEYS, FACT_KEYS
from dispatch.queries.booking_orders import BOOKING_SORTS, FOLLOW_UP, ORDERS, Part, beyond, directed, numbers
from dispatch.queries.customer_index import Mentions, mentions, of_customer
from dispatch.queries.next_steps import Limits, is_due, overdue, rotten
from dispatch.queries.offer_rounds import seen_by_all
from dispatch.queries.order_of_work import TARGET_MINUTES, turns
from dispatch.queries.row_types import BookingRow
from models.agents import GONE, Agent, ids_named
from models.base import CompiledQuery, Json, each_tuple, parameter, tuples
from models.bookings import CANCELLED, CONFIRMED, PENDING, Booking, leads_not_to_contact
from models.customers import Customer, Lead
from models.errors import InvalidInput, NotFound
from models.hints import act
from models.priorities import MEDIUM, PRIORITIES
from models.sql import listed

# claimed work whose agent is away
_AWAY = Agent.presence.in_(GONE) | Agent.left_at.is_null(False)
_IS_PENDING = Booking.status == PENDING
_CLAIMED = Booking.claimed_at.is_null(False)
_UNATTENDED = _IS_PENDING & _CLAIMED & _AWAY

# a row's columns: Booking's, unless another is named
_FIELDS: dict[str, Any] = Booking._meta.fields | {
    "customer_name": Lead.customer_name,
    "agent_name": Agent.first_name.concat(" ").concat(Agent.last_name),
    "method": Lead.method,
    "source": Lead.source,
    "requests": Lead.requests,
    "destination_revenue": Booking.destination_revenue_cents,
    "package_revenue": Booking.package_revenue_cents,
    "unattended": _UNATTENDED,
    "customer_id": Lead.customer_id,
    "phone": Customer.phone,
    "email": Customer.email,
    "do_not_contact": Customer.do_not_contact,
    **{name: getattr(Lead, name) for name in ("departs_on", "returns_on", "travellers", "language")},
    "budget": Lead.budget_cents,
}
BOOKING_COLUMNS = {
    name: _FIELDS[name]
    for name in BookingRow.__annotations__
    if name in BookingRow.__required_keys__ and name != "total_revenue"  # a sum of two columns
}
BOOKING_ROW = (*BOOKING_COLUMNS, "total_revenue")
"""The keys of a booking in a list, in order."""
_EQUAL: dict[str, Any] = {  # fields of a BookingFilter that equal a column
    "status": Booking.status,
    "agent_id": Booking.agent_id,
    "destination": Booking.destination,
    "source": Lead.source,
    "method": Lead.method,
}
_FLAGS: dict[str, list[Any]] = {  # flags of a BookingFilter
    "unclaimed": [_IS_PENDING, Booking.claimed_at.is_null(), Booking.agent_id.is_null(False)],
    "claimed": [_IS_PENDING, _CLAIMED],
    "waiting": [_IS_PENDING, Booking.agent_id.is_null()],
    "asked": [_IS_PENDING, Booking.asked_at.is_null(False)],
    "unattended": [_IS_PENDING, _CLAIMED, Booking.agent_id.in_(Agent.select(Agent.agent_id).where(_AWAY))],
    "do_not_contact": [Booking.lead_id.in_(leads_not_to_contact())],
    "voided": [Booking.voided],
    "unreachable": [Booking.unreachable],
}
MOST_NAMED = 500  # parameters of a query
MANY = 2_000  # rows from which on it is quicker to go through all in order


@dataclass(frozen=True)
class BookingFilter:
    """A selection and order of bookings.

    ``unattended``: claimed, while its agent is away; ``voided``: entered by mistake.
    ``text`` is sought in customer, destination, wishes, notes and number. ``due_until`` is a stored time:
    only follow-ups due by then. ``asked``: only claimed bookings whose agent was asked "still on it?".
    ``seen_by_all``: only those that wait because every agent who may take work has seen them.
    ``do_not_contact``: only those of customers who must not be contacted. ``overdue`` and ``rotten``: only
    those, by these limits. ``customer`` is a number, or a text to search by. ``where`` is the rest of a
    filter text.
    """

    status: str | None = None
    agent_id: int | None = None
    destination: str | None = None
    source: str | None = None
    method: str | None = None
    unclaimed: bool = False
    claimed: bool = False
    waiting: bool = False
    unattended: bool = False
    voided: bool = False
    unreachable: bool = False
    text: str = ""
    due_until: str | None = None
    asked: bool = False
    seen_by_all: bool = False
    do_not_contact: bool = False
    sort: str = "changed"
    descending: bool = True
    where: Node | None = None
    customer: int | str = ""
    overdue: Limits | None = None
    rotten: Limits | None = None


def list_bookings(
    which: BookingFilter, limit: int | None = None, after: BookingRow | None = None
) -> list[BookingRow]:
    """Return bookings in order; ``after`` is the last row of the previous page (keyset paging)."""
    which = _with_agent(which)
    query = _booking_query().where(*_page(which, limit, after))
    return _booking_rows(query.order_by(*_order(which)).limit(limit))


def each_booking(which: BookingFilter, limit: int | None = None) -> Iterator[BookingRow]:
    """Yield the same bookings one by one: a million of them are never held together, and are one moment's."""
    which = _with_agent(which)
    query = _booking_query().where(*_page(which, limit)).order_by(*_order(which)).limit(limit)
    return map(_booking_row, each_tuple(query))


def _page(which: BookingFilter, limit: int | None, after: BookingRow | None = None) -> list[Expression]:
    """Return the conditions for a page of bookings, before ordering and limiting.

    Thousands may have to be sorted or scanned: only the page is read in full.
    """
    sought = _sought(which)
    few = _is_narrow(which) or _is_pending(which)
    in_order = limit is not None and all(one.many for one in sought) and not few
    conditions = _conditions(which, in_order=in_order) + [one.condition for one in sought]
    if limit is None and not sought:
        if after is not None:
            place = ORDERS[which.sort].of_row(after)
            conditions.append(beyond(_keys(which), place, after["booking_id"], descending=which.descending))
        return conditions
    parts = ORDERS[which.sort].parts if in_order else [Part(_keys(which))]
    if which.sort == "changed" and which.status:
        parts = [Part(_keys(which))]
    page = numbers(which.sort, parts, conditions, limit, after, descending=which.descending)
    return [Booking.booking_id.in_(page if len(page) <= MOST_NAMED else listed(page))]


def _sought(which: BookingFilter) -> list[Mentions]:
    sought = [mentions(which.text)] if which.text else []
    return sought + ([of_customer(which.customer)] if which.customer else [])


def _keys(which: BookingFilter) -> tuple[Any, ...]:
    """Return the keys of the order; not to be read from its index where the few matches have their own."""
    keys = ORDERS[which.sort].keys
    hides_index = which.sort in ("changed", "created") and _is_narrow(which)
    return tuple(key.concat("") for key in keys) if hides_index else keys


def count_bookings(which: BookingFilter) -> int:
    """Count the bookings that match a filter; of a million, by their rows, it may take a second."""
    which = _with_agent(which)
    sought = _sought(which)
    query = Booking.select(fn.COUNT(Booking.booking_id))
    if sought or which.where is not None or which.source or which.method:
        query = query.join(Lead, on=(Booking.lead_id == Lead.lead_id))
    conditions = _conditions(which)[1:] + [one.condition for one in sought]
    return int((query.where(*conditions) if conditions else query).scalar())


def _is_pending(which: BookingFilter) -> bool:
    """Return whether the filter allows Pending bookings only, which are few."""
    is_late = which.overdue is not None or which.rotten is not None
    return is_late or which.status == PENDING or any(getattr(which, one) for one in _FLAGS if one != "voided")


def _is_narrow(which: BookingFilter) -> bool:
    """Return whether an index finds the few matches: an agent's, of a rare priority, or with a follow-up."""
    by_follow_up = any(isinstance(part, Pair) and part.key == FOLLOW_UP for part in parts_of(which.where))
    is_few = by_follow_up or which.agent_id is not None or which.due_until is not None
    return is_few or _is_rare(which) or _has_rare_fact(which)


def _has_rare_fact(which: BookingFilter) -> bool:
    """Return whether the filter asks for a fact of the trip that few leads have; each has an index."""
    for part in parts_of(which.where):
        if isinstance(part, Pair) and part.key in FACT_KEYS:
            few = Lead.select(Lead.lead_id).where(BOOKING_KEYS[part.key].holds(part)).limit(MANY)
            if len(tuples(few)) < MANY:
                return True
    return False


def _is_rare(which: BookingFilter) -> bool:
    """Return whether the filter asks for a priority that few bookings have."""
    asked = None if _is_pending(which) else _unusual(which)
    if asked is None:
        return False
    return len(tuples(Booking.select(Booking.booking_id).where(asked).limit(MANY))) < MANY


def _unusual(which: BookingFilter) -> Expression | None:
    """Return the condition for the index of priorities; None if the filter allows the usual one."""
    for part in parts_of(which.where):
        if isinstance(part, Pair) and part.key == "priority":
            holds = partial(BOOKING_KEYS["priority"].kind.holds, operator=part.operator, value=part.value)
            condition: Expression = holds(Booking.priority) & (Booking.priority != MEDIUM)
            return None if holds(MEDIUM) else condition
    return None


def _with_agent(which: BookingFilter) -> BookingFilter:
    """Replace an agent's name in the filter by the id if only one agent has it."""
    for part in parts_of(which.where):
        if isinstance(part, Pair) and part.key == "agent" and which.agent_id is None:
            ids = ids_named(str(part.value))
            if len(ids) == 1:
                rest = [one for one in parts_of(which.where) if one is not part]
                return replace(which, agent_id=ids[0], where=joined("and", rest) if rest else None)
    return which


def pending_ids(agent_id: int, *, claimed: bool | None = None, targets: str = "") -> list[int]:
    """Return the ids of an agent's Pending bookings: all, or those ``claimed`` or not.

    The oldest first, or with ``targets`` in the order of work.
    """
    columns = (Booking.priority, Booking.created_at, Booking.booking_id)
    query = Booking.select(*columns).where(Booking.agent_id == agent_id, Booking.status == PENDING)
    if claimed is not None:
        query = query.where(Booking.claimed_at.is_null(not claimed))
    rows = tuples(query.order_by(Booking.created_at, Booking.booking_id))
    if targets:
        turn = turns(targets)
        rows.sort(key=lambda row: turn(*row))
    return [booking_id for *_, booking_id in rows]


def booking(booking_id: int) -> BookingRow:
    """Return one booking. Raises NotFound."""
    for values in _one_booking(booking_id=booking_id):
        return _booking_row(values)
    raise NotFound("booking", booking_id, f"{act('place.queue')} shows them")


def bookings_by_id(booking_ids: Sequence[int]) -> list[BookingRow]:
    """Return some bookings, lowest id first."""
    query = _booking_query().where(Booking.booking_id.in_(listed(booking_ids)))
    return _booking_rows(query.order_by(Booking.booking_id))


def booking_ids(which: BookingFilter, limit: int) -> list[int]:
    """Return the ids of the first bookings that match a filter, in its order."""
    which = _with_agent(which)
    parts = [Part(_keys(which))]
    conditions = _conditions(which) + [one.condition for one in _sought(which)]
    return numbers(which.sort, parts, conditions, limit, descending=which.descending)


def _order(which: BookingFilter) -> tuple[Any, ...]:
    return directed(which.descending, *_keys(which), Booking.booking_id)


def bookings_of(
    customer_ids: Sequence[int], limit: int | None = None, *, open_only: bool = False
) -> list[BookingRow]:
    """Return the bookings of some customers, newest first; ``open_only``: the Pending ones."""
    theirs = Lead.select(Lead.lead_id).where(Lead.customer_id.in_(listed(customer_ids)))
    query = _booking_query().where(Booking.lead_id.in_(theirs))
    if open_only:
        query = query.where(Booking.status == PENDING)
    return _booking_rows(query.order_by(Booking.booking_id.desc()).limit(limit))


def _booking_query() -> ModelSelect[Any]:
    return (
        Booking.select(*BOOKING_COLUMNS.values())
        .join(Lead, on=(Booking.lead_id == Lead.lead_id))
        .join(Customer, on=(Lead.customer_id == Customer.customer_id))
        .join(Agent, JOIN.LEFT_OUTER, on=(Booking.agent_id == Agent.agent_id))
    )


# Every command on a booking ends by reading it, and a batch reads hundreds.
_one_booking = CompiledQuery(lambda: _booking_query().where(Booking.booking_id == parameter("booking_id")))


def _booking_rows(query: ModelSelect[Any]) -> list[BookingRow]:
    return [_booking_row(values) for values in tuples(query)]


def _booking_row(values: tuple[Any, ...]) -> BookingRow:
    row: Json = dict(zip(BOOKING_COLUMNS, values, strict=True))
    destination, package = row["destination_revenue"], row["package_revenue"]
    row["destination_revenue"] = as_units(destination)
    row["package_revenue"] = as_units(package)
    row["budget"] = as_units(row["budget"])
    known = destination is not None or package is not None
    row["total_revenue"] = as_units((destination or 0) + (package or 0)) if known else None
    row["priority"] = PRIORITIES[row["priority"] - 1]
    row["voided"] = bool(row["voided"])
    row["unreachable"] = bool(row["unreachable"])
    row["unattended"] = bool(row["unattended"])
    return cast(BookingRow, row)


def as_units(cents: int | None) -> float | None:
    """Return integer cents as units; two places are exact in a double up to DECIMAL(12,2)."""
    return None if cents is None else cents / 100


def _conditions(which: BookingFilter, *, in_order: bool = False) -> list[Expression]:
    """Return the conditions of a filter's fields; ``in_order``: only the order's index may be used."""
    conditions = [Booking.booking_id.is_null(False)]
    if in_order and which.status not in (None, PENDING) and which.sort not in ("changed", "status"):
        conditions.append(Booking.status.concat("") == which.status)
        which = replace(which, status=None)
    wanted = ((column, getattr(which, name)) for name, column in _EQUAL.items())
    conditions += [column == value for column, value in wanted if value not in (None, "")]
    for name, required in _FLAGS.items():
        if getattr(which, name):
            conditions += required
    if which.seen_by_all:
        conditions.append(Booking.booking_id.in_(listed(seen_by_all())))
    if which.due_until is not None:
        conditions.append(Booking.follow_up_at <= which.due_until)
        if which.agent_id is not None:  # of the two indexes, then that of the agent's few Pending ones
            conditions.append(Booking.status == PENDING)
    late = ((overdue, which.overdue), (rotten, which.rotten))
    conditions += [Booking.booking_id.in_(numbers(limits)) for numbers, limits in late if limits is not None]
    if not in_order and (unusual := _unusual(which)) is not None:
        conditions.append(unusual)
    if which.where is not None:
        conditions.append(condition(which.where, BOOKING_KEYS, _of_words, _of_fields))
    return conditions


def _of_words(text: str) -> list[Expression]:
    return [mentions(text).condition]


def _of_fields(fields: Json) -> list[Expression]:
    """Return the conditions for these fields of a filter."""
    if "customer" in fields:
        return [of_customer(fields["customer"]).condition]
    return _conditions(BookingFilter(**fields))[1:] or _conditions(BookingFilter())  # is:all


def unattended() -> dict[int, int]:
    """Return the number of claimed bookings of each agent who is away from work."""
    query = (
        Booking.select(Booking.agent_id, fn.COUNT(Booking.booking_id))
        .join(Agent, on=(Booking.agent_id == Agent.agent_id))
        .where(_UNATTENDED)
        .group_by(Booking.agent_id)
    )
    return dict(tuples(query))


def desk_of(agent_id: int, now: str, targets: str = TARGET_MINUTES) -> list[BookingRow]:
    """Return an agent's own work, each row with its ``group``: due, in progress, tentative, done today.

    ``now`` is a desk time (a date alone is its first moment). Due means a follow-up time has passed. Each
    group is in the order of work by the ``targets``, what is due by the time since when it is.
    """
    mine = _booking_query().where(Booking.agent_id == agent_id)
    pending = mine.where(Booking.status == PENDING).order_by(Booking.created_at, Booking.booking_id)
    # named one by one, an index leads to today's; all that the agent has ever closed would be read otherwise
    is_closed = Booking.status.in_((CONFIRMED, CANCELLED))
    closed = mine.where(is_closed, ~Booking.voided, Booking.changed_at >= now[:10])
    groups: dict[str, list[BookingRow]] = {"due": [], "in progress": [], "tentative": [], "done today": []}
    for row in _booking_rows(pending):
        due = is_due(row["follow_up_at"], now)
        groups["due" if due else "in progress" if row["claimed_at"] else "tentative"].append(row)
    turn = turns(targets)
    for group, rows in groups.items():
        rows.sort(
            key=lambda row: turn(
                PRIORITIES.index(row["priority"]) + 1,
                (group == "due" and row["follow_up_at"]) or row["created_at"],
                row["booking_id"],
            )
        )
    groups["done today"] = _booking_rows(closed.order_by(Booking.changed_at))
    return [row | {"group": group} for group, rows in groups.items() for row in rows]


def check_sort(sort: str) -> str:
    """Return the name of a booking sort order. Raises InvalidInput."""
    if sort not in BOOKING_SORTS:
        raise InvalidInput("sort", f"cannot sort by {sort!r}", "accepted: " + ", ".join(BOOKING_SORTS))
    return sort
