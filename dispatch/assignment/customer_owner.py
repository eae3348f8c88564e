"""A customer's owner: the agent who has an open booking of theirs, or who last sold them a trip.

The setting ``owner`` says whether the customer's next lead goes to that agent (docs/rules.md, Owner):
``open`` means the agent of an open booking, ``seller`` that one or else the last seller, ``off`` nobody. The
agent of an open booking gets it however busy, as long as they may take it; the last seller only if not much
busier than others. While a booking is covered for somebody absent, it is still theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypedDict

from peewee import JOIN, fn

from dispatch.assignment.eligibility import Order, Pool, profile_of
from dispatch.assignment.policies.base import Candidate
from dispatch.queries.caps import CAP, at_cap
from models.agents import Agent, Taker
from models.base import CompiledQuery, parameter
from models.bookings import CONFIRMED, PENDING, Booking
from models.customers import Lead
from models.planned_absences import Cover

OFF, OPEN, SELLER = "off", "open", "seller"
OWNERS = (OFF, OPEN, SELLER)
ASSIGN, TO_OWNER, REFUSE = "assign", "owner", "refuse"
ON_OPEN = (ASSIGN, TO_OWNER, REFUSE)
"""What the entry of a lead may say about a customer with an open booking: to assign it as of somebody
unknown, to give it to that booking's agent whatever the setting, or to refuse it."""

MOST_ABOVE = 0.3
"""How far the load ratio may exceed that of the agent who would otherwise get the lead."""
ROUNDING = 1e-9
MOST_OPEN = 10  # open bookings of a customer that are named, or asked for their agents

_opened = CompiledQuery(
    lambda: (
        Booking.select(Booking.booking_id)
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .where(Lead.customer_id == parameter("customer_id"), Booking.status == PENDING)
        .order_by(Lead.lead_id.desc())
        .limit(MOST_OPEN)
    )
)
_holders = CompiledQuery(
    lambda: (
        # who covers a booking for somebody absent does not own the customer
        Booking.select(fn.COALESCE(Cover.agent_id, Booking.agent_id), Booking.booking_id)
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .switch(Booking)
        .join(
            Cover,
            JOIN.LEFT_OUTER,
            on=(
                (Cover.booking_id == Booking.booking_id)
                & Cover.ended_at.is_null()
                & (Cover.substitute_id == Booking.agent_id)
            ),
        )
        .where(
            Lead.customer_id == parameter("customer_id"),
            Lead.lead_id != parameter("lead_id"),
            Booking.status == PENDING,
            Booking.agent_id.is_null(False),
        )
        .order_by(Lead.lead_id.desc())
        .limit(MOST_OPEN)
    )
)
_seller = CompiledQuery(
    lambda: (
        Booking.select(Booking.agent_id)
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .where(Lead.customer_id == parameter("customer_id"), Booking.status == CONFIRMED)
        .order_by(Booking.completed_at.desc(), Booking.booking_id.desc())
        .limit(1)
    )
)
_fill = Order(lambda: Taker.select(Taker.agent_id, Taker.load_ratio))
_agent = CompiledQuery(
    lambda: Agent.select(Agent.first_name, Agent.last_name, Agent.left_at).where(
        Agent.agent_id == parameter("agent_id")
    )
)


class Known(TypedDict):
    """What the desk has of a customer: the newest ten open bookings, and the owner under ``seller``.

    ``open`` has the newest booking first, those that wait among them.
    """

    customer_id: int
    open: list[int]
    owner: int | None


class Owner(NamedTuple):
    """An agent, and the open booking by which they own the customer; None for the last seller."""

    agent_id: int
    booking_id: int | None

    @property
    def is_bound(self) -> bool:
        """Whether the agent gets the lead however busy."""
        return self.booking_id is not None

    @property
    def has(self) -> str:
        if self.booking_id is None:
            return "sold this customer the last trip"
        return f"has booking {self.booking_id} of this customer open"


class Owned(NamedTuple):
    """The owner who gets a lead, None for none, with the reason; ``passed_over`` says why others do not."""

    agent_id: int | None
    reason: str
    passed_over: str


def known_of(customer_id: int) -> Known:
    """Return the open bookings and the owner of a customer, whatever the setting."""
    opened = [number for (number,) in _opened(customer_id=customer_id)]
    holders = _holders_of(customer_id) if opened else []
    agent_id = holders[0].agent_id if holders else _seller_of(customer_id)
    return {"customer_id": customer_id, "open": opened, "owner": agent_id}


def open_words(known: Known) -> str:
    """Name the open bookings: ``customer 9 has booking 412 open, owner: agent 7``."""
    bookings = "booking" if len(known["open"]) == 1 else "bookings"
    numbers = ", ".join(map(str, known["open"]))
    owner = f", owner: agent {known['owner']}" if known["owner"] is not None else ""
    return f"customer {known['customer_id']} has {bookings} {numbers} open{owner}"


def owner_for(
    lead: Lead, setting: str, pool: Pool, best: Candidate, without: Mapping[int, str]
) -> Owned | None:
    """Choose the owner who gets a lead, rather than the ``best``; None if the customer has none.

    An owner who may not take it (``without`` says who has declined it) is passed over, and so is the last
    seller if much busier than the best.
    """
    passed: list[str] = []
    for owner in _owners(lead, setting):
        first, last, left_at = _agent(agent_id=owner.agent_id)[0]
        fill, lowest = _fill_of(pool, owner.agent_id), _fill_of(pool, best.agent_id)
        if fill is None or lowest is None:
            why = _kept_out(lead, pool, owner.agent_id, without) if left_at is None else "has left"
        else:
            why = f"load ratio {fill:.2f}, the best {lowest:.2f}"
            if owner.is_bound or fill - lowest <= MOST_ABOVE + ROUNDING:
                return Owned(owner.agent_id, f"{first} {last} {owner.has} ({why})", "; ".join(passed))
        passed.append(f"not {first} {last}, who {owner.has}: {why}")
    return Owned(None, "", "; ".join(passed)) if passed else None


def _owners(lead: Lead, setting: str) -> Iterator[Owner]:
    """The agents who may own a customer, the first before the others."""
    if lead.is_first or not lead.customer_id:
        return
    holders: list[Owner] = []
    if setting != OFF or lead.on_open == TO_OWNER:
        holders = _holders_of(lead.customer_id, lead.lead_id or 0)
    if holders and lead.on_open == ASSIGN:
        return
    yield from holders
    seller = _seller_of(lead.customer_id) if setting == SELLER else None
    if seller is not None and all(holder.agent_id != seller for holder in holders):
        yield Owner(seller, None)


def _holders_of(customer_id: int, lead_id: int = 0) -> list[Owner]:
    """The agents of a customer's open bookings but for that of one lead, the newest booking first."""
    found: dict[int, Owner] = {}
    for agent_id, booking_id in _holders(customer_id=customer_id, lead_id=lead_id):
        found.setdefault(agent_id, Owner(agent_id, booking_id))
    return list(found.values())


def _seller_of(customer_id: int) -> int | None:
    rows = _seller(customer_id=customer_id)
    return rows[0][0] if rows else None


def _fill_of(pool: Pool, agent_id: int) -> float | None:
    """The load ratio of an agent in the pool, else None."""
    rows = pool.only(agent_id).first(_fill, 1)
    return rows[0][1] if rows else None


def _kept_out(lead: Lead, pool: Pool, agent_id: int, without: Mapping[int, str]) -> str:
    """Why a current agent is not in the pool."""
    if agent_id in without:
        return without[agent_id]
    capped = at_cap([agent_id], lead.source, lead.destination).get(agent_id)
    profile = profile_of(agent_id)
    if not pool.everybody().only(agent_id).first_id():
        rule, words = profile.unable_rule()
        return capped.words if rule == CAP and capped else words
    return capped.words if capped else profile.broken_rule(pool)[1]
