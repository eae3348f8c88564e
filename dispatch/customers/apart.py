"""Customers who are known not to be one person: they are no more offered as possible duplicates."""

from __future__ import annotations

from dispatch.customers.records import present_customer
from dispatch.customers.row_types import PairApart
from dispatch.desk.commands import Command, command, put_back
from models.base import tuples
from models.customers import Apart
from models.errors import Refused


@command("customer.apart", past="kept apart", undo=put_back, may="customer.edit")
def keep_apart(running: Command, customer_id: int, other_id: int, *, apart: bool = True) -> PairApart:
    """Remember that two customers are not the same, or with ``apart`` False no more.

    Raises NotFound, Refused.
    """
    if customer_id == other_id:
        raise Refused("same_customer", f"customer {customer_id} is one customer", "name two customers")
    first, second = sorted(present_customer(one).customer_id for one in (customer_id, other_id))
    row = _row(first, second)
    if (row is not None and not row.removed) == apart:
        state = "are kept apart already" if apart else "are not kept apart"
        raise Refused("nothing_to_do", f"customers {first} and {second} {state}")
    row = row or Apart(customer_id=first, other_id=second)
    row.removed = not apart
    row.save()
    running.customer_id = first
    running.detail = {"customer_id": first, "other_customer_id": second, "apart": apart}
    return {"customer_id": first, "other_id": second, "apart": apart}


def _row(first: int, second: int) -> Apart | None:
    found = tuples(Apart.select(Apart.apart_id).where(Apart.customer_id == first, Apart.other_id == second))
    return Apart.lock(found[0][0]) if found else None
