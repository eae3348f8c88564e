"""Policy trials: the latest leads assigned by another policy, and rolled back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dispatch.assignment.assign import add_to_load, not_given
from dispatch.assignment.selection import choose, policy_named
from dispatch.queries.agents import names_of
from dispatch.queries.wording import plural
from models.base import tuples
from models.bookings import PENDING, Booking
from models.caps import current_caps
from models.customers import Lead

if TYPE_CHECKING:
    from dispatch.assignment.row_types import PolicyTrial, TriedAgent, TriedLead
    from dispatch.desk.desk import Desk

LEADS = 50


def try_policy(desk: Desk, name: str, limit: int = LEADS) -> PolicyTrial:
    """Assign the latest leads again, oldest first, by a policy and by the one in force, on the desk as it is.

    Those still Pending leave their agent's load first, and all leave the counts of caps. Each then counts in
    the load of the agent it would go to, so that later ones see it, but under no cap. Both start from there,
    so that only the policies differ between them; whom the leads went to depended on the loads of that time,
    too. ``leads`` has a row for each, ``agents`` the counts of all sides. Nothing is saved. Raises
    InvalidInput for an unknown policy.
    """
    policy, in_force = policy_named(name), str(desk.settings["policy"])
    leads = _tried(desk, policy.name, limit)
    compared = leads if in_force == policy.name else _tried(desk, in_force, limit)
    for row, other in zip(leads, compared, strict=True):
        row["in_force_gets"] = other["would_get"]
    with desk.reading():
        names = names_of({row[side] for row in leads for side in ("agent_id", "would_get", "in_force_gets")})
    for row in leads:
        row |= {
            "agent_name": names.get(row["agent_id"]),
            "would_name": names.get(row["would_get"]),
            "in_force_name": names.get(row["in_force_gets"]),
        }
    return {
        "policy": policy.name,
        "in_force": in_force,
        "moved": sum(row["would_get"] != row["in_force_gets"] for row in leads),
        "leads": leads,
        "agents": _compared(leads, names),
    }


def _tried(desk: Desk, name: str, limit: int) -> list[TriedLead]:
    def tried() -> list[TriedLead]:
        rows = _last_leads(limit)
        for _, booking_id, agent_id, _, status in rows:
            if status == PENDING and agent_id is not None:
                add_to_load(agent_id, -1)
            if current_caps() is not None:
                not_given(booking_id)
        return [_given(desk, name, *row[:4]) for row in rows]

    return desk.rehearse(tried)


def _compared(leads: list[TriedLead], names: dict[int | None, str]) -> list[TriedAgent]:
    """The number of leads each agent got and would get, sorted by the tried policy's."""
    got = Counter(row["agent_id"] for row in leads)
    in_force = Counter(row["in_force_gets"] for row in leads)
    would = Counter(row["would_get"] for row in leads)
    return [
        {
            "agent_id": agent_id,
            "agent_name": names.get(agent_id),
            "got": got[agent_id],
            "in_force_gets": in_force[agent_id],
            "would_get": would[agent_id],
        }
        for agent_id in sorted(got | in_force | would, key=lambda each: (-would[each], each or 0))
    ]


def count_changes(tried: PolicyTrial) -> str:
    """Say how the agents' numbers differ: ``12 of 30 agents would get more or fewer, by up to 4``."""
    agents = [row for row in tried["agents"] if row["agent_id"] is not None]
    changes = [abs(row["would_get"] - row["in_force_gets"]) for row in agents]
    others = sum(map(bool, changes))
    if not others:
        return "every agent would get as many as now"
    return f"{others:,} of {plural(len(agents), 'agent')} would get more or fewer, by up to {max(changes):,}"


def _last_leads(limit: int) -> list[tuple[int, int, int | None, str, str]]:
    query = (
        Booking.select(
            Booking.lead_id, Booking.booking_id, Booking.agent_id, Lead.customer_name, Booking.status
        )
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .where(~Booking.voided)
        .order_by(Booking.booking_id.desc())
        .limit(limit)
    )
    return tuples(query)[::-1]


def _given(
    desk: Desk, name: str, lead_id: int, booking_id: int, agent_id: int | None, customer: str
) -> TriedLead:
    """Assign one lead again, and count it in the load."""
    policy, lead = policy_named(name), Lead.lock(lead_id)
    choice = choose(desk, lead, policy)
    if choice.agent_id is not None:
        policy.chosen(lead, choice.ranked[0], choice.pool)
        add_to_load(choice.agent_id, +1)
    return {
        "lead_id": lead_id,
        "booking_id": booking_id,
        "customer_name": customer,
        "agent_id": agent_id,
        "would_get": choice.agent_id,
    }
