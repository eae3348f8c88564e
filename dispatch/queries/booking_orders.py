"""The orders of the booking list, and how a page of each is read without sorting all bookings.

An order that no index has is split into parts that have one, or that come in the order of their numbers:
bookings of each accepted destination, with and without an agent, with and without a follow-up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce
from operator import add
from typing import Any, NamedTuple

from peewee import JOIN, Entity, Expression, Tuple, fn

from dispatch.desk.accepted_values import listing
from models.agents import Agent
from models.base import tuples
from models.bookings import STATUSES, Booking
from models.customers import Customer, Lead
from models.database import database_at_work
from models.priorities import MEDIUM, PRIORITIES
from models.sql import caseless, in_small_letters

_CUSTOMER = caseless(Lead.customer_name)
NEVER = "~"  # after every time
_NAMES = tuple(map(caseless, (Agent.first_name, Agent.last_name)))


class Part(NamedTuple):
    """Bookings in the order of ``keys``, or else of their numbers.

    They all have the values ``at`` of the order's keys, if given. ``through`` is the table to go through,
    which the database might not choose.
    """

    keys: tuple[Any, ...]
    condition: Any = None
    at: tuple[Any, ...] | None = None
    through: Any = None


class Order(NamedTuple):
    """An order of bookings: by ``keys`` (never null), then by number; ``of_row`` are a row's values of them.

    ``split`` returns its parts, one after the other or, if they are ``merged``, from all of them.
    """

    keys: tuple[Any, ...]
    of_row: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    split: Callable[[], list[Part]] | None = None
    merged: bool = False

    @property
    def parts(self) -> list[Part]:
        return self.split() if self.split is not None else [Part(self.keys)]


def _by_status() -> list[Part]:
    return [Part((Booking.changed_at,), Booking.status == status) for status in STATUSES]


def _by_follow_up() -> list[Part]:
    follow_up = Booking.follow_up_at
    return [Part((follow_up,), follow_up.is_null(False)), Part((), follow_up.is_null(), (NEVER,))]


def _by_agent() -> list[Part]:
    return [Part((), Booking.agent_id.is_null(), ("", "")), Part(_NAMES, through=Agent)]


def _by_name() -> list[Part]:
    return [Part((_CUSTOMER,), through=Lead)]


def _by_value(column: Any, kind: str) -> list[Part]:
    names = [row["name"] for row in listing(kind, retired=True)]  # no booking has another
    return [Part((), column.concat("") == name, (name,)) for name in names]


def _by_priority() -> list[Part]:
    """Few have another than MEDIUM, and an index."""
    return [
        Part((), Booking.priority == number if number == MEDIUM else _rare(number), (number,))
        for number in range(1, len(PRIORITIES) + 1)
    ]


def _rare(number: int) -> Any:
    return (Booking.priority == number) & (Booking.priority != MEDIUM)


def _agent_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = tuples(Agent.select(Agent.first_name, Agent.last_name).where(Agent.agent_id == row["agent_id"]))
    return tuple(map(in_small_letters, names[0])) if names else ("", "")


def _text(column: Any) -> Any:
    return caseless(fn.COALESCE(column, ""))


def _plain(column: Any, name: str, split: Callable[[], list[Part]] | None = None) -> Order:
    return Order((column,), lambda row: (row[name] or "",), split)


def _caseless(column: Any, name: str, split: Callable[[], list[Part]] | None = None) -> Order:
    return Order((column,), lambda row: (in_small_letters(row[name] or ""),), split)


def _listed(column: Any, name: str, kind: str) -> Order:
    return _plain(column, name, partial(_by_value, column, kind))


_DUE = fn.COALESCE(Booking.follow_up_at, NEVER)
_CENTS = fn.COALESCE(Booking.destination_revenue_cents, 0) + fn.COALESCE(Booking.package_revenue_cents, 0)
BOOKING_SORTS: dict[str, Order] = {
    "changed": Order((Booking.changed_at,), lambda row: (row["changed_at"],), _by_status, merged=True),
    "id": Order((), lambda _: ()),
    "priority": Order(
        (Booking.priority,), lambda row: (PRIORITIES.index(row["priority"]) + 1,), _by_priority
    ),
    "customer": _caseless(_CUSTOMER, "customer_name", _by_name),
    "agent": Order((_text(Agent.first_name), _text(Agent.last_name)), _agent_of, _by_agent),
    "destination": _listed(Booking.destination, "destination", "destination"),
    "status": Order((Booking.status, Booking.changed_at), lambda row: (row["status"], row["changed_at"])),
    "due": Order(
        (fn.COALESCE(Booking.follow_up_at, NEVER),),
        lambda row: (row["follow_up_at"] or NEVER,),
        _by_follow_up,
    ),
    "created": _plain(Booking.created_at, "created_at"),
    "launch": _listed(Booking.launch_location, "launch_location", "launch"),
    "source": _listed(Lead.source, "source", "source"),
    "method": _listed(Lead.method, "method", "method"),
    "package": _caseless(_text(Booking.package), "package"),
    "revenue": Order((_CENTS,), lambda row: (round((row["total_revenue"] or 0) * 100),)),
    "phone": _caseless(_text(Customer.phone), "phone"),
    "email": _caseless(_text(Customer.email), "email"),
    "wishes": _caseless(_text(Lead.requests), "requests"),
}
"""Those but for the last few have an index, or parts that have one."""

FOLLOW_UP = "follow_up"  # an extra order for filters with due_until: an index finds only those
ORDERS = BOOKING_SORTS | {FOLLOW_UP: _plain(Booking.follow_up_at, "follow_up_at")}
OF_CUSTOMERS = ("phone", "email")


def directed(descending: bool, *columns: Any) -> tuple[Any, ...]:
    return tuple(column.desc() for column in columns) if descending else columns


def beyond(keys: tuple[Any, ...], values: tuple[Any, ...], number: int, *, descending: bool) -> Expression:
    """Match the bookings behind a place: its keys' values, and its number."""
    here, place = Tuple(*keys, Booking.booking_id), Tuple(*values, number)
    further: Expression = here < place if descending else here > place
    if keys:  # an index is searched by its first column; the comparison of rows alone may be a scan
        further &= keys[0] <= values[0] if descending else keys[0] >= values[0]
    return further


def numbers(
    sort: str,
    parts: list[Part],
    conditions: list[Any],
    limit: int | None,
    after: Mapping[str, Any] | None = None,
    *,
    descending: bool,
) -> list[int]:
    """Return the ids of a page of bookings in order, from the place behind a row on."""
    place = None if after is None else (*ORDERS[sort].of_row(after), after["booking_id"])
    queries = [
        query
        for part in (reversed(parts) if descending else parts)
        if (query := _query(part, sort, conditions, limit, place, descending=descending)) is not None
    ]
    if ORDERS[sort].merged:
        key = [Entity("key0")] * bool(parts[0].keys)
        queries = [reduce(add, queries).order_by(*directed(descending, *key, Entity("number")))]
    found: list[int] = []
    for query in queries:
        rest = None if limit is None else limit - len(found)
        found += [number for number, *_ in tuples(query.limit(rest))] if rest != 0 else []
    return found


def _query(
    part: Part,
    sort: str,
    conditions: list[Any],
    limit: int | None,
    place: tuple[Any, ...] | None,
    *,
    descending: bool,
) -> Any:
    """Return the query of a part from a place on; None if all of it is before."""
    bounds = list[Any]()
    if place is not None:
        *values, number = place
        if part.at is None:
            bounds = [beyond(part.keys, tuple(values), number, descending=descending)]
        elif part.at == tuple(values):
            bounds = [beyond((), (), number, descending=descending)]
        elif (part.at < tuple(values)) != descending:
            return None
    if part.condition is not None:
        bounds.append(part.condition)
    keys = [key.alias(f"key{position}") for position, key in enumerate(part.keys)]
    query = _joined(part, sort, Booking.booking_id.alias("number"), *keys).where(*conditions, *bounds)
    if ORDERS[sort].merged and not database_at_work().compound_select_parentheses:
        return query  # it is merged in order by itself
    return query.order_by(*directed(descending, *part.keys, Booking.booking_id)).limit(limit)


def _joined(part: Part, sort: str, *columns: Any) -> Any:
    """Return a query of bookings with their leads, and whatever else the order looks at."""
    query: Any
    if part.through is Lead:
        query = Lead.select(*columns).join(Booking, JOIN.CROSS)
        return query.where(Booking.lead_id == Lead.lead_id)
    if part.through is Agent:
        query = Agent.select(*columns).join(Booking, JOIN.CROSS).where(Booking.agent_id == Agent.agent_id)
    else:
        query = Booking.select(*columns)
        if sort == "agent" and part.at is None:
            query = query.join(Agent, JOIN.LEFT_OUTER, on=(Booking.agent_id == Agent.agent_id))
    query = query.join_from(Booking, Lead, on=(Booking.lead_id == Lead.lead_id))
    if sort in OF_CUSTOMERS:
        query = query.join(Customer, on=(Lead.customer_id == Customer.customer_id))
    return query
