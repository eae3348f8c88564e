"""Merging two records of one customer."""

from __future__ import annotations

from dispatch.customers.records import present_customer, rows_of
from dispatch.customers.row_types import MergePreview
from dispatch.desk.commands import Command, command, put_back
from dispatch.queries.row_types import CustomerRow
from models.base import tuples
from models.customers import Customer, Lead
from models.errors import Refused
from models.issues import Issue


@command("customer.merge", past="merged", undo=put_back, may="customer.edit")
def merge(running: Command, keep_id: int, other_id: int) -> CustomerRow:
    """Merge two customers: ``keep_id`` gets the other's leads and issues, and the contacts it lacks.

    The other's row stays, points to the kept customer, and is no longer found. Raises NotFound, Refused.
    """
    keep, other = _two(keep_id, other_id)
    for model, key in ((Lead, Lead.lead_id), (Issue, Issue.issue_id)):
        theirs = model.select(key).where(model.customer_id == other_id).order_by(key)
        for (number,) in tuples(theirs):
            row = model.lock(number)
            row.customer_id = keep_id
            row.save()
    keep.phone = keep.phone or other.phone
    keep.email = keep.email or other.email
    keep.tier = keep.tier or other.tier
    keep.save()
    other.merged_into = keep_id
    other.save()
    running.customer_id = keep_id
    running.detail = {"customer_id": keep_id, "merged_customer_id": other_id}
    return rows_of([keep_id])[0]


def preview_merge(keep_id: int, other_id: int) -> MergePreview:
    """Return what ``merge`` would do, without changing anything.

    ``takes_over`` are contacts the kept customer lacks; ``gives_up`` are contacts that stay on the
    other's row only. Raises NotFound, Refused.
    """
    keep, other = _two(keep_id, other_id)
    contacts = {name: (getattr(keep, name), getattr(other, name)) for name in ("phone", "email")}
    leads = Lead.select().where(Lead.customer_id == other_id)
    kept, theirs = rows_of([keep_id, other_id])
    return {
        "keep": kept,
        "other": theirs,
        "leads": leads.count(),
        "takes_over": {name: has for name, (own, has) in contacts.items() if has and not own},
        "gives_up": {name: has for name, (own, has) in contacts.items() if has and own},
    }


def _two(keep_id: int, other_id: int) -> tuple[Customer, Customer]:
    if keep_id == other_id:
        raise Refused(
            "same_customer", f"customer {keep_id} cannot be merged into itself", "choose two customers"
        )
    return present_customer(keep_id), present_customer(other_id)
